"""What a view is, and the views of some accounts, each built once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables

__all__ = ["FLOORS", "View", "Views", "even", "view", "within"]

FLOORS: Final[Mapping[str, int]] = MappingProxyType(
    {"profile": 1, "posts": 5, "comments": 15, "history": 5, "audience": 30}
)


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
    return frame.filter(pl.len().over("account") >= floor)


def even(size: int) -> pl.Expr:
    """Every row of a group up to ``size``, else ``size`` of them in even strides over its order."""
    row, n = pl.int_range(pl.len()).over("account"), pl.len().over("account").cast(pl.Int64)
    return (n <= size) | (row == 0) | (row * size // n > (row - 1) * size // n)
