"""How far two samples lie apart: the population stability index and Kolmogorov and Smirnov's distance."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.arrays import Bools, Floats

__all__ = ["BINS", "KsStatistic", "bins_of", "ks_distance", "psi", "psi_of_counts"]

BINS: Final = 10
"""As many as the rule of thumb for the index assumes (Siddiqi 2006, Credit Risk Scorecards)."""

SMOOTHING: Final = 0.5
"""Added to the count of each bin: an empty one would make the index infinite."""

Codes = NDArray[np.intp]


def bins_of(values: Floats, bins: int = BINS) -> Codes:
    """The bin of each value between quantiles of all of them; NaN has a bin of its own, the last.

    >>> bins_of(np.array([0.1, 0.2, 0.3, 0.4, np.nan]), bins=2).tolist()
    [0, 0, 1, 1, 2]
    """
    known = ~np.isnan(values)
    codes = np.full(len(values), bins, dtype=np.intp)
    if known.any():
        edges = np.unique(np.quantile(values[known], np.arange(1, bins) / bins))
        codes[known] = np.searchsorted(edges, values[known], side="left")
    return codes


def psi(before: Floats, after: Floats, bins: int = BINS) -> float:
    """Population stability index of two samples over quantiles of both together.

    >>> same = np.arange(1000) / 1000
    >>> round(psi(same, same), 6), round(psi(same, same**2), 2)
    (0.0, 0.43)
    """
    codes = bins_of(np.concatenate([before, after]), bins)
    count = [np.bincount(part, minlength=bins + 1) for part in np.split(codes, [len(before)])]
    return psi_of_counts(*count)


def psi_of_counts(before: NDArray[np.intp], after: NDArray[np.intp]) -> float:
    """Population stability index of two counts over the same bins; bins empty in both do not count.

    ``sum((b - a) * ln(b / a))`` over the shares a before and b after.
    """
    filled = (before + after) > 0
    shares = [(part[filled] + SMOOTHING) / (part[filled] + SMOOTHING).sum() for part in (before, after)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


class KsStatistic:
    """The distance of two samples' distribution functions, for any split of the same pooled values.

    The pooled values are sorted once: a permutation test asks for thousands of splits.

    Parameters
    ----------
    values
        Of both samples; NaN is left out.
    """

    def __init__(self, values: Floats) -> None:
        known = np.flatnonzero(~np.isnan(values))
        self.order = known[np.argsort(values[known], kind="stable")]
        ordered = values[self.order]
        self.last_of_ties = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)[: len(ordered)])

    def __call__(self, is_before: Bools) -> float:
        """The distance between those marked and the others; 0 where either has no value."""
        marked = is_before[self.order]
        count = int(marked.sum())
        if not count or count == len(marked):
            return 0.0
        running = np.cumsum(marked)[self.last_of_ties]
        others = self.last_of_ties + 1 - running
        return float(np.abs(running / count - others / (len(marked) - count)).max())


def ks_distance(before: Floats, after: Floats) -> float:
    """Kolmogorov and Smirnov's two-sample distance; NaN is left out.

    >>> ks_distance(np.array([1.0, 2.0, 3.0]), np.array([2.5, 3.5, np.nan]))
    0.666...
    """
    both = np.concatenate([before, after])
    return KsStatistic(both)(np.arange(len(both)) < len(before))
