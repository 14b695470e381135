"""What somebody says of a table's columns, in TOML, in place of what was guessed."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from accounts.errors import BadInput, Fault
from accounts.importing.column_guess import Guess
from accounts.importing.json_mapping import faults_of_json_mapping, is_json_mapping
from accounts.reading.quoting import escape, file_name, quote, suggest
from accounts.schema import TABLES

__all__ = ["Correction", "Corrections", "read_corrections"]

_TOP: Final = ("zone", "time", "absent")
_KEYS: Final = ("file", "columns", "constants")
_OTHER_NAMES: Final = {
    "account_id": "username",
    "published_at": "published",
    "published_on": "published",
    "date": "published",
}


@dataclass(frozen=True)
class Correction:
    """Of one table.

    Attributes
    ----------
    file
        Name of the file (``book.xlsx [Sheet1]`` for a sheet) that it is about; None: every table of its kind.
    columns
        The file's column for each field; an empty name says that no column is that field.
    constants
        What a field is in every row.
    """

    file: str | None
    columns: Mapping[str, str]
    constants: Mapping[str, str]


@dataclass(frozen=True)
class Corrections:
    """Of all tables.

    Attributes
    ----------
    place
        Name of the file with the corrections, for refusals.
    tables
        By table of the schema.
    zone
        Of times that name none.
    time
        Form of the times, as for ``strptime``.
    absent
        Cells that say that there is no value, beside those that are known.
    json
        The mapping of JSON files, where it is one.
    """

    place: str = ""
    tables: Mapping[str, Correction] = field(default_factory=dict)
    zone: dt.tzinfo = dt.UTC
    time: str | None = None
    absent: frozenset[str] = frozenset()
    json: Mapping[str, Any] | None = None

    def speak_of(self, name: str) -> bool:
        """Whether a file is named as one of the tables."""
        return any(correction.file == name for correction in self.tables.values())

    def corrected(
        self, name: str, header: tuple[str, ...], guessed: Guess | None
    ) -> tuple[Guess | None, Mapping[str, str]]:
        """A table's guess as somebody corrected it, and what is constant in it.

        Raises
        ------
        BadInput
            If a correction names a column that the table does not have.
        """
        for table, correction in self.tables.items():
            if correction.file == name or (correction.file is None and guessed and guessed.table == table):
                return self._merged(table, correction, header, guessed), correction.constants
        return guessed, {}

    def _merged(
        self, table: str, correction: Correction, header: tuple[str, ...], guessed: Guess | None
    ) -> Guess:
        base = dict(guessed.columns) if guessed and guessed.table == table else {}
        given = {_OTHER_NAMES.get(name, name): column for name, column in correction.columns.items()}
        for name, column in correction.columns.items():
            if column and column not in header:
                rule = f"must be a column of the table. Got {quote(column)}{suggest(column, header)}"
                raise BadInput(Fault(self.place, f"{table}.columns.{name}", rule))
        base = {name: column for name, column in base.items() if column not in given.values()}
        columns = {name: column for name, column in (base | given).items() if column}
        used = set(columns.values())
        left = {
            column: reason
            for column, reason in (guessed.left if guessed else {}).items()
            if column not in used
        }
        return Guess(table, columns, left)


def read_corrections(path: Path) -> Corrections:
    """Read and check corrections.

    Raises
    ------
    BadInput
        With everything that is wrong with them.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(Fault(str(path), "", f"cannot be read. {error.strerror}.")) from error
    except UnicodeDecodeError as error:
        raise BadInput(Fault(file_name(path), "", "must be UTF-8.")) from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(Fault(file_name(path), "", f"must be TOML. {escape(str(error))}.")) from error
    of_json = is_json_mapping(given)
    faults = faults_of_json_mapping if of_json else _faults
    if found := [
        Fault(file_name(path), key, rule) for key, rule in (*faults(given), *_faults_of_zone(given))
    ]:
        raise BadInput(*found)
    zone = ZoneInfo(given["zone"]) if "zone" in given else dt.UTC
    if of_json:
        return Corrections(file_name(path), zone=zone, json=given)
    tables = {
        name: Correction(
            part.get("file"),
            part.get("columns", {}),
            {key: str(value) for key, value in part.get("constants", {}).items()},
        )
        for name, part in given.items()
        if name in TABLES
    }
    return Corrections(file_name(path), tables, zone, given.get("time"), frozenset(given.get("absent", ())))


def _faults(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        if name in TABLES:
            yield from _faults_of_table(name, value)
        elif name == "time" and not isinstance(value, str):
            yield name, f"must be a text, such as %d/%m/%Y %H:%M. Got {quote(value)}."
        elif name == "absent" and not (
            isinstance(value, list) and all(isinstance(one, str) for one in value)
        ):
            yield name, f"must be a list of texts. Got {quote(value)}."
        elif name not in _TOP:
            yield escape(name), f"is neither a table nor a form of a table{suggest(name, (*TABLES, *_TOP))}"


def _faults_of_zone(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "zone" in given and not _is_zone(given["zone"]):
        yield "zone", f"must be the name of a time zone, such as Europe/Berlin. Got {quote(given['zone'])}."


def _is_zone(value: Any) -> bool:
    try:
        return bool(ZoneInfo(value))
    except (ValueError, TypeError, OSError, LookupError):
        return False


def _faults_of_table(table: str, part: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(part, dict):
        yield table, f"must be a table. Got {quote(part)}."
        return
    for key, value in part.items():
        if key not in _KEYS:
            yield f"{table}.{escape(key)}", f"is not known{suggest(key, _KEYS)}"
        elif key == "file" and not isinstance(value, str):
            yield f"{table}.file", f"must be the name of a file. Got {quote(value)}."
        elif key != "file" and not isinstance(value, dict):
            yield f"{table}.{key}", f"must be a table of fields. Got {quote(value)}."
        elif key != "file":
            yield from _faults_of_fields(table, key, value)


def _faults_of_fields(table: str, key: str, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    known = {*TABLES[table], "account_id", "platform", "username", "full_name", "link", "as_of"}
    for name, value in given.items():
        at = f"{table}.{key}.{escape(name)}"
        if name not in known:
            yield at, f"is not a field of the {table} table{suggest(name, known)}"
        elif key == "columns" and not isinstance(value, str):
            yield at, f"must be the name of a column. Got {quote(value)}."
        elif isinstance(value, (dict, list)):
            yield at, f"must be one value. Got {quote(value)}."
