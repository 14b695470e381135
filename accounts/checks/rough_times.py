"""Times that are no times: one moment for all, "5 months ago", dates without a time of day, whole hours."""

from __future__ import annotations

import datetime as dt
import math
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
    Suspects,
    check,
    findings_by_account,
    without_values,
)
from accounts.checks.times import DAY_SECONDS, SECOND, mostly_alike, seconds, seconds_of_day, time_of_day

__all__ = [
    "collection_times",
    "posts_at_collection",
    "rough_comment_times",
    "rough_post_times",
    "whole_hours",
]

FEWEST: Final = 5
FEWEST_COMMENTS: Final = 10
PACE: Final = 3
"""Seconds from row to row in which a program collects, and none publishes all that there is of an account."""
PAUSE: Final = 60
"""Seconds without a post that end a run of a program that collects."""
LATELY: Final = dt.timedelta(days=7)
SLOW_PACE: Final = 30
"""Seconds from row to row of a program that waits between pages."""
JUST: Final = dt.timedelta(hours=1)
"""How long before ``as_of`` such a program ended: programs that publish take such pauses, too."""
RUNS: Final = 3
"""Runs of collecting in which all posts of an account may lie."""
LISTED: Final = 900
"""Seconds within which a program goes through a list and asks each time anew what "5 months ago" is."""
SHAKEN: Final = 15
"""Seconds within which the clock stands that "5 months ago" is taken from, whatever the order."""
BY_CHANCE: Final = 0.001
MOSTLY: Final = 0.8
HALF: Final = 0.5
HOUR: Final = 3_600
REGULAR: Final = 0.8
NEARLY_ALL: Final = 0.9
MONTHS: Final = tuple(86_400 * days for days in (30.44, 365.25 / 12, 365.2425 / 12, 365 / 12))
"""Seconds of a mean month, as programs reckon it. (Of whole days all times share their time of day.)"""
SEVERAL: Final = 3
DIFFERENT: Final = 4
FIFTH: Final = 0.2
BARRING: Final = 0.1
"""Share of the posts without a time from which on nobody is cleared."""
OFTEN: Final = 2
"""Posts a day from which on a program's times are what tells it from a person."""


def _at_one_time_of_day(at_least: int, share: float) -> Suspects:
    """Accounts of whose times so many or more a share stand at one second of the day."""
    return lambda rows: mostly_alike(rows, time_of_day(rows.floats("published_at")), at_least, share)


def _in_one_second_or_few_runs(rows: TableArrays) -> Flags:
    """Accounts of which most posts lie in one second, or in a few runs as dense as a program collects."""
    times = rows.floats("published_at")
    order = rows.in_order(times)
    soon = rows.account[order[1:]] == rows.account[order[:-1]]
    soon &= np.diff(times[order]) <= PAUSE * SECOND
    beside = np.bincount(rows.account[order[1:]][soon], minlength=len(rows.starts))
    known = np.bincount(rows.account[order], minlength=len(rows.starts))
    likely = (known >= FEWEST) & (beside >= MOSTLY * known - RUNS)
    in_runs = rows.where(likely, lambda at: _lies_in_runs(times[rows.rows_of(at)]))
    return mostly_alike(rows, times, FEWEST, MOSTLY) | in_runs


def _lies_in_runs(times: Floats) -> bool:
    """Whether four in five times lie in at most three runs, five in each and three seconds apart at most.

    Or in one, thirty seconds apart at most.

    >>> run = np.arange(8) * 2e6
    >>> _lies_in_runs(run), _lies_in_runs(np.append(run, run + 7e9)), _lies_in_runs(run * 10)
    (True, True, True)
    >>> _lies_in_runs(np.append(run, run + 7e8) * 10)
    False
    """
    ordered = np.sort(times[~np.isnan(times)]) / SECOND
    return _lies_in_dense_runs(ordered) or _is_one_run(ordered, SLOW_PACE)


def _lies_in_dense_runs(ordered: Floats) -> bool:
    """Whether four in five times, in seconds, lie in at most three runs at three seconds a time."""
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) > PAUSE) + 1)
    dense = [len(run) for run in runs if len(run) >= FEWEST and run[-1] - run[0] <= PACE * len(run)]
    return sum(sorted(dense)[-RUNS:]) >= MOSTLY * len(ordered)


