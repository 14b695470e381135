"""One table of one chunk: raw columns to a frame of the schema's types, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from accounts.reading.quoting import quote
from accounts.reading.typed_columns import RawColumn, TypedColumn, null_column, out_of_range, text_lengths
from accounts.schema import TABLES, UNIQUE, Field, columns

__all__ = [
    "RawTable",
    "Violation",
    "build_frame",
    "convert_columns",
    "empty_frame",
    "find_late",
    "find_overlong",
    "find_repeated",
]

Owners = npt.NDArray[np.int64]
"""For each row the place of its account."""

Timestamps = npt.NDArray[np.int64]

_MANY: Final = 200
_MICROSECONDS_A_DAY: Final = 86_400_000_000

_MIXER: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class RawTable:
    """Raw rows of one table.

    Attributes
    ----------
    table
        Its name in :data:`accounts.schema.TABLES`.
    values
        The columns that are there, by name.
    owners
        Whose row it is.
    convert
        Types one raw column.
    locate
        Place and path prefix of a row: ``("posts.csv row 40", "")`` or ``("line 12", "posts[3].")``.
    longest
        Characters that a text may have; None: any number.
    """

    table: str
    values: Mapping[str, RawColumn]
    owners: Owners
    convert: Callable[[Any, Field], TypedColumn]
    locate: Callable[[int, str], tuple[str, str]]
    longest: int | None = None

    def raw(self, row: int, name: str) -> object:
        """The value as it came."""
        value = self.values[name][row] if name in self.values else None
        return _python_value(value) if isinstance(value, pa.Scalar) else value


def _python_value(value: pa.Scalar) -> object:
    try:
        return value.as_py()
    except (OverflowError, ValueError):  # a time of which Python has no year
        return f"{value.value} {value.type.unit} since 1970"


@dataclass(frozen=True)
class Violation:
    """A value that breaks a rule."""

    row: int
    field: str
    rule: str
    bound: str | None = None

    def sentence(self, sheet: RawTable) -> str:
        """The rule and the value."""
        return f"{self.rule}. Got {quote(sheet.raw(self.row, self.field))}."


def convert_columns(sheet: RawTable) -> tuple[dict[str, pl.Series], list[Violation]]:
    """The sheet's columns in the schema's types, null where a value breaks its own field's rule."""
    series: dict[str, pl.Series] = {}
    findings: list[Violation] = []
    for name, field in TABLES[sheet.table].items():
        if name == "account_id" and sheet.table != "accounts":  # a reference, resolved before it comes here
            series[name] = pl.Series(sheet.values[name], dtype=field.dtype)
            continue
        if name in sheet.values:
            series[name], bad = sheet.convert(sheet.values[name], field)
            findings += _violations(sheet, bad, name, field.rule)
        if field.required:
            findings += _find_missing(sheet, name, field)
    return series, findings


def _find_missing(sheet: RawTable, name: str, field: Field) -> list[Violation]:
    values = sheet.values.get(name)
    if values is None:
        rows = list(range(len(sheet.owners)))
    elif isinstance(values, pa.ChunkedArray):
        rows = pl.Series(values.is_null()).arg_true().to_list() if values.null_count else []
    else:
        rows = [row for row, value in enumerate(values) if value is None]
    return _violations(sheet, rows, name, field.rule)


def _violations(sheet: RawTable, rows: list[int], name: str, rule: str) -> list[Violation]:
    """Findings of one kind; of each account not more than will be told."""
    if len(rows) > _MANY:
        owners = sheet.owners[rows]
        by_owner = np.argsort(owners, kind="stable")
        rank = np.arange(len(rows)) - np.searchsorted(owners[by_owner], owners[by_owner])
        rows = np.sort(np.asarray(rows)[by_owner[rank < _MANY]]).tolist()
    return [Violation(row, name, rule) for row in rows]


def find_late(sheet: RawTable, series: Mapping[str, pl.Series], as_of: Timestamps) -> list[Violation]:
    """What is dated after its account's ``as_of`` (by account, in microseconds since 1970)."""
    findings: list[Violation] = []
    for name, field in TABLES[sheet.table].items():
        if not field.past or name not in series or (moments := series[name].cast(pl.Int64)).max() is None:
            continue
        limits = as_of // _MICROSECONDS_A_DAY if field.kind == "date" else as_of
        if moments.max() > limits.min():
            beyond = moments.fill_null(0).to_numpy() > limits[sheet.owners]
            findings += _violations(sheet, beyond.nonzero()[0].tolist(), name, "must not lie after as_of")
    return findings


def find_overlong(sheet: RawTable, series: Mapping[str, pl.Series]) -> list[Violation]:
    """Texts that are longer than they may be."""
    if sheet.longest is None:
        return []
    rule = f"must be at most {sheet.longest:,} characters long"
    return [
        Violation(row, name, rule, "characters")
        for name, field in TABLES[sheet.table].items()
        if field.kind == "text" and name in series and series[name].null_count() < len(series[name])
        for row in out_of_range(text_lengths(series[name]), 0, sheet.longest)
    ]


def find_repeated(sheet: RawTable, series: Mapping[str, pl.Series]) -> list[Violation]:
    """What names a row of its account that another row has named before."""
    name = UNIQUE.get(sheet.table)
    if name is None or name not in series:
        return []
    keys = series[name]
    if sheet.owners.min() == sheet.owners.max() and keys.n_unique() == len(keys):
        return []
    mixed = keys.hash().to_numpy() ^ (sheet.owners.astype(np.uint64) * _MIXER)
    if not keys.null_count() and pl.Series(mixed).n_unique() == len(keys):
        return []
    pairs = pl.DataFrame({"owner": sheet.owners, "key": keys})
    again = ~pairs.select(pl.struct("owner", "key").is_first_distinct()).to_series() & keys.is_not_null()
    return _violations(sheet, again.arg_true().to_list(), name, "must be unique in the account")


def build_frame(table: str, series: Mapping[str, pl.Series], rows: int) -> pl.DataFrame:
    """A table's frame, columns that are not there null."""
    first, *others = [
        (series[name] if name in series else null_column(dtype, rows)).alias(name)
        for name, dtype in columns(table).items()
    ]
    return first.to_frame().hstack(others)


@cache
def empty_frame(table: str) -> pl.DataFrame:
    """A table without rows."""
    return pl.DataFrame(schema=columns(table))
