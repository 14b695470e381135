"""Expressions about times that several checks share."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, Floats, TableArrays

__all__ = ["DAY_SECONDS", "SECOND", "mostly_alike", "seconds", "seconds_of_day", "time_of_day"]

DAY_SECONDS: Final = 86_400
SECOND: Final = 1_000_000
"""Microseconds of a second, in which arrays give times."""
TWO_PLACES: Final = 0.5
"""Share of equal values from which on several stand at most two places apart."""
ROUNDING: Final = 1e-9


def seconds(column: str) -> pl.Expr:
    """A column of times in whole seconds since 1970.

    An expression that compares with a time of a zone starts Polars' threads as it is built; where modules
    build it, every process that is forked afterwards waits for them for ever.

    >>> from datetime import datetime
    >>> pl.DataFrame({"at": [datetime(1970, 1, 2)]}).select(seconds("at")).item()
    86400
    """
    return pl.col(column).dt.epoch("s")


def seconds_of_day(column: str = "published_at") -> pl.Expr:
    """Seconds since midnight UTC of a column of times.

    >>> from datetime import datetime
    >>> frame = pl.DataFrame({"published_at": [datetime(2026, 10, 1, 9, 30, 5)]})
    >>> frame.select(seconds_of_day()).item()
    34205
    """
    return seconds(column) % DAY_SECONDS


def time_of_day(times: Floats) -> Floats:
    """Whole seconds since midnight UTC of times in microseconds.

    >>> time_of_day(np.array([34_205.7e6, 86_401e6]))
    array([3.4205e+04, 1.0000e+00])
    """
    whole = np.floor(times / SECOND)
    found: Floats = whole - DAY_SECONDS * np.floor(whole / DAY_SECONDS)
    return found


def mostly_alike(rows: TableArrays, values: Floats, at_least: int, share: float) -> Flags:
    """Accounts of whose known values, so many or more, that share or more are one and the same.

    Most are ruled out at once. Of ``n`` values ``k`` equal ones leave ``k - 1`` gaps between them, together
    no longer than ``n - 1`` places: where ``k`` is ``share * n``, so and so many are no longer than ``near``.

    >>> rows = TableArrays.of(pl.DataFrame({"account_id": list("aaaabbbb")}))
    >>> mostly_alike(rows, np.array([1.0, 2, 1, 1, 1, 2, 1, 2]), 4, 0.6)
    array([ True, False])
    """
    known = np.flatnonzero(~np.isnan(values))
    values, account, n = values[known], rows.account[known], len(rows.starts)
    counted, near = np.bincount(account, minlength=n), 2 if share >= TWO_PLACES else 4
    close = np.zeros(n)
    for places in range(1, near + 1):
        equal = np.flatnonzero(values[places:] == values[:-places])
        equal = equal[account[places:][equal] == account[equal]]
        close += np.bincount(account[equal], minlength=n)
    needed = ((share * counted - 1) * (near + 1) - counted + 1) / near
    ends = np.cumsum(counted)

    def most_common(at: int) -> bool:
        own = values[ends[at] - counted[at] : ends[at]]
        return bool(np.unique(own, return_counts=True)[1].max() / len(own) >= share)

    return rows.where((counted >= at_least) & (close >= needed - ROUNDING), most_common)
