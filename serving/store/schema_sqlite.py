r"""The schema of an SQLite database, by the statements that SQLite itself reads it from.

No pragma shows all of it: ``ON CONFLICT IGNORE``, ``CHECK`` and ``DEFERRABLE`` stand in the statements alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

from serving.store.schema_part import WHOLE, SchemaPart
from serving.store.tables import METADATA

__all__ = ["sqlite_schema"]

STATEMENTS: Final = "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
"""Indexes of constraints have no statement of their own."""

NOT_OURS: Final = {
    "sqlite_sequence", "sqlite_stat1", "sqlite_stat3", "sqlite_stat4", "_litestream_lock", "_litestream_seq",
}  # fmt: skip
"""Tables of SQLite's own, which say how rows are looked for and not which are found, and of Litestream's."""

TOKEN: Final = re.compile(
    r"""(?P<nothing> [ \t\n\f\r]+ | --[^\n]* | /\*.*?(?:\*/|\Z) )
    | '(?:[^']|'')*'
    | (?P<quoted> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
    | (?P<word> (?:[\w$]|[^\x00-\x7f])+ )
    | .""",
    re.DOTALL | re.VERBOSE,
)
NAMES: Final = frozenset(METADATA.tables) | {
    column.name for table in METADATA.tables.values() for column in table.columns
}
"""Of tables and columns: the same in quotation marks, while a quoted ``NOT`` is a part of a type."""

RULES: Final = {"constraint", "primary", "unique", "check", "foreign"}
"""What begins a part of a table that is no column."""


def sqlite_schema(connection: Connection) -> Iterator[SchemaPart]:
    """Every table, column, constraint, index, trigger and view of an SQLite database."""
    for kind, table, name, statement in connection.execute(text(STATEMENTS)):
        words = tokens(statement)
        if kind != "table":
            yield SchemaPart(table, f"{kind} {name}", " ".join(words))
        elif name not in NOT_OURS:
            yield from parts_of_table(name, words)


def parts_of_table(table: str, words: list[str]) -> Iterator[SchemaPart]:
    """A table with its columns and constraints, by the words of its statement.

    >>> for part in parts_of_table("a", tokens("CREATE TABLE a (b INT DEFAULT (1), PRIMARY KEY (b)) STRICT")):
    ...     print(part.name, "|", part.description)
    table | table strict
    column b | int default ( 1 )
    constraint primary key ( b ) | primary key ( b )
    """
    if words[:2] != ["create", "table"] or words[3:4] != ["("]:
        yield SchemaPart(table, WHOLE, " ".join(words))
        return
    end = len(words) - 1 - words[::-1].index(")")
    yield SchemaPart(table, WHOLE, " ".join(["table", *words[end + 1 :]]))
    for part in split_at_commas(words[4:end]):
        name = part[1] if part[0] == "constraint" else " ".join(part)
        if part[0] in RULES:
            yield SchemaPart(table, f"constraint {name}", " ".join(part))
        else:
            yield SchemaPart(table, f"column {part[0]}", " ".join(part[1:]))


def split_at_commas(words: list[str]) -> Iterator[list[str]]:
    """The parts between commas that stand in no parentheses.

    >>> list(split_at_commas(["a", ",", "b", "(", "c", ",", "d", ")"]))
    [['a'], ['b', '(', 'c', ',', 'd', ')']]
    """
    depth, part = 0, list[str]()
    for word in words:
        depth += (word == "(") - (word == ")")
        if word == "," and not depth:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def tokens(statement: str) -> list[str]:
    r"""The words and signs of a statement, the same for all ways to write it.

    >>> tokens('CREATE TABLE "Jobs" (\n\tb  TEXT "NOT" NULL DEFAULT \'B -- c\' /* d */)')
    ['create', 'table', 'jobs', '(', 'b', 'text', '"NOT"', 'null', 'default', "'B -- c'", ')']
    """
    return [token_of(found) for found in TOKEN.finditer(statement) if not found["nothing"]]


def token_of(found: re.Match[str]) -> str:
    """A word or a sign; names without quotes, and in lower case what is no text."""
    if found["quoted"]:
        name = found["quoted"][1:-1].lower()
        return name if name in NAMES else found[0]
    return found[0].lower() if found["word"] and found[0].isascii() else found[0]
