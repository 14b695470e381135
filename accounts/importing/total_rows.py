"""Rows of sums in tables of creators and posts: known by a word, or by holding the sums of the other rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from accounts.importing.leftovers import Leftovers

__all__ = ["COUNTS", "Row", "without_totals"]

COUNTS: Final = frozenset({
    "followers", "following", "posts", "likes", "comments", "views", "shares", "saves",
})  # fmt: skip
"""Fields of rows that are counts."""

_WORDS: Final = frozenset({
    "total", "totals", "grand total", "sum", "average", "gesamt", "summe", "durchschnitt", "totale",
    "promedio", "totaal", "gemiddelde", "suma", "łącznie", "średnia", "итого", "всего", "среднее", "toplam",
    "ortalama", "合計", "総計", "平均", "总计", "總計", "合计", "합계", "평균", "कुल", "المجموع", "الإجمالي",
    "jumlah", "moyenne",
})  # fmt: skip
_LEAST_OTHERS: Final = 2

Cells = Mapping[str, str]


class Row(NamedTuple):
    """A row's number, its cells by field, and its first cells as they stand."""

    number: int
    cells: Cells
    first: Sequence[str]


def without_totals(
    rows: Callable[[], Iterable[Row]],
    columns: Collection[str],
    read: Callable[[str, str], int | None],
    leftovers: Leftovers,
) -> Iterator[Row]:
    """Rows without those of totals, which are counted.

    One is known by a word in its first cells. So is the first or the last row where it says nothing but
    counts and at most a name, which others do not, and each of its counts is the sum of all others.

    Parameters
    ----------
    rows
        The rows, from the first, each time it is called.
    columns
        The fields that the table has columns for.
    read
        The count in a cell of a field; None where it is none.
    leftovers
        Where they are counted.

    Examples
    --------
    >>> table = [("Rye", "1 May", "5"), ("Oat", "2 May", "7"), ("Samen", "", "12")]
    >>> fields = ("caption", "published", "likes")
    >>> cells = [{name: cell for name, cell in zip(fields, row) if cell} for row in table]
    >>> listed = [Row(number, row, ()) for number, row in enumerate(cells)]
    >>> rest = without_totals(lambda: listed, fields, lambda _, cell: int(cell), Leftovers())
    >>> [row.number for row in rest]
    [0, 1]
    """
    first: Row | None = None
    last: Row | None = None
    for at, row in enumerate(rows()):
        if last is not None:
            yield last
            last = None
        if _says_total(row):
            leftovers.without_home("rows of totals")
        elif not _may_be_total(row.cells, columns):
            yield row
        elif at == 0:
            first = row
        else:
            last = row
    held = [row for row in (first, last) if row is not None]
    sums, number = _sums(rows(), read) if held else (Counter(), 0)
    for row in held:
        counts = _counts(row.cells, read)
        if (
            number > _LEAST_OTHERS
            and counts
            and all(sums[name] == 2 * value for name, value in counts.items())
        ):
            leftovers.without_home("rows of totals")
        else:
            yield row


def _says_total(row: Row) -> bool:
    return any(cell.strip().casefold().rstrip(":") in _WORDS for cell in row.first)


def _may_be_total(cells: Cells, columns: Collection[str]) -> bool:
    """Whether a row leaves empty what says which post or account it is, but for a name at most."""
    facts = set(columns) - COUNTS - {"platform"}
    said = len(facts & cells.keys())
    return bool(COUNTS & cells.keys()) and (not said or (said == 1 and len(facts) > 1))


def _sums(rows: Iterable[Row], read: Callable[[str, str], int | None]) -> tuple[Counter[str], int]:
    """The sums of all rows that do not say that they are totals, and how many these are."""
    sums: Counter[str] = Counter()
    number = 0
    for row in rows:
        if not _says_total(row):
            number += 1
            sums.update(_counts(row.cells, read))
    return sums, number


def _counts(cells: Cells, read: Callable[[str, str], int | None]) -> dict[str, int]:
    """A row's counts above 0."""
    found = {name: read(name, cells[name]) for name in COUNTS & cells.keys()}
    return {name: value for name, value in found.items() if value}
