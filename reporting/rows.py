"""The account's own rows behind a sentence, as a small table for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from detector.json_result import Scalar
from reporting.numbers import Numbers

__all__ = ["Cell", "RowTable", "cut", "row_table"]

LONGEST_TEXT: Final = 240

HEADERS: Final[Mapping[str, str]] = MappingProxyType({
    "date": "day", "starts": "from", "ends": "to", "gained": "change", "published_at": "published",
    "digit_share": "digits in handle", "has_picture": "picture", "copies": "times", "authors": "people",
    "rate": "of followers", "comments_per_like": "comments per like", "likes_per_view": "likes per view",
    "views_per_follower": "views per follower", "first_under": "first under posts", "age_days": "age in days",
    "following_gained": "change of following", "lag_days": "every so many days", "jaccard": "words in common",
    "followers_rhythm": "correlation", "following_rhythm": "correlation", "gap_hours": "hours since last",
    "caption_copies": "times", "post_id": "post", "other": "another comment", "minutes": "minutes after post",
    "hour_of_day": "hour (UTC)", "next_six": "posts in the six hours from then", "length": "characters",
})  # fmt: skip
"""What the columns of rows are called where their own names would not say it."""

SHARES: Final = frozenset({"digit_share", "rate", "share", "likes_per_view", "jaccard"})
CHANGES: Final = frozenset({"gained", "following_gained"})


@dataclass(frozen=True)
class Cell:
    """One value.

    Attributes
    ----------
    text
        As people read it; a dash for what is not known.
    numeric
        Whether it stands to the right.
    quoted
        Whether somebody else wrote it: it is to be isolated, and shown as text.
    """

    text: str
    numeric: bool = False
    quoted: bool = False


@dataclass(frozen=True)
class RowTable:
    """Rows with the names of their columns; empty where there are none."""

    headers: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows)


def row_table(rows: Sequence[Mapping[str, Scalar]], numbers: Numbers) -> RowTable:
    """A verdict's rows for people.

    >>> table = row_table([{"date": "2025-10-13", "gained": -3334.0}], Numbers())
    >>> table.headers, [cell.text for cell in table.rows[0]]
    (('day', 'change'), ['13 Oct 2025', '−3,334'])
    """
    if not rows:
        return RowTable()
    names = tuple(rows[0])
    headers = dict(HEADERS) | {"date": "to"} if "starts" in names else HEADERS
    return RowTable(
        tuple(headers.get(name, name.replace("_", " ")) for name in names),
        tuple(tuple(_cell(name, row.get(name), numbers) for name in names) for row in rows),
    )


def cut(text: str, most: int = LONGEST_TEXT) -> str:
    """A text of at most so many characters; of a longer one its beginning, and how long it is.

    >>> cut("a" * 300, most=5)
    'aaaaa… (300 characters)'
    """
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def _cell(name: str, value: Scalar, numbers: Numbers) -> Cell:
    if value is None or isinstance(value, bool):
        return Cell("–" if value is None else "yes" if value else "no")
    if isinstance(value, str):
        return _text_cell(name, value, numbers)
    if name in SHARES:
        return Cell(numbers.share(value), numeric=True)
    if name in CHANGES:
        return Cell(numbers.signed(value), numeric=True)
    shown = numbers.count(value) if float(value).is_integer() else numbers.figures(value, 3)
    return Cell(shown, numeric=True)


def _text_cell(name: str, value: str, numbers: Numbers) -> Cell:
    try:
        if name in ("date", "starts", "ends"):
            return Cell(numbers.short_day(date.fromisoformat(value)))
        if name == "published_at":
            return Cell(numbers.short_moment(datetime.fromisoformat(value)))
    except ValueError:  # of a document that others wrote: it is shown as it is
        return Cell(cut(value), quoted=True)
    return Cell(cut(value), quoted=name != "author")