def _is_one_run(ordered: Floats, pace: int) -> bool:
    """Whether four in five times, in seconds, lie in one run, five or more, at so many seconds a time.

    >>> _is_one_run(np.arange(8) * 8.0, 3), _is_one_run(np.append(np.arange(8) * 8.0, 9e6), 30)
    (False, True)
    """
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) > PAUSE) + 1)
    longest = max(runs, key=len)
    most = len(longest) >= max(FEWEST, MOSTLY * len(ordered))
    return most and bool(longest[-1] - longest[0] <= pace * len(longest))


@check("posts", _in_one_second_or_few_runs)
def collection_times(evidence: Evidence) -> Outcome:
    """Posts that nearly all bear one and the same second, or follow each other by seconds, lose their times.

    These are when they were collected. Five posts or more in one second; or in one to three runs, five posts
    or more in each, at three seconds a post, in the week before ``as_of``; or in a single run, at three
    seconds a post whenever that was, and at thirty in the hour before ``as_of``. A whole hour is rather one
    day's midnight somewhere, which :func:`rough_post_times` takes for the date that it is.
    """
    asked = dict(evidence.accounts.select("account_id", "as_of").iter_rows())
    rows, findings = [], []
    for name, part in findings_by_account(evidence.posts.filter(pl.col("published_at").is_not_null())):
        common = int(part.select(seconds_of_day().mode().min()).item())
        span = part.select(seconds("published_at").max() - seconds("published_at").min()).item()
        if part.height >= FEWEST and (common % HOUR or span % HOUR) and _is_collected(part, asked[name]):
            rows.append(part[ROW])
            findings.append(
                Finding(
                    name, "collection_times", "posts.published_at", part.height,
                    f"{part.height} posts bear nearly all one and the same second, or seconds in a row: those"
                    " of their collection; their times are left out.",
                    ("posts.published_at",), bars_clearing=True,
                )
            )  # fmt: skip
    return without_values("posts", "published_at", rows, findings)


def _is_collected(part: pl.DataFrame, asked: dt.datetime | None) -> bool:
    """Whether most posts bear one second, or lie in one dense run, or, seconds apart, in the last days."""
    times = part["published_at"]
    most = times.unique_counts().max()
    if isinstance(most, int) and most >= MOSTLY * part.height:
        return True
    ordered = times.sort().dt.epoch("us").to_numpy().astype(np.float64) / SECOND
    if _is_one_run(ordered, PACE):
        return True
    middle = times.median()
    if not isinstance(middle, dt.datetime) or asked is None:
        return False
    return asked - middle <= (LATELY if _lies_in_dense_runs(ordered) else JUST)


def _several_in_one_second(rows: TableArrays) -> Flags:
    """Accounts of whose posts three or more bear the newest second, or a fifth one and the same."""
    times = rows.floats("published_at")
    several: Flags = rows.count(times == rows.most(times)[rows.account]) >= SEVERAL
    order = rows.in_order(times)
    again = (np.diff(times[order]) == 0) & (np.diff(rows.account[order]) == 0)
    beside = np.bincount(rows.account[order[1:]][again], minlength=len(rows.starts))
    many: Flags = several | (beside >= np.maximum(FEWEST - 1, FIFTH * rows.count(~np.isnan(times)) - 1))
    return many


