"""Texts to times and dates, with the same rules for one text and for a million."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Final

import polars as pl
import pyarrow as pa

from accounts.time_patterns import ANY_DATE, ANY_TIME

__all__ = ["read_dates", "read_times"]

_TIME: Final = re.compile(ANY_TIME)
_DATE: Final = re.compile(ANY_DATE)


def read_times(texts: pa.Array) -> tuple[pl.Series, list[int]]:
    """Parse times to UTC in microseconds; also returns the positions of texts that are no time.

    A time is an ISO 8601 date and time of day with its zone (``Z`` or an offset); digits beyond
    the microsecond are cut off.

    >>> times, bad = read_times(pa.array(["2026-11-01T02:00:00+02:00", "2026-11-01T00:00:00", None]))
    >>> times.to_list(), bad
    ([datetime.datetime(2026, 11, 1, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='UTC')), None, None], [1])
    """
    return _read(texts, pa.timestamp("us", "UTC"), _time)


def read_dates(texts: pa.Array) -> tuple[pl.Series, list[int]]:
    """Parse days such as 2026-10-31; also returns the positions of texts that are none.

    >>> dates, bad = read_dates(pa.array(["2026-10-31", "31/10/2026"]))
    >>> dates.to_list(), bad
    ([datetime.date(2026, 10, 31), None], [1])
    """
    return _read(texts, pa.date32(), _date)


def _read(
    texts: pa.Array, dtype: pa.DataType, read: Callable[[str], dt.date | None]
) -> tuple[pl.Series, list[int]]:
    try:
        return pl.Series(texts.cast(dtype)), []
    except pa.ArrowInvalid:  # Arrow does not say which text failed, and it refuses nanoseconds
        values = [None if text is None else read(text) for text in texts.to_pylist()]
        bad = [row for row, value in enumerate(values) if value is None and texts[row].is_valid]
        return pl.Series(pa.array(values, dtype)), bad


def _time(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC) if _TIME.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
