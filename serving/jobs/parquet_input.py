"""Parquet to JSON Lines: a file whose only column ``document`` holds the JSON of an account in each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from accounts.errors import BadInput, Fault
from accounts.reading.quoting import escape
from serving.jobs.counting_writer import CountingWriter, Excess, ExcessError
from serving.jobs.job_files import writing_whole

__all__ = ["COLUMN", "LARGEST_GROUP", "input_fault", "parquet_to_lines"]

COLUMN: Final = "document"
ROWS_AT_ONCE: Final = 64
LARGEST_GROUP: Final = 2**30
"""Bytes of a decompressed row group at most, by its own word: pyarrow may hold it in memory."""

NOT_BLANK: Final = b'""'


def parquet_to_lines(  # noqa: PLR0913
    source: Path,
    target: Path,
    *,
    most_rows: int,
    most_bytes: int,
    most_ratio: int,
    unwanted: Callable[[bytes], bool],
    on_progress: Callable[[], object],
) -> tuple[int, int]:
    """Write the documents of a Parquet file as JSON Lines, the n-th row as the n-th line.

    Unwanted documents become blank lines. ``on_progress`` is called before every few rows.

    Returns
    -------
    How many rows there were, counted as they were read, and how many bytes they are as lines.

    Raises
    ------
    BadInput
        If it is no such file, has more rows or bytes than it may or than it says, or becomes too large.
    ExcessError
        If the disk has no space left for it.
    """
    with parquet_errors(), pq.ParquetFile(source) as file:
        check_parquet(file, most_rows)
        stated = int(file.metadata.num_rows)
    # A text that stands in many rows is then unpacked once.
    with parquet_errors(), pq.ParquetFile(source, read_dictionary=[COLUMN], pre_buffer=False) as file:
        written = write_counted(
            target,
            lambda out: CountingWriter(
                out, target.parent, most_bytes, most_rows, source.stat().st_size, most_ratio
            ),
            document_lines(documents(file, on_progress), unwanted),
        )
    if written.written_rows != stated:
        target.unlink()
        raise input_fault(f"says that it holds {stated:,} accounts, and holds {written.written_rows:,}.")
    return written.written_rows, written.written_bytes


def write_counted(
    target: Path, counted: Callable[[BinaryIO], CountingWriter], lines: Iterable[tuple[bytes, int]]
) -> CountingWriter:
    """Write lines to a file, whole or not at all, and count them, each as the bytes that it came as."""
    with writing_whole(target) as out:
        writer = counted(out)
        try:
            for line, came in lines:
                writer.write(line, 1, came)
        except ExcessError as error:
            if error.excess is Excess.SPACE:
                raise
            raise input_fault(excess_rule(error.excess, writer)) from error
    return writer


def excess_rule(excess: Excess, writer: CountingWriter) -> str:
    """The rule that a file breaks that has too much of something."""
    return {
        Excess.BYTES: f"must be at most {writer.most_bytes:,} bytes long when unpacked.",
        Excess.ROWS: f"must hold 1 to {writer.most_rows or 0:,} accounts. It holds more.",
        Excess.RATIO: f"must not become more than {writer.most_ratio:,} times larger when it is unpacked.",
    }[excess]


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


def document_lines(found: Iterable[bytes], unwanted: Callable[[bytes], bool]) -> Iterator[tuple[bytes, int]]:
    """Each document as one line, with its own length; an unwanted one as a blank line."""
    for document in found:
        # Between JSON's parts a line's end is as good as a space, and inside a text it is an error anyway.
        line = document.replace(b"\n", b" ").replace(b"\r", b" ")
        written = b"" if unwanted(line) else line if line.strip() else NOT_BLANK
        yield written + b"\n", len(document)


def documents(file: pq.ParquetFile, on_progress: Callable[[], object]) -> Iterator[bytes]:
    """The bytes of every row; ``null`` where it is null."""
    for batch in file.iter_batches(ROWS_AT_ONCE, use_threads=False):
        on_progress()
        for scalar in batch.column(0):
            found = scalar.value if isinstance(scalar, pa.DictionaryScalar) else scalar
            yield found.as_buffer().to_pybytes() if found is not None and found.is_valid else b"null"


@contextmanager
def parquet_errors() -> Iterator[None]:
    """Turn pyarrow's errors into :class:`BadInput`; errors of the disk stay what they are."""
    try:
        yield
    except pa.ArrowMemoryError as error:
        raise MemoryError from error
    except (pa.ArrowException, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise input_fault(f"must be a whole Parquet file. {' '.join(str(error).split())[:200]}") from error


def input_fault(rule: str) -> BadInput:
    """The refusal of a file as a whole."""
    return BadInput(Fault("", "", rule))
