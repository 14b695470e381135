"""Follower history on the grids that it allows: days, weeks, months."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.tables import take_rows
from features.views.base import FLOORS, SERIES, Views, accounts_of, ordered, view, within
from features.views.people import people
from features.views.posts import posts
from features.views.rows import (
    Flags,
    Floats,
    Index,
    Runs,
    beside,
    flags,
    kept,
    known,
    numbers,
    over,
    series,
)  # fmt: skip

__all__ = ["HISTORY_DAYS", "counts", "days", "lags", "months", "steps", "weeks"]

HISTORY_DAYS: Final = 14
UNUSUAL_Z: Final = 5.0
HIT: Final = 3.0
DAYS_BEFORE_HIT: Final = 2
DAYS_AFTER_HIT: Final = 7
LAGS: Final = (4, 5, 6, 7, 8, 10, 12, 14)
LEAST_LAGGED: Final = 28
LEAST_GAINS: Final = 4
JUMP_DAYS: Final = 9
JUMP_GOES_ON: Final = 0.5  # of its largest step
WHOLE: Final = 0.02  # of a thousand
NOISE: Final = 1e-4  # of log growth, so that a count that hardly moves does not divide by nothing

_DAY: Final = 86_400e6  # microseconds
_COARSEST: Final = {1: 2, 7: 10, 30: 100_000}


@view("history")
def counts(views: Views) -> pl.DataFrame:
    """One row per dated follower count, oldest first, for accounts with 5 counts over 14 days.

    ``step_days`` is the account's own rhythm: the median gap between its counts;
    ``span_days`` lie between the first and the last. ``unit`` is what the platform rounds a
    count of this size to (YouTube: three figures). Of several counts of one day the largest stands.
    """
    frame = views.keyed("history")
    frame = kept(frame, known(frame["date"]) & known(frame["followers"]))
    frame = ordered(frame, numbers(frame["date"]), "followers", "following", "posts")
    last = _last(accounts_of(frame), numbers(frame["date"]))
    frame = within(kept(frame, last), FLOORS["history"])
    date = numbers(frame["date"])
    runs = Runs.of(accounts_of(frame))
    span = runs.spread(runs.total(date - runs.before(date)))
    frame = beside(frame, {
        "step_days": runs.spread(runs.median(date - runs.before(date))),
        "span_days": span.astype(np.int64),
        "unit": _unit(frame, views),
    })  # fmt: skip
    return kept(frame, span >= HISTORY_DAYS)


def _last(account: Index, period: Floats) -> Flags:
    """Which rows are the last of their account and period."""
    last = np.ones(account.size, np.bool_)
    last[:-1] = (account[1:] != account[:-1]) | (period[1:] != period[:-1])
    return last


def _unit(frame: pl.DataFrame, views: Views) -> Floats:
    figures = np.floor(np.log10(np.maximum(numbers(frame["followers"]), 1.0))) - 2.0
    platforms = np.array(views[people]["platform"].to_list(), dtype=object)
    youtube = (platforms == "youtube")[accounts_of(frame)]
    unit: Floats = np.where(youtube & (figures > 0), 10.0 ** np.maximum(figures, 0.0), 1.0)
    return unit


def _rows_on(grid: int, frame: pl.DataFrame) -> Index:
    """The rows of ``counts`` on one grid, for accounts whose own rhythm is fine enough for it."""
    rows = np.flatnonzero(frame["step_days"].to_numpy() <= _COARSEST[grid])
    if grid == 1:
        return rows
    account = accounts_of(frame)
    rows = rows[_last(account[rows], _period(frame["date"].to_numpy()[rows], grid))]
    return rows[np.bincount(account[rows])[account[rows]] >= FLOORS["history"]]


def _period(day: npt.NDArray[np.datetime64], grid: int) -> Floats:
    if grid == 30:
        return day.astype("datetime64[M]").astype(np.int64).astype(np.float64)
    week = (day.astype(np.int64) + 3) // 7  # from Monday; 1970-01-01 was a Thursday
    return week.astype(np.float64)


@view("history")
def steps(views: Views) -> pl.DataFrame:
    """One row per account, grid and count on it, oldest first: ``days``, ``weeks`` and ``months`` in one.

    ``grid`` (1, 7 or 30 days), ``series`` (a number for account and grid), and the columns that
    ``days`` documents, for accounts with four known gains on the grid.
    """
    frame = views[counts]
    rows = [_rows_on(grid, frame) for grid in _COARSEST]
    grid = np.repeat(list(_COARSEST), [on.size for on in rows])
    row = np.concatenate(rows)
    series = accounts_of(frame)[row] * SERIES + grid
    order = np.argsort(series, kind="stable")
    columns = take_rows(frame[["account", "date", "followers", "following", "unit"]], row[order])
    return _stepped(beside(columns, {"grid": grid[order], "series": series[order]}), views)


def _stepped(frame: pl.DataFrame, views: Views) -> pl.DataFrame:
    runs, date, grid = Runs.of(frame["series"].to_numpy()), numbers(frame["date"]), numbers(frame["grid"])
    number, following = numbers(frame["followers"]), numbers(frame["following"])
    gap = date - runs.before(date)
    near = gap <= 2.2 * grid
    gained = np.where(near, number - runs.before(number), np.nan)
    enough = runs.spread(runs.known(gained)) >= LEAST_GAINS
    if not enough.all():
        return _stepped(kept(frame, enough), views)
    jump = np.where(near, np.diff(np.log(number + 1.0), prepend=np.nan), np.nan)
    growth, gain = over(jump, gap), np.maximum(gained, 0.0)
    peak = runs.spread(runs.largest(np.where(gained > 0, gained, np.nan)))
    at_peak = gained == peak
    since = date - runs.spread(_first(runs, date, at_peak))
    jump_end, jump_gain, echo = _jump(runs, date, gained, at_peak)
    thousands = np.round(gain / 1_000.0)
    noise = (runs.median(over(numbers(frame["unit"]), number + 1.0)) + NOISE) / grid[runs.first]
    growth_z = _robust_z(runs, growth, noise)
    near_hit, known_hit = _near_hits(accounts_of(frame), date, views)
    known_hit, unusual = known_hit & (grid == 1), growth_z > UNUSUAL_Z
    return beside(frame, {
        "gap_days": gap,
        "gained": gained,
        "jump": jump,
        "growth": growth,
        "growth_z": growth_z,
        "gain": gain,
        "loss": np.maximum(-gained, 0.0),
        "lost_share": over(np.maximum(-gained, 0.0), number - gained),
        "gain_standing": runs.standing(gain),
        "best_tenth": flags("best_tenth", _best_tenth(runs, gained), ~np.isnan(gained)),
        "whole_thousands": (thousands >= 1.0) & (np.abs(gain / 1_000.0 - thousands) <= WHOLE),
        "following_gained": np.where(near, following - runs.before(following), np.nan),
        "peak": peak,
        "kept": over(number - runs.spread(_first(runs, number - gained, at_peak)), peak),
        "since_peak": since,
        "since_jump": date - runs.spread(jump_end),
        "jump_gain": runs.spread(jump_gain),
        "next_gain": runs.spread(echo),
        "hit_near": flags("hit_near", near_hit, known_hit),
        "unexplained": flags("unexplained", unusual & ~near_hit, known_hit | ~unusual),
    })  # fmt: skip


def _first(runs: Runs, values: Floats, wanted: Flags) -> Floats:
    """The value of each run's first wanted row; NaN without one."""
    found = np.full(runs.first.size, np.nan)
    rows = np.flatnonzero(wanted)[::-1]
    found[runs.number[rows]] = values[rows]  # the last to be written stays: the first row
    return found


