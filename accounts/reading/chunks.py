"""Chunks of whole accounts in input order: valid accounts as tables, refused ones as faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.errors import BadInput, Fault
from accounts.reading.raw_tables import (
    RawTable,
    Timestamps,
    Violation,
    build_frame,
    convert_columns,
    empty_frame,
    find_disordered,
    find_late,
    find_overlong,
    find_repeated,
)
from accounts.reading.seen_ids import SeenIds
from accounts.schema import TABLES
from accounts.tables import Tables

__all__ = [
    "MAX_FAULTS",
    "Chunk",
    "FaultLog",
    "build_tables",
    "emit_chunk",
    "merge_small_chunks",
    "select_accounts",
]

MAX_FAULTS: Final = 100
"""Most faults reported of one account; one more sentence says that there are others."""

_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Chunk:
    """Consecutive accounts of the input, each whole.

    Attributes
    ----------
    tables
        The accounts without a fault.
    faults
        Every fault of the other accounts, in input order.
    order
        Both in input order: the id of an account without a fault, or each fault of one with any.
    """

    tables: Tables
    faults: tuple[Fault, ...]
    order: tuple[str | Fault, ...]


def merge_small_chunks(chunks: Iterable[Chunk], accounts: int) -> Iterator[Chunk]:
    """Chunks of so many accounts or more, from smaller ones in their order, such as files of an account each.

    What is done with a chunk takes nearly as long for one account as for a hundred.
    """
    few: list[Chunk] = []
    for chunk in chunks:
        few.append(chunk)
        if sum(len(one.tables) for one in few) >= accounts:
            yield _as_one(few)
            few = []
    if few:
        yield _as_one(few)


def _as_one(chunks: Sequence[Chunk]) -> Chunk:
    if len(chunks) == 1:
        return chunks[0]
    faults = chain.from_iterable(one.faults for one in chunks)
    order = chain.from_iterable(one.order for one in chunks)
    return Chunk(Tables.concat(one.tables for one in chunks), tuple(faults), tuple(order))


@dataclass
class FaultLog:
    """The faults found so far in one chunk, by the position of their account in it.

    Attributes
    ----------
    ids
        The id of each account; None where it could not be read.
    faults
        At most :data:`MAX_FAULTS` faults of each account that has any.
    overflowing
        Positions of the accounts with more faults than these.

    Examples
    --------
    >>> log = FaultLog(["a", "b"])
    >>> log.add(1, "b.json", "", "must be UTF-8.")
    >>> log.faults_of(0), str(log.faults_of(1)[0])
    ((), 'b.json: must be UTF-8.')
    """

    ids: list[str | None]
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    overflowing: set[int] = field(default_factory=set)

    def add(self, owner: int, place: str, path: str, rule: str, bound: str | None = None) -> None:
        """Record a fault; beyond :data:`MAX_FAULTS` of one account only the fact that there are more."""
        faults = self.faults.setdefault(owner, [])
        if len(faults) < MAX_FAULTS:
            faults.append(Fault(place, path, rule, self.ids[owner], bound))
        else:
            self.overflowing.add(owner)

    def is_full(self, owner: int) -> bool:
        """Whether further faults of this account will not be recorded."""
        return owner in self.overflowing

    def add_violations(self, raw: RawTable, violations: Sequence[Violation]) -> None:
        """Record the violations of a raw table, in the order of its rows."""
        for violation in sorted(violations, key=attrgetter("row")):
            if self.is_full(int(raw.owners[violation.row])):
                continue
            place, path = raw.locate(violation.row, violation.field)
            self.add(
                int(raw.owners[violation.row]),
                place,
                path,
                violation.sentence(raw),
                violation.bound,
            )

    def faults_of(self, owner: int) -> tuple[Fault, ...]:
        """The recorded faults of one account, and a last one "has more faults" if there are more."""
        faults = self.faults.get(owner, [])
        if not self.is_full(owner):
            return tuple(faults)
        return (*faults, Fault(faults[0].place, "", "has more faults.", self.ids[owner]))


def build_tables(raw_tables: Mapping[str, RawTable], fault_log: FaultLog, seen_ids: SeenIds | None) -> Tables:
    """Convert the raw tables of a chunk and check every rule; violations go to ``fault_log``.

    The result still holds the accounts with faults; :func:`emit_chunk` drops them. ``seen_ids`` are those
    of the whole input; with None, an ``account_id`` may stand twice.
    """
    frames = {table: empty_frame(table) for table in TABLES}
    as_of = np.full(len(fault_log.ids), _NEVER)
    for table, raw in raw_tables.items():
        series, violations = convert_columns(raw)
        if table == "accounts":
            as_of[raw.owners] = _as_of_times(series, len(raw.owners))
            violations += _find_repeated_ids(series, seen_ids) if seen_ids else []
        fault_log.add_violations(
            raw,
            violations
            + find_late(raw, series, as_of)
            + find_repeated(raw, series)
            + find_disordered(raw, series)
            + find_overlong(raw, series),
        )
        frames[table] = build_frame(table, series, len(raw.owners))
    return Tables(**frames)


def _as_of_times(series: Mapping[str, pl.Series], rows: int) -> Timestamps:
    if "as_of" not in series:
        return np.full(rows, _NEVER)
    moments = series["as_of"].cast(pl.Int64)
    return (moments.fill_null(_NEVER) if moments.null_count() else moments).to_numpy()


def _find_repeated_ids(series: Mapping[str, pl.Series], seen_ids: SeenIds) -> list[Violation]:
    if "account_id" not in series:
        return []
    return [
        Violation(row, "account_id", "must be unique in the input")
        for row in seen_ids.find_repeats(series["account_id"])
    ]


def emit_chunk(
    tables: Tables, raw_tables: Mapping[str, RawTable], fault_log: FaultLog, *, keep_going: bool
) -> Iterator[Chunk]:
    """Yield the chunk without the accounts that have faults.

    Raises
    ------
    BadInput
        Unless ``keep_going``: with every fault of the first account that has any, after a chunk with the
        accounts before it.
    """
    accounts = len(fault_log.ids)
    stop = accounts if keep_going else min(fault_log.faults, default=accounts)
    if stop:
        yield _build_chunk(tables, raw_tables, fault_log, stop)
    if stop < accounts:
        raise BadInput(*fault_log.faults_of(stop))


def select_accounts(
    tables: Tables, raw_tables: Mapping[str, RawTable], keep: npt.NDArray[np.bool_]
) -> Tables:
    """Keep the rows of the accounts whose flag in ``wanted`` (one per account of the chunk) is true."""
    if keep.all():
        return tables
    return tables.map(lambda name, rows: rows.filter(keep[raw_tables[name].owners]) if rows.height else rows)


def _build_chunk(tables: Tables, raw_tables: Mapping[str, RawTable], fault_log: FaultLog, stop: int) -> Chunk:
    is_valid = np.zeros(len(fault_log.ids), dtype=bool)
    is_valid[[owner for owner in range(stop) if owner not in fault_log.faults]] = True
    order: list[str | Fault] = []
    for owner, account_id in enumerate(fault_log.ids[:stop]):
        order += [str(account_id)] if is_valid[owner] else fault_log.faults_of(owner)
    tables = select_accounts(tables, raw_tables, is_valid)
    return Chunk(tables, tuple(entry for entry in order if isinstance(entry, Fault)), tuple(order))
