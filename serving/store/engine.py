"""The database: how it is opened, read and written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,
)

from accounts.errors import AssayError, WrongUsage

__all__ = ["Database", "NoUsableStore", "new_rows", "open_database"]

SQLITE: Final = "sqlite"
WRITING: Final = "assay_writing"
PRAGMAS: Final = (
    "busy_timeout = 30000",
    "journal_mode = WAL",  # readers never wait for the writer
    "synchronous = FULL",  # what was answered outlives a power cut
    "foreign_keys = ON",
    "secure_delete = ON",  # what is erased is overwritten
)
PATIENCE: Final[Mapping[str, int | str]] = {
    "connect_timeout": 5,
    # A server that is gone without a word is noticed within so many seconds, or thousandths.
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c statement_timeout=30000",
}
"""How long PostgreSQL is waited for, where its address does not say otherwise."""

OWNERS_ALONE: Final = 0o600
OUT_OF_ORDER: Final = (OperationalError, InterfaceError, InternalError)
"""What drivers raise where the database itself is at fault; a server that became read-only is among it."""

NO_RIGHT: Final = "42501"
"""PostgreSQL's code where whoever set it up gave us too few rights."""


class NoUsableStore(AssayError):
    """The database cannot be reached, or is not one that this code can work with."""

    exit_code = 5
    status = 503


@dataclass(frozen=True)
class Database:
    """A database that is open, and the two ways to it."""

    engine: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file beside us, with a single writer at a time."""
        return self.engine.dialect.name == SQLITE

    @property
    def place(self) -> str:
        """Where it is, without its password."""
        url = self.engine.url
        return url.database or "" if self.is_sqlite else url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self.plainly(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def unmoving(self) -> Iterator[Connection]:
        """The same, of one moment from its first to its last question."""
        like_that = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.reading() as connection:
            yield connection.execution_options(**like_that)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept as a whole, or not at all."""
        with self.plainly(), self.engine.execution_options(**{WRITING: True}).begin() as connection:
            yield connection

    def sweep(self) -> None:
        """Move what was written into the file itself, so that what was erased is in none beside it."""
        if self.is_sqlite:
            with self.plainly(), closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Say in a sentence why the database does not work.

        Raises
        ------
        NoUsableStore
            Without a word of what was being written. What it refuses because of what it was asked
            goes through as it is: asked again, it would be refused again.
        """
        try:
            yield
        except DBAPIError as error:
            if not is_out_of_order(error):
                raise
            # The driver's own words; SQLAlchemy's hold the statement, and so what was to be kept.
            words = " ".join(str(error.orig).split()) or type(error.orig).__name__
            raise NoUsableStore(
                f"The database at {self.place} does not work: {words.rstrip('.')}."
            ) from error
        except (TimeoutError, DisconnectionError) as error:
            raise NoUsableStore(f"The database at {self.place} does not answer in time.") from error

    def close(self) -> None:
        """Give its connections back."""
        self.engine.dispose()


def is_out_of_order(error: DBAPIError) -> bool:
    """Whether the database is at fault, and not what it was asked."""
    if isinstance(error, OUT_OF_ORDER) or error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    # Of no kind and without a code: a file that is no SQLite database, or a server that fell silent.
    return state == NO_RIGHT or (type(error) is DatabaseError and state is None)


def open_database(address: str | Path) -> Database:
    """Open a database, an SQLite file being made where there is none.

    Parameters
    ----------
    address
        Path of an SQLite file, or an address that SQLAlchemy reads.

    Raises
    ------
    NoUsableStore
        If the file cannot be made.
    WrongUsage
        If the address cannot be read.
    """
    url = parsed(address)
    if url.get_backend_name() != SQLITE:
        own = {name: value for name, value in PATIENCE.items() if name not in url.query}
        return Database(
            create_engine(
                url, pool_pre_ping=True, pool_size=8, pool_timeout=10, connect_args=own, hide_parameters=True
            )
        )
    make_file(Path(url.database or ""))
    connect = {"check_same_thread": False, "isolation_level": None}
    engine = create_engine(url, connect_args=connect, hide_parameters=True)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return Database(engine)


def parsed(address: str | Path) -> URL:
    """The address in its parts; a path is taken as it is, whatever it holds."""
    if isinstance(address, Path):
        return URL.create(SQLITE, database=str(address))
    try:
        return make_url(address)
    except (SQLAlchemyError, ValueError) as error:
        raise WrongUsage("The database's address cannot be read.") from error


def make_file(path: Path) -> None:
    """Make the file, for its owner's eyes only; what SQLite puts beside it gets the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNERS_ALONE))
    except OSError as error:
        raise NoUsableStore(f"The database at {path} cannot be opened: {error.strerror}.") from error


def prepare(connection: Any, _: Any) -> None:
    """Set up a new connection to SQLite."""
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def begin(connection: Connection) -> None:
    """Begin a transaction of SQLite; one that writes waits for its turn at once, not in its middle."""
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def new_rows(connection: Connection, table: Table) -> Any:
    """An insert that leaves rows alone that are there already."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    return dialect.insert(table).on_conflict_do_nothing()
