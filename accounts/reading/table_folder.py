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
from accounts.reading.account_index import NO_ACCOUNT, AccountIndex, account_blocks, indexed_blocks
from accounts.reading.chunks import Chunk, FaultLog, build_tables, emit_chunk
from accounts.reading.column_mapping import ColumnMapping
from accounts.reading.csv_table import CsvTable
from accounts.reading.external_sort import read_run, write_runs
from accounts.reading.file_columns import decode_utf8
from accounts.reading.first_pass import EarlyFaults, FirstPass, account_id_cell, width_rule
from accounts.reading.mapped_tables import open_mapped_tables
from accounts.reading.raw_tables import RawTable
from accounts.reading.row_blocks import Cursor, MergedCursors, RowBlock
from accounts.reading.seen_ids import SeenIds
from accounts.reading.table_files import ParquetTable, TableFile
from accounts.reading.typed_columns import RawColumn
from accounts.schema import LISTS, TABLES
from accounts.size_limits import MAX_ROWS
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
    files = open_mapped_tables(mapping, folder) if mapping else _open_tables(folder)
    early = EarlyFaults()
    register = _index_accounts(files["accounts"], early)
    yield from _orphan_faults(early.take_orphans(), keep_going)
    surveys = {table: FirstPass(files[table], register, early) for table in LISTS if table in files}
    for survey in surveys.values():
        for faults in survey.faults():
            yield from _orphan_faults(faults, keep_going)
    seen = SeenIds()
    with ExitStack() as stack:
        cursors = {"accounts": MergedCursors([Cursor(account_blocks(files["accounts"], _ignore_malformed))])}
        for table, survey in surveys.items():
            cursors[table] = _open_cursor(survey, stack, temporary)
        for start, stop in _spans(_cumulative_rows(register, surveys), chunk_accounts):
            pieces = {table: piece for table, cursor in cursors.items() if (piece := cursor.until(stop))}
            sheets, docket = _raw_tables(files, pieces, start)
            for ordinal in range(start, stop):
                for place, rule in early.known.get(ordinal, ()):
                    docket.add(ordinal - start, place, "", rule)
            yield from emit_chunk(build_tables(sheets, docket, seen), sheets, docket, keep_going=keep_going)


def _index_accounts(file: TableFile, early: EarlyFaults) -> AccountIndex:
    def malformed(row: int, cells: list[str]) -> None:
        early.add(NO_ACCOUNT, file.place(row), width_rule(file, cells), account_id_cell(file, cells))

    register = AccountIndex.of(file, randbits(64), malformed)
    if not register.accounts and not early.orphans:
        raise BadInput(Fault(file.path.name, "", "is empty. A row for each account was expected."))
    return register


def _orphan_faults(faults: list[Fault], keep_going: bool) -> Iterator[Chunk]:
    """Faults that are of no account of the input."""
    if faults and not keep_going:
        raise BadInput(faults[0])
    if faults:
        yield Chunk(Tables.of(), tuple(faults), tuple(faults))


def _ignore_malformed(row: int, cells: list[str]) -> None:
    """Rows with a wrong number of cells have been told of already."""


def _open_cursor(survey: FirstPass, stack: ExitStack, temporary: Path | None) -> MergedCursors:
    pieces = map(
        survey.wanted, indexed_blocks(survey.file, survey.register, survey.file.names, _ignore_malformed)
    )
    if survey.in_order:
        return MergedCursors([Cursor(pieces)])
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="assay-", dir=temporary)))
    return MergedCursors([Cursor(read_run(path)) for path in write_runs(pieces, folder)])


def _cumulative_rows(register: AccountIndex, surveys: Mapping[str, FirstPass]) -> npt.NDArray[np.int64]:
    """Rows of all accounts up to each one."""
    loads = np.ones(register.accounts, dtype=np.int64)
    for survey in surveys.values():
        loads += np.where(survey.counts > MAX_ROWS, 0, survey.counts)
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


def _raw_tables(
    files: Mapping[str, TableFile], pieces: Mapping[str, RowBlock], start: int
) -> tuple[dict[str, RawTable], FaultLog]:
    """The raw rows of a chunk, and its accounts as far as they can be named."""
    raw = pieces["accounts"].table.column("account_id").to_pylist()
    docket = FaultLog([decode_utf8(value) for value in raw])
    ids = pl.Series(docket.ids, dtype=pl.String)
    return {table: _raw_table(files[table], piece, ids, start) for table, piece in pieces.items()}, docket


def _raw_table(file: TableFile, piece: RowBlock, ids: pl.Series, start: int) -> RawTable:
    owners = piece.ordinals - start
    values: dict[str, RawColumn] = {name: piece.table.column(name) for name in piece.table.column_names}
    if file.table != "accounts":
        values["account_id"] = ids.gather(owners)
    return RawTable(
        file.table,
        values,
        owners,
        file.convert,
        lambda row, name: (file.place(int(piece.rows[row])), file.heading(name)),
    )


def _open_tables(folder: Path) -> dict[str, TableFile]:
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
