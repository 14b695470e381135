"""Counts of which some are in thousands: "1.2K" read as 1,200 in one part of a file, as 1.2 in another."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, Floats, Index, TableArrays
from accounts.checks.finding import (
    COUNTS,
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)

__all__ = ["history_in_two_units", "posts_in_two_units"]

THOUSAND: Final = float(np.log(1_000))
SIDE: Final = 4
"""Posts in either unit."""
NEAR: Final = float(np.log(2))
"""How far from a thousand the two means may lie apart, in logarithms: counts vary."""
ERRORS: Final = 2.5
ALIKE: Final = 2.5
"""How many times as much the counts may vary on one side as on the other. What was bought varies less."""
STEP: Final = float(np.log(1.2))
"""How far from a thousandfold one day's leap of a history may be."""


def _thousand_apart(rows: TableArrays, column: str) -> Flags:
    """Accounts with two counts of which one is five hundred times the other, or more."""
    values = rows.floats(column)
    counted = np.where(values > 0, values, np.nan)
    apart: Flags = rows.most(counted) >= rows.least(counted) * np.exp(THOUSAND - NEAR)
    return apart


def _posts_apart(rows: TableArrays) -> Flags:
    """Accounts of whose posts some count may be in two units."""
    known = [name for name in COUNTS if not rows.is_absent(name)]
    found: Flags = np.logical_or.reduce([rows.nobody, *(_apart_by(rows, name) for name in known)])
    return found


def _apart_by(rows: TableArrays, column: str) -> Flags:
    """Accounts of whose posts one count is in two units."""
    apart = _thousand_apart(rows, column)
    if not apart.any():
        return apart
    values, times = rows.floats(column), rows.floats("published_at")

    def changes_unit(at: int) -> bool:
        own = rows.rows_of(at)
        return _in_two_units(values[own], times[own])

    return rows.where(apart, changes_unit)


def _in_two_units(counts: Floats, times: Floats) -> bool:
    """Whether the counts up to one time are a thousand times those after it, or the other way round.

    The larger ones all lie above the smaller, four or more on either side, and vary as these do. Likes that
    were bought come in packages, which vary less, or are no thousandfold. Where no times are known, the order
    of the rows is that of time. Zeros are the same in any unit.

    >>> likes, times = np.array([31.0, 12, 54, 20, 43, 25, 17, 38]), np.arange(8.0)
    >>> mixed, bought = likes * ([1] * 4 + [1_000] * 4), np.where(times < 4, likes, 30_000)
    >>> [_in_two_units(counts, times) for counts in (mixed, bought, likes)]
    [True, False, False]
    """
    known = counts > 0
    order: Index = np.argsort(times[known], kind="stable")
    logs = np.log(counts[known])[order]
    if len(logs) < 2 * SIDE:
        return False
    at = int(np.abs(np.diff(logs)).argmax()) + 1
    sides = sorted((logs[:at], logs[at:]), key=np.mean)
    if min(map(len, sides)) < SIDE or sides[0].max() >= sides[1].min():
        return False
    spreads = sorted(float(np.std(side, ddof=1)) for side in sides)
    error = np.sqrt(sum(np.var(side, ddof=1) / len(side) for side in sides))
    off = abs(float(np.mean(sides[1]) - np.mean(sides[0])) - THOUSAND)
    return bool(off <= min(NEAR, ERRORS * error) and spreads[1] <= ALIKE * spreads[0])


