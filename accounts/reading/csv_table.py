"""A table as CSV: commas, a header, UTF-8; cells stay bytes until they are typed."""

from __future__ import annotations

import csv
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
from accounts.reading.file_columns import from_csv
from accounts.reading.quoting import escape
from accounts.reading.table_files import MalformedRowHandler, RowNumbers, TableFile, check_columns

__all__ = ["LONGEST_ROW", "MOST_MALFORMED", "CsvTable"]

LONGEST_ROW: Final = 8 * 2**20
"""Bytes that a row of a CSV file may have at most."""

MOST_MALFORMED: Final = 1000
"""Rows with a wrong number of cells that are told apart before the whole file is refused."""

_OPEN_QUOTE: Final = "must close every quote. One is open to the end."
_TOO_LONG: Final = (
    f"must have rows of at most {LONGEST_ROW // 2**20} MiB. One is longer, or a quote is never closed."
)
_TOO_MANY: Final = f"has more than {MOST_MALFORMED:,} rows with a wrong number of cells."
_LONGEST_HEADER: Final = 2**16


@dataclass(frozen=True)
class CsvTable(TableFile):
    """A table as CSV.

    Attributes
    ----------
    separator
        Between the cells.
    """

    separator: str = ","

    suffix = ".csv"
    convert = staticmethod(from_csv)

    @classmethod
    def open(cls, table: str, path: Path) -> CsvTable:
        """Look at the header."""
        return cls(table, path, check_columns(table, path.name, _header(path)))

    @classmethod
    def under_any_names(cls, table: str, path: Path, separator: str) -> CsvTable:
        """Look at the header of a file whose columns may have any names."""
        return cls(table, path, tuple(_header(path, separator)), separator)

    def batches(
        self, names: tuple[str, ...], malformed: MalformedRowHandler
    ) -> Iterator[tuple[pa.RecordBatch, RowNumbers]]:
        """Some columns; a row that :class:`_Ended` appends shows whether the file ends where it should."""
        skipped: list[int] = []

        def skip(row: pc.InvalidRow) -> str:  # what it raised would be lost
            skipped.append(row.number - 1)
            malformed(row.number - 1, next(csv.reader([row.text], delimiter=self.separator), []))
            return "skip" if len(skipped) <= MOST_MALFORMED else "error"

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
            read_options=pc.ReadOptions(block_size=LONGEST_ROW, use_threads=False),
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

    def _refusal(self, error: str, skipped: int) -> Fault:
        if skipped > MOST_MALFORMED:
            return Fault(self.path.name, "", _TOO_MANY)
        if "straddles" in error:
            return Fault(self.path.name, "", _TOO_LONG)
        if row := re.search(r"Row #([0-9]+)", error):
            rule = "must be UTF-8 and have a cell for each column."
            return Fault(self.place(int(row[1]) - 1), "", rule)
        return Fault(self.path.name, "", f"must be a readable CSV file. {escape(error)}.")

    def _up_to_the_end(self, reader: pc.CSVStreamingReader) -> Iterator[pa.RecordBatch]:
        """The batches without the row that :class:`_Ended` appends; a quote left open has eaten it."""
        held = next(iter(reader), None)
        if held is None:
            raise BadInput(Fault(self.path.name, "", _OPEN_QUOTE))
        for batch in reader:
            if batch.num_rows:
                yield held
                held = batch
        end = held.slice(held.num_rows - 1)
        if [column[0].as_py() for column in end.columns] != [b"", *[None] * (end.num_columns - 1)]:
            raise BadInput(Fault(self.path.name, "", _OPEN_QUOTE))
        yield held.slice(0, held.num_rows - 1)


class _Ended(io.RawIOBase):
    """A file with one row of nothing after its last: without it, a quote left open would not be noticed."""

    def __init__(self, path: Path, separators: str) -> None:
        self._file = path.open("rb", buffering=0)
        self._end = b'\n""' + separators.encode() + b"\n"

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Some bytes of the file, then the end."""
        data = self._file.read(size)
        if not data:
            data, self._end = self._end[:size], self._end[size:]
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def _header(path: Path, separator: str = ",") -> list[str]:
    with path.open("rb") as file:
        line = file.readline(_LONGEST_HEADER)
    if not line.strip():
        raise BadInput(Fault(path.name, "", "is empty. A header with the columns' names was expected."))
    try:
        return next(csv.reader([line.decode("utf-8-sig")], delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        rule = f"must begin with a header of names in UTF-8. {escape(str(error))}."
        raise BadInput(Fault(path.name, "", rule)) from None
