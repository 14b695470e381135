"""How much was added: the share of a count that came in a way bought ones do, with an 80 % interval.

Three small heads a count, for the 10, 50 and 90 % quantile (Koenker & Bassett 1978), trained on
accounts to which something was added; the interval is widened until it covers as it should on
accounts that they never saw (conformalised quantile regression: Romano, Patterson & Candes 2019).
An account has an estimate only where a signal of the count is over the threshold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detector.arrays import Floats
from detector.heads import Scorer
from detector.signals import signal_named
from features.catalogue import CATALOGUE

__all__ = ["COUNTS", "COUNT_OF", "COVERAGE", "QUANTILES", "Amount", "Amounts", "features_of", "widening_of"]

COVERAGE: Final = 0.80
QUANTILES: Final = (0.10, 0.50, 0.90)

COUNTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "followers": ("followers_stock", "audience", "followers_flow"),
        "likes": ("likes",),
        "views": ("views",),
        "comments": ("comments",),
    }
)
"""The signals that say something was added to a count."""

COUNT_OF: Final = MappingProxyType({signal: count for count, own in COUNTS.items() for signal in own})


def features_of(count: str) -> tuple[str, ...]:
    """The features that a count's signals read, in the catalogue's order."""
    read = {name for signal in COUNTS[count] for name in signal_named(signal).features}
    return tuple(one.name for one in CATALOGUE if one.name in read)


@dataclass(frozen=True)
class Amount:
    """The heads of one count.

    Attributes
    ----------
    heads
        One for each of :data:`QUANTILES`.
    widening
        What is taken off the lower end and put on the upper one; negative where they were too far apart.
    """

    heads: tuple[Scorer, Scorer, Scorer]
    widening: float

    def estimate(self, frame: pd.DataFrame) -> Floats:
        """Low end, estimate and high end of the share that was added, rows x 3, each in [0, 1], in order."""
        raw = np.stack([head.score(frame) for head in self.heads], axis=1)
        raw = np.sort(raw, axis=1) + self.widening * np.array([-1.0, 0.0, 1.0])
        ordered: Floats = np.sort(np.clip(raw, 0.0, 1.0), axis=1)
        return ordered


@dataclass(frozen=True)
class Amounts:
    """The heads of all counts, by the count's name."""

    by_count: Mapping[str, Amount]

    def to_bytes(self) -> bytes:
        """JSON: for each count its widening and its heads as LightGBM's own text."""
        plain = {
            count: {"widening": one.widening, "heads": [head.text for head in one.heads]}
            for count, one in self.by_count.items()
        }
        return json.dumps(plain).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Amounts:
        """The inverse of :meth:`to_bytes`.

        Damaged bytes raise what their reader raises; ``Bundle.from_files`` makes it a ``NoUsableModel``.
        """
        found: dict[str, Amount] = {}
        for count, plain in json.loads(content).items():
            low, middle, high = (Scorer(text) for text in plain["heads"])
            found[count] = Amount((low, middle, high), float(plain["widening"]))
        return cls(found)


def widening_of(low: ArrayLike, high: ArrayLike, truth: ArrayLike, coverage: float = COVERAGE) -> float:
    """By how much intervals must be widened to hold that share of the truths.

    Parameters
    ----------
    low, high
        Ends of intervals by heads that never saw the accounts.
    truth
        What was really added.
    coverage
        Share of accounts whose truth must lie inside.

    Examples
    --------
    >>> widening_of([0.2] * 10, [0.4] * 10, [0.3] * 8 + [0.5] * 2, coverage=0.9)
    0.1
    """
    actual = np.asarray(truth, dtype=np.float64)
    outside = np.maximum(
        np.asarray(low, dtype=np.float64) - actual, actual - np.asarray(high, dtype=np.float64)
    )
    rank = min(int(np.ceil(coverage * (len(outside) + 1))), len(outside))
    return round(float(np.sort(outside)[rank - 1]), 6)
