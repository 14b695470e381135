"""A column mapping in TOML: from the columns of any CSV files to the fields of an account."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa

from accounts.errors import BadInput, Fault
from accounts.reading.cell_formats import UNIX, CellFormats, parse_times
from accounts.reading.file_columns import from_csv
from accounts.reading.quoting import escape, file_name, quote, suggest
from accounts.schema import ACCOUNT_KEYS, TABLES

__all__ = ["ColumnMapping", "TableMapping", "read_mapping"]

FORMATS: Final = tuple(one.name for one in fields(CellFormats))
LISTS: Final = ("absent", "yes", "no")
KEYS: Final = ("file", "columns", "constants", *FORMATS)
_PROBE: Final = dt.datetime(2001, 2, 3, 4, 5, tzinfo=dt.UTC)


@dataclass(frozen=True)
class TableMapping:
    """The source of one table: its file, the column of each field, and the formats of cells.

    Attributes
    ----------
    table
        Name of the table, one of :data:`accounts.schema.TABLES`.
    file
        Name of its file in the folder; None where the input is that file.
    columns
        The file's column for each field.
    constants
        For a field with the same value in every row: that value as a CSV cell.
    formats
        The formats of the cells.
    """

    table: str
    file: str | None
    columns: Mapping[str, str]
    constants: Mapping[str, bytes] = field(default_factory=dict)
    formats: CellFormats = field(default_factory=CellFormats)


@dataclass(frozen=True)
class ColumnMapping:
    """A mapping file, checked.

    >>> mapping = ColumnMapping("columns.toml", {"posts": TableMapping("posts", "p.csv", {"likes": "Likes"})})
    >>> mapping.tables["posts"].columns["likes"]
    'Likes'

    Attributes
    ----------
    place
        The file's name, for refusals.
    tables
        The source of each table, by the table's name.
    """

    place: str
    tables: Mapping[str, TableMapping]


def read_mapping(path: Path | str) -> ColumnMapping:
    """Read and check a mapping file; its format is in docs/accounts.md.

    Raises
    ------
    BadInput
        With every fault of the file, or if it cannot be read.
    """
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(Fault(str(path), "", f"cannot be read. {error.strerror}.")) from error
    except UnicodeDecodeError as error:
        raise BadInput(Fault(file_name(path), "", "must be UTF-8.")) from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(Fault(file_name(path), "", f"must be TOML. {escape(str(error))}.")) from error
    if faults := [Fault(file_name(path), key, rule) for key, rule in _faults(document)]:
        raise BadInput(*faults)
    general = {name: value for name, value in document.items() if name in FORMATS}
    tables = {name: _table(name, general, part) for name, part in document.items() if name in TABLES}
    return ColumnMapping(file_name(path), tables)


def _table(name: str, general: Mapping[str, Any], part: Mapping[str, Any]) -> TableMapping:
    constants = {key: _cell(value) for key, value in part.get("constants", {}).items()}
    return TableMapping(
        name, part.get("file"), part.get("columns", {}), constants, _merge_formats(general, part)
    )


def _merge_formats(general: Mapping[str, Any], part: Mapping[str, Any]) -> CellFormats:
    merged: dict[str, Any] = {**general, **{name: value for name, value in part.items() if name in FORMATS}}
    arguments: dict[str, Any] = {
        name: tuple(merged[name]) if name in LISTS else merged[name] for name in merged
    }
    return CellFormats(**arguments)


def _cell(value: object) -> bytes:
    """A TOML value as a cell of Assay's own CSV."""
    if isinstance(value, bool):
        return str(value).lower().encode()
    return (value.isoformat() if isinstance(value, dt.date) else str(value)).encode()


