"""Which part of the benchmark is measured when, with which model, and where its results are stored."""
