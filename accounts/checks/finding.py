"""What a check of the evidence says, and what it takes out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, TableArrays
from accounts.plurals import singular
from accounts.tables import Tables, take_rows

__all__ = [
    "COUNTS", "OF_POST", "ROW", "Change", "Check", "Evidence", "Finding", "Narrow", "Outcome", "Suspects",
    "check", "findings_by_account", "without_values",
]  # fmt: skip

ROW: Final = "row"
"""Column with a row's number in its whole table."""

OF_POST: Final = "of_post"
"""Column with a number for an account and a post of it, in posts and comments: joins by it are several times
as fast as by the two texts."""

COUNTS: Final = ("likes", "comments", "views", "shares", "saves")
"""What is counted of a post."""

KEYED: Final = frozenset({"posts", "comments"})

Suspects: TypeAlias = Callable[[TableArrays], Flags]
Narrow: TypeAlias = Callable[[Arrays], Collection[str]]


@dataclass(frozen=True)
class Finding:
    """Something in an account's evidence that cannot be evidence, or contradicts the rest.

    Attributes
    ----------
    account_id
        Whose.
    check
        Name of the check.
    field
        The field concerned, such as ``posts.likes``.
    rows
        How many rows are concerned.
    sentence
        What was found and what was done about it.
    left_out
        What is absent from the evidence for it, such as ``posts.likes``; empty where nothing is.
    contradiction
        Whether parts of the evidence contradict each other; what is left does where nothing is left out.
    bars_clearing
        Whether what was left out is what schemes would show in, so that nobody is cleared on the rest.
    """

    account_id: str
    check: str
    field: str
    rows: int
    sentence: str
    left_out: tuple[str, ...] = ()
    contradiction: bool = False
    bars_clearing: bool = False

    def __post_init__(self) -> None:
        """Say in the singular what there is one of."""
        object.__setattr__(self, "sentence", singular(self.sentence))
        object.__setattr__(self, "left_out", tuple(map(singular, self.left_out)))


@dataclass(frozen=True)
class Change:
    """A change of some rows of a table.

    Attributes
    ----------
    table
        The table.
    rows
        Numbers of its rows.
    columns
        Columns that become absent there; none named: the rows go.
    values
        Frame of the new values, one row for each of ``rows``, instead of absent ones.
    """

    table: str
    rows: pl.Series
    columns: tuple[str, ...] = ()
    values: pl.DataFrame | None = None


@dataclass(frozen=True)
class Outcome:
    """What a check does: changes, and a finding for each account that it concerns."""

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """The tables of the accounts that a check looks at closely, each row with its number in ``row``.

    Attributes
    ----------
    tables
        Of all accounts.
    suspects
        The accounts looked at; None: all.
    """

    tables: Tables
    suspects: Sequence[str] | None = None

    @cached_property
    def accounts(self) -> pl.DataFrame:
        """Their profiles, one row each."""
        return self._of("accounts")

    @cached_property
    def posts(self) -> pl.DataFrame:
        """Their posts."""
        return self._of("posts")

    @cached_property
    def comments(self) -> pl.DataFrame:
        """The comments under their posts."""
        return self._of("comments")

    @cached_property
    def history(self) -> pl.DataFrame:
        """Their histories."""
        return self._of("history")

    @cached_property
    def audience(self) -> pl.DataFrame:
        """Their followers sampled."""
        return self._of("audience")

    @cached_property
    def annotations(self) -> pl.DataFrame:
        """What people say of their histories."""
        return self._of("annotations")

    def columns(self, table: str, *names: str) -> pl.DataFrame:
        """Some columns of their rows of a table, with ``row``: cheaper than all of them."""
        return self._of(table, names)

    def _of(self, table: str, names: Sequence[str] = ()) -> pl.DataFrame:
        frame = self.tables[table]
        if table in KEYED and OF_POST in names:
            frame = frame.with_columns(self.tables.post_keys(table))
        if names:
            frame = frame[list(names)]
        if self.suspects is None or len(self.suspects) == len(self.tables):
            numbers = np.arange(frame.height, dtype=np.uint32)
            return frame.clone().insert_column(0, pl.Series(ROW, numbers))
        rows = self.tables.rows_of(table, self.suspects)
        numbers = rows.astype(np.uint32)
        return take_rows(frame, rows).insert_column(0, pl.Series(ROW, numbers))


@dataclass(frozen=True)
class Check:
    """One check of the evidence.

    Attributes
    ----------
    name
        The function's name; what verdicts call it.
    table
        The table that ``suspects`` reads.
    suspects
        Which accounts of that table must be looked at closely, before any check changed anything. Cheap, as
        it is computed of all.
    examine
        Looks closely at the accounts that are suspect.
    narrow
        Of all accounts, as they are when it is the check's turn, those in which it may find something: where
        ``suspects`` alone, of one table, cannot say. Suspects that are not among them are not looked at.
    derived
        Columns that ``suspects`` reads beside the table's, by name: computed once of the whole table, for all
        checks that do.
    """

    name: str
    table: str
    suspects: Suspects
    examine: Callable[[Evidence], Outcome]
    narrow: Narrow | None = None
    derived: Mapping[str, pl.Expr] = field(default_factory=dict)

    @property
    def about(self) -> str:
        """What it finds and does."""
        return self.examine.__doc__ or ""


def check(
    table: str,
    suspects: Suspects,
    narrow: Narrow | None = None,
    derived: Mapping[str, pl.Expr] = MappingProxyType({}),
) -> Callable[[Callable[[Evidence], Outcome]], Check]:
    """Declare a function as a check of a table's rows."""
    return lambda examine: Check(examine.__name__, table, suspects, examine, narrow, derived)


def without_values(
    table: str, column: str, rows: Sequence[pl.Series], findings: Sequence[Finding]
) -> Outcome:
    """The outcome of a check that leaves out the values of one column in some rows of a table.

    >>> found = Finding("a", "overflowed_counts", "posts.likes", 2, "Overflowed.")
    >>> without_values("posts", "likes", [pl.Series([3]), pl.Series([8])], [found]).changes[0].rows.to_list()
    [3, 8]
    >>> without_values("posts", "likes", [], [])
    Outcome(changes=(), findings=())
    """
    changes = (Change(table, pl.concat(rows), (column,)),) if any(map(len, rows)) else ()
    return Outcome(changes, tuple(findings))


def findings_by_account(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of each account, in order.

    >>> rows = pl.DataFrame({"account_id": ["a", "a", "b"]})
    >>> [(name, part.height) for name, part in findings_by_account(rows)]
    [('a', 2), ('b', 1)]
    """
    parts: Mapping[tuple[object, ...], pl.DataFrame] = rows.partition_by(
        "account_id", as_dict=True, maintain_order=True
    )
    return ((str(key[0]), part) for key, part in parts.items())
