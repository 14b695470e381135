"""The mapper: plain tables with the guess of their columns, and what somebody corrects of it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from accounts.importing.column_guess import TABLE_FIELDS, Guess, guess, guess_as
from accounts.importing.corrections import Corrections
from accounts.importing.files import File
from accounts.importing.vocabulary import unit_of

__all__ = ["FIELD_NAMES", "TABLE_NAMES", "HandCorrections", "corrections_from_form", "mapped_tables"]

SHOWN_ROWS: Final = 3
PROBED: Final = 200
LONGEST_CELL: Final = 80
IGNORED: Final = "nothing"

TABLE_NAMES: Final[Mapping[str, str]] = {
    "accounts": "Creators, one a row",
    "posts": "Posts, one a row",
    "comments": "Comments, one a row",
    "history": "Follower counts, one day a row",
    IGNORED: "Nothing; leave it out",
}
"""What a table can be, in words."""

FIELD_NAMES: Final[Mapping[str, str]] = {
    "username": "Creator's handle",
    "full_name": "Displayed name",
    "platform": "Platform",
    "followers": "Followers",
    "following": "Following",
    "posts": "Number of posts",
    "bio": "Description",
    "link": "Address (link)",
    "is_verified": "Verified",
    "created_at": "Account opened",
    "as_of": "Collected on (date of the numbers)",
    "post_id": "Post's id",
    "published": "Date or time",
    "likes": "Likes",
    "comments": "Comments",
    "views": "Views",
    "shares": "Shares",
    "saves": "Saves",
    "caption": "Caption",
    "hashtags": "Hashtags",
    "kind": "Kind of post",
    "is_sponsored": "Sponsored",
    "author_id": "Who wrote it",
    "text": "The comment's text",
}
"""What a column can be, in words."""


@dataclass(frozen=True)
class HandCorrections(Corrections):
    """Corrections of single files by their names, as people make them on the page.

    Attributes
    ----------
    by_file
        The guess that replaces ours; None for a file that is to be left out.
    """

    by_file: Mapping[str, Guess | None] = field(default_factory=dict)

    def speak_of(self, name: str) -> bool:
        """Whether a file was corrected."""
        return name in self.by_file

    def corrected(
        self, name: str, header: tuple[str, ...], guessed: Guess | None
    ) -> tuple[Guess | None, Mapping[str, str]]:
        """The table as it was corrected, else as it was guessed; nothing is constant in it."""
        return self.by_file.get(name, guessed), {}

    @classmethod
    def read(cls, given: Mapping[str, Any] | None) -> HandCorrections:
        """Those that were stored as JSON; none for None."""
        tables = {
            name: None if one["table"] == IGNORED else Guess(one["table"], one["columns"], {})
            for name, one in (given or {}).items()
        }
        return cls(by_file=tables)


def mapped_tables(
    files: Sequence[File], sources: Mapping[str, str | None], corrections: HandCorrections
) -> Iterator[dict[str, Any]]:
    """Every plain table among the files, as the page shows it: columns, first cells, what each is taken for.

    Also a table of no known source is shown: whoever dropped it knows what it is.
    """
    for file in files:
        if not file.header or sources.get(file.name) not in (None, "spreadsheet"):
            continue
        rows = list(islice(file.rows, PROBED))
        found = current_guess(file, rows, corrections)
        fields_by_column = {column: name for name, column in found.columns.items()} if found else {}
        yield {
            "file": file.name,
            "table": found.table if found else IGNORED,
            "fields": list(TABLE_FIELDS[found.table]) if found else [],
            "columns": [
                {
                    "name": column,
                    "cells": [row.get(column, "")[:LONGEST_CELL] for row in rows[:SHOWN_ROWS]],
                    "field": fields_by_column.get(column, ""),
                    "left": found.left.get(column, "") if found else "",
                    "unit": 10 ** unit_of(column),
                }
                for column in file.header
            ],
        }


def current_guess(
    file: File, rows: Sequence[Mapping[str, str]], corrections: HandCorrections
) -> Guess | None:
    """What a table is taken for at present."""
    if corrections.speak_of(file.name):
        return corrections.by_file[file.name]
    return guess(file.header, rows)


def corrections_from_form(
    form: Mapping[str, Any], tables: Sequence[Mapping[str, Any]], files: Mapping[str, File]
) -> dict[str, Any]:
    """What a form says of the tables that the page showed, as JSON.

    A table whose kind was changed is guessed anew as that kind; otherwise each column is what was chosen,
    and of two columns for one field the first.

    Parameters
    ----------
    form
        Fields ``table-N``, and ``column-N-M`` for the column M of the table N.
    tables
        As :func:`mapped_tables` gave them.
    files
        By name.
    """
    return {
        table["file"]: corrected_table(form, number, table, files[table["file"]])
        for number, table in enumerate(tables)
        if table["file"] in files
    }


def corrected_table(
    form: Mapping[str, Any], number: int, table: Mapping[str, Any], file: File
) -> dict[str, Any]:
    """One table as the form has it."""
    kind = str(form.get(f"table-{number}", table["table"]))
    if kind not in TABLE_FIELDS:
        return {"table": IGNORED, "columns": {}}
    if kind != table["table"]:
        guessed = guess_as(kind, file.header, list(islice(file.rows, PROBED)))
        return {"table": kind, "columns": dict(guessed.columns)}
    columns: dict[str, str] = {}
    for place, column in enumerate(table["columns"]):
        name = str(form.get(f"column-{number}-{place}", column["field"]))
        if name in TABLE_FIELDS[kind]:
            columns.setdefault(name, column["name"])
    return {"table": kind, "columns": columns}
