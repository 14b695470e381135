"""Bursts: the fastest growth of the daily history, delivered over however many days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import taken
from features.views.base import Views, accounts_of, view
from features.views.history import steps
from features.views.rows import Floats, Index, Runs, beside, numbers, over

__all__ = ["MONTH", "bursts"]

WINDOWS: Final = (1, 2, 3, 5, 7, 10, 30)
MONTH: Final = WINDOWS[-1]
SMALL: Final = 50.0  # followers that count beside the account's own, so that 3 -> 9 is no burst
HELD: Final = 0.9  # of the largest burst: the shortest window that holds so much is the burst
ECHO_DAYS: Final = 7
LEAST_ECHO_DAYS: Final = 3
MONTH_LATER: Final = (25, 40)
ROUNDINGS: Final = 3.0


@dataclass(frozen=True)
class _Daily:
    """The daily counts of all accounts, with running sums that are exact as they are whole numbers."""

    runs: Runs
    date: Index
    number: Floats
    gained: Floats

    @property
    def gains(self) -> Index:
        return np.cumsum(np.maximum(np.nan_to_num(self.gained), 0.0).astype(np.int64))

    def earliest(self, window: int) -> Index:
        """For each row the first one up to ``window`` days earlier with no gap of over two days between."""
        own = np.arange(self.date.size)
        joined = np.maximum.accumulate(np.where(np.isnan(self.gained), own, 0))
        start = np.maximum(own - window, joined)
        late = np.flatnonzero(self.date[start] < self.date - window)
        if late.size:
            line = self.line
            start[late] = np.maximum(line.searchsorted(line[late] - window), joined[late])
        return start

    @property
    def line(self) -> Index:
        """Days on one line on which accounts lie far apart."""
        result: Index = self.runs.number * (1 << 21) + self.date
        return result


@view("history")
def bursts(views: Views) -> pl.DataFrame:
    """One row per account of ``days`` and window of 1, 2, 3, 5, 7, 10 and 30 days: its fastest growth in it.

    ``window_days``; ``starts`` and ``ends`` (dates of the counts that span it), ``followers`` (at its
    end), ``gained``; ``excess``: log growth of followers + 50, less the account's usual (median) growth
    over as many days; null where no two counts lie so near. ``burst`` marks the shortest window of up to
    10 days that holds nine tenths of the largest excess of these, and there alone are known: ``share``
    (of all gains of the history), ``echo`` (mean daily gain in the 7 days after it, three counted at
    least, over its own, at most 10), ``kept`` (what is left of its gain 25 to 40 days after it, -1 to 3)
    and ``alone`` (the largest excess, or 0 where a post of three times the usual interest is near).
    ``echo`` and ``kept`` need a gain of three of the platform's roundings.
    """
    every = views[steps]
    rows = np.flatnonzero(every["grid"].to_numpy() == 1)
    frame = taken(every[["account", "date", "followers", "gained", "unit", "hit_near"]], rows)
    runs = Runs.of(accounts_of(frame))
    daily = _Daily(
        runs, numbers(frame["date"]).astype(np.int64), numbers(frame["followers"]), numbers(frame["gained"])
    )
    starts, ends, excess = _fastest(daily)
    place, largest = _burst(excess)
    line = np.arange(runs.first.size)
    own = _around(daily, frame, starts[line, place], ends[line, place])
    own["alone"] = np.where(np.isnan(own["hits"]), np.nan, np.where(own.pop("hits") > 0, 0.0, largest))
    burst = np.zeros(excess.shape, np.bool_)
    burst[line, place] = ~np.isnan(largest)
    flat = burst.ravel()
    return beside(_windows(frame, runs, starts.ravel(), ends.ravel()), {
        "excess": excess.ravel(),
        "burst": flat,
        **{name: np.where(flat, np.repeat(values, len(WINDOWS)), np.nan) for name, values in own.items()},
    })  # fmt: skip


def _fastest(daily: _Daily) -> tuple[Index, Index, Floats]:
    """First and last row, and excess, of each account's fastest growth in each window."""
    runs, level = daily.runs, np.log(daily.number + SMALL)
    days = np.where(np.isnan(daily.gained), np.nan, np.diff(daily.date, prepend=0))
    usual = runs.spread(runs.median(over(np.diff(level, prepend=0.0), days)))
    shape = runs.first.size, len(WINDOWS)
    starts, ends = np.zeros((2, *shape), np.int64)
    excess = np.full(shape, np.nan)
    for place, window in enumerate(WINDOWS):
        start = daily.earliest(window)
        over_days = (daily.date - daily.date[start]).astype(np.float64)
        found = np.where(over_days > 0, level - level[start] - usual * over_days, np.nan)
        excess[:, place] = runs.largest(found)
        best = np.flatnonzero(found == runs.spread(excess[:, place]))[::-1]
        ends[runs.number[best], place] = best  # the last to be written stays: the earliest row
        starts[:, place] = start[ends[:, place]]
    return starts, ends, excess


