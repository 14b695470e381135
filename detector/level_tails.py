"""The most suspicious authentic accounts of an evidence level, kept compactly for p-values."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from detector.arrays import Floats

__all__ = ["compact_tail", "tail_ranks"]

EXACT: Final = 200
"""Ranks that are all kept; of the others every hundredth of the accounts."""


@cache
def tail_ranks(n: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Ranks, from 1 for the largest, whose values are kept: the first 200, then every 1 % of n.

    >>> tail_ranks(2), len(tail_ranks(2000)), tail_ranks(2000)[-1]
    (array([1, 2]), 290, np.int64(2000))
    """
    hundredths = -(-np.arange(1, 101) * n // 100)
    return np.union1d(np.arange(1, min(EXACT, n) + 1), hundredths[hundredths > 0]).astype(np.int64)


def compact_tail(descending: Floats) -> Floats:
    """Values at the kept ranks; beyond the exact ones rounded up to four decimals, to compress well.

    A value that is too large makes only a p-value that is too large.
    """
    ranks = tail_ranks(len(descending))
    values = descending[ranks - 1]
    loose = ranks > EXACT
    rounded_up = np.maximum(np.ceil(values[loose] * 1e4) / 1e4, values[loose])
    values[loose] = np.minimum(rounded_up, values[~loose].min()) if loose.any() else rounded_up
    return values
