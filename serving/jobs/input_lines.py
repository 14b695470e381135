"""A job's input as JSON Lines, read in pieces whose bounds depend on the file alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from accounts.reading.documents import RawDocument
from accounts.reading.json_parser import ParseError, parse_json
from accounts.size_limits import MAX_DOCUMENT_BYTES
from serving.limits import MIB

__all__ = ["InputPiece", "account_ids_in", "input_pieces", "is_about", "read_line"]

LONGEST_PIECE: Final = MAX_DOCUMENT_BYTES
"""Bytes after which a piece ends, however few lines it has."""

NAMED: Final = re.compile(rb'"account_id"\s*:\s*("(?:[^"\\]|\\.)*")')


ESCAPES: Final = re.compile(rb'(?:\\u[0-9a-fA-F]{4}|\\["\\/bfnrt])+')


class InputPiece(NamedTuple):
    """A piece of the input.

    Attributes
    ----------
    documents
        The lines that are not blank, each with its number.
    next_byte, next_line
        Where the next piece begins.
    """

    documents: list[tuple[int, RawDocument]]
    next_byte: int
    next_line: int


def input_pieces(
    path: Path, byte: int, line: int, most: int, longest: int = MAX_DOCUMENT_BYTES
) -> Iterator[InputPiece]:
    """The input in pieces of at most so many lines, from a byte and its line number on.

    Blank lines count, so that blanking one out moves no other into another piece. A line that is
    longer than it may be is a document that cannot be read.
    """
    with path.open("rb") as file:
        file.seek(byte)
        while (found := _piece(file, byte, line, most, longest)).next_byte > byte:
            yield found
            byte, line = found.next_byte, found.next_line


def _piece(file: BinaryIO, byte: int, line: int, most: int, longest: int) -> InputPiece:
    documents: list[tuple[int, RawDocument]] = []
    start, last = byte, line + most
    while line < last and byte - start < LONGEST_PIECE:
        document, length = read_line(file, longest)
        if not length:
            break
        if document is not None:
            documents.append((line, document))
        byte, line = byte + length, line + 1
    return InputPiece(documents, byte, line)


def read_line(file: BinaryIO, longest: int = MAX_DOCUMENT_BYTES) -> tuple[RawDocument | None, int]:
    """The next line's document, None if it is blank, and the line's length in bytes; 0 at the end."""
    line = file.readline(MAX_DOCUMENT_BYTES + 1)
    if len(line) > MAX_DOCUMENT_BYTES and not line.endswith(b"\n"):
        return _too_long(longest), len(line) + _rest_of_line(file)
    if not line.strip():
        return None, len(line)
    document = line.rstrip(b"\r\n")
    return (document if len(document) <= longest else _too_long(longest)), len(line)


def _too_long(longest: int) -> ParseError:
    size = f"{longest // MIB} MiB" if longest % MIB == 0 else f"{longest:,} bytes"
    return ParseError(f"must be at most {size} long")


def _rest_of_line(file: BinaryIO) -> int:
    length = 0
    while piece := file.readline(2**20):
        length += len(piece)
        if piece.endswith(b"\n"):
            break
    return length


def account_ids_in(line: bytes) -> set[str]:
    r"""The ids of the accounts that a line may be about; a line of our results has exactly one.

    >>> account_ids_in(rb'{"account_id": "yt:\u0055C42"}')
    {'yt:UC42'}
    >>> account_ids_in(rb'{"\u0061ccount_id": "a"}')
    {'a'}
    """
    if found := NAMED.findall(line):
        return {name for name in map(_text, found) if name is not None}
    try:
        document = parse_json(line)
    except ParseError:
        return set()
    name = document.get("account_id") if isinstance(document, dict) else None
    return {name} if isinstance(name, str) else set()


def is_about(line: bytes, account_id: str) -> bool:
    r"""Whether a line is about an account: it names that one, or none and holds its id by itself somewhere.

    A line that cannot be read, and what is said of it, may quote an id in any place.

    >>> is_about(b'{"account_id": "ana"}', "ana"), is_about(b'["ana"]', "ana"), is_about(b'["anabel"]', "ana")
    (True, True, False)
    >>> is_about(b'{"account_id": "bo", "bio": "ana"}', "ana")
    False
    >>> is_about(rb'{"id": "\u0061na"}', "ana"), is_about(rb'{"id": "s\/l"}', "s/l")
    (True, True)
    """
    if names := account_ids_in(line) - {""}:
        return account_id in names
    written = {json.dumps(account_id)[1:-1], json.dumps(account_id, ensure_ascii=False)[1:-1], account_id}
    one_of = b"|".join(re.escape(text.encode(errors="surrogatepass")) for text in written)
    by_itself = re.compile(rb"(?<!\w)(?:%s)(?!\w)" % one_of)
    return any(by_itself.search(text) for text in (line, ESCAPES.sub(unescaped, line)))


def unescaped(escapes: re.Match[bytes]) -> bytes:
    """What escapes of JSON that follow each other stand for."""
    return str(json.loads(b'"%s"' % escapes[0])).encode(errors="surrogatepass")


def _text(quoted: bytes) -> str | None:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return None
