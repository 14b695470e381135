"""Bounds on the rows, text lengths and nesting of one document, for documents that clients send."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from accounts.reading.json_parser import ParseError
from accounts.size_limits import MAX_ROWS

__all__ = ["Bound", "Bounds", "check_shape", "nesting_depth"]

_BYTES_A_PIECE: Final = 2**18
_TEXT: Final = re.compile(rb'"[^"]*(?:"|$)')
_NOT_MARKS: Final = bytes(set(range(256)) - set(b'[]{},"'))
_VALUES_A_PIECE: Final = 2_000
_FIELDS_AN_OBJECT: Final = 64
"""More fields than any object of a document has; beyond both the text is no list of accounts."""

_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")


class Bound(StrEnum):
    """The names of the bounds; ``Fault.bound`` holds the one that a document exceeds."""

    ROWS = "rows"
    CHARACTERS = "characters"
    DEPTH = "depth"


@dataclass(frozen=True)
class Bounds:
    """How much one document may hold; the service reads its own from its settings.

    Attributes
    ----------
    rows
        Most rows of an account in one table.
    characters
        Most characters of a text; None: any number.
    depth
        Most levels of nested lists and objects; None: as deep as Python's JSON parser goes.
    """

    rows: int = MAX_ROWS
    characters: int | None = None
    depth: int | None = None


def check_shape(data: bytes, most: int | None) -> None:
    """Refuse JSON that is nested more than ``most`` levels deep, or dense, before it is parsed.

    Dense is what has thousands of values in a row outside objects, or thousands of fields in one: the parser
    lets other threads run at the end of every object, and only there, so that millions of them would stop the
    whole process for seconds. With None for ``most`` everything passes.

    >>> check_shape(b'[{"likes": 1}, {"likes": 2}]', 2)
    >>> check_shape(b"[[]]", 1)
    Traceback (most recent call last):
        ...
    accounts.reading.json_parser.ParseError: must be nested at most 1 deep. It is nested 2 deep
    >>> check_shape(b"[" + b"1," * 5_000 + b"1]", 2)
    Traceback (most recent call last):
        ...
    accounts.reading.json_parser.ParseError: must consist of objects of few fields. It has thousands of ...

    Raises
    ------
    ParseError
        If it is deeper, and then the message names both depths; or dense.
    """
    if most is None:
        return
    depth = _depth_of(map(_not_dense, _marks(data)))
    if depth > most:
        raise ParseError(f"must be nested at most {most:,} deep. It is nested {depth:,} deep", Bound.DEPTH)


def nesting_depth(data: bytes) -> int:
    r"""Levels of nested lists and objects in JSON text; brackets inside strings do not count.

    >>> nesting_depth(b'{"posts": [{"caption": "[[[ \\" [["}]}'), nesting_depth(b"7")
    (3, 0)
    """
    return _depth_of(_marks(data))


def _depth_of(marks: Iterable[bytes]) -> int:
    deepest = level = 0
    for piece in marks:
        if brackets := piece.translate(_STEPS, b","):
            levels = level + np.frombuffer(brackets, dtype=np.int8).cumsum(dtype=np.int64)
            deepest, level = max(deepest, int(levels.max())), int(levels[-1])
    return deepest


def _not_dense(marks: bytes) -> bytes:
    """The marks of a piece themselves, unless there are too many values for the objects among them."""
    if marks.count(b",") > _VALUES_A_PIECE + _FIELDS_AN_OBJECT * marks.count(b"{"):
        raise ParseError(
            "must consist of objects of few fields. It has thousands of values in a row outside of any, or "
            "thousands of fields in one"
        )
    return marks


def _marks(data: bytes) -> Iterator[bytes]:
    """Brackets and commas outside strings, in pieces of 256 KiB: other threads can run between them."""
    inside = False
    for piece in _pieces(data):
        # Without escaped characters every quotation mark begins or ends a string.
        plain = piece.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in piece else piece
        marks = plain.translate(None, _NOT_MARKS)
        # Two quotation marks in a row do not change whether the bytes after them are inside a string.
        left = (b'"' + marks if inside else marks).replace(b'""', b"")
        inside ^= bool(marks.count(b'"') % 2)
        yield _TEXT.sub(b"", left)


def _pieces(data: bytes) -> Iterator[bytes]:
    """The text in pieces; none ends within an escaped character."""
    start = 0
    while start < len(data):
        piece = data[start : start + _BYTES_A_PIECE]
        if (len(piece) - len(piece.rstrip(b"\\"))) % 2:
            piece = data[start : start + _BYTES_A_PIECE + 1]
        yield piece
        start += len(piece)
