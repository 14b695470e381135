"""Benchmarks: quality on simulated and real accounts, speed, and the service under load."""
