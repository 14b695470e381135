"""Counts that no platform shows: numbers where a counter ended."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["overflowed_counts"]

LARGEST: Final = (2**31 - 1, 2**32 - 1, 2**31, 2**32)
SMALLER: Final = (2**15 - 1, 2**16 - 1)
"""Ends of 16 bits, which posts have by chance: several have one, and none more."""
SEVERAL: Final = 3
COUNTS: Final = ("likes", "comments", "views", "shares", "saves")


def _at_the_end(rows: TableArrays) -> Flags:
    """Accounts with a count at the end of 32 bits, or several at that of 16 bits."""
    found = rows.nobody
    for values in (rows.floats(column) for column in COUNTS if not rows.is_absent(column)):
        if np.fmax.reduce(values) >= min(SMALLER):
            largest = np.isin(rows.most(values), SMALLER)
            found = found | rows.any(np.isin(values, LARGEST)) | largest
    return found


def _ended(column: str) -> pl.Expr:
    """Whether a count stands where a counter ends."""
    count, most = pl.col(column), pl.col(column).max().over("account_id")
    several = (count == most).sum().over("account_id") >= SEVERAL
    return count.is_in(LARGEST) | (count.is_in(SMALLER) & (count == most) & several)


@check("posts", _at_the_end)
def overflowed_counts(evidence: Evidence) -> Outcome:
    """Counts at the end of 32 bits, or three at that of 16 bits and none above, overflowed and are absent."""
    changes, found = [], []
    for column in COUNTS:
        wrong = evidence.posts.filter(_ended(column))
        changes.append(Change("posts", wrong[ROW], (column,)))
        found += [
            Finding(
                name, "overflowed_counts", f"posts.{column}", part.height,
                f"{part.height} posts have {part[column][0]:,} {column}, the end of a counter: left out.",
                (f"posts.{column}",),
            )
            for name, part in findings_by_account(wrong)
        ]  # fmt: skip
    return Outcome(tuple(changes), tuple(found))
