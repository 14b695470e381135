"""What a view is, and the views of some accounts, each built once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.tables import Tables

__all__ = ["FLOORS", "View", "Views", "even", "ordered", "strided", "view", "within"]

FLOORS: Final[Mapping[str, int]] = MappingProxyType(
    {"profile": 1, "posts": 5, "comments": 15, "history": 5, "audience": 30}
)


Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class View:
    """A frame that features read.

    Attributes
    ----------
    name
        The builder's name.
    block
        The part of the account that it shows.
    build
        Makes the frame from the other views; its docstring names the columns.
    """

    name: str
    block: str
    build: Callable[[Views], pl.DataFrame]

    @property
    def about(self) -> str:
        """What a row is and what the columns mean."""
        return self.build.__doc__ or ""


class Views:
    """The views of some accounts, each built when it is first asked for, and then kept."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._built: dict[View, pl.DataFrame] = {}

    def __getitem__(self, view: View) -> pl.DataFrame:
        if view not in self._built:
            self._built[view] = view.build(self).with_columns(pl.col("account").set_sorted())
        return self._built[view]

    def keyed(self, table: str) -> pl.DataFrame:
        """One of the tables with ``account`` in place of the identifier."""
        keys = self.tables.accounts.select("account_id", account=pl.int_range(pl.len(), dtype=pl.UInt32))
        return self.tables[table].join(keys, on="account_id", how="inner").drop("account_id")


def view(block: str) -> Callable[[Callable[[Views], pl.DataFrame]], View]:
    """Declare a view of one block."""
    return lambda build: View(build.__name__, block, build)


def within(frame: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Only the accounts with at least ``floor`` rows."""
    account = frame["account"].to_numpy()
    enough = np.bincount(account) >= floor
    return frame if enough.all() else frame.filter(pl.Series(enough[account]))


def ordered(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Sorted by account and a total key, whose first part is a time.

    Account and seconds are sorted as one number, or not at all where the rows already stand
    so; the rest of the key, texts among it, is looked at only where two seconds are equal.
    """
    second = pl.col(keys[0]).dt.epoch("s").fill_null(-1) + (1 << 33)
    key = frame.select(pl.col("account").cast(pl.Int64) * (1 << 35) + second).to_series()
    if not key.is_sorted():
        frame, key = frame.select(pl.all().gather(order := key.arg_sort())), key.gather(order)
    ties = key.to_numpy()
    return frame.sort("account", *keys) if (ties[1:] == ties[:-1]).any() else frame


def even(frame: pl.DataFrame, size: int) -> pl.DataFrame:
    """Every row of an account up to ``size``, else ``size`` of them in even strides over its order."""
    account = frame["account"].to_numpy()
    counted = np.bincount(account)
    if (counted <= size).all():
        return frame
    first = np.cumsum(counted) - counted
    return frame.filter(pl.Series(strided(np.arange(account.size) - first[account], counted[account], size)))


def strided(row: Index, n: Index, size: int) -> npt.NDArray[np.bool_]:
    """Which rows of n, counted from 0, are ``size`` of them in even strides (all, where n is smaller)."""
    return (n <= size) | (row == 0) | (row * size // n > (row - 1) * size // n)
