"""Counts that no platform shows: numbers where a counter overflowed."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["overflowed_counts"]

LARGEST: Final = (2**31 - 1, 2**32 - 1, 2**31, 2**32)
COUNTS: Final = ("likes", "comments", "views", "shares", "saves")


def _at_the_end(rows: TableArrays) -> Flags:
    """Accounts with a count at the end of 32 bits."""
    found = rows.nobody
    for values in (rows.floats(column) for column in COUNTS if not rows.is_absent(column)):
        if np.fmax.reduce(values) >= min(LARGEST):
            found = found | rows.any(np.isin(values, LARGEST))
    return found


@check("posts", _at_the_end)
def overflowed_counts(evidence: Evidence) -> Outcome:
    """Counts that stand at the end of 32 bits overflowed: they are absent."""
    changes, found = [], []
    for column in COUNTS:
        wrong = evidence.posts.filter(pl.col(column).is_in(LARGEST))
        changes.append(Change("posts", wrong[ROW], (column,)))
        found += [
            Finding(
                name, "overflowed_counts", f"posts.{column}", part.height,
                f"{part.height} posts have {part[column][0]:,} {column}, the end of 32 bits: left out.",
                (f"posts.{column}",),
            )
            for name, part in findings_by_account(wrong)
        ]  # fmt: skip
    return Outcome(tuple(changes), tuple(found))
