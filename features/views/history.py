"""Follower history on the grids that it allows: days, weeks, months."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.tables import take_rows
from features.views.base import FLOORS, SERIES, Views, accounts_of, part_of, sort_within, view, with_at_least
from features.views.people import people
from features.views.rows import Flags, Floats, Index, Runs, add_columns, filter_rows, is_known, to_floats

__all__ = ["counts", "days", "is_near", "months", "steps", "weeks"]

HISTORY_DAYS: Final = 14
LEAST_GAINS: Final = 4

_COARSEST: Final = {1: 2, 7: 10, 30: 100_000}


@view("history")
def counts(views: Views) -> pl.DataFrame:
    """One row per dated follower count, oldest first, for accounts with 5 counts over 14 days.

    ``step_days`` is the account's own rhythm: the median gap between its counts;
    ``span_days`` lie between the first and the last. ``unit`` is what the platform rounds a
    count of this size to (YouTube: three figures). Of several counts of one day the largest stands.
    """
    frame = views.keyed("history")
    frame = filter_rows(frame, is_known(frame["date"]) & is_known(frame["followers"]))
    frame = sort_within(frame, to_floats(frame["date"]), "followers", "following", "posts")
    last = _last(accounts_of(frame), to_floats(frame["date"]))
    frame = with_at_least(filter_rows(frame, last), FLOORS["history"])
    date = to_floats(frame["date"])
    runs = Runs.of(accounts_of(frame))
    span = runs.repeat(runs.sum(date - runs.lag(date)))
    frame = add_columns(
        frame,
        {
            "step_days": runs.repeat(runs.median(date - runs.lag(date))),
            "span_days": span.astype(np.int64),
            "unit": _unit(frame, views),
        },
    )
    return filter_rows(frame, span >= HISTORY_DAYS)


def _last(account: Index, period: Floats) -> Flags:
    """Which rows are the last of their account and period."""
    last = np.ones(account.size, np.bool_)
    last[:-1] = (account[1:] != account[:-1]) | (period[1:] != period[:-1])
    return last


def _unit(frame: pl.DataFrame, views: Views) -> Floats:
    figures = np.floor(np.log10(np.maximum(to_floats(frame["followers"]), 1.0))) - 2.0
    platforms = np.array(views.rows(people).frame["platform"].to_list(), dtype=object)
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

    Of accounts with four known gains on the grid. ``date``, ``followers``, ``following``, ``unit`` (the
    platform's rounding), ``grid`` (1, 7 or 30 days), ``series`` (a number for account and grid).
    """
    frame = views.rows(counts).frame
    rows = [_rows_on(grid, frame) for grid in _COARSEST]
    grid = np.repeat(list(_COARSEST), [on.size for on in rows])
    row = np.concatenate(rows)
    series = accounts_of(frame)[row] * SERIES + grid
    order = np.argsort(series, kind="stable")
    columns = take_rows(frame[["account", "date", "followers", "following", "unit"]], row[order])
    frame = add_columns(columns, {"grid": grid[order], "series": series[order]})
    runs, number = Runs.of(frame["series"].to_numpy()), to_floats(frame["followers"])
    near = is_near(runs, to_floats(frame["date"]), to_floats(frame["grid"]))
    gained = np.where(near, number - runs.lag(number), np.nan)
    return filter_rows(frame, runs.repeat(runs.count(gained)) >= LEAST_GAINS)


def is_near(runs: Runs, date: Floats, grid: Floats) -> Flags:
    """Whether the count before is at most about two steps of the grid away.

    >>> is_near(Runs.of(np.zeros(3, int)), np.array([0.0, 2.0, 5.0]), np.ones(3))
    array([False,  True, False])
    """
    near: Flags = date - runs.lag(date) <= 2.2 * grid
    return near


@part_of(steps, 1)
def days(views: Views) -> pl.DataFrame:
    """Daily steps of accounts counted about daily with four known gains or more, oldest first."""
    return views[days]


@part_of(steps, 7)
def weeks(views: Views) -> pl.DataFrame:
    """The last count of each calendar week: columns of ``days``, ``hit_near``, ``unexplained`` unknown."""
    return views[weeks]


@part_of(steps, 30)
def months(views: Views) -> pl.DataFrame:
    """The last count of each calendar month: columns of ``days``, ``hit_near``, ``unexplained`` unknown."""
    return views[months]
