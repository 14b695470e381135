"""A folder of tables to chunks of whole accounts, in memory that does not grow with the input.

A first pass over the ids counts rows by account. Tables in the order of the accounts table are then
streamed side by side; the others are sorted on disk first.
"""

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

__all__ = ["read_folder"]

ROWS_A_CHUNK: Final = 500_000
"""Most rows of a chunk, unless a single account has more."""


def read_folder(
    folder: Path,
    *,
    keep_going: bool,
    chunk_accounts: int,
    temporary: Path | None,
    mapping: ColumnMapping | None = None,
) -> Iterator[Chunk]:
    """Read a folder of tables, in the order of its accounts table; with ``mapping`` any CSV files.

    The other parameters are those of :func:`accounts.reading.read`.
    """
    files = open_mapped_tables(mapping, folder) if mapping else _open_tables(folder)
    early_faults = EarlyFaults()
    index = _index_accounts(files["accounts"], early_faults)
    yield from _orphan_faults(early_faults.pop_orphans(), keep_going)
    first_passes = {table: FirstPass(files[table], index, early_faults) for table in LISTS if table in files}
    for first_pass in first_passes.values():
        for faults in first_pass.scan():
            yield from _orphan_faults(faults, keep_going)
    seen_ids = SeenIds()
    with ExitStack() as stack:
        cursors = {"accounts": MergedCursors([Cursor(account_blocks(files["accounts"], _ignore_malformed))])}
        for table, first_pass in first_passes.items():
            cursors[table] = _open_cursor(first_pass, stack, temporary)
        for start, stop in _spans(_cumulative_rows(index, first_passes), chunk_accounts):
            blocks = {table: block for table, cursor in cursors.items() if (block := cursor.read_until(stop))}
            raw_tables, fault_log = _raw_tables(files, blocks, start)
            for ordinal in range(start, stop):
                for place, rule in early_faults.by_account.get(ordinal, ()):
                    fault_log.add(ordinal - start, place, "", rule)
            yield from emit_chunk(
                build_tables(raw_tables, fault_log, seen_ids), raw_tables, fault_log, keep_going=keep_going
            )


def _index_accounts(file: TableFile, early_faults: EarlyFaults) -> AccountIndex:
    def malformed(row: int, cells: list[str]) -> None:
        early_faults.add(NO_ACCOUNT, file.place(row), width_rule(file, cells), account_id_cell(file, cells))

    index = AccountIndex.from_file(file, randbits(64), malformed)
    if not index.accounts and not early_faults.orphans:
        raise BadInput(Fault(file.path.name, "", "is empty. A row for each account was expected."))
    return index


def _orphan_faults(faults: list[Fault], keep_going: bool) -> Iterator[Chunk]:
    """A chunk of faults that belong to no account; without ``keep_going`` the first one is raised."""
    if faults and not keep_going:
        raise BadInput(faults[0])
    if faults:
        yield Chunk(Tables.of(), tuple(faults), tuple(faults))


def _ignore_malformed(row: int, cells: list[str]) -> None:
    """Do nothing: the first pass has reported rows with a wrong number of cells."""


def _open_cursor(first_pass: FirstPass, stack: ExitStack, temporary: Path | None) -> MergedCursors:
    blocks = map(
        first_pass.readable_rows,
        indexed_blocks(first_pass.file, first_pass.index, first_pass.file.names, _ignore_malformed),
    )
    if first_pass.in_order:
        return MergedCursors([Cursor(blocks)])
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="assay-", dir=temporary)))
    return MergedCursors([Cursor(read_run(path)) for path in write_runs(blocks, folder)])


def _cumulative_rows(index: AccountIndex, first_passes: Mapping[str, FirstPass]) -> npt.NDArray[np.int64]:
    """Rows in all tables of each account and those before it."""
    loads = np.ones(index.accounts, dtype=np.int64)
    for first_pass in first_passes.values():
        loads += np.where(first_pass.counts > MAX_ROWS, 0, first_pass.counts)
    return np.cumsum(loads)


def _spans(loads: npt.NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Chunks as (first account, first account of the next chunk)."""
    start = 0
    while start < len(loads):
        before = loads[start - 1] if start else 0
        full = int(np.searchsorted(loads, before + ROWS_A_CHUNK, side="right"))
        stop = min(max(full, start + 1), start + most, len(loads))
        yield start, stop
        start = stop


def _raw_tables(
    files: Mapping[str, TableFile], blocks: Mapping[str, RowBlock], start: int
) -> tuple[dict[str, RawTable], FaultLog]:
    """The raw tables of a chunk, and an empty fault log with the ids that are readable."""
    raw = blocks["accounts"].table.column("account_id").to_pylist()
    fault_log = FaultLog([decode_utf8(value) for value in raw])
    ids = pl.Series(fault_log.ids, dtype=pl.String)
    return {table: _raw_table(files[table], block, ids, start) for table, block in blocks.items()}, fault_log


def _raw_table(file: TableFile, block: RowBlock, ids: pl.Series, start: int) -> RawTable:
    owners = block.ordinals - start
    values: dict[str, RawColumn] = {name: block.table.column(name) for name in block.table.column_names}
    if file.table != "accounts":
        values["account_id"] = ids.gather(owners)
    return RawTable(
        file.table,
        values,
        owners,
        file.convert,
        lambda row, name: (file.place(int(block.rows[row])), file.file_column(name)),
    )


def _open_tables(folder: Path) -> dict[str, TableFile]:
    files: dict[str, TableFile] = {}
    for table in TABLES:
        kinds: list[type[TableFile]] = [
            kind for kind in (ParquetTable, CsvTable) if (folder / f"{table}{kind.suffix}").is_file()
        ]
        if len(kinds) > 1:
            raise BadInput(Fault(folder.name, "", f"must hold {table}.parquet or {table}.csv, not both."))
        if kinds:
            files[table] = kinds[0].open(table, folder / f"{table}{kinds[0].suffix}")
        elif table == "accounts":
            raise BadInput(Fault(folder.name, "", "must hold accounts.parquet or accounts.csv."))
    return files
