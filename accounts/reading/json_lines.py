"""Files of documents: one JSON document, or one in every line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from accounts.errors import BadInput, Fault
from accounts.reading.chunks import Chunk, emit_chunk
from accounts.reading.documents import Source, validate_documents
from accounts.reading.json_parser import ParseError
from accounts.reading.seen_ids import SeenIds
from accounts.size_limits import MAX_DOCUMENT_BYTES

__all__ = ["read_json_file", "read_json_lines"]

_TOO_LONG: Final = f"must be at most {MAX_DOCUMENT_BYTES // 2**20} MiB long"
_BYTES_A_CHUNK: Final = MAX_DOCUMENT_BYTES


def read_json_file(path: Path, *, keep_going: bool) -> Iterator[Chunk]:
    """The one document of a file."""
    with path.open("rb") as file:
        data = file.read(MAX_DOCUMENT_BYTES + 1)
    if not data.strip():
        raise BadInput(Fault(path.name, "", "is empty. An account document was expected."))
    yield from emit_chunk(*validate_documents([(path.name, data)]), keep_going=keep_going)


def read_json_lines(path: Path, *, keep_going: bool, chunk_accounts: int) -> Iterator[Chunk]:
    """The documents of a file with one in every line; blank lines are skipped."""
    seen = SeenIds()
    some = False
    with path.open("rb") as file:
        for documents in _batches(_documents(file, path.name), chunk_accounts):
            some = True
            yield from emit_chunk(*validate_documents(documents, seen), keep_going=keep_going)
    if not some:
        raise BadInput(Fault(path.name, "", "is empty. An account document in every line was expected."))


def _batches(documents: Iterator[tuple[str, Source]], most: int) -> Iterator[list[tuple[str, Source]]]:
    """As many documents as a chunk takes, fewer where they are large."""
    while True:
        gathered: list[tuple[str, Source]] = []
        held = 0
        for place, document in islice(documents, most):
            gathered.append((place, document))
            held += len(document) if isinstance(document, bytes) else 0
            if held >= _BYTES_A_CHUNK:
                break
        if not gathered:
            return
        yield gathered


def _documents(file: BinaryIO, name: str) -> Iterator[tuple[str, Source]]:
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
    while (piece := file.readline(2**20)) and not piece.endswith(b"\n"):
        pass
