"""Search for better settings of a training run; nothing here chooses by accuracy."""
