"""Simulated labelled accounts: people first, then what happens to them, then what they buy.

No module in here imports a feature of the detector: fraud is simulated from vendors' terms and public
measurements, with the sources in docs/simulator.md.
"""

from accounts.simulation.ground_truth import hard_negatives
from accounts.simulation.simulator import kinds, simulate, simulate_chunks, simulate_numbers

__all__ = ["hard_negatives", "kinds", "simulate", "simulate_chunks", "simulate_numbers"]
