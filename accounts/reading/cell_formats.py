"""Formats of times, counts and flags in other programs' CSV files, rewritten to those of Assay's own CSV."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from accounts.schema import Field

__all__ = ["UNIX", "CellFormats", "to_own_format"]

UNIX = "unix"
_MULTIPLES = {"K": 10**3, "M": 10**6, "B": 10**9}


@dataclass(frozen=True)
class CellFormats:
    """The formats of one table's cells; None or empty: as in Assay's own CSV.

    Attributes
    ----------
    separator
        The character between cells.
    time, date
        Formats as for ``strftime``; a time may also be ``unix``, seconds since 1970.
    zone
        Name of the time zone of times without one of their own.
    thousands
        The character between the thousands of a count.
    suffixes
        Whether a count may end in K, M or B, as rounded counts do.
    absent
        Cells that mean null.
    yes, no
        Cells that mean true and false.
    """

    separator: str = ","
    time: str | None = None
    date: str | None = None
    zone: str | None = None
    thousands: str | None = None
    suffixes: bool = False
    absent: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


def to_own_format(values: pa.Array, field: Field, formats: CellFormats) -> pa.Array:
    """Rewrite cells to the formats of Assay's own CSV.

    A cell that does not match the formats stays as it is, so that its refusal quotes it as it stands.

    >>> to_own_format(pa.array([b"1.234", b"12", b"-"], pa.large_binary()), Field("count", ""),
    ...           CellFormats(thousands=".", absent=("-",))).to_pylist()
    [b'1234', b'12', None]
    """
    try:
        cells = pl.Series(values.cast(pa.large_string()))
    except pa.ArrowInvalid:  # not UTF-8: refused with its row when the column is converted
        return values
    cells = cells.set(cells.is_in(list(formats.absent)), None)
    match field.kind:
        case "count":
            cells = _plain_counts(cells, formats)
        case "flag":
            flags = dict.fromkeys(formats.yes, "true") | dict.fromkeys(formats.no, "false")
            cells = cells.replace(flags)
        case "time" if formats.time:
            cells = _first_valid(_format_times(parse_times(cells, formats.time, formats.zone)), cells)
        case "date" if formats.date:
            days = cells.str.to_date(formats.date, strict=False)
            cells = _first_valid(days.dt.strftime("%Y-%m-%d"), cells)
    return cells.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_binary())


def parse_times(cells: pl.Series, form: str, zone: str | None) -> pl.Series:
    """Parse times to UTC; null for a cell of another format, or in an hour that the zone's clocks skip.

    >>> parse_times(pl.Series(["1/11/2026 02:00"]), "%d/%m/%Y %H:%M", "Europe/Berlin").to_list()
    [datetime.datetime(2026, 11, 1, 1, 0, tzinfo=zoneinfo.ZoneInfo(key='UTC'))]
    """
    if form == UNIX:
        seconds = cells.cast(pl.Int64, strict=False)
        sane = seconds.is_between(0, 10**10).fill_null(False)
        return (seconds.set(~sane, None) * 10**6).cast(pl.Datetime("us", "UTC"))
    times = cells.str.to_datetime(form, strict=False, time_unit="us")
    if times.dtype == pl.Datetime("us") and zone:
        times = times.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return times.dt.convert_time_zone("UTC")


def _format_times(times: pl.Series) -> pl.Series:
    return times.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")


def _plain_counts(cells: pl.Series, formats: CellFormats) -> pl.Series:
    if formats.thousands:
        mark = rf"\x{{{ord(formats.thousands):x}}}"
        grouped = cells.str.contains(rf"^[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+$")
        plain = cells.str.replace_all(formats.thousands, "", literal=True)
        cells = plain.zip_with(grouped.fill_null(False), cells)
    if formats.suffixes:
        parts = cells.str.extract_groups(r"^([0-9]{1,9}(?:\.[0-9]{1,6})?) ?([KkMmBb])$").struct
        times = (
            parts.field("2")
            .str.to_uppercase()
            .replace_strict(_MULTIPLES, default=None, return_dtype=pl.Float64)
        )
        whole = (parts.field("1").cast(pl.Float64, strict=False) * times).round()
        cells = _first_valid(whole.cast(pl.Int64).cast(pl.String), cells)
    return cells


def _first_valid(first: pl.Series, second: pl.Series) -> pl.Series:
    return first.zip_with(first.is_not_null(), second)
