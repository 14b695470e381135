"""What a view is, and the views of some accounts, each built once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.schema import TABLES
from accounts.tables import Tables, take_rows
from features.views.rows import Floats, Index, Runs, kept

__all__ = ["FLOORS", "View", "Views", "accounts_of", "even", "ordered", "view", "within"]

FLOORS: Final[Mapping[str, int]] = MappingProxyType(
    {"profile": 1, "posts": 5, "comments": 15, "history": 5, "audience": 30}
)

SERIES: Final = 100  # a series is an account's number times this, and the days of its grid


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
    part
        The view that it is a part of and the part's ``grid``, where features of several parts are
        derived at once, by ``series``.
    """

    name: str
    block: str
    build: Callable[[Views], pl.DataFrame]
    part: tuple[View, int] | None = None

    @property
    def about(self) -> str:
        """What a row is and what the columns mean."""
        return self.build.__doc__ or ""


class Views:
    """The views of some accounts, each built when it is first asked for, and then kept."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._built: dict[View, pl.DataFrame] = {}
        self._keyed: dict[str, pl.DataFrame] = {}

    def __getitem__(self, view: View) -> pl.DataFrame:
        if view not in self._built:
            self._built[view] = _marked(view.build(self))
        return self._built[view]

    def lacks(self, block: str) -> bool:
        """Whether the block's own table has too few rows for any account to have it."""
        return block in TABLES and self.tables[block].height < FLOORS[block]

    def keyed(self, table: str) -> pl.DataFrame:
        """One of the tables with ``account`` in place of the identifier, each account's rows together."""
        if table not in self._keyed:
            self._keyed[table] = self._together(table)
        return self._keyed[table]

    def _together(self, table: str) -> pl.DataFrame:
        frame = self.tables[table].clone()
        frame.drop_in_place("account_id")
        starts, owners = self.tables.starts(table), self.tables.owners(table)
        positions = np.array([self._positions.get(name, -1) for name in owners], np.int64)
        account = np.repeat(positions, np.diff(starts, append=frame.height))
        if (account < 0).any():
            frame, account = kept(frame, account >= 0), account[account >= 0]
        frame.insert_column(0, pl.Series("account", account.astype(np.uint32)))
        if (account[1:] < account[:-1]).any():
            frame = take_rows(frame, np.argsort(account, kind="stable"))
        return frame

    @cached_property
    def _positions(self) -> dict[str, int]:
        """Where each account stands in the input."""
        return {name: position for position, name in enumerate(self.tables.accounts["account_id"].to_list())}


def _marked(frame: pl.DataFrame) -> pl.DataFrame:
    """Tell Polars that accounts stand in order, so that grouping by them is slicing."""
    for name in ("account", "series"):
        if name in frame.columns and not (key := frame[name]).flags["SORTED_ASC"]:
            frame.replace_column(frame.get_column_index(name), key.set_sorted())
    return frame


def view(
    block: str, part: tuple[View, int] | None = None
) -> Callable[[Callable[[Views], pl.DataFrame]], View]:
    """Declare a view of one block."""
    return lambda build: View(build.__name__, block, build, part)


def accounts_of(frame: pl.DataFrame) -> Index:
    """The ``account`` of each row."""
    return frame["account"].to_numpy().astype(np.int64)


def within(frame: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Only the accounts with at least ``floor`` rows."""
    account = accounts_of(frame)
    enough = np.bincount(account) >= floor
    return kept(frame, enough[account])


def ordered(frame: pl.DataFrame, values: Floats, *keys: str) -> pl.DataFrame:
    """Rows that stand together by account, in order of ``values`` (NaN first) and then of ``keys``.

    The keys, texts among them, are looked at only where two values are equal.
    """
    account, value = accounts_of(frame), np.where(np.isnan(values), -np.inf, values)
    order = np.arange(account.size)
    same = account[1:] == account[:-1]
    if (same & (value[1:] < value[:-1])).any():
        order = Runs.of(account).order(value)
    value = value[order]
    equal = same & (value[1:] == value[:-1])
    if equal.any():
        tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
        order[tied] = _untied(frame, account[order[tied]], value[tied], order[tied], keys)
    return frame if (order[1:] > order[:-1]).all() else take_rows(frame, order)


def _untied(frame: pl.DataFrame, account: Index, value: Floats, rows: Index, keys: tuple[str, ...]) -> Index:
    own = [pl.Series("_account", account), pl.Series("_value", value), pl.Series("_row", rows)]
    telling = [name for name in keys if frame[name].null_count() < frame.height]
    if not telling:
        return rows
    tied = take_rows(frame[telling], rows).hstack(own)
    result: Index = tied.sort("_account", "_value", *telling)["_row"].to_numpy()
    return result


def even(runs: Runs, size: int) -> Index:
    """Rows of every run, in order: all where it has up to ``size``, else that many in even strides.

    >>> even(Runs.of(np.array([0, 0, 1, 1, 1, 1, 1])), 2)
    array([0, 1, 2, 5])
    """
    taken = np.minimum(runs.size, size)
    part = Runs(np.cumsum(taken) - taken, taken)
    # The k-th of them is the first row of the k-th of equal parts of the run, rounded up.
    stride: Index = -(-part.row * part.spread(runs.size) // part.spread(taken))
    return part.spread(runs.first) + stride
