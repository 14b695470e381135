"""How fast accounts become features and verdicts."""