def _jump(runs: Runs, date: Floats, gained: Floats, at_peak: Flags) -> tuple[Floats, Floats, Floats]:
    """When each run's largest jump ended, what it brought, and the mean gain of the two steps after it.

    A delivery may take several steps: those right after the largest that gain at least half as much,
    within 9 days or of one step, are the jump's own, and no echo of it.
    """
    peak = _first(runs, np.arange(date.size, dtype=np.float64), at_peak)
    whose = np.flatnonzero(~np.isnan(peak))
    first, last = peak[whose].astype(np.int64), (runs.first + runs.size)[whose] - 1
    end, total, going = first.copy(), gained[first], np.ones(first.size, np.bool_)
    for _ in range(JUMP_DAYS):
        then = np.minimum(end + 1, last)
        near = (then == first + 1) | (date[then] - date[first] <= JUMP_DAYS)
        going &= (then > end) & near & (gained[then] >= JUMP_GOES_ON * gained[first])
        end, total = np.where(going, then, end), total + np.where(going, gained[then], 0.0)
    gain = np.maximum(np.append(gained, (np.nan, np.nan)), 0.0)
    next_, after = (np.where(end + k <= last, gain[end + k], np.nan) for k in (1, 2))
    found = np.full((3, runs.first.size), np.nan)
    found[:, whose] = date[end], total, 0.5 * (next_ + after)
    return found[0], found[1], found[2]


def _robust_z(runs: Runs, growth: Floats, noise: Floats) -> Floats:
    deviation = growth - runs.spread(runs.median(growth))
    return over(deviation, runs.spread(1.4826 * runs.median(np.abs(deviation)) + noise))


