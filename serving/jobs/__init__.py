"""Bulk jobs: many accounts in one body, screened beside the service by a worker process."""
