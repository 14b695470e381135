"""Counts of a history that were misread: a 0, or another account's, between two like counts."""

from __future__ import annotations

import datetime as dt
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

__all__ = ["coarse_history", "misread_history", "zeros_at_ends"]

LIKE: Final = 0.10
"""How much the counts before and after may differ, as a share."""
OFF: Final = 0.30
LONGEST: Final = 3
"""Days in a row that may be misread; of zeros, and of counts that are far off, there may be more."""
FARTHER: Final = 3.0
LONGER: Final = 14
"""Days in a row that another account's counts may stand, where they are a third at most, or three times, its
own."""
ALONE: Final = 0.12
"""How far off a count of a day or two may be that is a misreading: orders that are refilled lose less."""
NEARLY_BACK: Final = 0.1
"""Of a leap of a day or two, how much of it may be left on the next."""
QUIET: Final = 0.25
"""Of a leap of a day or two, how large the largest step of the week before and after may be."""
WEEK: Final = 7
TWO: Final = 2
AGED: Final = dt.timedelta(days=180)
MOST_ZEROS: Final = 60
FEWEST: Final = 5
STEPS: Final = 3
MANY: Final = 100
EARNED: Final = 10
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
        (account[1:] == account[:-1]) & (before > 0) & (np.abs(now - before) >= ALONE * before)
    )
    if not len(leap):
        return rows.nobody
    far = np.abs(now[leap] - before[leap])
    back = np.equal(now[leap], 0)
    for later in range(1, LONGER + 1):
        at = np.minimum(leap + 1 + later, len(counts) - 1)
        left = np.abs(counts[at] - before[leap])
        returns = (left <= LIKE * before[leap]) & (far >= OFF * before[leap])
        if later <= TWO:
            returns |= (left <= NEARLY_BACK * far) & (far >= MANY)
        back |= returns & (at == leap + 1 + later) & (account[at] == account[leap])
    marked = np.zeros(len(rows.account), np.bool_)
    marked[order[leap[back]]] = True
    return rows.any(marked)


@check("history", _leaping_back)
def misread_history(evidence: Evidence) -> Outcome:
    """One to three counts that leap away and come back to where they were are misreadings, and are left out.

    So are zeros, up to two months of them, and up to two weeks of counts that are a third at most, or three
    times, what stands before and after, and stay there: another account's. Nobody is cleared without these.

    What stands before and after differs by a tenth at most, what lies between by three tenths or more: a site
    that could not be read answers 0, another account's count is taken. One or two may be off by
    an eighth, and a hundred, where the next one takes nine tenths of that back, in weeks whose other steps
    are a quarter of it at most: orders that lose and are refilled step every day. Followers who come do not
    all go again on the next day, and do not return.
    """
    rows, long = [], set()
    for name, part in findings_by_account(_with_leaps(evidence.history)):
        counts, numbers = part["followers"].to_list(), part[ROW].to_list()
        after = 1
        for at in part["leap"].arg_true().to_list():
            if at >= after:
                length = _misread(counts, at)
                rows += numbers[at : at + length]
                after = at + max(length, 1)
                if length > LONGEST and counts[at]:
                    long.add(name)
    wrong = evidence.history.filter(pl.col(ROW).is_in(rows))
    findings = tuple(
        Finding(
            name, "misread_history", "history.followers", part.height,
            f"{part.height} counts of its history leap away and back, such as {part['followers'][0]:,} on"
            f" {part['date'][0]}: misreadings, left out.", ("history.followers",),
            bars_clearing=name in long,
        )
        for name, part in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change("history", wrong[ROW]),) if wrong.height else (), findings)


def _zero_at_an_end(rows: TableArrays) -> Flags:
    """Accounts whose first or last known count is 0, and another is not."""
    counts = rows.floats("followers")
    known = rows.in_order(np.where(np.isnan(counts), np.nan, rows.floats("date")))
    own = rows.account[known]
    first = np.flatnonzero(np.diff(own, prepend=-1))
    last = np.append(first[1:], len(own)) - 1
    zero = np.zeros(len(rows.starts), np.bool_)
    if len(first):
        zero[own[first]] = (counts[known[first]] == 0) | (counts[known[last]] == 0)
    found: Flags = zero & (rows.most(counts) >= MANY)
    return found


