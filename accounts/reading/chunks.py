"""Whole accounts with their verdict: in order, the good ones as tables, the others as faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    find_late,
    find_overlong,
    find_repeated,
)
from accounts.reading.seen_ids import SeenIds
from accounts.schema import TABLES
from accounts.tables import Tables

__all__ = ["MOST_FAULTS", "Chunk", "FaultLog", "build_tables", "emit_chunk", "select_accounts"]

MOST_FAULTS: Final = 100
"""Faults that are told of one account; of the rest only that there are more."""

_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Chunk:
    """Some whole accounts of the input.

    Attributes
    ----------
    tables
        The good accounts.
    faults
        What is wrong with the others, in input order.
    order
        Ids of the good accounts and faults of the others, together in input order.
    """

    tables: Tables
    faults: tuple[Fault, ...]
    order: tuple[str | Fault, ...]


@dataclass
class FaultLog:
    """What is known of a chunk's accounts while it is judged, by their place in the chunk."""

    ids: list[str | None]
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    untold: set[int] = field(default_factory=set)

    def add(self, owner: int, place: str, path: str, rule: str, bound: str | None = None) -> None:
        """Note a fault; past the hundredth of one account only that there are more."""
        found = self.faults.setdefault(owner, [])
        if len(found) < MOST_FAULTS:
            found.append(Fault(place, path, rule, self.ids[owner], bound))
        else:
            self.untold.add(owner)

    def full(self, owner: int) -> bool:
        """Whether nothing more will be told of an account."""
        return owner in self.untold

    def note(self, sheet: RawTable, findings: Sequence[Violation]) -> None:
        """Note a sheet's findings, in the order of its rows."""
        for finding in sorted(findings, key=attrgetter("row")):
            if self.full(int(sheet.owners[finding.row])):
                continue
            place, path = sheet.locate(finding.row, finding.field)
            self.add(int(sheet.owners[finding.row]), place, path, finding.sentence(sheet), finding.bound)

    def of(self, owner: int) -> tuple[Fault, ...]:
        """One account's faults."""
        found = self.faults.get(owner, [])
        rest = [Fault(found[0].place, "", "has more faults.", self.ids[owner])] if self.full(owner) else []
        return (*found, *rest)


def build_tables(sheets: Mapping[str, RawTable], docket: FaultLog, seen: SeenIds | None) -> Tables:
    """Type and check all sheets of a chunk; the tables still hold the accounts that have faults."""
    frames = {table: empty_frame(table) for table in TABLES}
    as_of = np.full(len(docket.ids), _NEVER)
    for table, sheet in sheets.items():
        series, findings = convert_columns(sheet)
        if table == "accounts":
            as_of[sheet.owners] = _as_of_times(series, len(sheet.owners))
            findings += _find_repeated_ids(series, seen) if seen else []
        docket.note(
            sheet,
            findings
            + find_late(sheet, series, as_of)
            + find_repeated(sheet, series)
            + find_overlong(sheet, series),
        )
        frames[table] = build_frame(table, series, len(sheet.owners))
    return Tables(**frames)


def _as_of_times(series: Mapping[str, pl.Series], rows: int) -> Timestamps:
    if "as_of" not in series:
        return np.full(rows, _NEVER)
    moments = series["as_of"].cast(pl.Int64)
    return (moments.fill_null(_NEVER) if moments.null_count() else moments).to_numpy()


def _find_repeated_ids(series: Mapping[str, pl.Series], seen: SeenIds) -> list[Violation]:
    if "account_id" not in series:
        return []
    return [
        Violation(row, "account_id", "must be unique in the input")
        for row in seen.again(series["account_id"])
    ]


def emit_chunk(
    tables: Tables, sheets: Mapping[str, RawTable], docket: FaultLog, *, keep_going: bool
) -> Iterator[Chunk]:
    """Hand out a judged chunk.

    Raises
    ------
    BadInput
        With every fault of the first account that has any, after what stands before it has been
        handed out, unless ``keep_going``.
    """
    accounts = len(docket.ids)
    stop = accounts if keep_going else min(docket.faults, default=accounts)
    if stop:
        yield _build_chunk(tables, sheets, docket, stop)
    if stop < accounts:
        raise BadInput(*docket.of(stop))


def select_accounts(tables: Tables, sheets: Mapping[str, RawTable], wanted: npt.NDArray[np.bool_]) -> Tables:
    """Some of a chunk's accounts, by their place in it."""
    if wanted.all():
        return tables
    return tables.map(lambda name, rows: rows.filter(wanted[sheets[name].owners]) if rows.height else rows)


def _build_chunk(tables: Tables, sheets: Mapping[str, RawTable], docket: FaultLog, stop: int) -> Chunk:
    wanted = np.zeros(len(docket.ids), dtype=bool)
    wanted[[owner for owner in range(stop) if owner not in docket.faults]] = True
    order: list[str | Fault] = []
    for owner, account_id in enumerate(docket.ids[:stop]):
        order += [str(account_id)] if wanted[owner] else docket.of(owner)
    tables = select_accounts(tables, sheets, wanted)
    return Chunk(tables, tuple(entry for entry in order if isinstance(entry, Fault)), tuple(order))
