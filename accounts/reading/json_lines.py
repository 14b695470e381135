"""Files of documents: JSON (one document, or a list of them) and JSON Lines (one in each line)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from accounts.errors import BadInput, Fault
from accounts.reading.bounds import Bounds
from accounts.reading.chunks import Chunk, emit_chunk
from accounts.reading.documents import RawDocument, validate_documents
from accounts.reading.json_list import split_list
from accounts.reading.json_parser import BYTE_ORDER_MARK, ParseError
from accounts.reading.seen_ids import SeenIds
from accounts.size_limits import MAX_DOCUMENT_BYTES

__all__ = ["read_json_file", "read_json_lines"]

_TOO_LONG: Final = f"must be at most {MAX_DOCUMENT_BYTES // 2**20} MiB long"
_BYTES_A_CHUNK: Final = MAX_DOCUMENT_BYTES


def read_json_file(path: Path, *, keep_going: bool, chunk_accounts: int) -> Iterator[Chunk]:
    """Read a file with one document, as a chunk of one account, or with a list of documents.

    Raises
    ------
    BadInput
        If the file is empty, a list that is no JSON or, without ``keep_going``, a document has a fault.
    """
    with path.open("rb") as file:
        data = file.read(MAX_DOCUMENT_BYTES + 1)
    start = data.removeprefix(BYTE_ORDER_MARK).lstrip()[:1]
    if not start:
        raise BadInput(Fault(path.name, "", "is empty. An account document was expected."))
    if start == b"[" and len(data) <= MAX_DOCUMENT_BYTES:
        yield from _read_list(data, path.name, keep_going=keep_going, chunk_accounts=chunk_accounts)
    else:
        yield from emit_chunk(*validate_documents([(path.name, data)]), keep_going=keep_going)


def _read_list(data: bytes, name: str, *, keep_going: bool, chunk_accounts: int) -> Iterator[Chunk]:
    """Read a JSON list of documents, chunk by chunk; the place of a fault is such as ``a.json[3]``."""
    try:
        found = split_list(data, Bounds(), len(data))
        for position in range(
            found.count
        ):  # a fault at the end refuses the whole, before any account is read
            found.document(position, Bounds())
    except ParseError as error:
        raise BadInput(Fault(name, "", f"{error}.")) from None
    if not found.count:
        raise BadInput(Fault(name, "", "is empty. Account documents were expected."))
    # Parsed again a few at a time: all at once they take many times the file's size.
    named = ((f"{name}[{one}]", found.document(one, Bounds())) for one in range(found.count))
    seen_ids = SeenIds()
    for batch in _batches(named, chunk_accounts):
        yield from emit_chunk(*validate_documents(batch, seen_ids), keep_going=keep_going)


def read_json_lines(path: Path, *, keep_going: bool, chunk_accounts: int) -> Iterator[Chunk]:
    """Read a JSON Lines file, chunk by chunk; blank lines are skipped.

    Raises
    ------
    BadInput
        If no line holds a document or, without ``keep_going``, one has a fault.
    """
    seen_ids = SeenIds()
    is_empty = True
    with path.open("rb") as file:
        for documents in _batches(_documents(file, path.name), chunk_accounts):
            is_empty = False
            yield from emit_chunk(*validate_documents(documents, seen_ids), keep_going=keep_going)
    if is_empty:
        raise BadInput(Fault(path.name, "", "is empty. An account document in every line was expected."))


def _batches(
    documents: Iterator[tuple[str, RawDocument]], most: int
) -> Iterator[list[tuple[str, RawDocument]]]:
    """Documents for one chunk at a time: at most ``most``, fewer once they add up to 64 MiB."""
    while True:
        batch: list[tuple[str, RawDocument]] = []
        size = 0
        for place, document in islice(documents, most):
            batch.append((place, document))
            size += len(document) if isinstance(document, bytes) else 0
            if size >= _BYTES_A_CHUNK:
                break
        if not batch:
            return
        yield batch


def _documents(file: BinaryIO, name: str) -> Iterator[tuple[str, RawDocument]]:
    number = 0
    while line := file.readline(MAX_DOCUMENT_BYTES + 1):
        number += 1
        place = f"{name} line {number}"
        if len(line) > MAX_DOCUMENT_BYTES and not line.endswith(b"\n"):
            _skip_line(file)
            yield place, ParseError(_TOO_LONG)
        elif line.strip():
            yield place, line.rstrip(b"\r\n")


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(2**20)) and not rest.endswith(b"\n"):
        pass
