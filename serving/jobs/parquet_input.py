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
from serving.jobs.job_files import write_whole

__all__ = ["COLUMN", "parquet_to_lines"]

COLUMN: Final = "document"
ROWS_AT_ONCE: Final = 64
LARGEST_GROUP: Final = 2**30
"""Bytes of a decompressed row group at most: pyarrow may hold it in memory."""

NOT_BLANK: Final = b'""'


def parquet_to_lines(  # noqa: PLR0913
    source: Path,
    target: Path,
    *,
    most_rows: int,
    most_bytes: int,
    unwanted: Callable[[bytes], bool],
    on_progress: Callable[[], object],
) -> int:
    """Write the documents of a Parquet file as JSON Lines, the n-th row as the n-th line; how many.

    Unwanted documents become blank lines. ``on_progress`` is called before every few rows.

    Raises
    ------
    BadInput
        If it is no such file, or has more rows or bytes than it may.
    """
    with parquet_errors(), pq.ParquetFile(source) as file:
        check_parquet(file, most_rows)
    # A text that stands in many rows is then unpacked once.
    with parquet_errors(), pq.ParquetFile(source, read_dictionary=[COLUMN], pre_buffer=False) as file:
        write_whole(target, document_lines(documents(file, on_progress), most_bytes, unwanted))
        return int(file.metadata.num_rows)


def check_parquet(file: pq.ParquetFile, most_rows: int) -> None:
    """Refuse a file by its schema and its size, before a row is read.

    Raises
    ------
    BadInput
        By the first rule that it breaks.
    """
    columns, rows = file.schema_arrow.names, file.metadata.num_rows
    if columns != [COLUMN]:
        names = ", ".join(map(escape, columns[:10])) or "none"
        raise input_fault(f"must have one column, {COLUMN}. Its columns: {names}.")
    if not is_text(file.schema_arrow.field(COLUMN).type):
        raise input_fault(f"must hold text in its column {COLUMN}.")
    if not 1 <= rows <= most_rows:
        raise input_fault(f"must hold 1 to {most_rows:,} accounts. Got {rows:,}.")
    groups = [file.metadata.row_group(at).total_byte_size for at in range(file.metadata.num_row_groups)]
    if max(groups) > LARGEST_GROUP:
        raise input_fault(f"must have row groups of at most {LARGEST_GROUP // 2**20:,} MiB when unpacked.")


def is_text(dtype: pa.DataType) -> bool:
    """Whether a column holds text or bytes, which may be JSON."""
    values = dtype.value_type if pa.types.is_dictionary(dtype) else dtype
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(values) for test in tests)


def document_lines(
    found: Iterable[bytes], most_bytes: int, unwanted: Callable[[bytes], bool]
) -> Iterator[bytes]:
    """Each document as one line; an unwanted one as a blank line."""
    written = 0
    for document in found:
        # Between JSON's parts a line's end is as good as a space, and inside a text it is an error anyway.
        line = document.replace(b"\n", b" ").replace(b"\r", b" ")
        written += len(line) + 1
        if written > most_bytes:
            raise input_fault(f"must be at most {most_bytes:,} bytes long when unpacked.")
        yield b"\n" if unwanted(line) else (line if line.strip() else NOT_BLANK) + b"\n"


def documents(file: pq.ParquetFile, on_progress: Callable[[], object]) -> Iterator[bytes]:
    """The bytes of every row; ``null`` where it is null."""
    for batch in file.iter_batches(ROWS_AT_ONCE):
        on_progress()
        for scalar in batch.column(0):
            found = scalar.value if isinstance(scalar, pa.DictionaryScalar) else scalar
            yield found.as_buffer().to_pybytes() if found is not None and found.is_valid else b"null"


@contextmanager
def parquet_errors() -> Iterator[None]:
    """Turn pyarrow's errors into :class:`BadInput`; errors of the disk stay what they are."""
    try:
        yield
    except (pa.ArrowException, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise input_fault(f"must be a whole Parquet file. {' '.join(str(error).split())[:200]}") from error


def input_fault(rule: str) -> BadInput:
    """The refusal of a file as a whole."""
    return BadInput(Fault("", "", rule))
