"""The parts of the benchmark, one module each: ``PART`` with title, tasks, settings and text."""
