"""Whether a write would succeed, and whether the database is still the one that was opened."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine, pool, select, text

from serving.store.audit_log import ChainHead, chain_ends, check_last_entries
from serving.store.engine import Database, NoUsableStore
from serving.store.migrate import NEWEST, revision_of
from serving.store.store import Store
from serving.store.tables import audit_entries, tenants

__all__ = ["LEAST_FREE_BYTES", "WriteCheck"]

LEAST_FREE_BYTES: Final = 16 * 2**20
"""With less space on the disk of an SQLite file a write may fail in its middle."""

HEADER: Final = b"SQLite format 3\0"
SAME: Final = text("UPDATE alembic_version SET version_num = version_num")
SAME_OR_LOCKED: Final = text(
    f"{SAME} WHERE ctid = ANY(ARRAY(SELECT ctid FROM alembic_version FOR UPDATE SKIP LOCKED))"
)
"""A write that changes nothing, and is committed like any other; pages that exist have room for it.

On PostgreSQL it waits for no other replica's, which may stand still in it.
"""

POSTGRESQL_ROOM: Final = (
    text("SET LOCAL work_mem = '64kB'"),
    text("SET LOCAL temp_tablespaces = ''"),
    text(
        "SELECT count(*) FROM unnest(array_fill(repeat('x', 1024), ARRAY[CASE"
        " WHEN pg_size_bytes(current_setting('temp_file_limit')) BETWEEN 0 AND 2097152 THEN 0"
        " ELSE 1024 END])) AS wide"
    ),
)
"""Writes a temporary file of 1 MiB beside the tables, unless the server lets nobody have one so large.

It leaves nothing behind: neither a row to be vacuumed nor an entry of the server's write-ahead log.
"""


class WriteCheck:
    """Writes, and looks for what was written before; SQLite is read as a process that starts now would.

    An SQLite file that something else was copied into goes unnoticed by connections that hold its pages.
    """

    def __init__(self) -> None:
        self.seen: ChainHead | None = None
        self.in_file = False

    def run(self, store: Store) -> None:
        """Check once.

        Raises
        ------
        NoUsableStore
            If a write fails or would soon, the database is another one than before or of another revision,
            or its log is of another key.
        """
        database = store.database
        if database.is_sqlite:
            check_space(Path(database.place))
            self.check_header(database)
        with database.writing() as connection:
            for statement in () if database.is_sqlite else POSTGRESQL_ROOM:
                connection.execute(statement)
            connection.execute(SAME if database.is_sqlite else SAME_OR_LOCKED)
            check_revision(connection, database)
        with reading_anew(database).reading() as connection:
            self.check_seen(connection, database)
            self.seen = longest(chain_ends(connection)) or self.seen
        if self.seen is not None:
            with database.reading() as connection:
                check_last_entries(connection, tenants.c.tenant == self.seen.tenant)

    def check_header(self, database: Database) -> None:
        """Check that an SQLite file begins as one: its write-ahead log may hold all pages that are asked for.

        A new one is empty as long as the log holds all of it.
        """
        header = bytes_in_file(Path(database.place), len(HEADER))
        if header is None:
            return  # it is gone, or another one, which the connections say
        if header != HEADER and (header or self.in_file):
            raise changed(database)
        self.in_file = header == HEADER

    def check_seen(self, connection: Connection, database: Database) -> None:
        """Check that the entry of an audit log that was seen before is still there: none is ever removed."""
        if self.seen is None:
            return
        own = (audit_entries.c.tenant == self.seen.tenant, audit_entries.c.entry == self.seen.entries)
        if connection.execute(select(audit_entries.c.hash).where(*own)).scalar() != self.seen.hash:
            raise changed(database)


def bytes_in_file(path: Path, count: int) -> bytes | None:
    """The first bytes of a file, by a descriptor that SQLite has open; None where it has none.

    Linux alone says which it has. The file must not be opened here: to close it would release the locks of
    all connections of this process, and another process would remove the write-ahead log.
    """
    with suppress(OSError):
        wanted = os.stat(path)
        for name in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                if os.path.samestat(os.fstat(int(name)), wanted):
                    found = os.pread(int(name), count, 0)
                    if os.path.samestat(os.fstat(int(name)), wanted):  # it may have been closed meanwhile
                        return found
    return None


def check_revision(connection: Connection, database: Database) -> None:
    """Refuse a database that a newer Assay has migrated since, or that has no revision any more.

    Raises
    ------
    NoUsableStore
        If it is of another revision than this Assay's.
    """
    revision = revision_of(connection)
    if revision is None or revision < NEWEST:
        raise changed(database)
    if revision > NEWEST:
        raise NoUsableStore(
            f"The database at {database.place} was migrated by a newer Assay: it is at revision {revision}, "
            f"and this one knows {NEWEST}. End this service."
        )


def longest(ends: Iterable[ChainHead]) -> ChainHead | None:
    """The end of the longest audit log; None where there is no entry."""
    return max((end for end in ends if end.entries), key=lambda end: end.entries, default=None)


def reading_anew(database: Database) -> Database:
    """A database with a connection of its own that holds no page yet, for SQLite; else the same."""
    if not database.is_sqlite:
        return database
    engine = create_engine(database.engine.url, poolclass=pool.NullPool, hide_parameters=True)
    return Database(engine, database.file)


def check_space(path: Path) -> None:
    """Refuse a disk that is as good as full, or gone.

    Raises
    ------
    NoUsableStore
        If there is less than ``LEAST_FREE_BYTES`` left, or no such folder.
    """
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise NoUsableStore(f"The folder of the database at {path} is gone: {error.strerror}.") from error
    if free < LEAST_FREE_BYTES:
        raise NoUsableStore(f"The disk of the database at {path} is full.")


def changed(database: Database) -> NoUsableStore:
    """The refusal of a database that is not the one that was opened."""
    return NoUsableStore(
        f"The database at {database.place} is not what it was: something else was copied into it. "
        "Restore it, and start the service again."
    )
