"""Large JSON arrays of objects, some items at a time: memory holds these, and not all that the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
from pydantic_core import from_json

__all__ = ["NotPlainArray", "array_items"]

PIECE_BYTES: Final = 2**17
"""Bytes of items that are parsed at once: the objects of more do not stay in a core's own memory."""
LONGEST_ITEM: Final = 2**26
"""Bytes from which on an item is too large to be worth the while."""
OPENING, CLOSING, QUOTE, BACKSLASH, FOLD = 0x7B, 0x7D, 0x22, 0x5C, 0x20
"""Braces; square brackets are the same but for one bit, which ``FOLD`` sets."""


class NotPlainArray(Exception):
    """The file is no array, or is damaged: it is to be parsed whole, which says where."""


def array_items(
    stream: BinaryIO, piece_bytes: int = PIECE_BYTES, behind: bytes = b""
) -> Iterator[dict[str, Any]]:
    """The objects of an array, one after the other; what is no object is passed over.

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
        Where it is no array, or no JSON from there on.

    Examples
    --------
    >>> from io import BytesIO
    >>> list(array_items(BytesIO(b'[{"a": "]}"}, 5, {"b": [{}]}]'), piece_bytes=4))
    [{'a': ']}'}, {'b': [{}]}]
    """
    buffer = b""
    while not buffer:
        if not (piece := stream.read(piece_bytes)):
            raise NotPlainArray
        buffer = piece.lstrip()
    if not buffer.startswith(b"["):
        raise NotPlainArray
    before, buffer = b"[", buffer[1:]
    while True:
        found, end = _whole_items(before, buffer)
        yield from found
        if end:
            before, buffer = b"[0", buffer[end:]  # 0 stands for the items so far: the parser asks for a comma
        if not (piece := stream.read(max(piece_bytes, len(buffer)))):
            break
        if len(buffer) > LONGEST_ITEM:
            raise NotPlainArray
        buffer += piece
    try:
        yield from _objects(before + buffer.rstrip().removesuffix(behind))
    except ValueError:
        raise NotPlainArray from None


def _objects(array: bytes) -> list[dict[str, Any]]:
    return [
        one for one in from_json(array, allow_inf_nan=True, cache_strings="keys") if isinstance(one, dict)
    ]


def _whole_items(before: bytes, buffer: bytes) -> tuple[list[dict[str, Any]], int]:
    """The objects that lie wholly in what follows an array's bracket or an item, and where the last ends.

    Where it ends is mostly seen by counting brackets. That goes wrong where texts hold some without their
    other half; the parser notices, as no bracket closes two.
    """
    for last_end in (_counted_end, _exact_end):
        if end := last_end(buffer):
            try:
                return _objects(before + buffer[:end] + b"]"), end
            except ValueError:
                continue
    if end:
        raise NotPlainArray
    return [], 0


def _counted_end(buffer: bytes) -> int:
    """Where the last object ends before which as many brackets are opened as closed; 0 where there is none.

    >>> _counted_end(b'{"a": [{}, {}]}, {"a": [{}, {')
    15
    """
    content = np.frombuffer(buffer, dtype=np.uint8)
    return _last_end(content, _brackets(content))


def _exact_end(buffer: bytes) -> int:
    """Where the last whole item ends, whatever its texts hold; 0 where there is none.

    By arrays of all bytes at once, as a loop over brackets takes longer than parsing does.

    >>> _exact_end(b'{"a": "}, {"}, {"b": [{}, {')
    13
    """
    content = np.frombuffer(buffer, dtype=np.uint8)
    at = _brackets(content)
    return _last_end(
        content, at[np.searchsorted(_quotes(buffer, content), at) % 2 == 0]
    )  # outside of strings


def _brackets(content: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    """Where brackets of either kind stand."""
    folded = content | FOLD
    at: npt.NDArray[np.intp] = np.flatnonzero((folded == OPENING) | (folded == CLOSING))
    return at


def _last_end(content: npt.NDArray[np.uint8], brackets: npt.NDArray[np.intp]) -> int:
    """Behind the last brace that closes all that the brackets before it open."""
    kinds = content[brackets]
    depth = np.cumsum(np.where(kinds | FOLD == OPENING, 1, -1))
    ends = brackets[(depth == 0) & (kinds == CLOSING)]
    return int(ends[-1]) + 1 if len(ends) else 0


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
