"""Raw columns to typed ones: the rules of single values, and the conversion of JSON columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from types import NoneType
from typing import Any, Final

import polars as pl
import pyarrow as pa

from accounts.networks import platform_of
from accounts.reading.times import read_dates, read_times
from accounts.schema import EVENTS, MAX_COUNT, MAX_IDENTIFIER_LENGTH, PLATFORMS, YEARS, Field, Kind

__all__ = [
    "RawColumn",
    "TypedColumn",
    "from_json",
    "is_storable",
    "null_column",
    "null_out_of_range",
    "out_of_range",
    "text_lengths",
]

RawColumn = Sequence[Any] | pa.ChunkedArray | pl.Series
"""An unconverted column: Python values from JSON, or an Arrow array from a table file."""

TypedColumn = tuple[pl.Series, list[int]]
"""A column of the schema's type, and the positions of the values that broke the rule (null in the column)."""

_JSON_TYPES: Final[Mapping[Kind, frozenset[type]]] = {
    "identifier": frozenset({str, NoneType}),
    "platform": frozenset({str, NoneType}),
    "event": frozenset({str, NoneType}),
    "text": frozenset({str, NoneType}),
    "count": frozenset({int, NoneType}),
    "flag": frozenset({bool, NoneType}),
    "time": frozenset({str, NoneType}),
    "date": frozenset({str, NoneType}),
}

# Classes, not instances: polars recognises them faster.
_POLARS_TYPES: Final[Mapping[Kind, type[pl.DataType]]] = {
    "identifier": pl.String,
    "platform": pl.String,
    "event": pl.String,
    "text": pl.String,
    "count": pl.Int64,
    "flag": pl.Boolean,
}

_LARGEST_STORED: Final = 2**63
_FEW: Final = 1000


def from_json(values: Sequence[Any], field: Field) -> TypedColumn:
    """Convert a column of JSON values strictly: "3", true and 3.0 are no counts.

    >>> series, bad = from_json([3, True, 3.0, "3", -1, None], Field("count", ""))
    >>> series.to_list(), bad
    ([3, None, None, None, None, None], [1, 2, 3, 4])
    """
    types = _JSON_TYPES[field.kind]
    bad: list[int] = []
    if not types.issuperset(map(type, values)):
        bad = [row for row, value in enumerate(values) if type(value) not in types]
        values = _null_rows(values, bad)
    try:
        series, more = _build(values, field)
    except (TypeError, OverflowError, UnicodeEncodeError):  # too large for 64 bits, or half of a character
        unstorable = [row for row, value in enumerate(values) if not is_storable(value)]
        series, more = _build(_null_rows(values, unstorable), field)
        more = unstorable + more
    return null_out_of_range(series, field, bad + more)


def _build(values: Sequence[Any], field: Field) -> TypedColumn:
    if field.kind == "time":
        return read_times(pa.array(values, pa.string()))
    if field.kind == "date":
        return read_dates(pa.array(values, pa.string()))
    return pl.Series(values, dtype=_POLARS_TYPES[field.kind]), []


def is_storable(value: object) -> bool:
    r"""Whether a Polars column can hold a value: no half of a surrogate pair, no integer beyond 64 bits.

    >>> is_storable("a"), is_storable("\ud800"), is_storable(2**63)
    (True, False, False)
    """
    if isinstance(value, str):
        return not any("\ud800" <= char <= "\udfff" for char in value)
    return not isinstance(value, int) or -_LARGEST_STORED <= value < _LARGEST_STORED


def _null_rows(values: Sequence[Any], rows: Collection[int]) -> list[Any]:
    null_rows = set(rows)
    return [None if row in null_rows else value for row, value in enumerate(values)]


def null_out_of_range(series: pl.Series, field: Field, bad: list[int]) -> TypedColumn:
    """Set values outside the range of the field's kind to null, and add their positions to ``bad``."""
    if field.kind == "platform":
        series = _own_names(series)
    outside = _OUTSIDE.get(field.kind)
    if outside is not None and (rows := outside(series)):
        bad = bad + rows
        series = series.clone().scatter(rows, None)
    return series, bad


def out_of_range(series: pl.Series, low: Any, high: Any) -> list[int]:
    """Positions of the values outside ``[low, high]``; scans for them only if the minimum or maximum is.

    >>> out_of_range(pl.Series([1, None, 9]), 0, 5)
    [2]
    """
    if series.null_count() == len(series) or (series.min() >= low and series.max() <= high):
        return []
    outside: list[int] = ((series < low) | (series > high)).fill_null(False).arg_true().to_list()
    return outside


def _bad_identifiers(series: pl.Series) -> list[int]:
    if len(series) > _FEW and not out_of_range(series.str.len_bytes(), 1, MAX_IDENTIFIER_LENGTH):
        return []  # a text has at most as many characters as bytes
    return out_of_range(text_lengths(series), 1, MAX_IDENTIFIER_LENGTH)


def text_lengths(series: pl.Series) -> pl.Series:
    """Characters of each text; for few texts in Python, which starts faster than a Polars expression.

    >>> text_lengths(pl.Series(["abc", None])).to_list()
    [3, None]
    """
    if len(series) > _FEW:
        return series.str.len_chars()
    return pl.Series([text if text is None else len(text) for text in series.to_list()], dtype=pl.UInt32)


def _own_names(series: pl.Series) -> pl.Series:
    """Names of networks as the schema has them; one that is no network's stays, to be refused as it is."""
    strange = {name for name in series.to_list() if name is not None and name not in PLATFORMS}
    known = {name: platform for name in strange if (platform := platform_of(name)) is not None}
    return series.replace(known) if known else series


def _bad_platforms(series: pl.Series) -> list[int]:
    return [row for row, value in enumerate(series.to_list()) if value is not None and value not in PLATFORMS]


def _bad_events(series: pl.Series) -> list[int]:
    return [row for row, value in enumerate(series.to_list()) if value is not None and value not in EVENTS]


def _bad_times(series: pl.Series) -> list[int]:
    return out_of_range(series, _START, _END)


def _bad_dates(series: pl.Series) -> list[int]:
    return out_of_range(series, _START.date(), _END.date())


_START: Final = dt.datetime(YEARS[0], 1, 1, tzinfo=dt.UTC)
_END: Final = dt.datetime(YEARS[1], 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)

_OUTSIDE: Final[Mapping[Kind, Callable[[pl.Series], list[int]]]] = {
    "identifier": _bad_identifiers,
    "platform": _bad_platforms,
    "event": _bad_events,
    "count": lambda series: out_of_range(series, 0, MAX_COUNT),
    "time": _bad_times,
    "date": _bad_dates,
}


def null_column(dtype: pl.DataType, rows: int) -> pl.Series:
    """A column of nulls; short ones are slices of a cached one.

    >>> null_column(pl.Int64(), 2).to_list()
    [None, None]
    """
    nothing = _cached_nulls(dtype)
    return nothing.head(rows) if rows <= len(nothing) else nothing.new_from_index(0, rows)


@cache
def _cached_nulls(dtype: pl.DataType) -> pl.Series:
    return pl.Series([None] * _FEW, dtype=dtype)
