"""Lags: how far the daily history repeats itself after some days."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from features.views.base import Views, view
from features.views.history import steps
from features.views.rows import Floats, Runs, safe_divide, to_series
from features.views.steps import following_gained, gained

__all__ = ["lags"]

LAGS: Final = (4, 5, 6, 7, 8, 10, 12, 14)
LEAST_LAGGED: Final = 28


@view("history")
def lags(views: Views) -> pl.DataFrame:
    """One row per account of ``days`` and lag: 4 to 8, 10, 12 and 14 days.

    ``lag_days``; ``followers_rhythm`` and ``following_rhythm``: autocorrelation at that lag of
    the daily change in followers and in accounts followed; null under 28 known changes.
    """
    rows = views.rows(steps)  # not days, whose every column would be taken out of it
    daily = np.flatnonzero(rows.floats("grid") == 1)
    account = rows.account[daily]
    runs = Runs.of(account)
    changes = {"followers": rows.result(gained), "following": rows.result(following_gained)}
    rhythms = {f"{name}_rhythm": _autocorrelations(runs, change[daily]) for name, change in changes.items()}
    return pl.DataFrame(
        [
            pl.Series("account", np.repeat(account[runs.first], len(LAGS)).astype(np.uint32)),
            pl.Series("lag_days", np.tile(LAGS, runs.first.size)),
            *(to_series(name, values) for name, values in rhythms.items()),
        ]
    )


def _autocorrelations(runs: Runs, change: Floats) -> Floats:
    """At each lag in turn, account by account; counts are equally spaced there, but for gaps of a day."""
    known = runs.count(change)
    centred = change - runs.repeat(safe_divide(runs.sum(change), known.astype(np.float64)))
    power = np.where(known >= LEAST_LAGGED, runs.sum(centred * centred), np.nan)
    together = [runs.sum(centred * runs.lag(centred, lag)) for lag in LAGS]
    return safe_divide(np.stack(together, axis=-1), power[:, None]).ravel()
