"""Steps: what a follower history gains, loses and repeats from one count to the next."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from features.views.base import ViewRows
from features.views.history import is_near, steps
from features.views.rows import Flags, Floats, safe_divide, to_flags

__all__ = ["following_gained", "gained", "growth_z"]

WHOLE: Final = 0.02  # of a thousand
NOISE: Final = 1e-4  # of log growth, so that a count that hardly moves does not divide by nothing


@steps.column
def gap_days(rows: ViewRows) -> Floats:
    """Days since the count before.

    >>> from features.example import column_of
    >>> column_of("days", "gap_days", followers=[100] * 20)[:3]
    [None, 1.0, 1.0]
    """
    date = rows.floats("date")
    return date - rows.runs.lag(date)


@steps.column
def starts(rows: ViewRows) -> pl.Series:
    """The day of the count before; absent across more than two steps.

    >>> from features.example import column_of
    >>> column_of("days", "starts", followers=[100] * 20)[0] is None
    True
    """
    date = rows.frame["date"]
    return (
        pl.select(pl.when(pl.lit(pl.Series(rows.result(_near)))).then(pl.lit(date).shift(1)))
        .to_series()
        .alias("starts")
    )


def _near(rows: ViewRows) -> Flags:
    return is_near(rows.runs, rows.floats("date"), rows.floats("grid"))


@steps.column
def gained(rows: ViewRows) -> Floats:
    """Followers since the count before; absent across more than two steps.

    >>> from features.example import column_of
    >>> column_of("days", "gained", followers=[100, 110, 105] + [105] * 17)[:4]
    [None, 10.0, -5.0, 0.0]
    """
    number = rows.floats("followers")
    return np.where(rows.result(_near), number - rows.runs.lag(number), np.nan)


@steps.column
def jump(rows: ViewRows) -> Floats:
    """Log growth of followers + 1 since the count before.

    >>> from features.example import column_of
    >>> column_of("days", "jump", followers=[99] * 10 + [199] * 10)[9:11]
    [0.0, 0.693147]
    """
    return np.where(
        rows.result(_near), np.diff(np.log(rows.floats("followers") + 1.0), prepend=np.nan), np.nan
    )


@steps.column
def growth(rows: ViewRows) -> Floats:
    """Log growth of followers + 1 a day.

    >>> from features.example import column_of
    >>> column_of("days", "growth", followers=[99] * 10 + [199] * 10)[9:11]
    [0.0, 0.693147]
    """
    return safe_divide(rows.result(jump), rows.result(gap_days))


@steps.column
def growth_z(rows: ViewRows) -> Floats:
    """Robust z of the growth a day, with the rounding of a count of the account's size as noise.

    >>> from features.example import column_of
    >>> column_of("days", "growth_z", followers=[100] * 20)[:3]
    [None, 0.0, 0.0]
    """
    runs, daily = rows.runs, rows.result(growth)
    rounding = runs.median(safe_divide(rows.floats("unit"), rows.floats("followers") + 1.0))
    noise = (rounding + NOISE) / rows.floats("grid")[runs.first]
    deviation = daily - runs.repeat(runs.median(daily))
    return safe_divide(deviation, runs.repeat(1.4826 * runs.median(np.abs(deviation)) + noise))


@steps.column
def gain(rows: ViewRows) -> Floats:
    """What was gained, 0 where followers were lost.

    >>> from features.example import column_of
    >>> column_of("days", "gain", followers=[100, 110, 105] + [105] * 17)[:4]
    [None, 10.0, 0.0, 0.0]
    """
    return np.maximum(rows.result(gained), 0.0)


@steps.column
def loss(rows: ViewRows) -> Floats:
    """What was lost, 0 where followers were gained.

    >>> from features.example import column_of
    >>> column_of("days", "loss", followers=[100, 110, 105] + [105] * 17)[:4]
    [None, 0.0, 5.0, 0.0]
    """
    return np.maximum(-rows.result(gained), 0.0)


@steps.column
def lost_share(rows: ViewRows) -> Floats:
    """What was lost, over the followers before.

    >>> from features.example import column_of
    >>> column_of("days", "lost_share", followers=[100, 100, 80] + [80] * 17)[:4]
    [None, 0.0, 0.2, 0.0]
    """
    return safe_divide(rows.result(loss), rows.floats("followers") - rows.result(gained))


@steps.column
def gain_standing(rows: ViewRows) -> Floats:
    """Rank of the gain among the account's, from -1 (the least) to 1 (the most).

    >>> from features.example import column_of
    >>> column_of("days", "gain_standing", followers=[100 + n * n for n in range(20)])[:3]
    [None, -1.0, -0.888889]
    """
    return rows.runs.scaled_ranks(rows.result(gain))


@steps.column
def best_tenth(rows: ViewRows) -> pl.Series:
    """Whether the gain is of the largest tenth (rounded up) of the steps'; of equal ones the earliest.

    >>> from features.example import column_of
    >>> column_of("days", "best_tenth", followers=[100 + n * n for n in range(20)])[-3:]
    [False, True, True]
    """
    runs, number = rows.runs, rows.result(gained)
    best = np.zeros(number.size, np.bool_)
    order = runs.argsort(-number)
    best[order] = runs.row < runs.repeat((runs.count(number) + 9) // 10)
    return to_flags("best_tenth", best, ~np.isnan(number))


@steps.column
def whole_thousands(rows: ViewRows) -> Flags:
    """Whether the gain is a whole number of thousands, to 2 % of one.

    >>> from features.example import column_of
    >>> column_of("days", "whole_thousands", followers=[9] * 10 + [5_009] * 10)[9:12]
    [False, True, False]
    """
    thousands = rows.result(gain) / 1_000.0
    whole = np.round(thousands)
    return np.logical_and(whole >= 1.0, np.abs(thousands - whole) <= WHOLE)


@steps.column
def following_gained(rows: ViewRows) -> Floats:
    """Accounts followed since the count before, fewer or more; absent across more than two steps.

    >>> from features.example import column_of
    >>> column_of("days", "following_gained", followers=[9] * 20, following=[100, 150] * 10)[:3]
    [None, 50.0, -50.0]
    """
    following = rows.floats("following")
    return np.where(rows.result(_near), following - rows.runs.lag(following), np.nan)
