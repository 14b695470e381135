"""Large JSON arrays of objects, item by item: memory holds one item, and not all that the file holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

__all__ = ["NotPlainArray", "array_items"]

PIECE_BYTES: Final = 2**21
LONGEST_GAP: Final = 2**25
"""Bytes between two brackets from which on a file is no such array."""
_UP_TO_BRACKET: Final = re.compile(
    rb'[^"\[\]{}]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL
)
"""Everything up to the next bracket that is in no string."""


class NotPlainArray(Exception):
    """The file is no array of objects alone, or is damaged: it is to be parsed whole, which says where."""


def array_items(stream: BinaryIO, piece_bytes: int = PIECE_BYTES) -> Iterator[bytes]:
    """The text of each object of an array, one after the other; whether it is JSON is for the parser to say.

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
    buffer, at, begins, depth, count = b"", 0, 0, 0, 0
    while True:
        found = _UP_TO_BRACKET.match(buffer, at)
        if found is None:
            piece = stream.read(piece_bytes)
            if not piece or len(buffer) - at > LONGEST_GAP:
                raise NotPlainArray
            buffer, at, begins = buffer[begins:] + piece, at - begins, 0
            continue
        opens, bracket, at = found.start(1), found[1], found.end()
        if depth < 2:  # between items: from here an item begins, or the array ends
            _check_between(buffer[begins:opens], bracket, depth, count)
            begins = at if depth == 0 else opens
        depth += 1 if bracket in b"[{" else -1
        if depth == 1 and bracket in b"}]":
            yield buffer[begins:at]
            begins, count = at, count + 1
        elif depth == 0:
            if buffer[at:].strip() or any(
                piece.strip() for piece in iter(lambda: stream.read(piece_bytes), b"")
            ):
                raise NotPlainArray
            return


def _check_between(text: bytes, bracket: bytes, depth: int, count: int) -> None:
    """Whether a bracket may come where it comes, after what stands before it."""
    comma = b"," if depth == 1 and count and bracket == b"{" else b""
    expected = b"[" if depth == 0 else b"{]"
    if text.strip() != comma or bracket not in expected:
        raise NotPlainArray
