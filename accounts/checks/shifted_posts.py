"""Posts that stand twice, the second time on another clock."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["shifted_posts"]

COUNTS: Final = ("likes", "comments", "views")
ENOUGH: Final = 10
"""Likes from which on two posts hardly share all counts by chance."""
FEWEST: Final = 3
HALF_HOUR: Final = 1_800
FARTHEST: Final = 14 * 3_600
"""Seconds between the clocks of two zones, at most."""
PRIMES: Final = (7_919.0, 104_729.0, 1.0)


def _same_counts(rows: TableArrays) -> Flags:
    """Accounts with three posts or more whose counts are those of another one, too."""
    liked = np.flatnonzero(rows.floats("likes") >= ENOUGH)
    if not len(liked):
        return rows.nobody
    values = np.zeros(len(liked))
    for name, prime in zip(COUNTS, PRIMES, strict=True):
        values += prime * np.nan_to_num(rows.floats(name)[liked])
    account = rows.account[liked]
    order = np.lexsort((values, account))
    again = (np.diff(values[order]) == 0) & (np.diff(account[order]) == 0)
    many: Flags = np.bincount(account[order][1:][again], minlength=len(rows.starts)) >= FEWEST
    return many


@check("posts", _same_counts)
def shifted_posts(evidence: Evidence) -> Outcome:
    """Posts whose words and counts are an earlier one's, whole half hours before, stand twice: two clocks.

    Ten likes or more, and comments or views. Three such posts or more; the earlier ones stay.

    >>> from accounts.tables import Tables
    >>> from datetime import datetime, timedelta
    >>> posts = [
    ...     {"account_id": "a", "likes": 40 + at, "views": 900 + at, "caption": f"Loaf {at}",
    ...      "published_at": datetime(2026, 9, 1 + at, 9 + shift, 12, 41)}
    ...     for at in range(5) for shift in (0, 2)
    ... ]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts))
    >>> shifted_posts.examine(one).changes[0].rows.to_list()
    [1, 3, 5, 7, 9]
    """
    keys = ("account_id", "caption", *COUNTS)
    posts = evidence.columns("posts", *keys, "published_at").filter(
        (pl.col("likes") >= ENOUGH)
        & pl.any_horizontal(pl.col(name) > 0 for name in COUNTS[1:])
        & pl.col("published_at").is_not_null()
    )
    gap = pl.col("published_at").diff().over(keys).dt.total_seconds(fractional=True)
    ordered = posts.sort("account_id", "published_at", ROW, maintain_order=True).with_columns(gap=gap)
    wrong = ordered.filter(
        (pl.col("gap") > 0) & (pl.col("gap") <= FARTHEST) & (pl.col("gap") % HALF_HOUR == 0)
    ).filter(pl.len().over("account_id") >= FEWEST)
    findings = tuple(
        Finding(
            name, "shifted_posts", "posts", part.height,
            f"{part.height} posts stand twice, whole hours apart: in two lists with two clocks; each counts"
            " once.", (f"{part.height} rows of posts",),
        )
        for name, part in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change("posts", wrong[ROW].sort()),) if wrong.height else (), findings)
