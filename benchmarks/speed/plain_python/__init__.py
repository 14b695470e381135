"""The catalogue again in plain Python, one account at a time: what `derive` is checked and timed against."""
