"""Account documents to tables; one request, a batch and a file take the same path."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

import numpy as np

from accounts.errors import BadInput
from accounts.reading.bounds import Bound, Bounds, check_shape, check_sizes
from accounts.reading.chunks import MAX_FAULTS, Chunk, FaultLog, build_tables, emit_chunk, select_accounts
from accounts.reading.json_parser import DuplicateFields, ParseError, parse_json
from accounts.reading.quoting import escape, quote, suggest
from accounts.reading.raw_tables import RawTable
from accounts.reading.seen_ids import SeenIds
from accounts.reading.typed_columns import from_json, is_storable
from accounts.schema import ACCOUNT_KEYS, LISTS, PROFILE, SCHEMA_VERSION, TABLES, Part
from accounts.tables import Tables

__all__ = ["RawDocument", "read_document", "read_documents", "read_each", "validate_documents"]

RawDocument = bytes | Mapping[str, Any] | ParseError
"""One document: JSON bytes, a parsed object, or the :class:`ParseError` of one that was too long to hold."""

_TOP: Final = ("schema", *ACCOUNT_KEYS, "profile", *LISTS)
_REQUIRED: Final = {
    table: [name for name, field in part.items() if field.required]
    for table, part in {"accounts": ACCOUNT_KEYS, **LISTS}.items()
    if any(field.required for field in part.values())
}


def read_document(
    data: bytes | Mapping[str, Any], place: str = "", *, bounds: Bounds | None = None
) -> Tables:
    """Read one account document.

    Parameters
    ----------
    data
        The document as JSON bytes or as a parsed object.
    place
        Its name in refusals, such as ``creators.jsonl line 12``.
    bounds
        Bounds on its size; None: those of a file.

    Raises
    ------
    BadInput
        With every fault of the document.

    Examples
    --------
    >>> document = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    >>> read_document(document).accounts["platform"].to_list()
    ['x']
    >>> read_document(document | {"posts": [{"likes": -4}]})
    Traceback (most recent call last):
        ...
    accounts.errors.BadInput: posts[0].likes must be a whole number from 0 to 10^15 or null. Got -4.
    """
    tables, _, fault_log = validate_documents([(place, data)], bounds=bounds)
    if fault_log.faults:
        raise BadInput(*fault_log.faults_of(0))
    return tables


def read_documents(
    documents: Iterable[bytes | Mapping[str, Any]], name: str = "accounts", *, bounds: Bounds | None = None
) -> Chunk:
    """Read several documents in one pass; a fault in one leaves the others as they are.

    The place of a fault is the position of its document, such as ``accounts[3]``.

    >>> document = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    >>> chunk = read_documents([document, document])
    >>> [str(entry) for entry in chunk.order]
    ['a', 'accounts[1]: account_id must be unique in the input. Got "a".']
    """
    named = [(f"{name}[{position}]", document) for position, document in enumerate(documents)]
    if not named:
        return Chunk(Tables.of(), (), ())
    return next(emit_chunk(*validate_documents(named, SeenIds(), bounds=bounds), keep_going=True))


def read_each(
    documents: Sequence[bytes | Mapping[str, Any]], *, bounds: Bounds | None = None
) -> tuple[Tables, list[BadInput | bool]]:
    """Read unrelated documents in one pass, because most of the time goes into starting a pass.

    Returns
    -------
    The accounts of the valid documents, and for each document either the error that :func:`read_document`
    would raise, or whether the tables hold its account. They do not if an earlier document has the same
    ``account_id``, because tables hold an account once: read such a document in another pass.

    Examples
    --------
    >>> document = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    >>> tables, results = read_each([document, {}, document])
    >>> len(tables), results[0], type(results[1]).__name__, results[2]
    (1, True, 'BadInput', False)
    """
    tables, raw_tables, fault_log = validate_documents(
        [("", document) for document in documents], bounds=bounds
    )
    results: list[BadInput | bool] = []
    named: set[str | None] = set()
    for owner, name in enumerate(fault_log.ids):
        if owner in fault_log.faults:
            results.append(BadInput(*fault_log.faults_of(owner)))
            continue
        results.append(name not in named)
        named.add(name)
    keep = np.array([result is True for result in results], dtype=bool)
    return select_accounts(tables, raw_tables, keep), results


def validate_documents(
    documents: Sequence[tuple[str, RawDocument]],
    seen_ids: SeenIds | None = None,
    *,
    bounds: Bounds | None = None,
) -> tuple[Tables, dict[str, RawTable], FaultLog]:
    """Convert and check documents, each given with its place; returns what :func:`emit_chunk` takes.

    Returns
    -------
    The tables (accounts with faults included), their raw rows, and the faults.
    """
    columns = _DocumentColumns([place for place, _ in documents], bounds or Bounds())
    for owner, (_, document) in enumerate(documents):
        columns.take(owner, document)
    raw_tables = {table: columns.raw_table(table) for table, counts in columns.counts.items() if counts.any()}
    return build_tables(raw_tables, columns.fault_log, seen_ids), raw_tables, columns.fault_log


class _DocumentColumns:
    """Raw columns of all tables, filled document by document."""

    def __init__(self, places: list[str], bounds: Bounds) -> None:
        self.places = places
        self.bounds = bounds
        self.fault_log = FaultLog([None] * len(places))
        self.columns = {table: {name: list[Any]() for name in part} for table, part in TABLES.items()}
        self.present = {table: {"account_id"} for table in TABLES}
        self.counts = {table: np.zeros(len(places), dtype=np.int64) for table in TABLES}
        self.absent: dict[str, set[tuple[int, str]]] = {table: set() for table in _REQUIRED}

    def take(self, owner: int, source: RawDocument) -> None:
        """Add the values of one document, or record the fault that makes it unreadable."""
        try:
            document = self._parsed(source) if isinstance(source, bytes) else source
        except ParseError as refusal:
            # Not kept under another name: with its traceback, whose frames hold all documents, it would be a
            # cycle, which waits for the garbage collector.
            self._refuse(owner, "", f"{refusal}.", refusal.bound)
            return
        if isinstance(document, ParseError):
            self._refuse(owner, "", f"{document}.", document.bound)
        elif isinstance(document, Mapping):
            self._take_apart(owner, document)
        else:
            self._refuse(owner, "", f"must be a JSON object. Got {quote(document)}.")

    def _parsed(self, source: bytes) -> Any:
        check_shape(source, self.bounds.depth)
        if self.bounds.depth is not None:
            check_sizes(source, self.bounds)
        return parse_json(source)

    def _take_apart(self, owner: int, document: Mapping[str, Any]) -> None:
        account_id = self.fault_log.ids[owner] = _readable_id(document.get("account_id"))
        self._check_names(owner, "", document, _TOP)
        version = document.get("schema")
        if version is not None and (type(version) is not int or version != SCHEMA_VERSION):
            self._refuse(owner, "schema", f"must be {SCHEMA_VERSION}, or absent. Got {quote(version)}.")
        profile = self._profile(owner, document.get("profile"))
        self._note_absent("accounts", [document])
        self._add("accounts", owner, [{**profile, **{name: document.get(name) for name in ACCOUNT_KEYS}}])
        for table in LISTS:
            if rows := self._rows(owner, table, document.get(table)):
                self._note_absent(table, rows)
                self._add(table, owner, rows)
                self.columns[table]["account_id"].extend([account_id] * len(rows))

    def _profile(self, owner: int, profile: object) -> Mapping[str, Any]:
        if profile is None:
            return {}
        if not isinstance(profile, dict):
            self._refuse(owner, "profile", f"must be an object or null. Got {quote(profile)}.")
            return {}
        self._check_names(owner, "profile.", profile, PROFILE)
        return profile

    def _rows(self, owner: int, table: str, rows: object) -> list[dict[str, Any]]:
        if rows is None:
            return []
        if not isinstance(rows, list):
            self._refuse(owner, table, f"must be a list or null. Got {quote(rows)}.")
            return []
        if len(rows) > (most := self.bounds.rows):
            self._refuse(owner, table, f"must hold at most {most:,} rows. Got {len(rows):,}.", Bound.ROWS)
            return []
        if {dict}.issuperset(map(type, rows)) and LISTS[table].keys() >= set().union(*rows):
            return rows
        for position, row in enumerate(rows):
            if self.fault_log.is_full(owner):
                break
            self._check_row(owner, f"{table}[{position}]", row, LISTS[table])
        return [row if isinstance(row, dict) else {} for row in rows]

    def _check_row(self, owner: int, path: str, row: object, part: Part) -> None:
        if isinstance(row, dict):
            self._check_names(owner, f"{path}.", row, part)
        else:
            self._refuse(owner, path, f"must be an object. Got {quote(row)}.")

    def _check_names(self, owner: int, prefix: str, row: Mapping[str, Any], known: Collection[str]) -> None:
        unknown = [] if all(name in known for name in row) else [name for name in row if name not in known]
        for name in unknown[: MAX_FAULTS + 1]:
            rule = f"is not a field of an account document{suggest(str(name), known)}"
            self._refuse(owner, f"{prefix}{escape(str(name))}", rule)
        for name in row.names[: MAX_FAULTS + 1] if isinstance(row, DuplicateFields) else ():
            self._refuse(owner, f"{prefix}{escape(name)}", "must stand once. Got it twice.")

    def _refuse(self, owner: int, path: str, rule: str, bound: str | None = None) -> None:
        self.fault_log.add(owner, self.places[owner], path, rule, bound)

    def _add(self, table: str, owner: int, rows: list[dict[str, Any]]) -> None:
        self.counts[table][owner] = len(rows)
        present = set().union(*rows)
        self.present[table] |= present
        for name in LISTS.get(table, TABLES[table]):
            values = [row.get(name) for row in rows] if name in present else [None] * len(rows)
            self.columns[table][name].extend(values)

    def _note_absent(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Note which required fields rows that are about to be added do not have, not even as null."""
        for name in _REQUIRED.get(table, ()):
            first = len(self.columns[table][name])
            self.absent[table] |= {(first + at, name) for at, row in enumerate(rows) if name not in row}

    def raw_table(self, table: str) -> RawTable:
        """One table's raw rows from all documents."""
        counts = self.counts[table]
        owners = np.repeat(np.arange(len(counts)), counts)
        starts = np.cumsum(counts) - counts

        def locate(row: int, name: str) -> tuple[str, str]:
            owner = owners[row]
            return self.places[owner], _field_path(table, row - starts[owner], name)

        values = {name: column for name, column in self.columns[table].items() if name in self.present[table]}
        absent: AbstractSet[tuple[int, str]] = self.absent.get(table, set())
        return RawTable(table, values, owners, from_json, locate, self.bounds.characters, absent)


def _field_path(table: str, position: int, name: str) -> str:
    if table != "accounts":
        return f"{table}[{position}].{name}"
    return name if name in ACCOUNT_KEYS else f"profile.{name}"


def _readable_id(value: object) -> str | None:
    return value if isinstance(value, str) and is_storable(value) else None
