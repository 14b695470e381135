"""Counts that are alike: the most common one, round ones, counts shown rounded, and two groups of posts."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from features.views.base import ViewRows
from features.views.posts import posts
from features.views.rows import Flags, Floats, Index, Runs, safe_divide

__all__ = ["PACKAGES", "equal_to_most", "exact", "explained_by_two", "in_package", "of_one_kind"]

PACKAGES: Final = (100, 250, 500, 750, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000)
ABOVE: Final = 0.01  # of a package: deliveries end a little above it
LEAST_EQUAL: Final = 20.0
COUNT_BITS: Final = 40  # of a count, beside its account's number in one key; no post has so many likes
SHOWN_ROUNDED: Final = 1_000.0  # platforms show smaller counts exactly
LEAST_ROUNDED: Final = 3
LEAST_GROUPED: Final = 10
FIFTH: Final = 5
GRID: Final = float(1 << 32)  # sums of such steps are whole numbers: the same bits in every batch


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
    smooth = runs.repeat((all_ >= LEAST_ROUNDED) & (ragged == 0)) & large
    if not smooth.any():
        return counts
    shown = np.where(smooth, counts, np.nan)
    differ = runs.max(shown) > -runs.max(-shown)
    return np.where(smooth & runs.repeat(differ), np.nan, counts)


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
        most = owner.repeat(np.maximum.reduceat(same.size, owner.first))
        common = kind[(same.size == most) & (most > 1)][::-1]
        usual[common >> COUNT_BITS] = common & ((1 << COUNT_BITS) - 1)  # the smallest is written last
    return np.where(able, counts == runs.repeat(usual), np.nan)


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
    known = runs.count(values)
    n = runs.repeat(np.where(known >= LEAST_GROUPED, known, 0)).astype(np.float64)
    if not n.any():
        return np.full(runs.first.size, np.nan)
    steps = np.rint(np.nan_to_num(runs.sort(values)) * GRID).astype(np.int64)
    sums = np.cumsum(steps)
    lower = (sums - runs.repeat(sums[runs.first] - steps[runs.first])).astype(np.float64)
    last = runs.first + runs.size - 1
    total = runs.repeat(lower[last])
    size = runs.row + 1.0
    split = (FIFTH * size >= n) & (FIFTH * (n - size) >= n)
    between = safe_divide((n * lower - size * total) ** 2, n * size * (n - size))
    mean = safe_divide(total, n) * (1.0 / GRID)
    whole = runs.sum((values - mean) ** 2)
    found = runs.max(np.where(split, between, np.nan)) * (1.0 / GRID**2)
    return np.where(
        whole > n[runs.first] * 1e-12,
        np.minimum(safe_divide(found, whole), 1.0),
        np.where(n[runs.first] > 0, 0.0, np.nan),
    )


def of_one_kind(runs: Runs, first: Index) -> Flags:
    """Which rows are of the kind that most of the run's are; of equally common ones the earliest.

    ``first`` is the earliest row of the same kind, as :meth:`Runs.first_equal` tells.
    """
    rows = np.bincount(first, minlength=first.size).astype(np.float64)
    at = np.flatnonzero(rows == runs.repeat(runs.max(rows)))[::-1]
    kind = np.zeros(runs.first.size, np.int64)
    kind[runs.number[at]] = at
    same: Flags = first == runs.repeat(kind)
    return same


@posts.column
def likes_equal(rows: ViewRows) -> Floats:
    """1 where its likes are the account's most common number, which two posts or more share; else 0.

    Absent under 20 and for counts that the platform shows rounded.

    >>> from features.example import column_of
    >>> column_of("posts", "likes_equal", likes=[50, 50, 21, 7, 7])
    [1.0, 1.0, 0.0, None, None]
    """
    return equal_to_most(rows.runs, rows.result(_exact_likes))


@posts.column
def views_equal(rows: ViewRows) -> Floats:
    """1 where its views are the account's most common number, as ``likes_equal`` for likes; else 0.

    >>> from features.example import column_of
    >>> column_of("posts", "views_equal", views=[50, 50, 21, 7, 7])
    [1.0, 1.0, 0.0, None, None]
    """
    return _equal(rows, "views")


@posts.column
def shares_equal(rows: ViewRows) -> Floats:
    """1 where its shares are the account's most common number, as ``likes_equal`` for likes; else 0.

    >>> from features.example import column_of
    >>> column_of("posts", "shares_equal", shares=[50, 50, 21, 7, 7])
    [1.0, 1.0, 0.0, None, None]
    """
    return _equal(rows, "shares")


@posts.column
def saves_equal(rows: ViewRows) -> Floats:
    """1 where its saves are the account's most common number, as ``likes_equal`` for likes; else 0.

    >>> from features.example import column_of
    >>> column_of("posts", "saves_equal", saves=[50, 50, 21, 7, 7])
    [1.0, 1.0, 0.0, None, None]
    """
    return _equal(rows, "saves")


@posts.column
def likes_round(rows: ViewRows) -> Floats:
    """1 where its likes lie at most 1 % above a vendor's package, else 0; absent under 100 and if rounded.

    >>> from features.example import column_of
    >>> column_of("posts", "likes_round", likes=[99, 100, 101, 102, 505])
    [None, 1.0, 1.0, 0.0, 1.0]
    """
    return in_package(rows.result(_exact_likes))


@posts.column
def likes_against(rows: ViewRows) -> Floats:
    """Log10 of (likes + 1) over (views + 1); over (comments + 1), where under 10 posts have known views.

    >>> from features.example import column_of
    >>> column_of("posts", "likes_against", likes=[99] * 5, comments=[9] * 5)
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    per_view, likes, comments = rows.result(_per_view), rows.floats("likes"), rows.floats("comments")
    per_comment = np.log10(safe_divide(likes + 1.0, comments + 1.0))
    viewed = rows.runs.repeat(rows.runs.count(per_view) >= LEAST_GROUPED)
    return np.where(viewed, per_view, per_comment)