def _burst(excess: Floats) -> tuple[Index, Floats]:
    """Which window is the burst, and the largest excess of those of up to 10 days."""
    short = np.where(np.isnan(excess[:, :-1]), -np.inf, excess[:, :-1])
    largest = short.max(axis=1, initial=-np.inf)
    least = np.where(largest > 0, HELD * largest, largest)
    place: Index = np.argmax(short >= least[:, None], axis=1)
    return place, np.where(np.isinf(largest), np.nan, largest)


def _windows(frame: pl.DataFrame, runs: Runs, starts: Index, ends: Index) -> pl.DataFrame:
    number = numbers(frame["followers"])
    return pl.DataFrame([
        taken(frame["account"], np.repeat(runs.first, len(WINDOWS))),
        pl.Series("window_days", np.tile(WINDOWS, runs.first.size)),
        taken(frame["date"], starts).alias("starts"),
        taken(frame["date"], ends).alias("ends"),
        taken(frame["followers"], ends),
        pl.Series("gained", number[ends] - number[starts]),
    ])  # fmt: skip


def _around(daily: _Daily, frame: pl.DataFrame, start: Index, end: Index) -> dict[str, Floats]:
    """What each account's burst was of all gains, what followed it, and hits near it (NaN: unknown)."""
    runs, gains, line = daily.runs, daily.gains, daily.line
    last = runs.first + runs.size - 1
    gained = (gains[end] - gains[start]).astype(np.float64)
    whole = (gains[last] - gains[runs.first]).astype(np.float64)
    counted = np.cumsum(np.where(np.isnan(daily.gained), 0, np.diff(daily.date, prepend=0)))
    then = np.minimum(line.searchsorted(line[end] + ECHO_DAYS, side="right") - 1, last)
    days = (counted[then] - counted[end]).astype(np.float64)
    after = over((gains[then] - gains[end]).astype(np.float64), days)
    pace = over(gained, (daily.date[end] - daily.date[start]).astype(np.float64))
    large = gained >= ROUNDINGS * numbers(frame["unit"])[end]
    near = numbers(frame["hit_near"])
    hits = np.cumsum(near == 1.0)
    first = np.minimum(start + 1, last)
    return {
        "share": over(gained, whole),
        "echo": np.where(large & (days >= LEAST_ECHO_DAYS), np.minimum(over(after, pace), 10.0), np.nan),
        "kept": np.where(large, _kept(daily, start, end), np.nan),
        "hits": np.where(np.isnan(near[first]), np.nan, hits[end] - hits[start]),
    }  # fmt: skip


def _kept(daily: _Daily, start: Index, end: Index) -> Floats:
    since = daily.date - daily.runs.spread(daily.date[end])
    later = np.flatnonzero((since >= MONTH_LATER[0]) & (since <= MONTH_LATER[1]))
    number, account = np.full(end.size, np.nan), daily.runs.number[later]
    runs = Runs.of(account)
    number[account[runs.first]] = runs.median(daily.number[later])
    kept: Floats = over(number - daily.number[start], daily.number[end] - daily.number[start])
    return np.clip(kept, -1.0, 3.0)
