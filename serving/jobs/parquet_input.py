"""Parquet to JSON Lines: a file whose only column ``document`` holds the JSON of an account in each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from accounts.errors import BadInput, Fault
from accounts.reading.quoting import escape
from serving.jobs.job_files import whole

__all__ = ["COLUMN", "unpack"]

COLUMN: Final = "document"
ROWS_AT_ONCE: Final = 64
LARGEST_GROUP: Final = 2**30
"""Bytes that a row group may have unpacked: it may have to be held in memory."""

NOT_BLANK: Final = b'""'


def unpack(  # noqa: PLR0913
    source: Path,
    target: Path,
    *,
    most_rows: int,
    most_bytes: int,
    unwanted: Callable[[bytes], bool],
    moved: Callable[[], object],
) -> int:
    """Write the documents of a Parquet file as lines, the n-th row as the n-th; how many there are.

    Unwanted ones become blank lines. ``moved`` is called before every few rows.

    Raises
    ------
    BadInput
        If it is no such file, or has more rows or bytes than it may.
    """
    with readable(), pq.ParquetFile(source) as file:
        check(file, most_rows)
    # A text that stands in many rows is then unpacked once.
    with readable(), pq.ParquetFile(source, read_dictionary=[COLUMN], pre_buffer=False) as file:
        whole(target, lines(documents(file, moved), most_bytes, unwanted))
        return int(file.metadata.num_rows)


def check(file: pq.ParquetFile, most_rows: int) -> None:
    """Refuse what can be seen to be wrong before a row is read."""
    columns, rows = file.schema_arrow.names, file.metadata.num_rows
    if columns != [COLUMN]:
        told = ", ".join(map(escape, columns[:10])) or "none"
        raise wrong(f"must have one column, {COLUMN}. Its columns: {told}.")
    if not is_text(file.schema_arrow.field(COLUMN).type):
        raise wrong(f"must hold text in its column {COLUMN}.")
    if not 1 <= rows <= most_rows:
        raise wrong(f"must hold 1 to {most_rows:,} accounts. Got {rows:,}.")
    groups = [file.metadata.row_group(at).total_byte_size for at in range(file.metadata.num_row_groups)]
    if max(groups) > LARGEST_GROUP:
        raise wrong(f"must have row groups of at most {LARGEST_GROUP // 2**20:,} MiB when unpacked.")


def is_text(dtype: pa.DataType) -> bool:
    """Whether a column may hold JSON."""
    values = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(values) for test in tests)


def lines(found: Iterable[bytes], most_bytes: int, unwanted: Callable[[bytes], bool]) -> Iterator[bytes]:
    """The documents, each in a line of its own."""
    written = 0
    for document in found:
        # Between JSON's parts a line's end is as good as a space, and inside a text it is an error anyway.
        line = document.replace(b"\n", b" ").replace(b"\r", b" ")
        written += len(line) + 1
        if written > most_bytes:
            raise wrong(f"must be at most {most_bytes:,} bytes long when unpacked.")
        yield b"\n" if unwanted(line) else (line if line.strip() else NOT_BLANK) + b"\n"


def documents(file: pq.ParquetFile, moved: Callable[[], object]) -> Iterator[bytes]:
    """The rows' bytes, whatever they are."""
    for batch in file.iter_batches(ROWS_AT_ONCE):
        moved()
        for scalar in batch.column(0):
            found = scalar.value if isinstance(scalar, pa.DictionaryScalar) else scalar
            yield found.as_buffer().to_pybytes() if found is not None and found.is_valid else b"null"


@contextmanager
def readable() -> Iterator[None]:
    """What the reader cannot make sense of is one sentence; a full disk is no fault of the file's."""
    try:
        yield
    except (pa.ArrowException, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise wrong(f"must be a whole Parquet file. {' '.join(str(error).split())[:200]}") from error


def wrong(rule: str) -> BadInput:
    """A refusal of the file as a whole."""
    return BadInput(Fault("", "", rule))
