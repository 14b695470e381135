"""Table files as streams of Arrow batches: one interface for Parquet and CSV."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from accounts.errors import BadInput, Fault
from accounts.reading.file_columns import fits_kind, from_parquet
from accounts.reading.quoting import escape, suggest
from accounts.reading.typed_columns import TypedColumn
from accounts.schema import TABLES, Field

__all__ = ["MalformedRowHandler", "ParquetTable", "RowNumbers", "TableFile", "check_columns"]

RowNumbers = npt.NDArray[np.int64]
"""Row numbers in a file, as refusals name them; the first data row is 1."""

MalformedRowHandler = Callable[[int, list[str]], None]
"""Called with the number and the cells of each row with a wrong number of cells."""

_ROWS_A_BATCH: Final = 65_536
# What a short batch is joined to, so that the time for a file does not hang on its row groups.
_FEWEST_ROWS, _MANY_BYTES = 4_096, 2**24
# An account's id repeats in all its rows: dictionary-encoded, it is decoded and looked up once.
_NAMED: Final = pa.dictionary(pa.int32(), pa.large_binary())


@dataclass(frozen=True)
class TableFile(ABC):
    """One file with one table; subclasses read Parquet, CSV, and CSV with a column mapping.

    Attributes
    ----------
    table
        Name of the table, one of :data:`accounts.schema.TABLES`.
    path
        The file.
    names
        Its columns under the names of the schema, each once.
    """

    table: str
    path: Path
    names: tuple[str, ...]
    suffix: ClassVar[str]

    @classmethod
    @abstractmethod
    def open(cls, table: str, path: Path) -> TableFile:
        """Read the columns' names and types; raises BadInput for a file that cannot be this table."""

    @abstractmethod
    def batches(
        self, names: tuple[str, ...], malformed: MalformedRowHandler
    ) -> Iterator[tuple[pa.RecordBatch, RowNumbers]]:
        """Stream some columns in file order, texts as bytes, each batch with its row numbers."""

    @staticmethod
    @abstractmethod
    def convert(values: pa.Array, field: Field) -> TypedColumn:
        """Convert one raw column to the schema's type."""

    @property
    def header(self) -> tuple[str, ...]:
        """All columns under the file's own names."""
        return self.names

    def file_column(self, name: str) -> str:
        """The file's own name of a field's column; the same, unless a column mapping renames it."""
        return name

    def place(self, row: int) -> str:
        """The name of a row in refusals: ``posts.csv row 41``."""
        return f"{self.path.name} row {row}"


def check_columns(table: str, file: str, names: list[str]) -> tuple[str, ...]:
    """Check a file's column names against the table's schema, and return them.

    >>> check_columns("history", "history.csv", ["account_id", "date"])
    ('account_id', 'date')

    Raises
    ------
    BadInput
        With each unknown, repeated or missing column.
    """
    part = TABLES[table]
    faults = [
        Fault(file, escape(name), f"is not a column of the {table} table{_hint(name, part)}")
        for name in names
        if name not in part
    ]
    faults += [
        Fault(file, name, "must be one column. Got it twice.") for name in part if names.count(name) > 1
    ]
    faults += [
        Fault(file, name, "must be a column of it. It is missing.")
        for name, field in part.items()
        if field.required and name not in names
    ]
    if faults:
        raise BadInput(*faults)
    return tuple(names)


def _hint(name: str, known: Iterable[str]) -> str:
    separated = any(mark in name for mark in ";\t|")
    return "; cells must be separated by commas." if separated else suggest(name, known)


class ParquetTable(TableFile):
    """A table in a Parquet file, read as a stream of record batches."""

    suffix = ".parquet"
    convert = staticmethod(from_parquet)

    @classmethod
    def open(cls, table: str, path: Path) -> ParquetTable:
        """Read names and types of the columns; a type that cannot hold its field is refused.

        Raises
        ------
        BadInput
            With each column whose name or type does not fit, or if the file is no Parquet.
        """
        with _readable(path):
            schema = pq.read_schema(path)
        names = check_columns(table, path.name, schema.names)
        faults = [
            Fault(
                path.name,
                name,
                f"{TABLES[table][name].rule}. Got a column of {escape(str(schema.field(name).type))}.",
            )
            for name in names
            if not fits_kind(_plain(schema.field(name).type), TABLES[table][name].kind)
        ]
        if faults:
            raise BadInput(*faults)
        return cls(table, path, names)

    def batches(
        self, names: tuple[str, ...], malformed: MalformedRowHandler
    ) -> Iterator[tuple[pa.RecordBatch, RowNumbers]]:
        """Stream some columns, 65,536 rows at a time, without reading ahead."""
        start = 1
        with _readable(self.path), _open_parquet(self.path) as file:
            for batch in _joined(file.iter_batches(_ROWS_A_BATCH, columns=list(names))):
                yield _plain_batch(batch.select(names)), np.arange(start, start + batch.num_rows)
                start += batch.num_rows


def _open_parquet(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path, buffer_size=2**20, pre_buffer=False, read_dictionary=["account_id"])


def _joined(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Join short batches, those of a file in small row groups, until they have rows or bytes enough."""
    short: list[pa.RecordBatch] = []
    rows, size = 0, 0
    for batch in batches:
        short.append(batch)
        rows, size = rows + len(batch), size + batch.nbytes
        if rows >= _FEWEST_ROWS or size >= _MANY_BYTES:
            yield from _as_one(short)
            short, rows, size = [], 0, 0
    yield from _as_one(short)


def _as_one(batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """The rows of several batches in one; of one or none those themselves."""
    if len(batches) <= 1:
        return batches
    joined: list[pa.RecordBatch] = (
        pa.Table.from_batches(batches).unify_dictionaries().combine_chunks().to_batches()
    )
    return joined


def _plain(dtype: pa.DataType) -> pa.DataType:
    """The type to read a column with: Arrow's various text types all as bytes, which are checked later."""
    value = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
    textual = pa.types.is_string(value) or pa.types.is_large_string(value) or pa.types.is_string_view(value)
    return pa.large_binary() if textual else value


def _plain_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        column.cast(_NAMED if name == "account_id" else _plain(column.type))
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.record_batch(columns, batch.schema.names)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise BadInput(
            Fault(path.name, "", f"must be a readable Parquet file. {escape(str(error))}.")
        ) from None
