"""Labelled accounts made by rule: people first, then what happens to them, then what is bought.

Nothing in here knows a feature of the detector; fraud is described as those who sell it do.
"""

from accounts.simulation.population import (
    Population,
    hard_negatives,
    kinds,
    simulate,
    simulate_chunks,
    simulate_these,
    write,
)

__all__ = [
    "Population", "hard_negatives", "kinds", "simulate", "simulate_chunks", "simulate_these", "write",
]  # fmt: skip
