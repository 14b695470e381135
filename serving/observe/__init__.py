"""The process seen from outside: its log, its metrics, its garbage collector, its start and shutdown."""
