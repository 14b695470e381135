"""Migrations: bring a database to the newest revision, under a lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, inspect, text

from serving.store.engine import TRANSACTION_TIMEOUTS, Database, NoUsableStore

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

__all__ = ["NEWEST", "migrate", "revision_of"]

NEWEST: Final = "0018"
MIGRATIONS: Final = Path(__file__).with_name("migrations")
VERSIONS: Final = "alembic_version"
LOCK: Final = 0x4153534159  # "ASSAY"


def migrate(database: Database, also: Callable[[Connection, str], object] = lambda *_: None) -> bool:
    """Run the missing migrations; of several workers that start at once one does, and the rest wait.

    ``also`` is called in the same transaction, with the connection and the revision before, unless the
    database was empty.

    Returns
    -------
    Whether there were any.

    Raises
    ------
    NoUsableStore
        If it was written by a newer Assay, or does not work.
    """
    with database.reading() as connection:
        if revision_of(connection) == NEWEST:
            return False
    with database.writing() as connection, ExitStack() as migrating:
        if not database.is_sqlite:  # SQLite's transactions that write exclude each other by themselves
            migrating.enter_context(taking_any_time(connection))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        found = revision_of(connection)
        if found != NEWEST:
            upgrade(connection, database.place, found)
            if found is not None:
                also(connection, found)
        return found != NEWEST


@contextmanager
def taking_any_time(connection: Connection) -> Iterator[None]:
    """Let a transaction on PostgreSQL take its time."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    idle_ms = TRANSACTION_TIMEOUTS["idle_in_transaction_session_timeout"]
    connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {idle_ms}"))
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    driver: Any = connection.connection.driver_connection
    driver.answer_seconds = None
    try:
        yield
    finally:
        del driver.answer_seconds


def revision_of(connection: Connection) -> str | None:
    """The database's revision; None for an empty database."""
    if not inspect(connection).has_table(VERSIONS):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()


def upgrade(connection: Connection, place: str, found: str | None, target: str = "head") -> None:
    """Run the missing migrations up to a revision in the connection's transaction.

    Raises
    ------
    NoUsableStore
        If the database's revision is unknown, as it was written by a newer Assay.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    script = migration_scripts()
    if found is not None and found not in {one.revision for one in script.walk_revisions()}:
        newer = f"was written by a newer Assay: it is at revision {found}, and this one knows {NEWEST}"
        raise NoUsableStore(f"The database at {place} {newer}.")
    with EnvironmentContext(
        Config(), script, fn=lambda revision, _: script._upgrade_revs(target, revision)
    ) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()


def migration_scripts() -> ScriptDirectory:
    """The migrations in this package."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(MIGRATIONS.parent), version_locations=[str(MIGRATIONS)])
