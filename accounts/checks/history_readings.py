"""Counts of a history that were misread: a 0, or another account's, between two like counts."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, Floats, TableArrays
from accounts.checks.finding import (
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)

__all__ = ["coarse_history", "misread_history"]

LIKE: Final = 0.10
"""How much the counts before and after may differ, as a share."""
OFF: Final = 0.30
LONGEST: Final = 3
"""Days in a row that may be misread; of zeros there may be more."""
MOST_ZEROS: Final = 60
FEWEST: Final = 5
STEPS: Final = 3
UNITS: Final = (100_000, 10_000, 1_000, 100)
COARSE: Final = 0.02
"""Of the middle count, from which on a unit of rounding is coarser than three figures."""

_COUNT: Final = pl.col("followers")


def _leaping_back(rows: TableArrays) -> Flags:
    """Accounts with a count that leaps away from the one before, and comes back, far from the middle one.

    Where it leaps to 0, it may come back later.
    """
    counts, account = rows.floats("followers"), rows.account
    order = rows.in_order(np.where(np.isnan(counts), np.nan, rows.floats("date")))
    counts, account = counts[order], account[order]
    before, now = counts[:-1], counts[1:]
    leap = np.flatnonzero(
        (account[1:] == account[:-1]) & (before > 0) & (np.abs(now - before) >= OFF * before)
    )
    if not len(leap):
        return rows.nobody
    back = np.equal(now[leap], 0)
    for later in range(1, LONGEST + 1):
        at = np.minimum(leap + 1 + later, len(counts) - 1)
        returns = np.abs(counts[at] - before[leap]) <= LIKE * before[leap]
        back |= returns & (at == leap + 1 + later) & (account[at] == account[leap])
    marked = np.zeros(len(rows.account), np.bool_)
    marked[order[leap[back]]] = True
    return rows.where(rows.any(marked), lambda at: _is_uneven(rows.frame["followers"][rows.rows_of(at)]))


def _is_uneven(counts: pl.Series) -> bool:
    """Whether the largest or the smallest count is three tenths off the middle one."""
    middle, least, most = counts.quantile(0.5), counts.min(), counts.max()
    if not (isinstance(middle, float) and isinstance(least, int) and isinstance(most, int)):
        return False
    return (most > 0 and least < middle * (1 - OFF)) or most > middle * (1 + OFF)


@check("history", _leaping_back)
def misread_history(evidence: Evidence) -> Outcome:
    """One to three counts that leap away and come back to where they were are misreadings, and are left out.

    So are zeros, up to two months of them.

    What stands before and after differs by a tenth at most, what lies between by three tenths or more: a site
    that could not be read answers 0, another account's count is taken. Followers who come do not all go again
    on the next day, and do not return.
    """
    rows = []
    for _, part in findings_by_account(_with_leaps(evidence.history)):
        counts, numbers = part["followers"].to_list(), part[ROW].to_list()
        after = 1
        for at in part["leap"].arg_true().to_list():
            if at >= after:
                length = _misread(counts, at)
                rows += numbers[at : at + length]
                after = at + max(length, 1)
    wrong = evidence.history.filter(pl.col(ROW).is_in(rows))
    findings = tuple(
        Finding(
            name, "misread_history", "history.followers", part.height,
            f"{part.height} counts of its history leap away and back, such as {part['followers'][0]:,} on"
            f" {part['date'][0]}: misreadings, left out.", ("history.followers",),
        )
        for name, part in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change("history", wrong[ROW]),) if wrong.height else (), findings)


def _with_leaps(history: pl.DataFrame) -> pl.DataFrame:
    """Known counts by date, of accounts of which one leaps by three tenths; ``leap`` marks those that do."""
    before = pl.col("followers").shift(1).over("account_id")
    leap = (pl.col("followers") - before).abs() >= OFF * before
    leaps = history.filter(_COUNT.is_not_null()).sort("account_id", "date").with_columns(leap=leap)
    return leaps.filter(pl.col("leap").any().over("account_id"))


def _misread(counts: list[int], at: int) -> int:
    """How many counts from a place on are misread: 0 to 3.

    >>> _misread([100, 0, 101], 1), _misread([100, 250, 260, 270], 1)
    (1, 0)
    >>> _misread([100, *[0] * 9, 101], 1)
    9
    """
    before = counts[at - 1]
    if before <= 0 or abs(counts[at] - before) < OFF * before:
        return 0
    zeros = next((n for n, count in enumerate(counts[at : at + MOST_ZEROS]) if count), MOST_ZEROS)
    for length in range(max(1, zeros), max(LONGEST, zeros) + 1):
        if at + length >= len(counts):
            return 0
        if abs(counts[at + length] - before) <= LIKE * before:
            return length
        if abs(counts[at + length] - before) < OFF * before:
            return 0
    return 0


def _in_whole_hundreds(rows: TableArrays) -> Flags:
    """Accounts of whose history every count is a whole hundred."""
    counts = rows.floats("followers")
    known = ~np.isnan(counts)
    whole: Flags = (rows.count(known) >= FEWEST) & ~rows.any(known & (counts % UNITS[-1] != 0))
    return whole


def _unit_of(counts: Floats) -> int | None:
    """The unit that counts are rounded to, where it is coarse and each of three steps is one; None elsewhere.

    >>> _unit_of(np.array([8e3, 8e3, 9e3, 10e3, 11e3])), _unit_of(np.array([9e3, 29e3, 30e3, 31e3]))
    (1000, None)
    """
    unit = next((unit for unit in UNITS if not (counts % unit).any()), None)
    steps = np.abs(np.diff(counts))
    if unit is None or np.count_nonzero(steps) < STEPS or steps.max() > unit:
        return None
    return unit if unit >= COARSE * np.median(counts) else None


@check("history", _in_whole_hundreds)
def coarse_history(evidence: Evidence) -> Outcome:
    """Counts rounded to a fiftieth or more, which never move by more than one unit, are left out.

    A source that writes 9K and 10K shows a jump of a thousand where ten people came a day.

    >>> from accounts.tables import Tables
    >>> days = [{"account_id": "a", "followers": 9_000 + 1_000 * (at // 30)} for at in range(120)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "twitch"}], history=days))
    >>> coarse_history.examine(one).findings[0].rows
    120
    """
    rows, findings = [], []
    history = evidence.columns("history", "account_id", "date", "followers").sort("account_id", "date", ROW)
    for name, part in findings_by_account(history.filter(pl.col("followers").is_not_null())):
        if part.height >= FEWEST and (unit := _unit_of(part["followers"].cast(pl.Float64).to_numpy())):
            rows.append(part[ROW])
            findings.append(
                Finding(
                    name, "coarse_history", "history.followers", part.height,
                    f"The {part.height} follower counts of the history are multiples of {unit:,}, and move by"
                    " that at most: what came when is not known; they are left out.",
                    ("history.followers",),
                )
            )  # fmt: skip
    return without_values("history", "followers", rows, findings)
