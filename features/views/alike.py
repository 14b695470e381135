"""Counts that are alike: the most common one, round ones, counts shown rounded, and two groups of posts."""

from __future__ import annotations

from typing import Final

import numpy as np

from features.views.rows import Flags, Floats, Index, Runs, over

__all__ = ["PACKAGES", "equal_to_most", "exact", "explained_by_two", "in_package", "of_one_kind"]

PACKAGES: Final = (100, 250, 500, 750, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000)
ABOVE: Final = 0.01  # of a package: deliveries end a little above it
LEAST_EQUAL: Final = 20.0
COUNT_BITS: Final = 40  # of a count, beside its account's number in one key; no post has so many likes
SHOWN_ROUNDED: Final = 1_000.0  # platforms show smaller counts exactly
LEAST_ROUNDED: Final = 3
LEAST_GROUPED: Final = 10
FIFTH: Final = 5
GRID: Final = float(1 << 32)  # sums of such steps are whole numbers: the same bits whoever stands beside


def exact(runs: Runs, counts: Floats) -> Floats:
    """Counts as they are, NaN for those of 1,000 and more where the account's are shown rounded.

    They are where three or more, not all equal, all end in 00.

    >>> exact(Runs.of(np.zeros(4, int)), np.array([12_300.0, 1_200.0, 5_000.0, 999.0]))
    array([ nan,  nan,  nan, 999.])
    """
    large = counts >= SHOWN_ROUNDED
    many, number = runs.first.size, runs.number
    all_, ragged = (
        np.bincount(number[at], minlength=many) for at in (large, large & (counts % 100.0 != 0.0))
    )
    smooth = runs.spread((all_ >= LEAST_ROUNDED) & (ragged == 0)) & large
    if not smooth.any():
        return counts
    shown = np.where(smooth, counts, np.nan)
    differ = runs.largest(shown) > -runs.largest(-shown)
    return np.where(smooth & runs.spread(differ), np.nan, counts)


def equal_to_most(runs: Runs, counts: Floats) -> Floats:
    """1.0 where a count of 20 or more is the account's most common, which two or more share; else 0.0.

    Of equally common ones the smallest. NaN where unknown or under 20.

    >>> equal_to_most(Runs.of(np.zeros(5, int)), np.array([50.0, 50.0, 21.0, 7.0, 7.0]))
    array([ 1.,  1.,  0., nan, nan])
    """
    able = (counts >= LEAST_EQUAL) & (counts < 1 << COUNT_BITS)
    usual = np.full(runs.first.size, np.nan)
    if able.any():
        keys = np.sort((runs.number[able] << COUNT_BITS) | counts[able].astype(np.int64))
        same = Runs.of(keys)
        kind = keys[same.first]
        owner = Runs.of(kind >> COUNT_BITS)
        most = owner.spread(np.maximum.reduceat(same.size, owner.first))
        common = kind[(same.size == most) & (most > 1)][::-1]
        usual[common >> COUNT_BITS] = common & ((1 << COUNT_BITS) - 1)  # the smallest is written last
    return np.where(able, counts == runs.spread(usual), np.nan)


def in_package(counts: Floats) -> Floats:
    """1.0 where a count lies at most 1 % above a vendor's package; 0.0 for others of 100 and more.

    >>> in_package(np.array([99.0, 100.0, 101.0, 102.0, 5_049.0]))
    array([nan,  1.,  1.,  0.,  1.])
    """
    package = np.array((0, *PACKAGES), np.float64)[np.searchsorted(PACKAGES, counts, side="right")]
    return np.where(counts >= PACKAGES[0], counts <= package + ABOVE * package, np.nan)


def explained_by_two(runs: Runs, values: Floats) -> Floats:
    """For each run the share of its variance that the best split in two groups explains.

    Each group holds at least a fifth of the values, of which 10 must be known. 0 where all are alike.

    >>> explained_by_two(Runs.of(np.zeros(10, int)), np.array([1.0] * 6 + [3.0] * 4))
    array([1.])
    """
    known = runs.known(values)
    n = runs.spread(np.where(known >= LEAST_GROUPED, known, 0)).astype(np.float64)
    if not n.any():
        return np.full(runs.first.size, np.nan)
    steps = np.rint(np.nan_to_num(runs.sorted(values)) * GRID).astype(np.int64)
    sums = np.cumsum(steps)
    lower = (sums - runs.spread(sums[runs.first] - steps[runs.first])).astype(np.float64)
    last = runs.first + runs.size - 1
    total = runs.spread(lower[last])
    size = runs.row + 1.0
    split = (FIFTH * size >= n) & (FIFTH * (n - size) >= n)
    between = over((n * lower - size * total) ** 2, n * size * (n - size))
    mean = over(total, n) * (1.0 / GRID)
    whole = runs.total((values - mean) ** 2)
    found = runs.largest(np.where(split, between, np.nan)) * (1.0 / GRID**2)
    return np.where(
        whole > n[runs.first] * 1e-12,
        np.minimum(over(found, whole), 1.0),
        np.where(n[runs.first] > 0, 0.0, np.nan),
    )


def of_one_kind(runs: Runs, first: Index) -> Flags:
    """Which rows are of the kind that most of the run's are; of equally common ones the earliest.

    ``first`` is the earliest row of the same kind, as :meth:`Runs.earliest` tells.
    """
    rows = np.bincount(first, minlength=first.size).astype(np.float64)
    at = np.flatnonzero(rows == runs.spread(runs.largest(rows)))[::-1]
    kind = np.zeros(runs.first.size, np.int64)
    kind[runs.number[at]] = at
    same: Flags = first == runs.spread(kind)
    return same