def _best_tenth(runs: Runs, gained: Floats) -> Flags:
    """The steps of the largest gains, a tenth of them (rounded up); of equal ones the earliest."""
    best = np.zeros(gained.size, np.bool_)
    order = runs.order(-gained)
    best[order] = runs.row < runs.spread((runs.known(gained) + 9) // 10)
    return best


@view("history", part=(steps, 1))
def days(views: Views) -> pl.DataFrame:
    """Daily steps of accounts counted about daily with four known gains or more, oldest first.

    ``gap_days`` since the count before, ``gained`` (followers since then; null across more than
    two steps), ``jump`` (log growth), ``growth`` (the same per day), ``growth_z`` (robust z of it),
    ``gain`` and ``loss`` (the parts above and below zero), ``lost_share`` (loss over the followers
    before), ``gain_standing`` (rank of the gain, -1 the least to 1 the most), ``best_tenth``
    (whether it is among the best tenth), ``whole_thousands`` (whether it is, within 2 % of one),
    ``following_gained``, ``peak`` (the largest gain; null without any), ``kept`` (followers above
    those before the peak, over the peak), ``since_peak`` (days), ``since_jump`` (days since the jump's
    end: the peak and the steps right after it that gain at least half as much, within 9 days or of one
    step), ``jump_gain`` (of all of these), ``next_gain`` (mean gain of the two steps after them),
    ``unit`` (the platform's rounding), ``hit_near``
    (whether a post three times the usual was published in the week before or the two days
    after), ``unexplained`` (unusual growth without one).
    """
    return _on(views, 1)


@view("history", part=(steps, 7))
def weeks(views: Views) -> pl.DataFrame:
    """The last count of each calendar week: columns of ``days``, ``hit_near``, ``unexplained`` unknown."""
    return _on(views, 7)


@view("history", part=(steps, 30))
def months(views: Views) -> pl.DataFrame:
    """The last count of each calendar month: columns of ``days``, ``hit_near``, ``unexplained`` unknown."""
    return _on(views, 30)


def _on(views: Views, grid: int) -> pl.DataFrame:
    frame = views[steps]
    return kept(frame, frame["grid"].to_numpy() == grid)


@view("history")
def lags(views: Views) -> pl.DataFrame:
    """One row per account of ``days`` and lag: 4 to 8, 10, 12 and 14 days.

    ``lag_days``; ``followers_rhythm`` and ``following_rhythm``: autocorrelation at that lag of
    the daily change in followers and in accounts followed; null under 28 known changes.
    """
    frame = views[steps]  # not days, whose every column would be taken out of it
    daily = np.flatnonzero(frame["grid"].to_numpy() == 1)
    account = accounts_of(frame)[daily]
    runs = Runs.of(account)
    rhythms = {
        f"{name}_rhythm": _autocorrelations(runs, numbers(frame[column])[daily])
        for name, column in (("followers", "gained"), ("following", "following_gained"))
    }
    return pl.DataFrame([
        pl.Series("account", np.repeat(account[runs.first], len(LAGS)).astype(np.uint32)),
        pl.Series("lag_days", np.tile(LAGS, runs.first.size)),
        *(series(name, values) for name, values in rhythms.items()),
    ])  # fmt: skip


def _autocorrelations(runs: Runs, change: Floats) -> Floats:
    """At each lag in turn, account by account; counts are equally spaced there, but for gaps of a day."""
    known = runs.known(change)
    centred = change - runs.spread(over(runs.total(change), known.astype(np.float64)))
    power = np.where(known >= LEAST_LAGGED, runs.total(centred * centred), np.nan)
    together = [runs.total(centred * runs.before(centred, lag)) for lag in LAGS]
    return over(np.stack(together, axis=-1), power[:, None]).ravel()


def _near_hits(account: Index, date: Floats, views: Views) -> tuple[Flags, Flags]:
    """For each step, whether a hit is near, and whether that can be known.

    It cannot before the first post supplied, nor where no interest in posts is known.
    """
    frame = views[posts]
    runs, published = Runs.of(accounts_of(frame)), numbers(frame["published_at"]) // _DAY
    interest = numbers(frame["views"])
    for other in ("interactions", "likes"):
        interest = np.where(np.isnan(interest), numbers(frame[other]), interest)
    interest = np.where(np.isnan(published), np.nan, interest)
    owner = accounts_of(frame)[runs.first]
    first = np.full(len(views.tables), np.nan)
    first[owner] = _first(runs, published, ~np.isnan(interest))
    hit = np.flatnonzero(interest > HIT * runs.spread(runs.median(interest)))
    near = _between(account, date, accounts_of(frame)[hit], published[hit])
    return near, date >= first[account]


def _between(account: Index, date: Floats, owner: Index, hit: Floats) -> Flags:
    """Whether the account has a hit from a week before each date to two days after it."""
    if not hit.size:
        return np.zeros(account.size, np.bool_)
    far = float(1 << 20)  # days; more than there are, so that accounts lie apart on one line
    line = owner * far + hit
    nearest = line[np.searchsorted(line, account * far + date + DAYS_BEFORE_HIT, side="right") - 1]
    gone: Floats = account * far + date - nearest
    return (gone >= -DAYS_BEFORE_HIT) & (gone <= DAYS_AFTER_HIT)
