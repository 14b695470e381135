"""When drift is an alarm: the level of the tests, and how large a difference must be to matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.errors import WrongUsage

__all__ = ["FEWEST", "LEVEL", "SMALLEST_KS", "SMALLEST_PSI", "DriftLimits"]

LEVEL: Final = 0.01
SMALLEST_PSI: Final = 0.1
"""A rule of thumb of credit scoring (Siddiqi 2006): below .1 little has changed, above .25 much. It knows
nothing of sample sizes: see docs/drift.md for how often two samples of one population exceed it."""

SMALLEST_KS: Final = 0.1
"""A tenth of the accounts lie elsewhere; our choice, so that many accounts do not make a trifle an alarm."""

FEWEST: Final = 20
"""Accounts on either side; with fewer no alarm could be raised by any but the grossest change."""


@dataclass(frozen=True)
class DriftLimits:
    """What is an alarm.

    Attributes
    ----------
    level
        Rate of false alarms: of all comparisons of scores together where nothing has changed, and, apart from
        that, of all looks at the promise together while it holds.
    psi, ks
        Differences below which a comparison is no alarm, however sure it is.
    rounds
        Random splits of the permutation test.
    seed
        Of everything that is drawn.
    most
        Accounts of a side that are compared; of more a random sample is.
    """

    level: float = LEVEL
    psi: float = SMALLEST_PSI
    ks: float = SMALLEST_KS
    rounds: int = 999
    seed: int = 20261101
    most: int = 20_000

    def __post_init__(self) -> None:
        if not 1 / (self.rounds + 1) <= self.level < 1:
            least = 1 / (self.rounds + 1)
            raise WrongUsage(
                f"The level of drift's alarm must lie between {least:g} and 1. Got {self.level:g}."
            )
