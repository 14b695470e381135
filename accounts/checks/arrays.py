"""The accounts' tables as arrays, for cheap tests of all accounts at once.

Forty checks that each ask Polars one small thing cost more than what they look for: a call costs some fifty
microseconds, whatever it is of, and waits for a thread of the pool. NumPy answers in two or three, and
``with_columns_seq`` works where it was called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.checks.lookup import rows_of_keys
from accounts.tables import Tables, run_starts, take_rows

__all__ = ["Arrays", "Flags", "Floats", "Index", "PostsOfComments", "TableArrays", "average_ranks"]

Flags: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
Index: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TableArrays:
    """One table's columns as arrays, the rows of each account together.

    Attributes
    ----------
    frame
        The table's rows, and columns derived from them.
    starts
        The first row of each account.

    >>> rows = pl.DataFrame({"account_id": ["a", "b", "a"], "likes": [3, 0, None]})
    >>> arrays = TableArrays.of(rows)
    >>> arrays.owners, arrays.floats("likes"), arrays.any(arrays.floats("likes") == 0)
    (['a', 'b'], array([ 3., nan,  0.]), array([False,  True]))
    """

    frame: pl.DataFrame
    starts: Index
    _columns: dict[str, Floats] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, frame: pl.DataFrame, starts: Index | None = None) -> TableArrays:
        """A table's arrays; rows of accounts that stand in several places are brought together."""
        if starts is None:
            starts = run_starts(frame["account_id"])
        owners = take_rows(frame["account_id"], starts)
        if len(starts) > 1 and owners.n_unique() < len(starts):
            return cls.of(frame.sort("account_id", maintain_order=True))
        return cls(frame, starts)

    def deriving(self, columns: Mapping[str, pl.Expr]) -> TableArrays:
        """The same rows with more columns, computed of the whole table."""
        if not columns:
            return self
        more = TableArrays(self.frame.with_columns_seq(**columns), self.starts)
        more._columns.update(self._columns)
        return more

    @cached_property
    def owners(self) -> list[str]:
        """The accounts, in the order of ``starts``."""
        ids: list[str] = take_rows(self.frame["account_id"], self.starts).to_list()
        return ids

    @cached_property
    def sizes(self) -> Index:
        """How many rows each account has."""
        return np.diff(self.starts, append=self.frame.height)

    @cached_property
    def account(self) -> Index:
        """For each row the number of its account, from 0."""
        return np.repeat(np.arange(len(self.starts)), self.sizes)

    @cached_property
    def nobody(self) -> Flags:
        """False for each account."""
        return np.zeros(len(self.starts), np.bool_)

    def is_absent(self, column: str) -> bool:
        """Whether a column holds nothing."""
        return self.frame[column].null_count() == self.frame.height

    def floats(self, column: str) -> Floats:
        """A column of counts or flags, NaN where it is null; times in microseconds, dates in days."""
        if column not in self._columns:
            values = self.frame[column]
            if values.dtype.is_temporal():
                values = values.cast(pl.Int64)
            elif values.dtype == pl.Boolean:
                values = values.cast(pl.Float64)
            self._columns[column] = values.to_numpy().astype(np.float64, copy=False)
        return self._columns[column]

    def is_known(self, column: str) -> Flags:
        """Whether each row has a value in the column."""
        values = self.frame[column]
        if values.null_count() in (0, values.len()):
            return np.full(values.len(), not values.null_count())
        return values.is_not_null().to_numpy()

    def any(self, rows: Flags) -> Flags:
        """Whether any of an account's rows is marked."""
        if not rows.any():
            return self.nobody
        found: Flags = np.logical_or.reduceat(rows, self.starts)
        return found

    def count(self, rows: Flags) -> Index:
        """How many of each account's rows are marked."""
        found: Index = np.add.reduceat(rows, self.starts, dtype=np.int64)
        return found

    def sum(self, values: Floats) -> Floats:
        """Each account's sum of what is known."""
        found: Floats = np.add.reduceat(np.where(np.isnan(values), 0.0, values), self.starts)
        return found

    def least(self, values: Floats) -> Floats:
        """Each account's smallest known value."""
        found: Floats = np.fmin.reduceat(values, self.starts)
        return found

    def most(self, values: Floats) -> Floats:
        """Each account's largest known value."""
        found: Floats = np.fmax.reduceat(values, self.starts)
        return found

    def before(self, values: Floats, by: int = 1) -> Floats:
        """What stands ``by`` rows earlier in the same account; NaN where nothing does.

        >>> TableArrays.of(pl.DataFrame({"account_id": list("aab")})).before(np.array([1.0, 2.0, 3.0]))
        array([nan,  1., nan])
        """
        earlier = np.full(len(values), np.nan)
        earlier[by:] = values[:-by]
        earlier[by:][self.account[by:] != self.account[:-by]] = np.nan
        return earlier

    def in_order(self, values: Floats) -> Index:
        """The rows in which a value is known, by account and value.

        >>> rows = TableArrays.of(pl.DataFrame({"account_id": list("aab")}))
        >>> rows.in_order(np.array([2.0, 1.0, np.nan]))
        array([1, 0])
        """
        known = np.flatnonzero(~np.isnan(values))
        own, account = values[known], self.account[known]
        falls = np.flatnonzero(own[1:] < own[:-1])
        if not (account[falls] == account[falls + 1]).any():
            return known
        return known[np.lexsort((own, account))]

    def where(self, accounts: Flags, holds: Callable[[int], bool]) -> Flags:
        """Of the accounts marked those for which something holds, asked one by one, by number."""
        found = self.nobody.copy()
        for at in np.flatnonzero(accounts).tolist():
            found[at] = holds(at)
        return found

    def rows_of(self, at: int) -> slice:
        """The rows of an account, by number."""
        start = int(self.starts[at])
        return slice(start, start + int(self.sizes[at]))

    def names(self, accounts: Flags) -> list[str]:
        """The ids of the accounts that are marked."""
        owners = self.owners
        return [owners[at] for at in np.flatnonzero(accounts).tolist()]


