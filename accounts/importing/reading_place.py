"""Which row of which file is being read, for sentences about a value in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Final, TypeVar

__all__ = ["noting_place", "reading_place"]

T = TypeVar("T")

_PLACE: Final[ContextVar[tuple[str, str, int] | None]] = ContextVar("_PLACE", default=None)


def noting_place(file: str, word: str, numbered: Iterable[tuple[int, T]]) -> Iterator[T]:
    """The rows or items of a file, each by its number; which one it is is known while it is worked on.

    >>> [(item, reading_place()) for item in noting_place("a.csv", "row", [(2, "x"), (4, "y")])]
    [('x', 'a.csv row 2'), ('y', 'a.csv row 4')]
    >>> reading_place()
    ''
    """
    try:
        for number, item in numbered:
            _PLACE.set((file, word, number))
            yield item
    finally:
        _PLACE.set(None)


def reading_place() -> str:
    """The row that is being read, such as ``a.csv row 2``; empty where none is."""
    place = _PLACE.get()
    return "" if place is None else f"{place[0]} {place[1]} {place[2]}"
