"""CSV files with other column names, read as tables of :mod:`accounts.schema` by a column mapping."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from accounts.errors import BadInput, Fault
from accounts.reading.cell_formats import to_own_format
from accounts.reading.column_mapping import ColumnMapping, TableMapping
from accounts.reading.csv_table import CsvTable
from accounts.reading.file_columns import from_csv
from accounts.reading.quoting import quote, suggest
from accounts.reading.table_files import MalformedRowHandler, RowNumbers, TableFile
from accounts.schema import TABLES

__all__ = ["MappedTable", "open_mapped_tables"]


@dataclass(frozen=True)
class MappedTable(TableFile):
    """A CSV file with a column mapping; columns that the mapping does not name are ignored.

    Attributes
    ----------
    source
        The file under its own column names.
    mapping
        The field of each column.
    """

    source: CsvTable
    mapping: TableMapping

    suffix = ".csv"
    convert = staticmethod(from_csv)

    @classmethod
    def open(cls, table: str, path: Path) -> MappedTable:
        """Always refused: opening needs a mapping, as :func:`open_mapped_tables` has."""
        raise NotImplementedError(f"{table} at {path} needs a mapping")

    @property
    def header(self) -> tuple[str, ...]:
        """All columns under the file's own names."""
        return self.source.names

    def file_column(self, name: str) -> str:
        """The file's own name of a field's column; the field's name for a constant."""
        return self.mapping.columns.get(name, name)

    def batches(
        self, names: tuple[str, ...], malformed: MalformedRowHandler
    ) -> Iterator[tuple[pa.RecordBatch, RowNumbers]]:
        """Stream some fields: cells of their columns in Assay's own formats, and constants."""
        mapped = dict.fromkeys(self.mapping.columns[name] for name in names if name in self.mapping.columns)
        for batch, rows in self.source.batches(tuple(mapped) or self.header[:1], malformed):
            cells = [self._cells(batch, name) for name in names]
            yield pa.record_batch(cells, list(names)), rows

    def _cells(self, batch: pa.RecordBatch, name: str) -> pa.Array:
        if name in self.mapping.constants:
            return pa.repeat(pa.scalar(self.mapping.constants[name], pa.large_binary()), batch.num_rows)
        cells = batch.column(self.mapping.columns[name])
        return to_own_format(cells, TABLES[self.table][name], self.mapping.formats)


def open_mapped_tables(mapping: ColumnMapping, path: Path) -> dict[str, TableFile]:
    """Open the CSV file or the folder of CSV files that a mapping describes; returns them by table.

    Raises
    ------
    BadInput
        If a file is missing, or a mapped column is missing or repeated in its header.
    """
    if path.is_dir():
        return {
            name: _open_table(mapping, one, path / _file_of(mapping, one))
            for name, one in mapping.tables.items()
        }
    if path.suffix.lower() != ".csv":
        rule = "must be a .csv file or a folder of them, as a column mapping is given."
        raise BadInput(Fault(path.name, "", rule))
    if more := [name for name in mapping.tables if name != "accounts"]:
        rule = f"can only be read from a folder, and {path.name} is a file."
        raise BadInput(Fault(mapping.place, more[0], rule))
    return {"accounts": _open_table(mapping, mapping.tables["accounts"], path)}


def _file_of(mapping: ColumnMapping, source: TableMapping) -> str:
    if source.file is None:
        raise BadInput(
            Fault(mapping.place, f"{source.table}.file", "must name a file of the folder. It is missing.")
        )
    return source.file


def _open_table(mapping: ColumnMapping, one: TableMapping, path: Path) -> MappedTable:
    if not path.is_file():
        rule = f"must be a file of the folder. There is no {quote(path.name)}."
        raise BadInput(Fault(mapping.place, f"{one.table}.file", rule))
    source = CsvTable.open_with_any_names(one.table, path, one.formats.separator)
    faults = [
        Fault(mapping.place, f"{one.table}.columns.{name}", _column_rule(column, source, path))
        for name, column in one.columns.items()
        if source.names.count(column) != 1
    ]
    if faults:
        raise BadInput(*faults)
    return MappedTable(one.table, path, (*one.columns, *one.constants), source, one)


def _column_rule(column: str, source: CsvTable, path: Path) -> str:
    if column in source.names:
        count = source.names.count(column)
        return f"must be one column of {path.name}. There are {count} named {quote(column)}."
    return f"must be a column of {path.name}. Got {quote(column)}{suggest(column, source.names)}"
