"""Counts of shares and saves that were not collected, and came as zeros."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check

__all__ = ["uncollected_counts"]

COUNTS: Final = ("shares", "saves")
FEWEST: Final = 5
LIKED: Final = 1_000
"""Likes and comments, all posts together, from which on somebody has shared or saved one of them."""


def _all_zero(rows: TableArrays) -> Flags:
    """Accounts of whose posts none has a share, or none a save, and which many like."""
    found = rows.nobody
    for column in (name for name in COUNTS if not rows.is_absent(name)):
        found = found | _not_collected(rows, column)
    return found


def _not_collected(rows: TableArrays, column: str) -> Flags:
    """Accounts with five posts or more whose count is known and 0, over a thousand likes and comments."""
    counts = rows.floats(column)
    none: Flags = (rows.count(counts == 0) >= FEWEST) & (rows.most(counts) == 0)
    if not none.any():
        return rows.nobody
    earned = np.nan_to_num(rows.floats("likes")) + np.nan_to_num(rows.floats("comments"))
    return none & (rows.sum(np.where(np.isnan(counts), 0.0, earned)) >= LIKED)


@check("posts", _all_zero)
def uncollected_counts(evidence: Evidence) -> Outcome:
    """Zero shares, or saves, on every post while a thousand people like them were not collected: absent.

    Five posts or more. Programs that cannot see a count write 0.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 300, "shares": 7, "saves": 0}] * 6
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> [(found.field, found.rows) for found in uncollected_counts.examine(one).findings]
    [('posts.saves', 6)]
    """
    changes, findings = [], []
    posts = evidence.columns("posts", "account_id", "likes", "comments", *COUNTS)
    rows = TableArrays.of(posts)
    for column in COUNTS:
        if not (names := rows.names(_not_collected(rows, column))):
            continue
        wrong = rows.frame.filter(pl.col("account_id").is_in(names) & pl.col(column).is_not_null())
        changes.append(Change("posts", wrong[ROW], (column,)))
        findings += [
            Finding(
                name, "uncollected_counts", f"posts.{column}", count,
                f"All {count} posts have 0 {column} over a real audience: these were not collected, and are"
                " taken as absent.", (f"posts.{column}",),
            )
            for name, count in wrong.group_by("account_id", maintain_order=True).len().iter_rows()
        ]  # fmt: skip
    return Outcome(tuple(changes), tuple(findings))
