"""Simulated labelled accounts: people first, then what happens to them, then what they buy.

No module in here imports a feature of the detector: fraud is simulated from vendors' terms and public
measurements, with the sources in docs/simulator.md.

>>> population = simulate(2, seed=1)
>>> len(population.tables), population.labels.height
(2, 2)
"""

from accounts.simulation.ground_truth import hard_negatives
from accounts.simulation.simulator import kinds, simulate, simulate_chunks, simulate_numbers

__all__ = ["hard_negatives", "kinds", "simulate", "simulate_chunks", "simulate_numbers"]
