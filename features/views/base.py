"""Views: declaration, columns, and the cache of the views of some accounts."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar, cast

import numpy as np
import polars as pl

from accounts.schema import TABLES
from accounts.tables import Tables, take_rows
from features.views.rows import Column, Floats, Index, Runs, add_columns, filter_rows, to_floats

__all__ = [
    "FLOORS",
    "Column",
    "View",
    "ViewRows",
    "Views",
    "accounts_of",
    "evenly_sampled",
    "part_of",
    "sort_within",
    "view",
    "with_at_least",
]

FLOORS: Final[Mapping[str, int]] = MappingProxyType(
    {"profile": 1, "posts": 5, "comments": 15, "history": 5, "audience": 30}
)

SERIES: Final = 100  # a series is an account's number times this, and the days of its grid


@dataclass(frozen=True, eq=False)
class View:
    """A frame that features read: rows, and columns that are worked out where a feature asks for them.

    Attributes
    ----------
    name
        The builder's name.
    block
        The part of the account that it shows.
    build
        Makes the rows from the other views; its docstring says what a row is, and names the columns
        that are always there.
    part
        The view that it is a part of and the part's ``grid``, where features of several parts are
        derived at once, by ``series``.
    columns
        The functions of the other columns, by name; see :meth:`column`.
    """

    name: str
    block: str
    build: Callable[[Views], pl.DataFrame]
    part: tuple[View, int] | None = None
    columns: dict[str, ColumnFunction] = field(default_factory=dict)

    @property
    def about(self) -> str:
        """The builder's docstring: what one row is, and the columns that are always there."""
        return self.build.__doc__ or ""

    def column(self, function: Function) -> Function:
        """Declare the decorated function as a column of the view, named as the function is.

        It takes the view's :class:`ViewRows` and returns one value a row; its docstring says what the
        value means.
        """
        self.columns[function.__name__] = function
        return function


class ViewRows:
    """The rows of a view of some accounts, and what was worked out for them so far.

    Attributes
    ----------
    view
        Whose rows they are.
    frame
        The rows, with the columns that are always there.
    views
        The views of the same accounts, which own these rows and must outlive them.
    """

    def __init__(self, view: View, frame: pl.DataFrame, views: Views) -> None:
        self.view, self.frame = view, frame
        # A strong reference would make a cycle, and the frames of a piece of accounts, hundreds of MB,
        # would wait for the garbage collector, which sees a few objects and comes late.
        self.views: Views = weakref.proxy(views)
        self._floats: dict[str, Floats] = {}
        self._results: dict[Callable[[ViewRows], object], object] = {}

    @cached_property
    def account(self) -> Index:
        """Position in the input of the account of each row."""
        return accounts_of(self.frame)

    @cached_property
    def runs(self) -> Runs:
        """The rows of each account; of each series, where the view has several grids."""
        return Runs.of(self.frame["series"].to_numpy() if "series" in self.frame.columns else self.account)

    def floats(self, name: str) -> Floats:
        """A column that is always there, as floats; NaN where it is null."""
        if name not in self._floats:
            self._floats[name] = to_floats(self.frame[name])
        return self._floats[name]

    def result(self, function: Callable[[ViewRows], Result]) -> Result:
        """The result of a function of these rows, such as a column's; computed once and kept."""
        if function not in self._results:
            self._results[function] = function(self)
        return cast(Result, self._results[function])

    def of_account(self, view: View, name: str) -> Floats:
        """A column of a view with one row per account, for the account of each row."""
        return self.views.rows(view).floats(name)[self.account]

    def with_columns(self, names: Collection[str]) -> pl.DataFrame:
        """The rows with those of the named columns that the view declares, beside those always there."""
        wanted = [name for name in self.view.columns if name in names]
        return add_columns(self.frame, {name: self.result(self.view.columns[name]) for name in wanted})


ColumnFunction: TypeAlias = Callable[[ViewRows], Column]
Function = TypeVar("Function", bound=ColumnFunction)
Result = TypeVar("Result")


class Views:
    """The views of some accounts, each built when it is first asked for, and then kept."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._whole: dict[View, pl.DataFrame] = {}
        self._rows: dict[View, ViewRows] = {}
        self._keyed: dict[str, pl.DataFrame] = {}

    def __getitem__(self, view: View) -> pl.DataFrame:
        """The view with all of its columns."""
        if view not in self._whole:
            whole = view.part[0] if view.part else view
            self._whole[view] = self.frame(view, whole.columns)
        return self._whole[view]

    def rows(self, view: View) -> ViewRows:
        """The rows of a view, for columns one at a time."""
        if view not in self._rows:
            self._rows[view] = ViewRows(view, _marked(view.build(self)), self)
        return self._rows[view]

    def frame(self, view: View, names: Collection[str]) -> pl.DataFrame:
        """The view with some of its columns; those that are always there come along.

        Parameters
        ----------
        view
            Which view.
        names
            The columns that are wanted.
        """
        if view.part is None:
            return self.rows(view).with_columns(names)
        whole, grid = view.part
        on_grid = self.rows(whole).frame["grid"].to_numpy() == grid
        return _marked(filter_rows(self.frame(whole, names), on_grid))

    def lacks(self, block: str) -> bool:
        """Whether the block's table has fewer rows than one account needs: no account has the block."""
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
            frame, account = filter_rows(frame, account >= 0), account[account >= 0]
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


def view(block: str) -> Callable[[Callable[[Views], pl.DataFrame]], View]:
    """Declare the decorated function as a view of one block."""
    return lambda build: View(build.__name__, block, build)


def part_of(whole: View, grid: int) -> Callable[[Callable[[Views], pl.DataFrame]], View]:
    """Declare a view of the rows of another one that are on one grid."""
    return lambda build: View(build.__name__, whole.block, build, (whole, grid))


def accounts_of(frame: pl.DataFrame) -> Index:
    """Position in the input of the account of each row, as int64."""
    return frame["account"].to_numpy().astype(np.int64)


def with_at_least(frame: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Only the accounts with at least ``floor`` rows."""
    account = accounts_of(frame)
    enough = np.bincount(account) >= floor
    return filter_rows(frame, enough[account])


def sort_within(frame: pl.DataFrame, values: Floats, *keys: str) -> pl.DataFrame:
    """Rows that stand together by account, in order of ``values`` (NaN first) and then of ``keys``.

    The keys, texts among them, are looked at only where two values are equal.
    """
    account, value = accounts_of(frame), np.where(np.isnan(values), -np.inf, values)
    order = np.arange(account.size)
    same = account[1:] == account[:-1]
    if (same & (value[1:] < value[:-1])).any():
        order = Runs.of(account).argsort(value)
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


def evenly_sampled(runs: Runs, size: int) -> Index:
    """Rows of every run, in order: all where it has up to ``size``, else that many in even strides.

    >>> evenly_sampled(Runs.of(np.array([0, 0, 1, 1, 1, 1, 1])), 2)
    array([0, 1, 2, 5])
    """
    sizes = np.minimum(runs.size, size)
    part = Runs(np.cumsum(sizes) - sizes, sizes)
    # The k-th of them is the first row of the k-th of equal parts of the run, rounded up.
    stride: Index = -(-part.row * part.repeat(runs.size) // part.repeat(sizes))
    return part.repeat(runs.first) + stride
