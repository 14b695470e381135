"""Views of two kinds of posts, such as Shorts and videos, which are counted differently."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, Floats, Index, TableArrays, average_ranks
from accounts.checks.finding import (
    ROW,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)

__all__ = ["views_of_kinds"]

FEWEST: Final = 4
LIKED: Final = 5
"""Likes from which on those of a view can be told."""
APART: Final = 3.0
CLEAN: Final = 0.9
"""Share of pairs of the two kinds in which the one has fewer likes a view."""
SURE: Final = 3.0
"""Standard errors by which their ranks differ."""


def _of_two_kinds(rows: TableArrays) -> Flags:
    """Accounts whose likes a view may differ between their two most frequent kinds of posts."""
    kinds = rows.frame["kind"]
    if kinds.null_count() == kinds.len():
        return rows.nobody
    codes = kinds.rank("dense").cast(pl.Float64).to_numpy()
    likes, views = rows.floats("likes"), rows.floats("views")
    rated = (views > 0) & (likes >= LIKED) & ~np.isnan(codes)
    many = rows.count(rated) >= 2 * FEWEST
    several = rows.least(np.where(rated, codes, np.nan)) < rows.most(np.where(rated, codes, np.nan))

    def differ(at: int) -> bool:
        own = rows.rows_of(at)
        chosen = rated[own]
        return (
            _fewer(likes[own][chosen] / views[own][chosen], codes[own][chosen].astype(np.int64)) is not None
        )

    return rows.where(many & several, differ)


def _fewer(rates: Floats, kinds: Index) -> tuple[int, float] | None:
    """The rarer of the two most frequent kinds, and how many times apart their likes a view are.

    None where they are not apart.

    >>> rates = np.array([4, 5, 6, 4.5, 5.5, 5, 4.2, 0.8, 0.7, 0.9, 1, 0.6, 0.8, 0.8]) / 100
    >>> _fewer(rates, np.array([1] * 7 + [2] * 7)), _fewer(rates, np.array([1, 2] * 7))
    ((2, 6.25), None)
    """
    named, counts = np.unique(kinds, return_counts=True)
    if len(named) < 2:
        return None
    often, rarer = named[np.argsort(-counts, kind="stable")[:2]].tolist()
    one, other = rates[kinds == often], rates[kinds == rarer]
    pairs = len(one) * len(other)
    if min(len(one), len(other)) < FEWEST:
        return None
    above = average_ranks(np.concatenate([one, other]))[: len(one)].sum() - len(one) * (len(one) + 1) / 2
    error = np.sqrt(pairs * (len(one) + len(other) + 1) / 12)
    low, high = sorted((float(np.median(one)), float(np.median(other))))
    apart = max(above, pairs - above) >= CLEAN * pairs and abs(above - pairs / 2) >= SURE * error
    return (rarer, high / low) if apart and high >= APART * low else None


@check("posts", _of_two_kinds)
def views_of_kinds(evidence: Evidence) -> Outcome:
    """Views of two kinds of posts that bring three times as many likes in one as in the other stay apart.

    A Short is counted at every start, a video when it is watched; reels and pictures reach other people. Four
    posts or more of either kind, the ranks of their likes a view three standard errors apart, in nine of ten
    pairs. The views of the rarer kind are left out. As views that were bought for one kind look the same,
    nobody is cleared.

    >>> from accounts.tables import Tables
    >>> posts = [
    ...     {"account_id": "a", "likes": 40 + at, "views": 1_000 * (1 + 5 * (at % 2)), "kind": kind}
    ...     for at, kind in enumerate(["video", "short"] * 8)
    ... ]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "youtube"}], posts=posts))
    >>> views_of_kinds.examine(one).findings[0].sentence[:62]
    'A view brings 5.9 times as many likes in one kind of its posts'
    """
    known = evidence.columns("posts", "account_id", "likes", "views", "kind").filter(
        (pl.col("views") > 0) & (pl.col("likes") >= LIKED) & pl.col("kind").is_not_null()
    )
    rows, findings = [], []
    for name, part in findings_by_account(known):
        kinds = part["kind"].rank("dense").cast(pl.Int64).to_numpy()
        found = _fewer((part["likes"] / part["views"]).to_numpy(), kinds)
        if found is None:
            continue
        rarer = part.filter(pl.Series(kinds == found[0]))
        rows.append(rarer[ROW])
        findings.append(
            Finding(
                name, "views_of_kinds", "posts.views", rarer.height,
                f"A view brings {found[1]:.1f} times as many likes in one kind of its posts as in the other:"
                f" they are counted differently; views of the {rarer.height} of kind {rarer['kind'][0]!r} are"
                " left out.", ("posts.views",), bars_clearing=True,
            )
        )  # fmt: skip
    return without_values("posts", "views", rows, findings)
