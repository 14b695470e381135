"""The store: verdicts, decisions about them, API keys, jobs, and the audit log, in SQL tables."""
