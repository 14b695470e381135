"""Lines above a table's header: a title, a date, an empty line, as people write them into spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from accounts.importing.vocabulary import concept_of

__all__ = ["MOST_TITLES", "title_rows"]

MOST_TITLES: Final = 10
"""Lines above a header at most."""


def title_rows(lines: Sequence[Sequence[str]]) -> int:
    """How many of a table's first lines stand above its header; 0 where the first is the header.

    Above are lines with one cell at most, and only where the line that follows them has several, one of
    which names something of an account. So a table of one column, and a header of names that nobody knows,
    stay what they are.

    >>> title_rows([["Spring 2026", ""], [], ["Benutzername", "Follower"], ["anna", "12"]])
    2
    >>> title_rows([["username"], ["anna"]]), title_rows([["Who", "What"], ["username", "followers"]])
    (0, 0)
    """
    for place, cells in enumerate(lines):
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) > 1:
            return place if place and any(map(concept_of, filled)) else 0
        if any(map(concept_of, filled)):
            return 0
    return 0
