"""Labelled accounts to a detector: split, fitted, evaluated, tracked and promoted."""
