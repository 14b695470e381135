"""``read``: accounts from any path, by the reader that its suffix or folder calls for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from accounts.errors import BadInput, Fault, WrongUsage
from accounts.media_types import LINE_SUFFIXES
from accounts.reading.chunks import Chunk
from accounts.reading.column_mapping import read_mapping
from accounts.reading.json_lines import read_json_file, read_json_lines
from accounts.reading.quoting import file_name
from accounts.reading.table_folder import read_folder

__all__ = ["read"]


def read(
    path: Path | str,
    *,
    keep_going: bool = False,
    chunk_accounts: int = 500,
    temporary: Path | None = None,
    columns: Path | str | None = None,
) -> Iterator[Chunk]:
    """Read the accounts of a file or of a folder of tables, chunk by chunk.

    >>> from accounts.examples import creators_path
    >>> sum(len(chunk.tables) for chunk in read(creators_path()))
    13

    Parameters
    ----------
    path
        One JSON document or a list of them (``.json``), one in every line (``.jsonl``, ``.ndjson``), or a
        folder with ``accounts.parquet`` or ``accounts.csv`` and any of posts, comments, history, audience,
        observed.
    keep_going
        Report accounts with faults in their chunk, instead of stopping at the first.
    chunk_accounts
        Most accounts of a chunk.
    temporary
        Folder for sorting tables that are not in the order of the accounts table; None: the system's.
    columns
        A column mapping (TOML) for CSV files with columns of other names; ``path`` is then a
        ``.csv`` file of accounts, or a folder with the files that the mapping names.

    Raises
    ------
    BadInput
        If the input as a whole is unreadable. Without ``keep_going`` also if an account breaks a rule: with
        every fault of the first such account, after the chunk with the accounts before it.
    WrongUsage
        If ``chunk_accounts`` is below 1.
    """
    if chunk_accounts < 1:
        raise WrongUsage(f"chunk_accounts must be at least 1. Got {chunk_accounts}.")
    path = Path(path)
    if not path.exists():
        raise BadInput(Fault(str(path), "", "does not exist."))
    if columns is not None:
        mapped = read_folder(
            path,
            keep_going=keep_going,
            chunk_accounts=chunk_accounts,
            temporary=temporary,
            mapping=read_mapping(columns),
        )
        return _with_readable_errors(path, mapped)
    return _with_readable_errors(path, _reader(path, keep_going, chunk_accounts, temporary))


def _reader(path: Path, keep_going: bool, chunk_accounts: int, temporary: Path | None) -> Iterator[Chunk]:
    if path.is_dir():
        return read_folder(path, keep_going=keep_going, chunk_accounts=chunk_accounts, temporary=temporary)
    if path.suffix.lower() == ".json":
        return read_json_file(path, keep_going=keep_going, chunk_accounts=chunk_accounts)
    if path.suffix.lower() in LINE_SUFFIXES:
        return read_json_lines(path, keep_going=keep_going, chunk_accounts=chunk_accounts)
    if path.suffix.lower() == ".csv":
        raise BadInput(
            Fault(file_name(path), "", "must come with a column mapping, or be a folder of tables.")
        )
    raise BadInput(
        Fault(file_name(path), "", "must end in .json, .jsonl or .ndjson, or be a folder of tables.")
    )


def _with_readable_errors(path: Path, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Turn an error of the operating system, such as a missing permission, into a refusal of the path."""
    try:
        yield from chunks
    except OSError as error:
        raise BadInput(Fault(str(path), "", f"cannot be read. {error}.")) from error