@check("posts", _several_in_one_second)
def posts_at_collection(evidence: Evidence) -> Outcome:
    """Three posts or more that bear the second of ``as_of`` lose it: a program wrote "now" for no time.

    So do five or more, and a fifth of the posts, that bear another second and earned four different counts
    of likes, where no third post shares yet another: what a program wrote for no time, too. The pictures of
    a carousel share their likes, and programs that publish in batches have several.

    >>> from accounts.tables import Tables
    >>> asked = dt.datetime(2026, 11, 1, 5, 6, 7, tzinfo=dt.UTC)
    >>> times = [asked] * 3 + [asked - dt.timedelta(days=day) for day in (1, 4, 9)]
    >>> tables = Tables.of(
    ...     accounts=[{"account_id": "a", "platform": "x", "as_of": asked}],
    ...     posts=[{"account_id": "a", "published_at": time} for time in times],
    ... )
    >>> posts_at_collection.examine(Evidence(tables)).changes[0].rows.to_list()
    [0, 1, 2]
    """
    asked = evidence.accounts.select("account_id", "as_of")
    known = evidence.columns("posts", "account_id", "published_at", "likes").join(
        asked, on="account_id", maintain_order="left"
    )
    rows, findings = [], []
    for name, part in findings_by_account(known.filter(pl.col("published_at").is_not_null())):
        wrong = part.filter(pl.col("published_at") == pl.col("as_of"))
        if wrong.height < SEVERAL:
            wrong = _in_a_second_of_their_own(part)
        if wrong.height:
            rows.append(wrong[ROW])
            findings.append(
                Finding(
                    name, "posts_at_collection", "posts.published_at", wrong.height,
                    f"{wrong.height} of {part.height} posts bear the second in which they were collected, in"
                    " place of their own; it is left out.", ("posts.published_at",),
                    bars_clearing=wrong.height >= BARRING * part.height,
                )
            )  # fmt: skip
    return without_values("posts", "published_at", rows, findings)


def _in_a_second_of_their_own(posts: pl.DataFrame) -> pl.DataFrame:
    """Posts of one second, five and a fifth, with four counts of likes, where no other has three."""
    seconds, counts = posts["published_at"].value_counts(sort=True).get_columns()
    wrong = posts.filter(pl.col("published_at") == seconds[0])
    alone = wrong.height >= max(FEWEST, FIFTH * posts.height) and (counts[1:] < SEVERAL).all()
    return wrong if alone and wrong["likes"].n_unique() >= DIFFERENT else wrong.clear()


def _rough(rows: TableArrays) -> Flags:
    """Accounts of whose times many stand at one second of the day, or at the second of another post."""
    times = rows.floats("published_at")
    order = rows.in_order(times)
    twice = (np.diff(times[order]) == 0) & (np.diff(rows.account[order]) == 0)
    shared = np.bincount(rows.account[order][1:][twice], minlength=len(rows.starts))
    known = rows.count(~np.isnan(times))
    listed = rows.where(
        (known >= FEWEST) & _near_one_minute(rows), lambda at: _is_listed(times[rows.rows_of(at)])
    )
    return _at_one_time_of_day(FEWEST, HALF * MOSTLY)(rows) | (4 * shared >= known) | listed


def _near_one_minute(rows: TableArrays) -> Flags:
    """Accounts whose times may lie within a quarter of any hour: on a dial they point one way."""
    dial = rows.floats("published_at") / (SECOND * HOUR) * 2 * np.pi
    along, across = rows.sum(np.cos(dial)), rows.sum(np.sin(dial))
    near: Flags = np.hypot(along, across) >= 0.4 * rows.count(~np.isnan(dial))
    return near


def _is_listed(times: Floats) -> bool:
    return _within_seconds(times) or _goes_through_a_list(times)


