"""Follower histories of public sets as accounts: whole, or cut into windows of the length that users have."""

from __future__ import annotations

import zlib
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PART_MARK

__all__ = ["HALF_YEAR_DAYS", "curve_tables", "windows_of"]

HALF_YEAR_DAYS: Final = 182


def windows_of(counts: pl.DataFrame, days: int, *, least_counts: int, most: int) -> pl.DataFrame:
    """Histories cut into windows of so many days, counted back from each account's last count.

    An account keeps ``most`` of its windows, evenly spread, beginning where a hash of its name says:
    so that a hole in the collection, or one good year, is not in everybody's window.

    Parameters
    ----------
    counts
        One row per ``account_id`` and ``date``, with whatever was counted.
    days
        Length of a window.
    least_counts
        Windows with fewer counts are left out.
    most
        Windows kept of each account.

    Returns
    -------
    pl.DataFrame
        The kept rows; ``account_id`` is the account's, ``#`` and the number of the window, 0 the newest.

    Examples
    --------
    >>> from datetime import date
    >>> rows = {"account_id": "gh:1", "date": [date(2026, 1, day) for day in (1, 2, 11, 12)]}
    >>> windows_of(pl.DataFrame(rows), 10, least_counts=2, most=9)["account_id"].to_list()
    ['gh:1#0', 'gh:1#0', 'gh:1#1', 'gh:1#1']
    """
    last = pl.col("date").max().over("account_id")
    dated = counts.with_columns(window=(last - pl.col("date")).dt.total_days() // days)
    full = dated.filter(pl.len().over("account_id", "window") >= least_counts)
    there = full.select("account_id", "window").unique().sort("account_id", "window")
    each = there.partition_by("account_id")
    windows = pl.concat([_spread(str(part["account_id"][0]), part, most) for part in each] or [there])
    named = pl.format(f"{{}}{PART_MARK}{{}}", "account_id", "window")
    chosen = full.join(windows, on=["account_id", "window"], how="semi", maintain_order="left")
    return chosen.with_columns(account_id=named).drop("window").sort("account_id", "date")


def _spread(name: str, windows: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many of an account's windows, at even strides."""
    step = max(windows.height // most, 1)
    return windows.gather_every(step, zlib.crc32(name.encode()) % step).head(most)


def curve_tables(counts: pl.DataFrame, platform: str) -> Tables:
    """Accounts of which only the history is known; the profile has its last counts.

    Parameters
    ----------
    counts
        ``account_id``, ``date``, ``followers`` and perhaps ``following``, whole numbers, in any order.
    platform
        Where the accounts live.

    Returns
    -------
    Tables
        Accounts in the order of their names; ``as_of`` is the day of the last count.
    """
    history = counts.sort("account_id", "date")
    latest = [name for name in ("followers", "following") if name in history.columns]
    accounts = history.group_by("account_id", maintain_order=True).agg(
        pl.lit(platform).alias("platform"),
        pl.col("date").last().cast(pl.Datetime("us", "UTC")).alias("as_of"),
        *(pl.col(name).last() for name in latest),
    )
    return Tables.of(accounts=accounts, history=history)
