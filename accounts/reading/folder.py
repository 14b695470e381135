"""A folder of tables to chunks of whole accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from secrets import randbits
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.errors import BadInput, Fault
from accounts.largest import MOST_ROWS
from accounts.reading.arrow import decoded
from accounts.reading.chunks import Chunk, Docket, assemble, deliver
from accounts.reading.comma import CsvTable
from accounts.reading.files import ParquetTable, TableFile
from accounts.reading.mapped import open_mapped
from accounts.reading.mapping import ColumnMapping
from accounts.reading.pieces import Cursor, Merged, Piece
from accounts.reading.register import UNKNOWN, Register, numbered, owned
from accounts.reading.repeats import Seen
from accounts.reading.sheets import Sheet
from accounts.reading.sorting import sort, stretch
from accounts.reading.survey import Early, Survey, cell_of, wrong_width
from accounts.reading.values import Raw
from accounts.schema import LISTS, TABLES
from accounts.tables import Tables

__all__ = ["ROWS_A_CHUNK", "read_folder"]

ROWS_A_CHUNK: Final = 500_000
"""Rows that a chunk holds at most, unless one account alone has more."""


def read_folder(
    folder: Path,
    *,
    keep_going: bool,
    chunk_accounts: int,
    temporary: Path | None,
    mapping: ColumnMapping | None = None,
) -> Iterator[Chunk]:
    """The accounts of a folder of tables, in the order of its accounts table; of other CSV with a mapping."""
    files = open_mapped(mapping, folder) if mapping else _open_all(folder)
    early = Early()
    register = _registered(files["accounts"], early)
    yield from _without_account(early.take_orphans(), keep_going)
    surveys = {table: Survey(files[table], register, early) for table in LISTS if table in files}
    for survey in surveys.values():
        for faults in survey.faults():
            yield from _without_account(faults, keep_going)
    seen = Seen()
    with ExitStack() as stack:
        cursors = {"accounts": Merged([Cursor(numbered(files["accounts"], _ignore))])}
        for table, survey in surveys.items():
            cursors[table] = _cursor(survey, stack, temporary)
        for start, stop in _spans(_loads(register, surveys), chunk_accounts):
            pieces = {table: piece for table, cursor in cursors.items() if (piece := cursor.until(stop))}
            sheets, docket = _sheets(files, pieces, start)
            for ordinal in range(start, stop):
                for place, rule in early.known.get(ordinal, ()):
                    docket.add(ordinal - start, place, "", rule)
            yield from deliver(assemble(sheets, docket, seen), sheets, docket, keep_going=keep_going)


def _registered(file: TableFile, early: Early) -> Register:
    def malformed(row: int, cells: list[str]) -> None:
        early.add(UNKNOWN, file.place(row), wrong_width(file, cells), cell_of(file, cells))

    register = Register.of(file, randbits(64), malformed)
    if not register.accounts and not early.orphans:
        raise BadInput(Fault(file.path.name, "", "is empty. A row for each account was expected."))
    return register


def _without_account(faults: list[Fault], keep_going: bool) -> Iterator[Chunk]:
    """Faults that are of no account of the input."""
    if faults and not keep_going:
        raise BadInput(faults[0])
    if faults:
        yield Chunk(Tables.of(), tuple(faults), tuple(faults))


def _ignore(row: int, cells: list[str]) -> None:
    """Rows with a wrong number of cells have been told of already."""


def _cursor(survey: Survey, stack: ExitStack, temporary: Path | None) -> Merged:
    pieces = map(survey.wanted, owned(survey.file, survey.register, survey.file.names, _ignore))
    if survey.in_order:
        return Merged([Cursor(pieces)])
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="assay-", dir=temporary)))
    return Merged([Cursor(stretch(path)) for path in sort(pieces, folder)])


def _loads(register: Register, surveys: Mapping[str, Survey]) -> npt.NDArray[np.int64]:
    """Rows of all accounts up to each one."""
    loads = np.ones(register.accounts, dtype=np.int64)
    for survey in surveys.values():
        loads += np.where(survey.counts > MOST_ROWS, 0, survey.counts)
    return np.cumsum(loads)


def _spans(loads: npt.NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """First and last account of each chunk."""
    start = 0
    while start < len(loads):
        before = loads[start - 1] if start else 0
        full = int(np.searchsorted(loads, before + ROWS_A_CHUNK, side="right"))
        stop = min(max(full, start + 1), start + most, len(loads))
        yield start, stop
        start = stop


def _sheets(
    files: Mapping[str, TableFile], pieces: Mapping[str, Piece], start: int
) -> tuple[dict[str, Sheet], Docket]:
    """The raw rows of a chunk, and its accounts as far as they can be named."""
    raw = pieces["accounts"].table.column("account_id").to_pylist()
    docket = Docket([decoded(value) for value in raw])
    ids = pl.Series(docket.ids, dtype=pl.String)
    return {table: _sheet(files[table], piece, ids, start) for table, piece in pieces.items()}, docket


def _sheet(file: TableFile, piece: Piece, ids: pl.Series, start: int) -> Sheet:
    owners = piece.ordinals - start
    values: dict[str, Raw] = {name: piece.table.column(name) for name in piece.table.column_names}
    if file.table != "accounts":
        values["account_id"] = ids.gather(owners)
    return Sheet(
        file.table,
        values,
        owners,
        file.convert,
        lambda row, name: (file.place(int(piece.rows[row])), file.heading(name)),
    )


def _open_all(folder: Path) -> dict[str, TableFile]:
    found: dict[str, TableFile] = {}
    for table in TABLES:
        kinds: list[type[TableFile]] = [
            kind for kind in (ParquetTable, CsvTable) if (folder / f"{table}{kind.suffix}").is_file()
        ]
        if len(kinds) > 1:
            raise BadInput(Fault(folder.name, "", f"must hold {table}.parquet or {table}.csv, not both."))
        if kinds:
            found[table] = kinds[0].open(table, folder / f"{table}{kinds[0].suffix}")
        elif table == "accounts":
            raise BadInput(Fault(folder.name, "", "must hold accounts.parquet or accounts.csv."))
    return found
