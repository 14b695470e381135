"""Files of documents: one JSON document, or one in every line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from accounts.errors import BadInput, Fault
from accounts.largest import LARGEST_DOCUMENT
from accounts.reading.chunks import Chunk, deliver
from accounts.reading.documents import Source, judge_documents
from accounts.reading.parsing import Unparsable
from accounts.reading.repeats import Seen

__all__ = ["read_json", "read_lines"]

_TOO_LONG: Final = f"must be at most {LARGEST_DOCUMENT // 2**20} MiB long"
_BYTES_A_CHUNK: Final = LARGEST_DOCUMENT


def read_json(path: Path, *, keep_going: bool) -> Iterator[Chunk]:
    """The one document of a file."""
    with path.open("rb") as file:
        data = file.read(LARGEST_DOCUMENT + 1)
    if not data.strip():
        raise BadInput(Fault(path.name, "", "is empty. An account document was expected."))
    yield from deliver(*judge_documents([(path.name, data)]), keep_going=keep_going)


def read_lines(path: Path, *, keep_going: bool, chunk_accounts: int) -> Iterator[Chunk]:
    """The documents of a file with one in every line; blank lines are skipped."""
    seen = Seen()
    some = False
    with path.open("rb") as file:
        for documents in _gathered(_documents(file, path.name), chunk_accounts):
            some = True
            yield from deliver(*judge_documents(documents, seen), keep_going=keep_going)
    if not some:
        raise BadInput(Fault(path.name, "", "is empty. An account document in every line was expected."))


def _gathered(documents: Iterator[tuple[str, Source]], most: int) -> Iterator[list[tuple[str, Source]]]:
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
    while line := file.readline(LARGEST_DOCUMENT + 1):
        number += 1
        place = f"{name} line {number}"
        if len(line) > LARGEST_DOCUMENT and not line.endswith(b"\n"):
            _skip_line(file)
            yield place, Unparsable(_TOO_LONG)
        elif line.strip():
            yield place, line.rstrip(b"\r\n")


def _skip_line(file: BinaryIO) -> None:
    while (piece := file.readline(2**20)) and not piece.endswith(b"\n"):
        pass
