"""Follower counts that a collector wrote down again while it read no new ones."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, Floats, TableArrays
from accounts.checks.finding import (
    ROW,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)

__all__ = ["stale_counts"]

LONGEST: Final = 5
"""Steps without any change from which on a count may be an old one."""
FEWEST_MISSED: Final = 20.0
"""Followers that the usual pace would have brought meanwhile, under which a standstill is none."""
STILL: Final = 0.25
"""Share of the other steps that stand still, from which on standing still is this account's way."""
FACTOR: Final = 2.5
"""How far what came in the end may be off what the usual pace would have brought."""


def _stands_still(rows: TableArrays) -> Flags:
    """Accounts with a count that is the same five steps on, and thereafter one far enough from it."""
    counts = rows.floats("followers")
    order = rows.in_order(np.where(np.isnan(counts), np.nan, rows.floats("date")))
    counts, account = counts[order], rows.account[order]
    first, then = counts[: -LONGEST - 1], counts[LONGEST:-1]
    found = (
        (first == then)
        & (account[: -LONGEST - 1] == account[LONGEST + 1 :])
        & (np.abs(counts[LONGEST + 1 :] - then) >= FEWEST_MISSED / FACTOR)
    )
    marked = np.zeros(len(rows.account), np.bool_)
    marked[order[: -LONGEST - 1][found]] = True
    return rows.any(marked)


def _stale(days: Floats, counts: Floats) -> Flags:
    """Which counts repeat the one before them, where what was missed came at once in the end.

    >>> days, counts = np.arange(30.0), 1_000 + 40.0 * np.arange(30)
    >>> counts[10:20] = counts[9]
    >>> np.flatnonzero(_stale(days, counts)).tolist()
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
    >>> bool(_stale(days, counts + 9_000 * (days >= 20)).any())
    False
    """
    steps, since = np.diff(counts), np.diff(days)
    begins = np.flatnonzero(np.diff(steps == 0, prepend=False) & (steps == 0))
    ends = np.flatnonzero(np.diff(steps == 0, append=False) & (steps == 0)) + 1
    runs = [(begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
            if end - begin >= LONGEST and end < len(steps)]  # fmt: skip
    usual = np.ones(len(steps), np.bool_)
    for begin, end in runs:
        usual[begin : end + 1] = False
    found: Flags = np.zeros(len(counts), np.bool_)
    if not usual.any() or np.mean(steps[usual] == 0) >= STILL:
        return found
    pace = float(np.median(steps[usual] / since[usual]))
    for begin, end in runs:
        missed = pace * float(days[end + 1] - days[begin])
        if abs(missed) >= FEWEST_MISSED and 1 / FACTOR <= steps[end] / missed <= FACTOR:
            found[begin + 1 : end + 1] = True
    return found


@check("history", _stands_still)
def stale_counts(evidence: Evidence) -> Outcome:
    """Counts that stand still for five days and more, and then catch up, are old ones; they are left out.

    On most other days the account gains or loses, and after the standstill it has what its usual pace would
    have brought: a collector wrote an old count down again. What looks like a jump came day by day.

    >>> from accounts.tables import Tables
    >>> days = [
    ...     {"account_id": "a", "date": 20_000 + at, "followers": 5_000 + 30 * (20 if 20 <= at < 40 else at)}
    ...     for at in range(60)
    ... ]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], history=days))
    >>> stale_counts.examine(one).findings[0].rows
    19
    """
    rows, findings = [], []
    history = evidence.columns("history", "account_id", "date", "followers").sort("account_id", "date", ROW)
    for name, part in findings_by_account(history.drop_nulls()):
        days = part["date"].cast(pl.Int32).to_numpy().astype(np.float64)
        stale = _stale(days, part["followers"].cast(pl.Float64).to_numpy())
        if stale.any():
            again = part.filter(pl.Series(stale))
            rows.append(again[ROW])
            findings.append(
                Finding(
                    name, "stale_counts", "history.followers", again.height,
                    f"{again.height} follower counts of the history repeat the one before them, such as"
                    f" {again['followers'][0]:,} on {again['date'][0]}, and the next one makes up for what"
                    " was missed: they were not read anew, and are left out.", ("history.followers",),
                )
            )  # fmt: skip
    return without_values("history", "followers", rows, findings)
