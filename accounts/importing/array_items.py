"""Large JSON arrays of objects, item by item: memory holds some items, and not all that the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["NotPlainArray", "array_items"]

PIECE_BYTES: Final = 2**21
LONGEST_ITEM: Final = 2**26
"""Bytes from which on an item is too large to be worth the while."""
OPENING, CLOSING, QUOTE, BACKSLASH, FOLD = 0x7B, 0x7D, 0x22, 0x5C, 0x20
"""Braces; square brackets are the same but for one bit, which ``FOLD`` sets."""


class NotPlainArray(Exception):
    """The file is no array of objects alone, or is damaged: it is to be parsed whole, which says where."""


class _Items(NamedTuple):
    """Where whole items begin and end, and where the array ends; None where it goes on."""

    spans: list[tuple[int, int]]
    end: int | None


def array_items(stream: BinaryIO, piece_bytes: int = PIECE_BYTES, behind: bytes = b"") -> Iterator[bytes]:
    """The text of each object of an array, one after the other; whether it is JSON is for the parser to say.

    Parameters
    ----------
    stream
        Read from where it stands.
    piece_bytes
        How much of it is read at a time.
    behind
        What may stand behind the array, such as the semicolon of a program.

    Raises
    ------
    NotPlainArray
        As soon as it holds anything but objects with commas between, or ends too early.

    Examples
    --------
    >>> from io import BytesIO
    >>> list(array_items(BytesIO(b'[{"a": "]}"}, {"b": [{}]}]'), piece_bytes=4))
    [b'{"a": "]}"}', b'{"b": [{}]}']
    """
    buffer = b""
    while not buffer:
        if not (piece := stream.read(piece_bytes)):
            raise NotPlainArray
        buffer = piece.lstrip()
    if not buffer.startswith(b"["):
        raise NotPlainArray
    buffer, count = buffer[1:], 0
    while True:
        found, at = _items(buffer), 0
        for begins, ends in found.spans:
            if buffer[at:begins].strip() != (b"," if count else b""):
                raise NotPlainArray
            yield buffer[begins:ends]
            at, count = ends, count + 1
        if found.end is not None:
            _check_end(buffer, at, found.end, stream, behind)
            return
        buffer = buffer[at:]
        piece = stream.read(max(piece_bytes, len(buffer)))
        if not piece or len(buffer) > LONGEST_ITEM:
            raise NotPlainArray
        buffer += piece


def _check_end(buffer: bytes, at: int, end: int, stream: BinaryIO, behind: bytes) -> None:
    """Whether nothing stands before the array's end but the last item, and behind it only what may."""
    rest = iter(lambda: stream.read(PIECE_BYTES), b"")
    after = buffer[end + 1 :].strip() + b"".join(piece.strip() for piece in rest)
    if buffer[at:end].strip() or after.removeprefix(behind):
        raise NotPlainArray


def _items(buffer: bytes) -> _Items:
    """The whole items at the beginning of what follows an array's bracket or an item.

    By arrays of all bytes at once, as a loop over brackets takes longer than parsing does.
    """
    content = np.frombuffer(buffer, dtype=np.uint8)
    folded = content | FOLD
    at = np.flatnonzero((folded == OPENING) | (folded == CLOSING))
    at = at[np.searchsorted(_quotes(buffer, content), at) % 2 == 0]  # outside of strings
    opens = folded[at] == OPENING
    depth = np.cumsum(np.where(opens, 1, -1))
    over = np.flatnonzero(depth < 0)
    end = int(at[over[0]]) if len(over) else None
    inside = slice(0, over[0] if len(over) else None)
    begins = at[inside][(depth == 1)[inside] & opens[inside]]
    ends = at[inside][(depth == 0)[inside] & ~opens[inside]]
    wrong = np.any(content[begins] != OPENING) or np.any(content[ends] != CLOSING)
    if wrong or (end is not None and content[end] == CLOSING):
        raise NotPlainArray
    return _Items(list(zip(begins.tolist(), (ends + 1).tolist(), strict=False)), end)


def _quotes(buffer: bytes, content: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    """Where strings begin and end: quotes behind an even number of backslashes."""
    quotes = np.flatnonzero(content == QUOTE)
    escaped = (content[quotes - 1] == BACKSLASH) & (quotes > 0)
    many = escaped & (content[quotes - 2] == BACKSLASH) & (quotes > 1)
    for place in np.flatnonzero(many).tolist():
        escaped[place] = _backslashes(buffer, int(quotes[place])) % 2
    outside: npt.NDArray[np.intp] = quotes[~escaped]
    return outside


def _backslashes(buffer: bytes, at: int) -> int:
    r"""How many stand right before a place.

    >>> _backslashes(rb'a\\\"', 4)
    3
    """
    before = at
    while before and buffer[before - 1] == BACKSLASH:
        before -= 1
    return at - before
