"""Whether a database has the schema that Assay's migrations make, and its indexes lead to its rows.

Whoever can change the schema could otherwise let a look-up find another row than the one that is verified.
The schema that is due lies beside the migrations, one file for each kind of database, as ``make schemas``
writes it: a PostgreSQL server may have no second database to migrate, and one way serves both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from serving.store.audit_faults import Faults
from serving.store.index_check import index_faults
from serving.store.migrate import MIGRATIONS, VERSIONS
from serving.store.schema_part import WHOLE, SchemaPart
from serving.store.schema_postgresql import postgresql_schema
from serving.store.schema_sqlite import sqlite_schema
from serving.store.store import Store
from serving.store.tables import METADATA

__all__ = ["SchemaCheck", "check_schema", "due_schema", "schema_of", "write_due_schema"]

PLAIN_INDEX: Final = re.compile(
    r"create index (?:\w+|[\"`]\w+[\"`]) on \w+ (?:using btree )?\( ?\w+(?: ?, ?\w+)* ?\)",
    re.ASCII | re.IGNORECASE,
)
"""An index that is not unique, of columns as they are."""


@dataclass(frozen=True)
class SchemaCheck:
    """The outcome of checking a database's schema.

    Attributes
    ----------
    faults
        A sentence for each fault, up to ``MOST_NAMED``.
    more
        How many faults there are besides.
    is_readable
        Whether all tables are there, and their columns as they should be: no log is read without them.
    """

    faults: tuple[str, ...]
    more: int
    is_readable: bool


def check_schema(store: Store) -> SchemaCheck:
    """Compare a database's schema with the one that is due; on SQLite also its indexes with its rows.

    A table that is not as it should be is not compared with its indexes.
    """
    with store.database.snapshot() as connection:
        due, found = due_schema(connection.dialect.name), schema_of(connection)
    faults, missing, more = Faults(), due - found, {part for part in found - due if not is_harmless(part)}
    for sentence in differences(missing, more):
        faults.add(sentence)
    if store.database.is_sqlite:
        whole = {part.table for part in due} - {part.table for part in missing | more}
        for sentence in index_faults(store.database, sorted(whole)):
            faults.add(sentence)
    return SchemaCheck(tuple(faults.named), faults.more, names_read(due) <= names_read(found))


def is_harmless(part: SchemaPart) -> bool:
    """Whether a part may be added: a plain index refuses no row, and nobody finds others by it."""
    return PLAIN_INDEX.fullmatch(part.description) is not None


def names_read(parts: Iterable[SchemaPart]) -> set[tuple[str, ...]]:
    """What a query names: tables, and columns with their types."""
    columns = {tuple(part) for part in parts if part.name.startswith("column ")}
    return columns | {part[:2] for part in parts if part.name == WHOLE}


def schema_of(connection: Connection) -> Set[SchemaPart]:
    """The schema of a database, as far as it can change what Assay finds or stores there."""
    if connection.dialect.name == "sqlite":
        return frozenset(sqlite_schema(connection))
    return frozenset(postgresql_schema(connection, [*METADATA.tables, VERSIONS]))


def due_schema(dialect: str) -> Set[SchemaPart]:
    """The schema that the migrations make, of databases of a kind."""
    tables = json.loads(due_file(dialect).read_text(encoding="utf-8"))
    return frozenset(
        SchemaPart(table, name, description)
        for table, parts in tables.items()
        for name, description in parts.items()
    )


def write_due_schema(connection: Connection) -> None:
    """Note the schema of a database that was just migrated as the one that is due."""
    tables: dict[str, dict[str, str]] = {}
    for part in sorted(schema_of(connection)):
        tables.setdefault(part.table, {})[part.name] = part.description
    text = json.dumps(tables, indent=1, ensure_ascii=False)
    due_file(connection.dialect.name).write_text(text + "\n", encoding="utf-8")


def due_file(dialect: str) -> Path:
    """Where the schema that is due stands."""
    return MIGRATIONS / f"schema-{dialect}.json"


def differences(due: Iterable[SchemaPart], found: Iterable[SchemaPart]) -> Iterator[str]:
    r"""How a schema differs from the one that is due, by the parts that only one of both has.

    Of a table that is missing or was added no part is named.

    >>> due = SchemaPart("a", "column b", "text not null"), SchemaPart("c", "index d", "create index d")
    >>> print(*differences(due, [due[0]._replace(description="text")]), sep="\n")
    column b of table a was changed: it is «text», not «text not null»
    index d of table c is missing
    """
    left, more = group_by_name(due), group_by_name(found)
    strange = {table for table, name in left.keys() ^ more.keys() if name == WHOLE}
    for table, name in sorted(left.keys() | more.keys()):
        if table in strange and name != WHOLE:
            continue
        called = f"table {table}" if name == WHOLE else f"{name} of table {table}" if table else name
        if (table, name) not in more:
            yield f"{called} is missing"
        elif (table, name) not in left:
            yield f"{called} was added: «{more[table, name]}»"
        else:
            yield f"{called} was changed: it is «{more[table, name]}», not «{left[table, name]}»"


def group_by_name(parts: Iterable[SchemaPart]) -> dict[tuple[str, str], str]:
    """The descriptions of parts by their tables and names; SQLite has constraints of the same name."""
    grouped: dict[tuple[str, str], str] = {}
    for table, name, description in sorted(parts):
        before = grouped.get((table, name))
        grouped[table, name] = f"{before}», «{description}" if before else description
    return grouped