@posts.column
def likes_against_views(rows: ViewRows) -> Floats:
    """Log10 of (likes + 1) over (views + 1), for posts of the kind that most are of.

    >>> from features.example import column_of
    >>> kinds = ["reel", "reel", "reel", "image", "image"]
    >>> column_of("posts", "likes_against_views", kind=kinds, likes=[99] * 5, views=[9] * 5)
    [1.0, 1.0, 1.0, None, None]
    """
    kind = rows.runs.first_equal(rows.frame.select(pl.col("kind").hash()).to_series().to_numpy())
    return np.where(of_one_kind(rows.runs, kind), rows.result(_per_view), np.nan)


@posts.column
def groups(rows: ViewRows) -> Floats:
    """Share of the variance of ``likes_against`` that the best split of the account's posts in two explains.

    >>> from features.example import column_of
    >>> column_of("posts", "groups", likes=[99] * 6 + [999] * 4, comments=[9] * 10)[:2]
    [1.0, 1.0]
    """
    return rows.runs.repeat(explained_by_two(rows.runs, rows.result(likes_against)))


@posts.column
def groups_against_views(rows: ViewRows) -> Floats:
    """Share of the variance of ``likes_against_views`` that the best split of the posts in two explains.

    >>> from features.example import column_of
    >>> column_of("posts", "groups_against_views", likes=[99] * 5 + [999] * 5, views=[9999] * 10)[:2]
    [1.0, 1.0]
    """
    return rows.runs.repeat(explained_by_two(rows.runs, rows.result(likes_against_views)))


def _exact_likes(rows: ViewRows) -> Floats:
    return exact(rows.runs, rows.floats("likes"))


def _equal(rows: ViewRows, name: str) -> Floats:
    return equal_to_most(rows.runs, exact(rows.runs, rows.floats(name)))


def _per_view(rows: ViewRows) -> Floats:
    likes, views = rows.floats("likes"), rows.floats("views")
    return np.where(views > 0, np.log10(safe_divide(likes + 1.0, views + 1.0)), np.nan)
