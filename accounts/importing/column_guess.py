"""Which column of a table is which field of an account, guessed from the columns' names and cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from accounts.importing.values import Unreadable, count
from accounts.importing.vocabulary import concept_of, is_derived, unit_of

__all__ = ["TABLE_FIELDS", "Guess", "guess", "guess_as"]

Rows = Sequence[Mapping[str, str]]

_COUNTS: Final = ("likes", "comments", "views", "shares", "saves")
_NO_NAME: Final = "its name says nothing that an account document has"
_DERIVED: Final = "averages, rates and estimates are no evidence"
_TAKEN: Final = "another column is taken for the same"
_NO_PLACE: Final = "has no place in such a table"

_PLACES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({
    "accounts": {
        "handle": "username", "name": "full_name", "platform": "platform", "followers": "followers",
        "following": "following", "posts": "posts", "description": "bio", "link": "link",
        "verified": "is_verified", "opened": "created_at", "seen": "as_of", "date": "as_of",
    },
    "posts": {
        "handle": "username", "name": "full_name", "platform": "platform", "followers": "followers",
        "post": "post_id", "id": "post_id", "link": "link", "date": "published", "opened": "published",
        "likes": "likes", "comments": "comments", "views": "views", "shares": "shares", "saves": "saves",
        "caption": "caption", "description": "caption", "hashtags": "hashtags", "kind": "kind",
        "sponsored": "is_sponsored", "seen": "as_of",
    },
    "comments": {
        "handle": "author_id", "author": "author_id", "name": "author_id", "platform": "platform",
        "post": "post_id", "link": "link", "date": "published", "likes": "likes", "comment": "text",
        "caption": "text", "comments": "text",
    },
    "history": {
        "handle": "username", "name": "full_name", "platform": "platform", "date": "published",
        "seen": "published", "followers": "followers", "following": "following", "posts": "posts",
    },
})  # fmt: skip

TABLE_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    table: tuple(dict.fromkeys(places.values())) for table, places in _PLACES.items()
})  # fmt: skip
"""The fields that a column can be in each kind of table; ``published`` and ``as_of`` are a time or a day."""


@dataclass(frozen=True)
class Guess:
    """What a table is taken for.

    Attributes
    ----------
    table
        ``accounts``, ``posts``, ``comments`` or ``history``.
    columns
        The table's column for each field; ``published`` is a time or a day, ``link`` an address that may name
        the platform, the account or the post.
    left
        Why each other column was left out.
    """

    table: str
    columns: Mapping[str, str]
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        r"""One line for people, and one more for what was left.

        >>> print(*Guess("posts", {"likes": "Herzchen"}, {"ER": "averages"}).lines, sep="\n")
        a table of posts: Herzchen -> likes
        left out: ER (averages)
        """
        columns = ", ".join(f"{column} -> {name}{_times(column)}" for name, column in self.columns.items())
        left = "; ".join(f"{column} ({reason})" for column, reason in self.left.items())
        return [f"a table of {self.table}: {columns}"] + ([f"left out: {left}"] if left else [])


def _times(column: str) -> str:
    unit = unit_of(column)
    return f" (times {10**unit:,})" if unit else ""


def guess(header: Sequence[str], rows: Rows) -> Guess | None:
    """What a table is, and which of its columns is which field; None where it is nothing of an account.

    Parameters
    ----------
    header
        Names of its columns.
    rows
        The first of its rows.

    Examples
    --------
    >>> found = guess(["Usuario", "Fecha", "Me gusta", "Engagement rate"], [])
    >>> found.table, dict(found.columns), found.left
    ('posts', {'username': 'Usuario', 'published': 'Fecha', 'likes': 'Me gusta'},
     {'Engagement rate': 'averages, rates and estimates are no evidence'})
    """
    concepts = {column: concept_of(column) for column in header}
    table = _table(frozenset(name for name in concepts.values() if name), concepts, rows)
    return None if table is None else guess_as(table, header, rows)


def guess_as(table: str, header: Sequence[str], rows: Rows) -> Guess:
    """Which column is which field of a table whose kind is known.

    >>> dict(guess_as("accounts", ["Name", "Abonnés"], []).columns)
    {'full_name': 'Name', 'followers': 'Abonnés'}
    """
    concepts = {column: concept_of(column) for column in header}
    columns: dict[str, str] = {}
    left: dict[str, str] = {}
    for column, concept in sorted(concepts.items(), key=lambda pair: _rank(pair[1], pair[0], rows, table)):
        target = _PLACES[table].get(concept or "")
        reason = _reason(column, concept, target, columns)
        if reason is None and target is not None:
            columns[target] = column
        else:
            left[column] = reason or _NO_PLACE
    in_order = {name: column for column in header for name, chosen in columns.items() if chosen == column}
    return Guess(table, in_order, {column: left[column] for column in header if column in left})


def _reason(column: str, concept: str | None, target: str | None, columns: Mapping[str, str]) -> str | None:
    if concept is None:
        return _DERIVED if is_derived(column) else _NO_NAME
    if target is None:
        return _NO_PLACE
    return _TAKEN if target in columns else None


def _rank(concept: str | None, column: str, rows: Rows, table: str) -> int:
    """Of several columns for one field: a post's own name before its number, a filled one before others.

    So is an account's: a column of numbers names it where no other does. A creator's row is as old as a
    column of collection says, and any date else; of a history the day comes first.
    """
    filled = not rows or any(row.get(column) for row in rows)
    behind = {"accounts": "date", "history": "seen"}.get(table)
    late = concept in {"id", "opened", "author", "name", behind}
    numbered = concept == "handle" and filled and all(row.get(column, "").isdecimal() for row in rows)
    return late + 2 * (numbered and bool(rows)) + 4 * (not filled)


def _table(concepts: frozenset[str], by_column: Mapping[str, str | None], rows: Rows) -> str | None:
    texts = "comments" in concepts and not _holds(rows, by_column, "comments", _is_count)
    counts = concepts & frozenset(_COUNTS) - ({"comments"} if texts else set())
    who = concepts & {"handle", "name", "link"}
    posted = concepts & {"date", "caption", "post"} or ("link" in concepts and "followers" not in concepts)
    if "comment" in concepts or texts or ("author" in concepts and "caption" in concepts):
        return "comments"
    counted = "followers" in concepts and concepts & {"date", "seen"}
    if counted and not counts and not concepts & {"caption", "post", "link"}:
        creators = "seen" in concepts and concepts & {"handle", "name"}
        return "accounts" if creators or _each_once(by_column, rows) else "history"
    if (counts and posted) or {"date", "caption"} <= concepts:
        return "posts"
    return "accounts" if who and concepts & {"followers", "following", "platform", "description"} else None


def _each_once(by_column: Mapping[str, str | None], rows: Rows) -> bool:
    """Whether several rows name an account each, none of them twice: creators, and no days of theirs."""
    named = [
        [row[column].casefold() for row in rows if row.get(column)]
        for concept in ("handle", "name")
        for column, one in by_column.items()
        if one == concept
    ]
    names = next((one for one in named if one), [])
    return len(names) > 1 and len(set(names)) == len(names)


def _holds(
    rows: Rows, by_column: Mapping[str, str | None], concept: str, test: Callable[[str], bool]
) -> bool:
    cells = [
        row[column] for column, one in by_column.items() if one == concept for row in rows if row.get(column)
    ]
    return not cells or sum(map(test, cells)) * 2 > len(cells)


def _is_count(cell: str) -> bool:
    try:
        count(cell)
    except Unreadable:
        return False
    return True