@check("history", _zero_at_an_end)
def zeros_at_ends(evidence: Evidence) -> Outcome:
    """Zeros at the end of a history are misreadings, and so are those at its beginning if posts earned likes.

    Nobody loses a hundred followers or more to the last one. Where three posts from before the first count
    that is not 0 earned ten likes, or comments, each, there were people, and so there were where an account
    that opened half a year before has published a hundred posts; nobody is cleared without these zeros.

    >>> from accounts.tables import Tables
    >>> days = [{"date": dt.date(2026, 10, day), "followers": 800 if day < 9 else 0} for day in range(1, 11)]
    >>> rows = [{"account_id": "a"} | day for day in days]
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x"}], history=rows)
    >>> zeros_at_ends.examine(Evidence(tables)).findings[0].sentence
    '2 counts at an end of its history are 0: misreadings, left out.'
    """
    known = evidence.columns("history", "account_id", "date", "followers").filter(_COUNT.is_not_null())
    liked = (
        evidence.columns("posts", "account_id", "published_at", "likes", "comments")
        .filter(pl.sum_horizontal("likes", "comments") >= EARNED)
        .select("account_id", day=pl.col("published_at").dt.date())
    )
    posts = dict(liked.group_by("account_id").agg("day").iter_rows())
    aged = {
        name: opened
        for name, opened in evidence.accounts.filter(pl.col("posts") >= MANY)
        .select("account_id", pl.col("created_at").dt.date())
        .iter_rows()
        if opened is not None
    }
    rows, findings = [], []
    for name, part in findings_by_account(known.sort("account_id", "date")):
        counted = part["followers"] > 0
        first, last = (counted.arg_max() or 0), part.height - 1 - (counted.reverse().arg_max() or 0)
        if not counted.any() or (part["followers"].max() or 0) < MANY:  # type: ignore[operator]
            continue
        began = part["date"][first]
        people = sum(day is not None and day < began for day in posts.get(name, ())) >= STEPS
        people |= name in aged and began - aged[name] >= AGED
        before = part.head(first if people else 0)
        wrong = pl.concat([before[ROW], part[last + 1 :][ROW]])
        if len(wrong):
            rows.append(wrong)
            findings.append(
                Finding(
                    name, "zeros_at_ends", "history.followers", len(wrong),
                    ("1 count at an end of its history is 0: a misreading," if len(wrong) == 1 else
                     f"{len(wrong)} counts at an end of its history are 0: misreadings,")
                    + " left out.", ("history.followers",), bars_clearing=not before.is_empty(),
                )
            )  # fmt: skip
    return Outcome((Change("history", pl.concat(rows)),) if rows else (), tuple(findings))


def _with_leaps(history: pl.DataFrame) -> pl.DataFrame:
    """Known counts by date, of accounts of which one leaps by an eighth; ``leap`` marks those that do."""
    before = pl.col("followers").shift(1).over("account_id")
    leap = (pl.col("followers") - before).abs() >= ALONE * before
    leaps = history.filter(_COUNT.is_not_null()).sort("account_id", "date").with_columns(leap=leap)
    return leaps.filter(pl.col("leap").any().over("account_id"))


def _misread(counts: list[int], at: int) -> int:
    """How many counts from a place on are misread.

    >>> _misread([100, 0, 101], 1), _misread([100, 250, 260, 270], 1)
    (1, 0)
    >>> _misread([100, *[0] * 9, 101], 1), _misread([100, *[700] * 9, 101], 1)
    (9, 9)
    >>> _misread([1_000, 870, 1_001], 1), _misread([1_000, 870, 950], 1)
    (1, 0)
    >>> _misread([1_060, 1_000, 870, 1_001], 2), _misread([100, 700, 900, 1_100, 800, 101], 1)
    (0, 0)
    """
    before, leap = counts[at - 1], abs(counts[at] - counts[at - 1])
    for length in range(1, TWO + 1):
        if max(ALONE * before, MANY) > leap or before <= 0 or at + length >= len(counts):
            break
        if abs(counts[at + length] - before) <= NEARLY_BACK * leap and _is_quiet(counts, at, length, leap):
            return length
    if before <= 0 or leap < OFF * before:
        return 0
    zeros = next((n for n, count in enumerate(counts[at : at + MOST_ZEROS]) if count), MOST_ZEROS)
    far = counts[at] >= FARTHER * before or counts[at] * FARTHER <= before
    for length in range(max(1, zeros), max(LONGER if far else LONGEST, zeros) + 1):
        if at + length >= len(counts):
            return 0
        if abs(counts[at + length] - before) <= LIKE * before:
            return length if length <= LONGEST or _is_level(counts[at : at + length]) else 0
        if abs(counts[at + length] - before) < OFF * before:
            return 0
    return 0


def _is_level(counts: list[int]) -> bool:
    """Whether counts differ by a tenth at most."""
    return max(counts) - min(counts) <= LIKE * max(counts)


def _is_quiet(counts: list[int], at: int, length: int, leap: int) -> bool:
    """Whether counts hardly move in the week before some of them and in the week after."""
    weeks = counts[max(at - WEEK, 0) : at], counts[at + length : at + length + WEEK]
    return all(abs(int(step)) <= QUIET * leap for week in weeks for step in np.diff(week))


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
