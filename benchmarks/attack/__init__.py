"""Attacks on the service, over loopback, bounded in count and time: what should happen, and what did."""
