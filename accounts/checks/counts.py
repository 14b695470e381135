"""Counts that no platform shows: numbers where a counter ended."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import (
    COUNTS,
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
)

__all__ = ["overflowed_counts", "overflowed_profile"]

LARGEST: Final = (2**31 - 1, 2**32 - 1, 2**31, 2**32)
SMALLER: Final = (2**15 - 1, 2**16 - 1, 99_999, 999_999, 9_999_999, 99_999_999)
"""Ends of 16 bits, and of five to eight digits, which posts have by chance: several have one, none more."""
SEVERAL: Final = 3


def _at_the_end(rows: TableArrays) -> Flags:
    """Accounts with a count at the end of 32 bits, or several at that of 16 bits."""
    found = rows.nobody
    for values in (rows.floats(column) for column in COUNTS if not rows.is_absent(column)):
        if np.fmax.reduce(values) >= min(SMALLER):
            largest = np.isin(rows.most(values), SMALLER)
            found = found | rows.any(np.isin(values, LARGEST)) | largest
    return found


PROFILE: Final = ("followers", "following", "posts")


@check(
    "accounts",
    lambda rows: np.logical_or.reduce([rows.any(np.isin(rows.floats(name), LARGEST)) for name in PROFILE]),
)
def overflowed_profile(evidence: Evidence) -> Outcome:
    """A profile's count at the end of 32 bits overflowed and is absent.

    >>> from accounts.tables import Tables
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 2**31 - 1}])
    >>> overflowed_profile.examine(Evidence(tables)).findings[0].sentence
    'The profile says 2,147,483,647 followers, the end of a counter: left out.'
    """
    changes, found = [], []
    for column in PROFILE:
        wrong = evidence.accounts.filter(pl.col(column).is_in(LARGEST))
        changes.append(Change("accounts", wrong[ROW], (column,)))
        found += [
            Finding(
                name, "overflowed_profile", f"profile.{column}", 1,
                f"The profile says {part[column][0]:,} {column}, the end of a counter: left out.",
                (f"profile.{column}",), bars_clearing=True,
            )
            for name, part in findings_by_account(wrong)
        ]  # fmt: skip
    return Outcome(tuple(changes), tuple(found))


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
