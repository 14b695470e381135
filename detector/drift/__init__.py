"""Drift: whether today's accounts are like those before, and whether what was promised still holds."""
