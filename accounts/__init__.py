"""Accounts: their schema, the readers of files and documents, labelled populations, and the simulator."""
