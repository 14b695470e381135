"""A table as a CSV file: UTF-8 with a header; cells stay bytes until their column is converted."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from accounts.errors import BadInput, Fault
from accounts.reading.csv_rows import csv_rows
from accounts.reading.file_columns import from_csv
from accounts.reading.quoting import escape
from accounts.reading.table_files import MalformedRowHandler, RowNumbers, TableFile, check_columns

__all__ = ["MAX_MALFORMED_ROWS", "MAX_ROW_BYTES", "CsvTable"]

MAX_ROW_BYTES: Final = 8 * 2**20
"""Most bytes of one row."""

MAX_MALFORMED_ROWS: Final = 1000
"""Most rows with a wrong number of cells; with more, the whole file is refused."""

_OPEN_QUOTE: Final = "must close every quote. One is open to the end."
_TOO_LONG: Final = (
    f"must have rows of at most {MAX_ROW_BYTES // 2**20} MiB. One is longer, or a quote is never closed."
)
_TOO_MANY: Final = f"has more than {MAX_MALFORMED_ROWS:,} rows with a wrong number of cells."
_MAX_HEADER_BYTES: Final = 2**16


@dataclass(frozen=True)
class CsvTable(TableFile):
    """A table in a CSV file, read as a stream of record batches.

    Attributes
    ----------
    separator
        The character between cells.
    """

    separator: str = ","

    suffix = ".csv"
    convert = staticmethod(from_csv)

    @classmethod
    def open(cls, table: str, path: Path) -> CsvTable:
        """Read the header; its names must be columns of the table.

        Raises
        ------
        BadInput
            With each unknown, repeated or missing column.
        """
        return cls(table, path, check_columns(table, path.name, _header(path)))

    @classmethod
    def open_with_any_names(cls, table: str, path: Path, separator: str) -> CsvTable:
        """Read the header of a file whose columns may have any names: one with a column mapping."""
        return cls(table, path, tuple(_header(path, separator)), separator)

    def batches(
        self, names: tuple[str, ...], malformed: MalformedRowHandler
    ) -> Iterator[tuple[pa.RecordBatch, RowNumbers]]:
        """Stream some columns as bytes, with each row's number; rows of a wrong width go to ``malformed``.

        Arrow does not report a quote that is never closed. :class:`_Ended` therefore appends a last row, and
        a file in which it does not arrive is refused.
        """
        skipped: list[int] = []

        def skip(row: pc.InvalidRow) -> str:  # Arrow swallows what this function raises
            skipped.append(row.number - 1)
            malformed(row.number - 1, self._cells(row.text))
            return "skip" if len(skipped) <= MAX_MALFORMED_ROWS else "error"

        last = 0
        try:
            with _Ended(self.path, self.separator * (len(self.names) - 1)) as file:
                for batch in self._up_to_the_end(self._reader(file, names, skip)):
                    upcoming = np.arange(last + 1, last + 1 + batch.num_rows + len(skipped))
                    rows = np.setdiff1d(upcoming, skipped, assume_unique=True)[: batch.num_rows]
                    last = int(rows[-1]) if len(rows) else last
                    yield batch.select(names), rows
        except (pa.ArrowException, OSError) as error:
            raise BadInput(self._refusal(str(error), len(skipped))) from None

    def _reader(
        self, file: io.RawIOBase, names: tuple[str, ...], skip: Callable[[pc.InvalidRow], str]
    ) -> pc.CSVStreamingReader:
        first, *others = (self.names[0], *(name for name in names if name != self.names[0]))
        return pc.open_csv(
            file,
            read_options=pc.ReadOptions(block_size=MAX_ROW_BYTES, use_threads=False),
            parse_options=pc.ParseOptions(
                delimiter=self.separator, newlines_in_values=True, invalid_row_handler=skip
            ),
            convert_options=pc.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.large_binary()),
                include_columns=[first, *others],
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=False,
            ),
        )

    def _cells(self, row: str) -> list[str]:
        """The cells of a row of a wrong width; none where it is no row at all."""
        try:
            return next(csv_rows([row], self.path.name, separator=self.separator), [])
        except BadInput:
            return []

    def _refusal(self, error: str, skipped: int) -> Fault:
        if skipped > MAX_MALFORMED_ROWS:
            return Fault(self.path.name, "", _TOO_MANY)
        if "straddles" in error:
            return Fault(self.path.name, "", _TOO_LONG)
        if row := re.search(r"Row #([0-9]+)", error):
            rule = "must be UTF-8 and have a cell for each column."
            return Fault(self.place(int(row[1]) - 1), "", rule)
        return Fault(self.path.name, "", f"must be a readable CSV file. {escape(error)}.")

    def _up_to_the_end(self, reader: pc.CSVStreamingReader) -> Iterator[pa.RecordBatch]:
        """Drop the row that :class:`_Ended` appends; if it is not there, a quote was left open."""
        previous = next(iter(reader), None)
        if previous is None:
            raise BadInput(Fault(self.path.name, "", _OPEN_QUOTE))
        for batch in reader:
            if batch.num_rows:
                yield previous
                previous = batch
        end = previous.slice(previous.num_rows - 1)
        if [column[0].as_py() for column in end.columns] != [b"", *[None] * (end.num_columns - 1)]:
            raise BadInput(Fault(self.path.name, "", _OPEN_QUOTE))
        yield previous.slice(0, previous.num_rows - 1)


class _Ended(io.RawIOBase):
    """A binary file with a row of empty cells appended, which an unclosed quote swallows."""

    def __init__(self, path: Path, separators: str) -> None:
        self._file = path.open("rb", buffering=0)
        self._end = b'\n""' + separators.encode() + b"\n"

    def readable(self) -> bool:
        """True: Arrow asks before it reads."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes of the file, then of the appended row."""
        data = self._file.read(size)
        if not data:
            data, self._end = self._end[:size], self._end[size:]
        return data

    def close(self) -> None:
        """Close the file on disk, too."""
        self._file.close()
        super().close()


def _header(path: Path, separator: str = ",") -> list[str]:
    with path.open("rb") as file:
        line = file.readline(_MAX_HEADER_BYTES)
    if not line.strip():
        raise BadInput(Fault(path.name, "", "is empty. A header with the columns' names was expected."))
    try:
        lines = [line.decode("utf-8-sig")]
        return next(csv_rows(lines, path.name, separator=separator, strict=True))
    except (UnicodeDecodeError, BadInput) as error:
        rule = f"must begin with a header of names in UTF-8. {escape(str(error)).rstrip('.')}."
        raise BadInput(Fault(path.name, "", rule)) from None
