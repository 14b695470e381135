"""Whether SQLite's indexes lead to the rows of their tables: each to every row, and to none besides.

``PRAGMA integrity_check`` reads a table in one transaction, which holds up checkpoints, and with them
erasures, for as long as it takes. Here a few rows are looked up at a time, as a query by each index would.
Where every row is found by its own path, and an index has as many entries as the table rows, the index
is in order, and has no other entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from serving.store.engine import Database

__all__ = ["index_faults"]

ROWS_AT_ONCE: Final = 2_000
LEAST, MOST = -(2**63), 2**63 - 1
"""Of a row's number."""


class TableIndex(NamedTuple):
    """An index by columns of a table, which may be the one of a constraint."""

    name: str
    is_unique: bool
    columns: Sequence[str]

    def finds(self, table: str) -> str:
        """Whether a look-up by the index finds the row ``a`` at ``place``; of unique values the one row."""
        same = " AND ".join(f"b.{quoted(column)} IS a.{quoted(column)}" for column in self.columns)
        among = f"FROM {quoted(table)} AS b INDEXED BY {quoted(self.name)} WHERE {same}"
        if self.is_unique:
            return f"(SELECT b.rowid {among}) IS place"
        return f"EXISTS (SELECT 1 {among} AND b.rowid = place)"


def index_faults(database: Database, tables: Iterable[str]) -> Iterator[str]:
    """What is wrong with the indexes of some tables, a sentence for each."""
    for table in tables:
        with database.reading() as connection:
            indexes = indexes_of(connection, table)
            yield from count_faults(connection, table, indexes)
        if indexes:
            yield from row_faults(database, table, indexes)


def indexes_of(connection: Connection, table: str) -> list[TableIndex]:
    """The indexes of a table."""
    found = connection.execute(text(f"PRAGMA index_list({quoted(table)})")).all()
    return [
        TableIndex(row.name, bool(row.unique), column_names(connection, row.name))
        for row in sorted(found, key=lambda row: str(row.name))
    ]


def column_names(connection: Connection, index: str) -> list[str]:
    """The columns of an index, in their order."""
    return [row.name for row in connection.execute(text(f"PRAGMA index_info({quoted(index)})"))]


def count_faults(connection: Connection, table: str, indexes: Iterable[TableIndex]) -> Iterator[str]:
    """The indexes of a table that have more or fewer entries than it has rows, all of one moment."""
    with_rows = ("NOT INDEXED", *(f"INDEXED BY {quoted(index.name)}" for index in indexes))
    # A count is taken from any index; a sum is not.
    sums = ", ".join(f"(SELECT total(1) FROM {quoted(table)} {source})" for source in with_rows)
    rows, *entries = connection.execute(text(f"SELECT {sums}")).one()
    for index, number in zip(indexes, entries, strict=True):
        if number != rows:
            yield f"index {index.name} of table {table} has {number:,.0f} entries for {rows:,.0f} rows"


def row_faults(database: Database, table: str, indexes: Sequence[TableIndex]) -> Iterator[str]:
    """The indexes by which rows of a table are not found, or others in their place."""
    columns = sorted({quoted(column) for index in indexes for column in index.columns})
    checks = ", ".join(f"total(NOT {index.finds(table)})" for index in indexes)
    wanted = text(
        f"SELECT max(place), {checks} FROM (SELECT rowid AS place, {', '.join(columns)} FROM {quoted(table)} "
        "NOT INDEXED WHERE rowid >= :first ORDER BY rowid LIMIT :most) AS a"
    )
    first, last = LEAST, 0
    lost = [0] * len(indexes)
    while last not in (None, MOST):
        with database.reading() as connection:
            last, *numbers = connection.execute(wanted, {"first": first, "most": ROWS_AT_ONCE}).one()
        lost = [sum(pair) for pair in zip(lost, map(int, numbers), strict=True)]
        first = last + 1 if last is not None else MOST
    for index, number in zip(indexes, lost, strict=True):
        if number:
            yield f"index {index.name} of table {table} does not lead to {number:,} of its rows"


def quoted(name: str) -> str:
    """A name as SQLite reads it, whatever its characters.

    >>> quoted("by")
    '"by"'
    """
    return '"' + name.replace('"', '""') + '"'
