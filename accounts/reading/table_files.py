"""The tables of a folder, as streams of Arrow batches: Parquet and CSV behind one face."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
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
"""Numbers of rows in a file, the first data row being 1."""

MalformedRowHandler = Callable[[int, list[str]], None]
"""Told of a row with a wrong number of cells: its number, and its cells."""

_ROWS_A_BATCH: Final = 65_536
# An account's id stands in all its rows: as a dictionary it is decoded and looked up once.
_NAMED: Final = pa.dictionary(pa.int32(), pa.large_binary())
_READING: Final = MappingProxyType({
    "buffer_size": 2**20, "pre_buffer": False, "read_dictionary": ["account_id"],
})  # fmt: skip


@dataclass(frozen=True)
class TableFile(ABC):
    """One file with one table.

    Attributes
    ----------
    table
        Which of the five tables it holds.
    path
        Where it lies.
    names
        Its columns, all of them known and none twice.
    """

    table: str
    path: Path
    names: tuple[str, ...]
    suffix: ClassVar[str]

    @classmethod
    @abstractmethod
    def open(cls, table: str, path: Path) -> TableFile:
        """Look at the columns; refuses a file that cannot be this table."""

    @abstractmethod
    def batches(
        self, names: tuple[str, ...], malformed: MalformedRowHandler
    ) -> Iterator[tuple[pa.RecordBatch, RowNumbers]]:
        """Some columns, from the first row to the last, texts as bytes, with the rows' numbers."""

    @staticmethod
    @abstractmethod
    def convert(values: pa.Array, field: Field) -> TypedColumn:
        """Type one of its columns."""

    @property
    def header(self) -> tuple[str, ...]:
        """Its columns under the file's own names."""
        return self.names

    def heading(self, name: str) -> str:
        """The file's own name of a column."""
        return name

    def place(self, row: int) -> str:
        """How a refusal names a row."""
        return f"{self.path.name} row {row}"


def check_columns(table: str, file: str, names: list[str]) -> tuple[str, ...]:
    """A file's columns, refused where one is unknown, stands twice, or must be there and is not."""
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
    """A table as Parquet."""

    suffix = ".parquet"
    convert = staticmethod(from_parquet)

    @classmethod
    def open(cls, table: str, path: Path) -> ParquetTable:
        """Look at the columns and their types."""
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
        """Some columns, without reading ahead."""
        start = 1
        with _readable(self.path), pq.ParquetFile(self.path, **_READING) as file:
            for batch in file.iter_batches(_ROWS_A_BATCH, columns=list(names)):
                yield _plain_batch(batch.select(names)), np.arange(start, start + batch.num_rows)
                start += batch.num_rows


def _plain(dtype: pa.DataType) -> pa.DataType:
    """Texts of whatever make are bytes until they have been checked."""
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
