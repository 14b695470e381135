"""Bulk jobs: many accounts in one body, judged beside the service by a process of its own."""
