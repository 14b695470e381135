"""Cells of a public set's CSV file in their own types, refused by row and rule where they are not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
import polars as pl

from accounts.schema import MAX_COUNT
from training.datasets.base import PublicSet

__all__ = [
    "COUNT", "FLAG", "NUMBER", "TEXT", "CellRule", "converted", "number", "one_of", "one_row_each",
    "raw_numbers",
]  # fmt: skip


@dataclass(frozen=True)
class CellRule:
    """What a column's cells must be: the rule in words, and their value, null where it does not hold."""

    words: str
    value: Callable[[pl.Expr], pl.Expr]


def _number(cell: pl.Expr) -> pl.Expr:
    value = cell.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def _flag(cell: pl.Expr) -> pl.Expr:
    return cell.replace_strict({"True": True, "False": False}, default=None, return_dtype=pl.Boolean)


def number(words: str, holds: Callable[[pl.Expr], pl.Expr], dtype: pl.DataType) -> CellRule:
    """Cells that are numbers of some sort, in a type of their own; 446.0 is a whole number."""
    return CellRule(
        words, lambda cell: pl.when(holds(_number(cell))).then(_number(cell)).cast(dtype, strict=False)
    )


NUMBER: Final = CellRule("must be a number", _number)
COUNT: Final = number(
    "must be a whole number >= 0", lambda x: x.is_between(0, MAX_COUNT) & (x == x.floor()), pl.Int64()
)
FLAG: Final = CellRule("must be True or False", _flag)
TEXT: Final = CellRule("must be a text", lambda cell: cell)


def one_of(names: Collection[str]) -> CellRule:
    """Cells that hold one of these words."""
    return CellRule(
        f"must be one of {', '.join(names)}", lambda cell: pl.when(cell.is_in(list(names))).then(cell)
    )


def converted(
    about: PublicSet,
    file: str,
    frame: pl.DataFrame,
    kinds: Mapping[str, CellRule],
    may_be_empty: Collection[str] = (),
) -> pl.DataFrame:
    """A table of texts with its columns in their own types.

    Parameters
    ----------
    about, file
        Whose and which file, for the refusal.
    frame
        As :meth:`PublicSet.table` gives it.
    kinds
        What each column must be.
    may_be_empty
        Columns in which an empty cell is null.

    Raises
    ------
    BadInput
        If a cell breaks its rule; the first one is named.
    """
    for name in kinds:
        if name not in may_be_empty and frame[name].null_count():
            row = frame[name].is_null().arg_true()[0]
            raise about.refusal(f"{file} row {row + 1}", name, "must not be empty.")
    return frame.select(
        about.typed(frame, file, name, kind.value(pl.col(name)), kind.words) for name, kind in kinds.items()
    )


def one_row_each(frame: pl.DataFrame, account: str, label: str) -> pl.DataFrame:
    """The first row of each account, without the accounts that stand there under two labels.

    >>> rows = pl.DataFrame({"name": ["a", "b", "a", "b"], "label": ["bot", "bot", "bot", "human"]})
    >>> one_row_each(rows, "name", "label").rows()
    [('a', 'bot')]
    """
    sure = frame.filter(pl.col(label).n_unique().over(account) == 1)
    return sure.unique(account, keep="first", maintain_order=True)


def raw_numbers(frame: pl.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """The set's own columns as numbers, NaN where a cell is empty; the index is ``account_id``."""
    names = list(names)
    values = frame.select(pl.col(names).cast(pl.Float64)).to_numpy()
    index = pd.Index(frame["account_id"].to_list(), name="account_id", dtype=object)
    return pd.DataFrame(values, index=index, columns=names)
