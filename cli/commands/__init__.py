"""One file a command: its options, and the function in ``cli.work`` that does the work."""
