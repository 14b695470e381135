"""Bounds on the rows, text lengths and nesting of one document, for documents that clients send."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from accounts.reading.json_parser import ParseError
from accounts.size_limits import MAX_ROWS

__all__ = ["Bound", "Bounds", "check_depth", "nesting_depth"]

_BYTES_A_PIECE: Final = 2**18
_TEXT: Final = re.compile(rb'"[^"]*(?:"|$)')
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b'[]{}"'))
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


def check_depth(data: bytes, most: int | None) -> None:
    """Refuse JSON that is nested more than ``most`` levels deep, before it is parsed.

    >>> check_depth(b"[[]]", 2)
    >>> check_depth(b"[[]]", 1)
    Traceback (most recent call last):
        ...
    accounts.reading.json_parser.ParseError: must be nested at most 1 deep. It is nested 2 deep

    Raises
    ------
    ParseError
        If it is deeper; the message names both depths.
    """
    if most is not None and (depth := nesting_depth(data)) > most:
        raise ParseError(f"must be nested at most {most:,} deep. It is nested {depth:,} deep", Bound.DEPTH)


def nesting_depth(data: bytes) -> int:
    r"""Levels of nested lists and objects in JSON text; brackets inside strings do not count.

    >>> nesting_depth(b'{"posts": [{"caption": "[[[ \\" [["}]}'), nesting_depth(b"7")
    (3, 0)
    """
    deepest = level = 0
    for steps in _bracket_steps(data):
        levels = level + steps.cumsum(dtype=np.int64)
        deepest, level = max(deepest, int(levels.max())), int(levels[-1])
    return deepest


def _bracket_steps(data: bytes) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int8]]]:
    """+1 or -1 for each bracket outside strings, in pieces of 256 KiB: other threads can run between them."""
    if b"\\" in data:
        # Without escaped characters every quotation mark begins or ends a string.
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    inside = False
    for start in range(0, len(data), _BYTES_A_PIECE):
        marks = data[start : start + _BYTES_A_PIECE].translate(None, _NOT_BRACKETS)
        # Two quotation marks in a row do not change whether the bytes after them are inside a string.
        left = (b'"' + marks if inside else marks).replace(b'""', b"")
        inside ^= bool(marks.count(b'"') % 2)
        if brackets := _TEXT.sub(b"", left):
            yield np.frombuffer(brackets.translate(_STEPS), dtype=np.int8)
