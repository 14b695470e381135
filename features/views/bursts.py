"""Bursts: the fastest growth of the daily history, delivered over however many days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import take_rows
from features.views.base import Views, view
from features.views.history import steps
from features.views.hits import hit_near
from features.views.rows import Floats, Index, Runs, add_columns, safe_divide, to_floats
from features.views.steps import gained

__all__ = ["bursts"]

WINDOWS: Final = (1, 2, 3, 5, 7, 10, 30)
MONTH: Final = WINDOWS[-1]
SMALL: Final = 50.0  # followers that count beside the account's own, so that 3 -> 9 is no burst
HELD: Final = 0.9  # of the largest burst: the shortest window that holds so much is the burst
ECHO_DAYS: Final = 7
LEAST_ECHO_DAYS: Final = 3
MONTH_LATER: Final = (25, 40)
ROUNDINGS: Final = 3.0


@dataclass(frozen=True, eq=False)
class _Daily:
    """The daily counts of all accounts; running sums over them are of whole numbers, and so exact."""

    runs: Runs
    date: Index
    number: Floats
    gained: Floats
    unit: Floats
    hit_near: Floats

    @cached_property
    def level(self) -> Floats:
        """Natural logarithm of followers + 50."""
        return np.log(self.number + SMALL)

    @cached_property
    def usual_growth(self) -> Floats:
        """The account's median growth of it a day."""
        return self._usual(np.diff(self.level, prepend=0.0))

    @cached_property
    def usual_gain(self) -> Floats:
        """The account's median gain of followers a day."""
        return self._usual(self.gained)

    def _usual(self, moved: Floats) -> Floats:
        days = np.where(np.isnan(self.gained), np.nan, np.diff(self.date, prepend=0))
        return self.runs.repeat(self.runs.median(safe_divide(moved, days)))

    @cached_property
    def gains(self) -> Index:
        """Followers gained up to each row, losses left out; over all accounts."""
        return np.cumsum(np.maximum(np.nan_to_num(self.gained), 0.0).astype(np.int64))

    @cached_property
    def joined(self) -> Index:
        """For each row the first one from which on there is no gap of over two days."""
        rows: Index = np.maximum.accumulate(np.where(np.isnan(self.gained), np.arange(self.date.size), 0))
        return rows

    @cached_property
    def line(self) -> Index:
        """Days on one line on which accounts lie far apart."""
        return self.runs.number * (1 << 21) + self.date

    def earliest(self, window: int) -> Index:
        """For each row the first one up to ``window`` days earlier with no such gap between."""
        start = np.maximum(np.arange(-window, self.date.size - window), self.joined)
        late = np.flatnonzero(self.date[start] < self.date - window)
        if late.size:
            found = self.line.searchsorted(self.line[late] - window)
            start[late] = np.maximum(found, self.joined[late])
        return start


@view("history")
def bursts(views: Views) -> pl.DataFrame:
    """One row per account of ``days`` for its burst, and one for its fastest growth over up to 30 days.

    ``excess`` is log growth of followers + 50 over a window, beyond the account's usual pace over as many
    days: its median growth or its median gain of followers, whichever explains more. Who gains forty a day
    from the first day on grows fastest then, and bursts at no time. The ``burst`` is the shortest window of
    1, 2, 3, 5, 7 or 10 days that holds nine tenths of the ``largest`` excess of these. ``window_days``;
    ``starts`` and ``ends`` (dates of the counts that span it; the earliest of equal ones), ``followers`` (at
    its end), ``gained``; of the burst alone ``share`` (of all gains of the history), ``echo`` (mean daily
    gain in the 7 days after it, three counted at least, over its own, at most 10), ``kept`` (what is left of
    its gain 25 to 40 days after it, -1 to 3) and ``alone`` (the largest excess, or 0 where a post of three
    times the usual interest is near). ``echo`` and ``kept`` need a gain of three of the platform's roundings.
    """
    every = views.rows(steps)  # not days, whose every column would be taken out of it
    frame, rows = every.frame, np.flatnonzero(every.floats("grid") == 1)
    daily = _Daily(
        runs=Runs.of(every.account[rows]),
        date=every.floats("date")[rows].astype(np.int64),
        number=every.floats("followers")[rows],
        gained=every.result(gained)[rows],
        unit=every.floats("unit")[rows],
        hit_near=to_floats(every.result(hit_near))[rows],
    )
    excess = [_excess(daily, window) for window in WINDOWS]
    place, largest = _burst(np.stack([daily.runs.max(each) for each in excess], axis=-1))
    own = np.choose(daily.runs.repeat(place), excess) if rows.size else np.empty(0)
    burst, month = (
        _largest_excess_rows(daily, own, np.array(WINDOWS)[place]),
        _largest_excess_rows(daily, excess[-1], MONTH),
    )
    start, end, most, window = (np.stack(two, axis=-1).ravel() for two in zip(burst, month, strict=True))
    found = {"largest": largest, **_around(daily, burst[0], burst[1], largest)}
    return add_columns(
        _spans(frame, rows[start], rows[end]),
        {
            "window_days": window,
            "burst": np.tile([True, False], place.size),
            "excess": most,
            **{name: _of_the_burst(values) for name, values in found.items()},
        },
    )


