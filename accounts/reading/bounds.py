"""Bounds on the rows, text lengths and nesting of one document, for documents that clients send."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from accounts.reading.json_parser import ParseError
from accounts.schema import LISTS
from accounts.size_limits import MAX_ROWS

__all__ = [
    "Bound",
    "Bounds",
    "check_dense",
    "check_depth",
    "check_shape",
    "check_sizes",
    "nesting_depth",
    "text_pieces",
]

_BYTES_A_PIECE: Final = 2**18
_TEXT: Final = re.compile(rb'"[^"]*(?:"|$)')
_NOT_MARKS: Final = bytes(set(range(256)) - set(b'[]{},"'))
_VALUES_A_PIECE: Final = 2_000
_FIELDS_AN_OBJECT: Final = 64
"""More fields than any object of a document has; beyond both the text is no list of accounts."""

_OBJECTS_BESIDE_ROWS: Final = 2
_BYTES_A_CHARACTER: Final = 12
"""Most that JSON takes for a character: two escaped halves of a surrogate pair."""

_QUOTE: Final = ord('"')
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
    if most is not None:
        check_depth(_depth_of(map(check_dense, _marks(data))), most)


def check_depth(depth: int, most: int | None) -> None:
    """Raise :class:`ParseError` where JSON is nested deeper than it may be."""
    if most is not None and depth > most:
        raise ParseError(f"must be nested at most {most:,} deep. It is nested {depth:,} deep", Bound.DEPTH)


def check_sizes(data: bytes, bounds: Bounds) -> None:
    """Refuse a document with more objects than all of its tables may have rows, or with an endless text.

    A row of three bytes becomes seventy when it is parsed, and one wide character makes the text that it is
    in four times as large: what no document may have is not parsed to be refused then.

    >>> check_sizes(b'{"posts": [' + b"{}," * 99 + b"{}]}", Bounds(rows=10))
    Traceback (most recent call last):
        ...
    accounts.reading.json_parser.ParseError: must hold at most 10 rows in each table. It has 101 objects

    Raises
    ------
    ParseError
        With the bound.
    """
    most = len(LISTS) * bounds.rows + _OBJECTS_BESIDE_ROWS
    if data.count(b"{") > most and (count := sum(marks.count(b"{") for marks in _marks(data))) > most:
        rule = f"must hold at most {bounds.rows:,} rows in each table. It has {count:,} objects"
        raise ParseError(rule, Bound.ROWS)
    if bounds.characters is None or len(data) <= (longest := bounds.characters * _BYTES_A_CHARACTER):
        return
    if _longest_text(data) > longest:
        rule = f"must hold texts of at most {bounds.characters:,} characters. One is longer"
        raise ParseError(rule, Bound.CHARACTERS)


def _longest_text(data: bytes) -> int:
    """Bytes of the longest string, as it is escaped, with a quotation mark."""
    longest = began = 0
    inside = False
    for offset, piece in text_pieces(data):
        quotes = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == _QUOTE) + offset
        edges = np.concatenate(([began], quotes)) if inside else quotes
        lengths = edges[1::2] - edges[: len(edges) // 2 * 2 : 2]
        longest = max(longest, int(lengths.max(initial=0)))
        inside = bool(len(edges) % 2)
        began = int(edges[-1]) if inside else 0
    return max(longest, len(data) - began) if inside else longest


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


def check_dense(marks: bytes) -> bytes:
    """The marks of a piece themselves; :class:`ParseError` if there are too many values for its objects."""
    if marks.count(b",") > _VALUES_A_PIECE + _FIELDS_AN_OBJECT * marks.count(b"{"):
        raise ParseError(
            "must consist of objects of few fields. It has thousands of values in a row outside of any, or "
            "thousands of fields in one"
        )
    return marks


def _marks(data: bytes) -> Iterator[bytes]:
    """Brackets and commas outside strings, in pieces of 256 KiB: other threads can run between them."""
    inside = False
    for _, piece in text_pieces(data):
        # Without escaped characters every quotation mark begins or ends a string.
        marks = piece.translate(None, _NOT_MARKS)
        # Two quotation marks in a row do not change whether the bytes after them are inside a string.
        left = (b'"' + marks if inside else marks).replace(b'""', b"")
        inside ^= bool(marks.count(b'"') % 2)
        yield _TEXT.sub(b"", left)


def text_pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    r"""The text in pieces, each with its offset; escaped backslashes and quotation marks are blanks in it.

    >>> list(text_pieces(rb'["\\"]'))
    [(0, b'["  "]')]
    """
    start = 0
    while start < len(data):
        piece = data[start : start + _BYTES_A_PIECE]
        if (len(piece) - len(piece.rstrip(b"\\"))) % 2:  # none ends within an escaped character
            piece = data[start : start + _BYTES_A_PIECE + 1]
        escaped = b"\\" in piece
        yield start, piece.replace(b"\\\\", b"  ").replace(b'\\"', b"  ") if escaped else piece
        start += len(piece)
