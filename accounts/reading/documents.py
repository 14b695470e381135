"""Account documents to tables: one for the service, many for a file, all on the same path."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from accounts.errors import BadInput
from accounts.reading.bounds import Bound, Bounds, check_depth
from accounts.reading.chunks import MOST_FAULTS, Chunk, FaultLog, build_tables, emit_chunk, select_accounts
from accounts.reading.json_parser import DuplicateFields, ParseError, parse_json
from accounts.reading.quoting import escape, quote, suggest
from accounts.reading.raw_tables import RawTable
from accounts.reading.seen_ids import SeenIds
from accounts.reading.typed_columns import from_json, is_storable
from accounts.schema import ACCOUNT_KEYS, LISTS, PROFILE, SCHEMA_VERSION, TABLES, Part
from accounts.tables import Tables

__all__ = ["Source", "read_document", "read_documents", "read_each", "validate_documents"]

Source = bytes | Mapping[str, Any] | ParseError
"""A document as it came; an :class:`ParseError` stands for one that could not even be taken in."""

_TOP: Final = ("schema", *ACCOUNT_KEYS, "profile", *LISTS)


def read_document(
    data: bytes | Mapping[str, Any], place: str = "", *, bounds: Bounds | None = None
) -> Tables:
    """Read one account document.

    Parameters
    ----------
    data
        Its JSON, or the object that the JSON stands for.
    place
        What the refusal calls it, such as ``creators.jsonl line 12``.
    bounds
        How much it may hold.

    Raises
    ------
    BadInput
        With everything that is wrong with it.

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
    tables, _, docket = validate_documents([(place, data)], bounds=bounds)
    if docket.faults:
        raise BadInput(*docket.of(0))
    return tables


def read_documents(
    documents: Iterable[bytes | Mapping[str, Any]], name: str = "accounts", *, bounds: Bounds | None = None
) -> Chunk:
    """Read several documents at once; what is wrong with one does not touch the others.

    Each fault's place is its document's position, such as ``accounts[3]``.

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
    """Read documents that have nothing to do with each other, at once: beginning takes longest.

    Returns
    -------
    The accounts of good ones, and for each document its refusal, as :func:`read_document` raises it, or
    whether its account is among these. It is not where an earlier document names the same account: tables
    hold an account once, so that one is to be read again.

    Examples
    --------
    >>> document = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    >>> tables, found = read_each([document, {}, document])
    >>> len(tables), found[0], type(found[1]).__name__, found[2]
    (1, True, 'BadInput', False)
    """
    tables, sheets, docket = validate_documents([("", document) for document in documents], bounds=bounds)
    found: list[BadInput | bool] = []
    named: set[str | None] = set()
    for owner, name in enumerate(docket.ids):
        if owner in docket.faults:
            found.append(BadInput(*docket.of(owner)))
            continue
        found.append(name not in named)
        named.add(name)
    return select_accounts(tables, sheets, np.array([one is True for one in found], dtype=bool)), found


def validate_documents(
    documents: Sequence[tuple[str, Source]], seen: SeenIds | None = None, *, bounds: Bounds | None = None
) -> tuple[Tables, dict[str, RawTable], FaultLog]:
    """Read documents with their places; gives the tables, their raw rows, and the faults."""
    stage = _DocumentColumns([place for place, _ in documents], bounds or Bounds())
    for owner, (_, document) in enumerate(documents):
        stage.take(owner, document)
    sheets = {table: stage.sheet(table) for table, counts in stage.counts.items() if counts.any()}
    return build_tables(sheets, stage.docket, seen), sheets, stage.docket


class _DocumentColumns:
    """Documents taken apart into columns of raw values."""

    def __init__(self, places: list[str], bounds: Bounds) -> None:
        self.places = places
        self.bounds = bounds
        self.docket = FaultLog([None] * len(places))
        self.columns = {table: {name: list[Any]() for name in part} for table, part in TABLES.items()}
        self.present = {table: {"account_id"} for table in TABLES}
        self.counts = {table: np.zeros(len(places), dtype=np.int64) for table in TABLES}

    def take(self, owner: int, source: Source) -> None:
        """Add one document, or note why it is none."""
        try:
            document = self._parsed(source) if isinstance(source, bytes) else source
        except ParseError as refusal:
            document = refusal
        if isinstance(document, ParseError):
            self._refuse(owner, "", f"{document}.", document.bound)
        elif isinstance(document, Mapping):
            self._take_apart(owner, document)
        else:
            self._refuse(owner, "", f"must be a JSON object. Got {quote(document)}.")

    def _parsed(self, source: bytes) -> Any:
        check_depth(source, self.bounds.depth)
        return parse_json(source)

    def _take_apart(self, owner: int, document: Mapping[str, Any]) -> None:
        account_id = self.docket.ids[owner] = _readable_id(document.get("account_id"))
        self._check_names(owner, "", document, _TOP)
        version = document.get("schema")
        if version is not None and (type(version) is not int or version != SCHEMA_VERSION):
            self._refuse(owner, "schema", f"must be {SCHEMA_VERSION}, or absent. Got {quote(version)}.")
        profile = self._profile(owner, document.get("profile"))
        self._add("accounts", owner, [{**profile, **{name: document.get(name) for name in ACCOUNT_KEYS}}])
        for table in LISTS:
            if rows := self._rows(owner, table, document.get(table)):
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
            if self.docket.full(owner):
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
        for name in unknown[: MOST_FAULTS + 1]:
            rule = f"is not a field of an account document{suggest(str(name), known)}"
            self._refuse(owner, f"{prefix}{escape(str(name))}", rule)
        for name in row.names[: MOST_FAULTS + 1] if isinstance(row, DuplicateFields) else ():
            self._refuse(owner, f"{prefix}{escape(name)}", "must stand once. Got it twice.")

    def _refuse(self, owner: int, path: str, rule: str, bound: str | None = None) -> None:
        self.docket.add(owner, self.places[owner], path, rule, bound)

    def _add(self, table: str, owner: int, rows: list[dict[str, Any]]) -> None:
        self.counts[table][owner] = len(rows)
        present = set().union(*rows)
        self.present[table] |= present
        for name in LISTS.get(table, TABLES[table]):
            values = [row.get(name) for row in rows] if name in present else [None] * len(rows)
            self.columns[table][name].extend(values)

    def sheet(self, table: str) -> RawTable:
        """One table of all documents."""
        counts = self.counts[table]
        owners = np.repeat(np.arange(len(counts)), counts)
        starts = np.cumsum(counts) - counts

        def locate(row: int, name: str) -> tuple[str, str]:
            owner = owners[row]
            return self.places[owner], _field_path(table, row - starts[owner], name)

        values = {name: column for name, column in self.columns[table].items() if name in self.present[table]}
        return RawTable(table, values, owners, from_json, locate, self.bounds.characters)


def _field_path(table: str, position: int, name: str) -> str:
    if table != "accounts":
        return f"{table}[{position}].{name}"
    return name if name in ACCOUNT_KEYS else f"profile.{name}"


def _readable_id(value: object) -> str | None:
    return value if isinstance(value, str) and is_storable(value) else None