def _of_the_burst(values: Floats) -> Floats:
    """A value for each burst, NaN for the month that follows it."""
    return np.stack((values, np.full(values.size, np.nan)), axis=-1).ravel()


def _excess(daily: _Daily, window: int) -> Floats:
    """Growth up to each row over the window beyond the usual; NaN where no count lies so near before it."""
    start = daily.earliest(window)
    days = (daily.date - daily.date[start]).astype(np.float64)
    expected = np.log(np.maximum(daily.number[start] + daily.usual_gain * days, 0.0) + SMALL)
    expected = np.maximum(expected, daily.level[start] + daily.usual_growth * days)
    return np.where(days > 0, daily.level - expected, np.nan)


def _burst(largest: Floats) -> tuple[Index, Floats]:
    """Place of the burst's window in ``WINDOWS``, and the largest excess over windows of up to 10 days."""
    short = np.where(np.isnan(largest[:, :-1]), -np.inf, largest[:, :-1])
    most = short.max(axis=1, initial=-np.inf)
    least = np.where(most > 0, HELD * most, most)
    place: Index = np.argmax(short >= least[:, None], axis=1)
    return place, np.where(np.isinf(most), np.nan, most)


def _largest_excess_rows(
    daily: _Daily, excess: Floats, window: Index | int
) -> tuple[Index, Index, Floats, Index]:
    """First and last row of each account's largest excess (its first row, where there is none), and it."""
    runs = daily.runs
    most = runs.max(excess)
    end = runs.first.copy()
    at = np.flatnonzero(excess == runs.repeat(most))[::-1]
    end[runs.number[at]] = at  # the last to be written stays: the earliest row
    length = np.broadcast_to(window, end.shape)
    back = daily.line.searchsorted(daily.line[end] - length)
    return np.maximum(back, daily.joined[end]), end, most, length


def _spans(frame: pl.DataFrame, starts: Index, ends: Index) -> pl.DataFrame:
    number = to_floats(frame["followers"])
    return pl.DataFrame(
        [
            take_rows(frame["account"], ends),
            take_rows(frame["date"], starts).alias("starts"),
            take_rows(frame["date"], ends).alias("ends"),
            take_rows(frame["followers"], ends),
            pl.Series("gained", number[ends] - number[starts]),
        ]
    )


def _around(daily: _Daily, start: Index, end: Index, largest: Floats) -> dict[str, Floats]:
    """Each burst's share of all gains, its echo, how much of it was kept, and its size with no hit near."""
    runs, gains, line = daily.runs, daily.gains, daily.line
    last = runs.first + runs.size - 1
    gained = (gains[end] - gains[start]).astype(np.float64)
    whole = (gains[last] - gains[runs.first]).astype(np.float64)
    counted = np.cumsum(np.where(np.isnan(daily.gained), 0, np.diff(daily.date, prepend=0)))
    then = np.minimum(line.searchsorted(line[end] + ECHO_DAYS, side="right") - 1, last)
    days = (counted[then] - counted[end]).astype(np.float64)
    after = safe_divide((gains[then] - gains[end]).astype(np.float64), days)
    pace = safe_divide(gained, (daily.date[end] - daily.date[start]).astype(np.float64))
    echo = np.minimum(safe_divide(after, pace), 10.0)
    large = gained >= ROUNDINGS * daily.unit[end]
    hits = np.cumsum(daily.hit_near == 1.0)
    lonely = np.where(hits[end] > hits[start], 0.0, largest)
    return {
        "share": safe_divide(gained, whole),
        "echo": np.where(large & (days >= LEAST_ECHO_DAYS), echo, np.nan),
        "kept": np.where(large, _kept_share(daily, start, end), np.nan),
        "alone": np.where(np.isnan(daily.hit_near[np.minimum(start + 1, last)]), np.nan, lonely),
    }


def _kept_share(daily: _Daily, start: Index, end: Index) -> Floats:
    since = daily.date - daily.runs.repeat(daily.date[end])
    later = np.flatnonzero((since >= MONTH_LATER[0]) & (since <= MONTH_LATER[1]))
    number, account = np.full(end.size, np.nan), daily.runs.number[later]
    runs = Runs.of(account)
    number[account[runs.first]] = runs.median(daily.number[later])
    share: Floats = safe_divide(number - daily.number[start], daily.number[end] - daily.number[start])
    return np.clip(share, -1.0, 3.0)