def _within_seconds(times: Floats) -> bool:
    """Whether four in five times, on three days or more, stand within seconds of one time of day.

    >>> ago, shaken = np.array([30, 60, 90, 120, 150, 180]) * 86_400e6, np.array([2, 0, 3, 1, 1, 2]) * 1e6
    >>> _within_seconds(1.7e15 - ago - shaken), _within_seconds(1.7e15 - ago - 400 * shaken)
    (True, False)
    """
    known = times[~np.isnan(times)]
    of_day = np.sort(time_of_day(known))
    last = np.searchsorted(np.append(of_day, of_day + DAY_SECONDS), of_day + SHAKEN, side="right")
    many = len(known) >= FEWEST and int((last - np.arange(len(of_day))).max()) >= MOSTLY * len(known)
    return bool(many) and len(np.unique(known // (SECOND * DAY_SECONDS))) >= SEVERAL


def _goes_through_a_list(times: Floats) -> bool:
    """Whether minute and second rise, or fall, from day to day, as the clock of a program does meanwhile.

    "5 months ago", asked anew for each row of a list, is a time whole days, or hours, before each row's own
    second: all lie within a quarter of any hour, four in five of them of the same one, and the days follow
    each other in it. By chance they would do so less than once in a thousand times.

    >>> ago, asked = np.array([30, 60, 90, 120, 150, 180, 210]) * 86_400e6, np.arange(7) * 2e6 + 1.7e15
    >>> _goes_through_a_list(asked - ago), _goes_through_a_list(asked[[3, 0, 4, 6, 1, 5, 2]] - ago)
    (True, False)
    """
    whole = np.sort(np.floor(times[~np.isnan(times)] / SECOND))
    place = whole % HOUR
    dial = np.sort(place)
    gaps = np.append(np.diff(dial), dial[0] + HOUR - dial[-1])
    if len(whole) < FEWEST or HOUR - gaps.max() > LISTED or not _at_one_time(whole % DAY_SECONDS):
        return False
    place = (place - dial[(int(gaps.argmax()) + 1) % len(dial)]) % HOUR
    days = np.split(place, np.flatnonzero(np.diff(whole // DAY_SECONDS)) + 1)
    least, most = (np.array([end(day) for day in days]) for end in (np.min, np.max))
    rises, falls = (least[1:] >= most[:-1]).all(), (most[1:] <= least[:-1]).all()
    ways = math.lgamma(len(whole) + 1) - sum(math.lgamma(len(day) + 1) for day in days)
    return bool(place.max() > 0 and (rises or falls) and 2 * math.exp(-ways) < BY_CHANCE)


def _at_one_time(of_day: Floats) -> bool:
    """Whether four in five times of day lie within a quarter of an hour of one, or of its hour in summer.

    >>> _at_one_time(np.array([0.0, 3_600, 86_399, 40_000, 4_000])), _at_one_time(np.arange(5) * 1e4)
    (True, False)
    """
    ordered, reach = np.sort(of_day), LISTED + HOUR
    around = np.concatenate([ordered - DAY_SECONDS, ordered, ordered + DAY_SECONDS])
    near = np.searchsorted(around, ordered + reach, "right") - np.searchsorted(around, ordered - reach)
    return bool(near.max() >= MOSTLY * len(ordered))


@check("posts", _rough)
def rough_post_times(evidence: Evidence) -> Outcome:
    """Times that share one time of day are dates: they become ``published_on``.

    Sources that know "5 months ago", or a date, write a time all the same: that of the collection less whole
    days, or midnight of some zone (two an hour apart where its clock changes). Four in five of five posts or
    more, or half of them where the time of day is midnight UTC or that of ``as_of``. So are times that lie
    whole months of 30.44 days before ``as_of``, several posts at each, and times on three days or more of
    which four in five stand within seconds of one time of day. Features of the time of day, of gaps
    and of batches are absent then; nobody who posts twice a day is cleared, as a program shows in them.
    """
    asked = dict(evidence.accounts.select("account_id", seconds_of_day("as_of").alias("second")).iter_rows())
    when = dict(evidence.accounts.select("account_id", "as_of").iter_rows())
    rows, days, findings = [], [], []
    for name, part in findings_by_account(evidence.posts.filter(pl.col("published_at").is_not_null())):
        of_day = part.select(seconds_of_day()).to_series()
        said = _roughness(part["published_at"], of_day, asked[name], when[name])
        if part.height >= FEWEST and said:
            rows.append(part[ROW])
            days.append(part["published_at"].dt.date())
            findings.append(
                Finding(
                    name, "rough_post_times", "posts.published_at", part.height,
                    f"The times of its {part.height} posts {said}, as dates"
                    " written as times do; what needs the time of day is left out.",
                    ("time of day of posts",),
                    bars_clearing=part.height >= OFTEN * part["published_at"].dt.date().n_unique(),
                )
            )  # fmt: skip
    return Outcome(_dated(rows, days), tuple(findings))


def _on_the_hour(rows: TableArrays) -> Flags:
    """Accounts of whose times nine in ten are whole hours."""
    of_day = time_of_day(rows.floats("published_at"))
    hours = rows.count(of_day == HOUR * np.floor(of_day / HOUR))
    known = rows.count(~np.isnan(of_day))
    return (known > 0) & (hours / np.maximum(known, 1) >= NEARLY_ALL)


@check("posts", _on_the_hour)
def whole_hours(evidence: Evidence) -> Outcome:
    """Times that all stand on whole hours are rough, unless their gaps are regular as a program's.

    Eight posts or more, nine in ten of them on the hour, and no gap is that of four in five posts.
    """
    rows, days, findings = [], [], []
    for name, part in findings_by_account(evidence.posts.filter(pl.col("published_at").is_not_null())):
        gaps = part["published_at"].sort().diff().drop_nulls()
        regular = gaps.len() and gaps.value_counts()["count"].max() / gaps.len() >= REGULAR  # type: ignore[operator]
        if part.height >= 8 and not regular:
            rows.append(part[ROW])
            days.append(part["published_at"].dt.date())
            findings.append(
                Finding(
                    name, "whole_hours", "posts.published_at", part.height,
                    f"The times of its {part.height} posts are cut to the hour; the time of day is left out.",
                    ("time of day of posts",),
                )
            )  # fmt: skip
    return Outcome(_dated(rows, days), tuple(findings))


def _at_one_minute(rows: TableArrays) -> Flags:
    """Accounts of whose comments half stand at one minute and second of any hour."""
    of_day = time_of_day(rows.floats("published_at"))
    return mostly_alike(rows, of_day - HOUR * np.floor(of_day / HOUR), FEWEST_COMMENTS, HALF)


@check("comments", _at_one_minute)
def rough_comment_times(evidence: Evidence) -> Outcome:
    """Comments that share minute and second over several days, or one moment under several posts, lose it.

    "2 days ago", or "5 hours ago", is written as the time of collection less that; a date as midnight. Half
    of ten or more.
    """
    rows, findings = [], []
    for name, part in findings_by_account(evidence.comments.filter(pl.col("published_at").is_not_null())):
        of_hour = part.select(seconds_of_day() % HOUR).to_series()
        alike = part.filter(of_hour == of_hour.mode().min())
        spread = max(alike["published_at"].dt.date().n_unique(), alike["post_id"].n_unique() - 1)
        if part.height >= FEWEST_COMMENTS and alike.height >= HALF * part.height and spread >= 2:
            rows.append(part[ROW])
            findings.append(
                Finding(
                    name, "rough_comment_times", "comments.published_at", part.height,
                    f"The times of its {part.height} comments share one time of day, or of the hour, as"
                    " \"2 days ago\" written as a time does; they are left out.", ("comments.published_at",),
                )
            )  # fmt: skip
    return without_values("comments", "published_at", rows, findings)


def _roughness(
    times: pl.Series, of_day: pl.Series, asked: int | None, when: dt.datetime | None
) -> str | None:
    """How it shows that times are dates, in words; None where they are times."""
    if _shares_time_of_day(of_day, asked):
        return "share one time of day"
    if _in_mean_months(times, when):
        return "lie whole months before they were collected"
    if _is_listed(times.dt.epoch("us").to_numpy().astype(np.float64)):
        return "differ from whole days by the seconds in which a list is read"
    return None


def _shares_time_of_day(seconds: pl.Series, asked: int | None) -> bool:
    """Whether most times share a second of the day, or two an hour apart, as where clocks change."""
    counted = seconds.value_counts(sort=True)
    common, count = int(counted.row(0)[0]), int(counted.row(0)[1])
    beside = [int((seconds - common == HOUR).sum()), int((common - seconds == HOUR).sum())]
    whole = common % HOUR == 0
    share = (count + (sum(beside) if whole else max(beside))) / len(seconds)
    return share >= MOSTLY or (share >= HALF and common in {0, asked})


def _in_mean_months(times: pl.Series, asked: dt.datetime | None) -> bool:
    """Whether four in five times lie whole mean months, or years, before ``as_of``, to the second.

    >>> asked = dt.datetime(2026, 11, 1, 9, 30, 5)
    >>> _in_mean_months(pl.Series([asked - 3 * dt.timedelta(days=30.44)] * 5), asked)
    True
    """
    if asked is None:
        return False
    ages = (pl.Series([asked] * len(times)) - times).dt.total_seconds().to_numpy()
    return any(
        np.mean((ages > 1) & (np.abs(ages - unit * np.round(ages / unit)) <= 1)) >= MOSTLY for unit in MONTHS
    )


def _dated(rows: list[pl.Series], days: list[pl.Series]) -> tuple[Change, ...]:
    if not rows:
        return ()
    where, on = pl.concat(rows), pl.concat(days).alias("published_on")
    absent = pl.Series("published_at", [None] * len(where), dtype=pl.Datetime("us", "UTC"))
    return (Change("posts", where, values=pl.DataFrame([on, absent])),)
