"""How much of everything one document may hold, where somebody else sends it."""

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
    """What is bounded; a fault names the one that its account is beyond."""

    ROWS = "rows"
    CHARACTERS = "characters"
    DEPTH = "depth"


@dataclass(frozen=True)
class Bounds:
    """The bounds.

    Attributes
    ----------
    rows
        Rows that an account may have in one table.
    characters
        Characters that a text may have; None: any number.
    depth
        How deep lists and objects may stand in each other; None: as deep as Python reads.
    """

    rows: int = MAX_ROWS
    characters: int | None = None
    depth: int | None = None


def check_depth(data: bytes, most: int | None) -> None:
    """Refuse what is nested too deeply before it is parsed.

    Raises
    ------
    ParseError
        With the depth that was found.
    """
    if most is not None and (found := nesting_depth(data)) > most:
        raise ParseError(f"must be nested at most {most:,} deep. It is nested {found:,} deep", Bound.DEPTH)


def nesting_depth(data: bytes) -> int:
    r"""How deep lists and objects stand in each other; brackets inside texts are not counted.

    >>> nesting_depth(b'{"posts": [{"caption": "[[[ \\" [["}]}'), nesting_depth(b"7")
    (3, 0)
    """
    deepest = level = 0
    for steps in _bracket_steps(data):
        levels = level + steps.cumsum(dtype=np.int64)
        deepest, level = max(deepest, int(levels.max())), int(levels[-1])
    return deepest


def _bracket_steps(data: bytes) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int8]]]:
    """One up or down for each bracket outside texts, in pieces: between them other threads get their turn."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(
            b'\\"', b""
        )  # now every quotation mark begins or ends a text
    inside = False
    for start in range(0, len(data), _BYTES_A_PIECE):
        marks = data[start : start + _BYTES_A_PIECE].translate(None, _NOT_BRACKETS)
        # Two marks in a row change nothing about whether what follows them is inside a text.
        left = (b'"' + marks if inside else marks).replace(b'""', b"")
        inside ^= bool(marks.count(b'"') % 2)
        if brackets := _TEXT.sub(b"", left):
            yield np.frombuffer(brackets.translate(_STEPS), dtype=np.int8)
