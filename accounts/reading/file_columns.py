"""Parquet and CSV columns to the schema's types, with the positions of the values that break a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from accounts.reading.times import read_dates, read_times
from accounts.reading.typed_columns import TypedColumn, null_out_of_range, out_of_range
from accounts.schema import MAX_COUNT, YEARS, Field, Kind

__all__ = ["decode_utf8", "fits_kind", "from_csv", "from_parquet"]

_WHOLE: Final = re.compile(r"[0-9]{1,40}(?:\.0*)?")
_TRUE: Final = ("true", "True", "TRUE", "1")
_FALSE: Final = ("false", "False", "FALSE", "0")
_FLAGS: Final[Mapping[str, bool]] = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
_TICKS_A_SECOND: Final = MappingProxyType({"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9})
_YEAR_STARTS: Final = tuple(
    int(np.datetime64(str(year), "s").astype(np.int64)) for year in (YEARS[0], YEARS[1] + 1)
)


def fits_kind(dtype: pa.DataType, kind: Kind) -> bool:
    """Whether a Parquet column of a type may stand for a kind of field.

    Texts may be times and dates; floats may be counts, because a program that has no null for
    whole numbers stores them so. A timestamp without a zone is no time.

    >>> fits_kind(pa.float64(), "count"), fits_kind(pa.timestamp("us"), "time")
    (True, False)
    """
    text: bool = pa.types.is_large_binary(dtype)
    match kind:
        case _ if pa.types.is_null(dtype):
            return True
        case "identifier" | "platform" | "event" | "text":
            return text
        case "count":
            return bool(pa.types.is_integer(dtype) or pa.types.is_floating(dtype))
        case "flag":
            return bool(pa.types.is_boolean(dtype))
        case "time":
            return text or bool(pa.types.is_timestamp(dtype) and dtype.tz)
        case "date":
            return text or bool(pa.types.is_date(dtype))


def from_parquet(values: pa.Array, field: Field) -> TypedColumn:
    """Convert a Parquet column; its type must pass :func:`fits_kind`.

    >>> series, bad = from_parquet(pa.array([3.0, 3.5, None]), Field("count", ""))
    >>> series.to_list(), bad
    ([3, None, None], [1])
    """
    if pa.types.is_null(values.type):
        return pl.Series([None], dtype=field.dtype).new_from_index(0, len(values)), []
    if pa.types.is_large_binary(values.type):
        return _parse_texts(values, field)
    if pa.types.is_timestamp(values.type):
        return _convert_timestamps(values)
    if pa.types.is_floating(values.type):
        return _convert_floats(values.cast(pa.float64()))
    series = pl.Series(values.cast(pa.date32()) if pa.types.is_date(values.type) else values)
    converted = series.cast(field.dtype, strict=False)
    if converted.null_count() == series.null_count():
        return null_out_of_range(converted, field, [])
    overflowing = (converted.is_null() & series.is_not_null()).arg_true().to_list()
    return null_out_of_range(converted, field, overflowing)


def from_csv(values: pa.Array, field: Field) -> TypedColumn:
    """Convert a column of CSV cells; an empty cell is null, an empty text is written ``""``.

    A count is written in digits without a sign, ``120.0`` included; a flag as true, false, 1 or 0.

    >>> cells = pa.array([b"12", b"120.0", b"1e3", b"+5", b"-0", b"", None], pa.large_binary())
    >>> series, bad = from_csv(cells, Field("count", ""))
    >>> series.to_list(), bad
    ([12, 120, None, None, None, None, None], [2, 3, 4, 5])
    """
    if field.kind not in ("count", "flag"):
        return _parse_texts(values, field)
    texts, garbled = _decode_column(values)
    cells = pl.Series(texts)
    series, bad = _parse_counts(cells) if field.kind == "count" else _parse_flags(cells)
    return null_out_of_range(series, field, garbled + bad)


def _parse_texts(values: pa.Array, field: Field) -> TypedColumn:
    texts, garbled = _decode_column(values)
    if field.kind == "time":
        series, bad = read_times(texts)
    elif field.kind == "date":
        series, bad = read_dates(texts)
    else:
        series, bad = pl.Series(texts), []
    return null_out_of_range(series, field, garbled + bad)


def _decode_column(values: pa.Array) -> tuple[pa.Array, list[int]]:
    """Decode UTF-8: a file may hold any bytes, and Polars does not check the texts that Arrow hands over."""
    try:
        return values.cast(pa.large_string()), []
    except pa.ArrowInvalid:
        texts = [decode_utf8(value) for value in values.to_pylist()]
        bad = [row for row, text in enumerate(texts) if text is None and values[row].is_valid]
        return pa.array(texts, pa.large_string()), bad


def decode_utf8(value: bytes | None) -> str | None:
    r"""Decode UTF-8; None for null and for bytes that are not UTF-8.

    >>> decode_utf8(b"caf\xc3\xa9"), decode_utf8(b"\xff")
    ('café', None)
    """
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


def _parse_counts(cells: pl.Series) -> TypedColumn:
    unsigned = cells.cast(pl.UInt64, strict=False).set(cells.str.starts_with("+"), None)
    series = unsigned.cast(pl.Int64, strict=False)
    odd = (series.is_null() & cells.is_not_null()).arg_true().to_list()
    whole = {row: int(cells[row].partition(".")[0]) for row in odd if _WHOLE.fullmatch(cells[row])}
    whole = {row: value for row, value in whole.items() if value <= MAX_COUNT}
    if whole:
        series = series.scatter(list(whole), list(whole.values()))
    return series, [row for row in odd if row not in whole]


def _parse_flags(cells: pl.Series) -> TypedColumn:
    series = cells.replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)
    return series, (series.is_null() & cells.is_not_null()).arg_true().to_list()


def _convert_floats(values: pa.Array) -> TypedColumn:
    series = pl.Series(values)
    odd = series.is_not_null() & ~(
        series.is_between(0, MAX_COUNT).fill_null(False) & (series == series.floor())
    )
    whole = series.set(odd, None) if odd.any() else series
    return whole.cast(pl.Int64), odd.arg_true().to_list()


def _convert_timestamps(values: pa.Array) -> TypedColumn:
    ticks = _TICKS_A_SECOND[values.type.unit]
    series = pl.Series(values.cast(pa.int64()))
    bad = out_of_range(series, _YEAR_STARTS[0] * ticks, _YEAR_STARTS[1] * ticks - 1)
    if bad:
        series = series.scatter(bad, None)
    micro = series // 1000 if ticks > 10**6 else series * (10**6 // ticks)
    return micro.cast(pl.Datetime("us", "UTC")), bad
