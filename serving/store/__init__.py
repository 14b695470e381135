"""What the service keeps: verdicts, decisions about them, keys, and the log of who did what."""