@dataclass(frozen=True, eq=False)
class PostsOfComments:
    """Under which of the posts that were given each comment stands.

    Attributes
    ----------
    row
        For each comment the row of its post, in the arrays of both; -1 where that was not given.
    unclear
        Accounts with posts that bear no id, or one id twice: of them ``row`` does not say enough.
    """

    row: Index
    unclear: frozenset[str]

    @classmethod
    def of(cls, posts: pl.DataFrame, comments: pl.DataFrame) -> PostsOfComments:
        """Look up the posts of comments.

        >>> posts = pl.DataFrame({"account_id": ["a", "a"], "post_id": ["p", "q"]})
        >>> comments = pl.DataFrame({"account_id": ["a", "a", "b"], "post_id": ["q", "r", "q"]})
        >>> PostsOfComments.of(posts, comments).row
        array([ 1, -1, -1])
        """
        if posts.is_empty():
            return cls(np.full(comments.height, -1), frozenset())
        given = _post_keys(posts)
        row = rows_of_keys(given, _post_keys(comments))
        order = np.argsort(given)
        twice = np.flatnonzero(given[order][1:] == given[order][:-1])
        unclear = take_rows(posts["account_id"], order[twice]).to_list() if len(twice) else []
        if posts["post_id"].null_count():
            unclear += posts.filter(pl.col("post_id").is_null())["account_id"].to_list()
        return cls(row, frozenset(unclear))

    def count_by_post(self, posts: int) -> Index:
        """How many comments were given under each of so many posts."""
        return np.bincount(self.row[self.row >= 0], minlength=posts)


def _post_keys(frame: pl.DataFrame) -> npt.NDArray[np.uint64]:
    """A number for each row's account and post: equal where both ids are."""
    key = pl.col("account_id").hash(1) ^ pl.col("post_id").hash(2)
    keys: npt.NDArray[np.uint64] = frame.select_seq(key).to_series().to_numpy()
    return keys


@dataclass(frozen=True, eq=False)
class Arrays:
    """The tables of all accounts as arrays, of which each is made when it is asked for.

    Attributes
    ----------
    tables
        The accounts.
    """

    tables: Tables
    _made: dict[str, TableArrays] = field(default_factory=dict, init=False, repr=False)
    _of_posts: dict[str, PostsOfComments] = field(default_factory=dict, init=False, repr=False)

    def __getitem__(self, table: str) -> TableArrays:
        if table not in self._made:
            self._made[table] = TableArrays.of(self.tables[table], self.tables.starts(table))
        return self._made[table]

    def of(self, tables: Tables) -> Arrays:
        """The arrays of changed tables; those of a table that is the same are not made again."""
        if tables is self.tables:
            return self
        changed = Arrays(tables)
        changed._made.update(
            {name: array for name, array in self._made.items() if tables[name] is self.tables[name]}
        )
        if all(tables[name].height == self.tables[name].height for name in ("posts", "comments")):
            changed._of_posts.update(self._of_posts)
        return changed

    @cached_property
    def row_of_account(self) -> Mapping[str, int]:
        """The row of each account in the table of accounts."""
        return {name: row for row, name in enumerate(self.tables.accounts["account_id"].to_list())}

    @cached_property
    def platforms(self) -> Mapping[str, str]:
        """The platform of each account."""
        accounts = self.tables.accounts
        return dict(zip(accounts["account_id"].to_list(), accounts["platform"].to_list(), strict=True))

    def of_account(self, table: str, column: str) -> Floats:
        """A column of ``accounts`` for each account that has rows in a table; NaN for one without a row.

        >>> tables = Tables.of(
        ...     accounts=[{"account_id": "a", "followers": 9}, {"account_id": "b", "followers": 4}],
        ...     posts=[{"account_id": "b"}],
        ... )
        >>> Arrays(tables).of_account("posts", "followers")
        array([4.])
        """
        rows = np.array([self.row_of_account.get(name, -1) for name in self[table].owners], np.int64)
        values = np.append(self["accounts"].floats(column), np.nan)
        return values[rows]

    def rows_of_each(self, table: str) -> Index:
        """How many rows of a table each account has, in the order of ``accounts``."""
        found = np.zeros(len(self.tables), np.int64)
        if not self.tables[table].is_empty():
            for name, size in zip(self[table].owners, self[table].sizes.tolist(), strict=True):
                found[self.row_of_account[name]] = size
        return found

    @property
    def posts_of_comments(self) -> PostsOfComments:
        """Under which post each comment stands: looked up once for all checks."""
        if not self._of_posts:
            self._of_posts["all"] = PostsOfComments.of(self["posts"].frame, self["comments"].frame)
        return self._of_posts["all"]


def average_ranks(values: Floats) -> Floats:
    """The ranks of values, from 1; equal ones share the mean of theirs.

    ``scipy.stats.rankdata`` gives the same, but its import takes a third of a second of every command.

    >>> average_ranks(np.array([30.0, 10.0, 30.0, 20.0]))
    array([3.5, 1. , 3.5, 2. ])
    """
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[at]
    return ranks