def _faults(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and broken rule of each fault in a mapping."""
    for name, value in document.items():
        if name in TABLES:
            yield from _faults_of_table(name, value, document)
        elif name in FORMATS:
            yield from _format_fault(name, name, value)
        else:
            hint = suggest(name, (*TABLES, *FORMATS))
            yield escape(name), f"is neither a table nor a form of a column mapping{hint}"
    if "accounts" not in document:
        yield "accounts", "must be a table of the mapping: the others belong to its accounts."


def _faults_of_table(name: str, part: Any, document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not isinstance(part, dict):
        yield name, f"must be a table. Got {quote(part)}."
        return
    for key, value in part.items():
        at = f"{name}.{escape(key)}"
        if key in FORMATS:
            yield from _format_fault(key, at, value)
        elif key not in KEYS:
            hint = suggest(key, KEYS)
            yield at, f"is not a key of a table's mapping, whose columns stand in {name}.columns{hint}"
        elif key == "file":
            if not isinstance(value, str) or not value or Path(value).name != value:
                yield at, f"must be the name of a file in the folder. Got {quote(value)}."
        elif not isinstance(value, dict):
            yield at, f"must be a table of fields. Got {quote(value)}."
    columns, constants = (
        value if isinstance(value := part.get(key, {}), dict) else {} for key in ("columns", "constants")
    )
    yield from _faults_of_fields(name, columns, constants)
    if not list(_format_faults(document, part)):
        yield from _faults_of_times(
            name, _merge_formats({k: v for k, v in document.items() if k in FORMATS}, part)
        )


def _format_faults(document: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for scope in (document, part):
        for key, value in scope.items():
            if key in FORMATS:
                yield from _format_fault(key, key, value)


def _faults_of_fields(
    name: str, columns: Mapping[str, Any], constants: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    table_fields = TABLES[name]
    for key, value in columns.items():
        at = f"{name}.columns.{escape(key)}"
        if key not in table_fields:
            yield at, f"is not a field of the {name} table{suggest(key, table_fields)}"
        elif not isinstance(value, str):
            yield at, f"must be the name of a column. Got {quote(value)}."
    for key, value in constants.items():
        at = f"{name}.constants.{escape(key)}"
        if key not in table_fields:
            yield at, f"is not a field of the {name} table{suggest(key, table_fields)}"
        elif key in columns:
            yield at, "must not be a constant, as it is a column, too."
        elif isinstance(value, (dict, list, dt.time)) or _is_bad_cell(_cell(value), name, key):
            yield at, f"{table_fields[key].rule}. Got {quote(value)}."
    for key, definition in table_fields.items():
        if definition.required and key not in columns and key not in constants:
            where = "a column or a constant" if key in ACCOUNT_KEYS else "a column"
            yield f"{name}.columns.{key}", f"must be {where}. It is missing."


def _is_bad_cell(cell: bytes, table: str, key: str) -> bool:
    series, bad = from_csv(pa.array([cell], pa.large_binary()), TABLES[table][key])
    return bool(bad) or series[0] is None


def _format_fault(name: str, at: str, value: Any) -> Iterator[tuple[str, str]]:
    if name in LISTS:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            yield at, f"must be a list of texts. Got {quote(value)}."
    elif name == "suffixes":
        if not isinstance(value, bool):
            yield at, f"must be true or false. Got {quote(value)}."
    elif not isinstance(value, str):
        yield at, f"must be a text. Got {quote(value)}."
    elif name in ("separator", "thousands"):
        if (
            len(value) != 1
            or value in '"\r\n'
            or value.isalnum()
            or not (name == "thousands" or value.isascii())
        ):
            yield at, f"must be one character, neither a letter nor a digit nor a quote. Got {quote(value)}."
    elif name in ("time", "date") and not _is_date_format(value, name):
        yield at, f"must say day, month and year, such as %d/%m/%Y{_TIMES[name]}. Got {quote(value)}."
    elif name == "zone" and not _is_zone(value):
        yield at, f"must be the name of a time zone, such as Europe/Berlin or UTC. Got {quote(value)}."


_TIMES: Final = {"time": " %H:%M, or be unix", "date": ""}


def _is_date_format(form: str, kind: str) -> bool:
    if form == UNIX:
        return kind == "time"
    try:
        texts = pl.Series([_PROBE]).dt.strftime(form)
        days = texts.str.to_date(form) if kind == "date" else parse_times(texts, form, "UTC").dt.date()
        return bool(days.to_list() == [_PROBE.date()])
    except pl.exceptions.PolarsError:
        return False


def _is_zone(name: str) -> bool:
    try:
        return len(pl.Series([_PROBE]).dt.convert_time_zone(name)) == 1
    except pl.exceptions.PolarsError:
        return False


def _faults_of_times(name: str, forms: CellFormats) -> Iterator[tuple[str, str]]:
    naive = forms.time is not None and forms.time != UNIX and "%z" not in forms.time
    if naive and not forms.zone:
        yield f"{name}.zone", "must be given, as the form of the times has no %z."
    if forms.zone and not forms.time:
        yield f"{name}.zone", "must stand beside the form of the times (time)."