@check("posts", _posts_apart)
def posts_in_two_units(evidence: Evidence) -> Outcome:
    """Counts that are a thousand times as large from a day on, or as small, and vary as before, are left out.

    A part of the file is in thousands, and nothing says which of the two is right. As whoever buys may hit a
    thousand, nobody is cleared on the rest.

    >>> from accounts.tables import Tables
    >>> views = (31, 12, 54, 20, 43_100, 25_000, 17_300, 38_000)
    >>> posts = [{"account_id": "a", "views": count} for count in views]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts))
    >>> posts_in_two_units.examine(one).findings[0].sentence[:51]
    'The views of 8 posts leap to a thousand times as ma'
    """
    changes, findings = [], []
    posts = evidence.columns("posts", "account_id", "published_at", "published_on", *COUNTS)
    time = pl.coalesce("published_at", pl.col("published_on").cast(pl.Datetime("us", "UTC")))
    for name, part in findings_by_account(posts.with_columns(time=time.to_physical().cast(pl.Float64))):
        times = part["time"].to_numpy()
        for column in COUNTS:
            if _in_two_units(part[column].cast(pl.Float64).to_numpy(), times):
                known = part.filter(pl.col(column).is_not_null())
                changes.append(Change("posts", known[ROW], (column,)))
                findings.append(
                    Finding(
                        name, "posts_in_two_units", f"posts.{column}", known.height,
                        f"The {column} of {known.height} posts leap to a thousand times as many, or as few,"
                        " and vary as before: some are in thousands; they are left out.",
                        (f"posts.{column}",), bars_clearing=True,
                    )
                )  # fmt: skip
    return Outcome(tuple(changes), tuple(findings))


def _leaping_a_thousandfold(rows: TableArrays) -> Flags:
    """Accounts of whose history one count is five hundred times another, or more."""
    return _thousand_apart(rows, "followers")


def _leap(counts: Floats) -> int | None:
    """The only place of a history where its counts become a thousand times as many, or as few; None without.

    >>> _leap(np.array([250.0, 251, 252_000, 253_000])), _leap(np.array([250.0, 251, 90_000, 91_000]))
    (2, None)
    """
    logs = np.log(counts)
    leaps = np.flatnonzero(np.abs(np.abs(np.diff(logs)) - THOUSAND) <= STEP)
    return int(leaps[0]) + 1 if len(leaps) == 1 else None


@check("history", _leaping_a_thousandfold)
def history_in_two_units(evidence: Evidence) -> Outcome:
    """Counts of a history that are a thousandfold from one day on, within a fifth, are in another unit.

    Those farther from the profile's followers are left out, or where these are not known the shorter side.
    Nobody is cleared on the rest.

    >>> from accounts.tables import Tables
    >>> days = [{"account_id": "a", "followers": count} for count in (25_100, 25_110, 25, 25)]
    >>> tables = Tables.of(accounts=[{"account_id": "a", "followers": 25_130}], history=days)
    >>> history_in_two_units.examine(Evidence(tables)).changes[0].rows.to_list()
    [2, 3]
    """
    followers = dict(evidence.accounts.select("account_id", "followers").iter_rows())
    rows, findings = [], []
    history = evidence.columns("history", "account_id", "date", "followers")
    counted = history.filter(pl.col("followers") > 0).sort("account_id", "date", ROW)
    for name, part in findings_by_account(counted):
        counts = part["followers"].cast(pl.Float64).to_numpy()
        if (at := _leap(counts)) is None:
            continue
        wrong = part.head(at) if _first_is_wrong(counts, at, followers[name]) else part.tail(-at)
        rows.append(wrong[ROW])
        findings.append(
            Finding(
                name, "history_in_two_units", "history.followers", wrong.height,
                f"On {part['date'][at]} its history leaps from {part['followers'][at - 1]:,} to"
                f" {part['followers'][at]:,}, a thousandfold: {wrong.height} counts are in another unit, and"
                " left out.", ("history.followers",), bars_clearing=True,
            )
        )  # fmt: skip
    return without_values("history", "followers", rows, findings)


def _first_is_wrong(counts: Floats, at: int, followers: int | None) -> bool:
    """Whether the counts before a place are the ones in another unit, rather than those from it on."""
    if not followers:
        return at < len(counts) - at
    before, after = (abs(float(np.log(counts[one] / followers))) for one in (at - 1, at))
    return before > after
