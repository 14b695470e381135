"""Accounts as Polars tables: the output of all readers, the input of features, digests and documents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.schema import TABLES, columns

__all__ = ["Tables", "run_starts", "take_rows"]

Some = TypeVar("Some", pl.DataFrame, pl.Series)


def _empty(table: str) -> pl.DataFrame:
    return pl.DataFrame(schema=columns(table))


@dataclass(frozen=True)
class Tables:
    """Frames keyed by ``account_id``, with the columns and types of :mod:`accounts.schema`.

    ``accounts`` holds one row per account, in input order; the others any number, zero
    included, in any order. An absent value is null.

    >>> Tables.of(accounts=[{"account_id": "a", "platform": "x"}]).accounts["followers"].to_list()
    [None]
    """

    accounts: pl.DataFrame
    posts: pl.DataFrame
    comments: pl.DataFrame
    history: pl.DataFrame
    audience: pl.DataFrame
    annotations: pl.DataFrame = field(default_factory=lambda: _empty("annotations"))
    observed: pl.DataFrame = field(default_factory=lambda: _empty("observed"))
    _starts: dict[str, npt.NDArray[np.int64]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _owners: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _post_keys: dict[str, pl.Series] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, **parts: pl.DataFrame | Iterable[Mapping[str, object]]) -> Tables:
        """Build from frames or rows; missing columns are filled with null, missing tables are empty."""
        frames = {name: _conform_rows(name, parts[name]) for name in TABLES if name in parts}
        return cls(**{name: frames.get(name, _empty(name)) for name in TABLES})

    @classmethod
    def concat(cls, many: Iterable[Tables]) -> Tables:
        """Concatenate several tables; the accounts keep their order."""
        several = list(many) or [cls.of()]
        return cls(**{name: pl.concat([tables[name] for tables in several]) for name in TABLES})

    def __getitem__(self, table: str) -> pl.DataFrame:
        frame: pl.DataFrame = getattr(self, table)
        return frame

    def __len__(self) -> int:
        return self.accounts.height

    def starts(self, table: str) -> npt.NDArray[np.int64]:
        """Positions of the rows whose ``account_id`` differs from the row before, the first row included.

        >>> posts = [{"account_id": "a"}, {"account_id": "a"}, {"account_id": "b"}]
        >>> Tables.of(posts=posts).starts("posts")
        array([0, 2])
        """
        if table not in self._starts:
            self._starts[table] = run_starts(self[table]["account_id"])
        return self._starts[table]

    def owners(self, table: str) -> list[str]:
        """The ``account_id`` at each position of :meth:`starts`, an account in two runs twice.

        >>> Tables.of(posts=[{"account_id": "a"}, {"account_id": "a"}, {"account_id": "b"}]).owners("posts")
        ['a', 'b']
        """
        ids: list[str] = take_rows(self[table]["account_id"], self.starts(table)).to_list()
        return ids

    def rows_of(self, table: str, account_ids: Collection[str]) -> npt.NDArray[np.int64]:
        """Positions of the rows of some accounts, in order.

        >>> posts = [{"account_id": "a"}, {"account_id": "b"}, {"account_id": "a"}]
        >>> Tables.of(posts=posts).rows_of("posts", ["a"])
        array([0, 2])
        """
        wanted = frozenset(account_ids)
        starts = self.starts(table)
        if table not in self._owners:
            self._owners[table] = self.owners(table)
        chosen = np.fromiter((owner in wanted for owner in self._owners[table]), bool, len(starts))
        return np.flatnonzero(np.repeat(chosen, np.diff(starts, append=self[table].height)))

    def post_keys(self, table: str) -> pl.Series:
        """A number for each row's account and post, ``of_post``: equal where both ids are.

        >>> rows = [{"account_id": "a", "post_id": "p"}]
        >>> tables = Tables.of(posts=rows, comments=rows)
        >>> tables.post_keys("posts").equals(tables.post_keys("comments"))
        True
        """
        if table not in self._post_keys:
            key = pl.col("account_id").hash(1) ^ pl.col("post_id").hash(2)
            self._post_keys[table] = self[table].select(of_post=key)["of_post"]
        return self._post_keys[table]

    def replace(self, frames: Mapping[str, pl.DataFrame]) -> Tables:
        """With other frames in place of some; in a frame of as many rows each is still the same account's."""
        changed = Tables(**{name: frames.get(name, self[name]) for name in TABLES})
        same = {name for name in TABLES if changed[name].height == self[name].height}
        changed._starts.update({name: self._starts[name] for name in same & self._starts.keys()})
        changed._owners.update({name: self._owners[name] for name in same & self._owners.keys()})
        changed._post_keys.update({name: self._post_keys[name] for name in same & self._post_keys.keys()})
        return changed

    def map(self, change: Callable[[str, pl.DataFrame], pl.DataFrame]) -> Tables:
        """Replace every table by ``change(name, frame)``."""
        return Tables(**{name: change(name, self[name]) for name in TABLES})

    def select(self, account_ids: Iterable[str]) -> Tables:
        """Only the rows of some accounts, in their order here, not that of ``account_ids``."""
        wanted = pl.Series("account_id", list(account_ids), dtype=pl.String)
        return self.map(lambda _, frame: frame.filter(pl.col("account_id").is_in(wanted.implode())))


def run_starts(ids: pl.Series) -> npt.NDArray[np.int64]:
    """Positions of the ids that differ from the id before, the first one included.

    >>> run_starts(pl.Series(["a", "a", "b", "a"]))
    array([0, 2, 3])
    """
    changes = (ids.slice(1) != ids.slice(0, max(ids.len() - 1, 0))).to_numpy()
    return np.flatnonzero(np.append(True, changes)[: ids.len()])


def take_rows(some: Some, rows: npt.NDArray[np.int64]) -> Some:
    """Rows by position, in the order of ``rows``.

    The positions go in as a Polars series: Polars checks a NumPy array several times before it uses it.

    >>> take_rows(pl.Series([10, 20, 30]), np.array([2, 0])).to_list()
    [30, 10]
    """
    return some[pl.Series(rows.astype(np.uint32))]


def _conform_rows(table: str, rows: pl.DataFrame | Iterable[Mapping[str, object]]) -> pl.DataFrame:
    schema = columns(table)
    if not isinstance(rows, pl.DataFrame):
        return pl.DataFrame([dict(row) for row in rows], schema=schema)
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in rows.columns]
    return rows.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
