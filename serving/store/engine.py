"""The database: SQLite or PostgreSQL, opened with timeouts, and its transactions."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
    TimeoutError,
)

from accounts.addresses import shown_address, without_secrets
from accounts.errors import AssayError, WrongUsage

__all__ = [
    "AuditKey", "Database", "NoUsableStore", "RowsHeld", "audit_key_of", "insert_if_absent",
    "insert_or_replace", "lacks_space", "open_database",
]  # fmt: skip

SQLITE: Final = "sqlite"
WRITING: Final = "assay_writing"
AUDIT_KEY: Final = "assay_audit_key"
LONGEST_BLOCK_MS: Final = 20
"""How long the end of a checkpoint may keep writers waiting while it waits for readers itself."""

BUSY_TIMEOUT: Final = "busy_timeout = 30000"
PRAGMAS: Final = (
    BUSY_TIMEOUT,
    "journal_mode = WAL",  # readers never wait for the writer
    "synchronous = FULL",  # what was answered outlives a power cut
    "foreign_keys = ON",
    "secure_delete = ON",  # what is erased is overwritten
)
WRITER_IDLE_MS: Final = 20_000
"""How long a transaction that writes may stand still on PostgreSQL, where it holds rows."""

LOCK_WAIT_MS: Final = 3_000
"""How long a transaction that writes waits on PostgreSQL for rows that another one holds."""

TRANSACTION_TIMEOUTS: Final[Mapping[str, int]] = {
    "statement_timeout": 30_000,
    # Whoever reads locks no row, and may work for minutes on what was read.
    "idle_in_transaction_session_timeout": 300_000,
}
SERVER_TIMEOUTS: Final[Mapping[str, int]] = {
    **TRANSACTION_TIMEOUTS,
    # A service that is gone without a word holds no connection for hours.
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
POSTGRESQL_TIMEOUTS: Final[Mapping[str, int | str]] = {
    "connect_timeout": 5,
    # A server that is gone without a word is noticed within so many seconds, or thousandths.
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": " ".join(f"-c {name}={value}" for name, value in SERVER_TIMEOUTS.items()),
}
"""Timeouts of PostgreSQL's connections, where the address does not state them."""

NO_OPTIONS: Final = re.compile(r"[?&]options=(?=&|$)")
"""Of an address behind which a pooler takes no options."""

OWNER_ONLY: Final = 0o600
POOL: Final[Mapping[str, int]] = {"pool_size": 8, "max_overflow": 16}
"""Connections that stay open, and how many more there may be: as many as threads use them at once."""

DATABASE_FAULTS: Final = (OperationalError, InterfaceError, InternalError)
"""Drivers' errors where the database is at fault and not the statement, a read-only server among them."""

INSUFFICIENT_PRIVILEGE: Final = "42501"
"""PostgreSQL's code for a role that lacks a privilege."""


DISK_FULL: Final = "53100"
"""PostgreSQL's code for a disk without room."""

READ_ONLY: Final = "25006"
"""PostgreSQL's code for a write where none may be."""

LOCK_NOT_AVAILABLE: Final = "55P03"
"""PostgreSQL's code for rows that were waited for in vain."""


class NoUsableStore(AssayError):
    """The database cannot be reached, or is not one that this code can work with."""

    exit_code = 5
    status = 503


class RowsHeld(NoUsableStore):
    """503: another transaction holds what this one would change, and was waited for in vain."""

    def __init__(self) -> None:
        super().__init__("Another transaction holds what this would change.")


FileIdentity: TypeAlias = tuple[int, int]
"""Device and inode."""


@dataclass
class FilesBeside:
    """SQLite's write-ahead log and its index: the same two files for as long as any connection is open.

    Attributes
    ----------
    path
        Of the database.
    connections
        That are open in this process.
    identities
        Of both files, as far as they were seen since the first of these was opened.
    """

    path: Path
    connections: int = 0
    identities: tuple[FileIdentity | None, ...] = (None, None)

    def count_opened(self, *_: Any) -> None:
        """Count a connection; files of before the first one may be others."""
        if not self.connections:
            self.identities = (None, None)
        self.connections += 1

    def count_closed(self, *_: Any) -> None:
        """Count a connection that was closed."""
        self.connections -= 1

    def are_the_same(self) -> bool:
        """Whether the files that have these names are those that were there before."""
        found = tuple(file_identity(Path(f"{self.path}{suffix}")) for suffix in ("-wal", "-shm"))
        same = not self.connections or all(
            old in (None, new) for old, new in zip(self.identities, found, strict=True)
        )
        self.identities = tuple(old or new for old, new in zip(self.identities, found, strict=True))
        return same


@dataclass(frozen=True)
class AuditKey:
    """The secret of the audit log's chains and digests; the database never sees it.

    Attributes
    ----------
    secret
        The key.
    continued
        The tenants whose logs were seen to end in an entry of this key, and so end in no other's.
    """

    secret: bytes = field(repr=False)
    continued: set[str] = field(default_factory=set, compare=False, repr=False)


TOGETHER: Final[ContextVar[Connection | None]] = ContextVar("TOGETHER", default=None)
"""The transaction that what this context writes joins; see :meth:`Database.writing_together`."""


@dataclass(frozen=True)
class Database:
    """An open database, with transactions that read and transactions that write.

    Attributes
    ----------
    engine
        Of SQLAlchemy.
    file
        Device and inode of the SQLite file that was opened; None of a server.
    beside
        The files that SQLite has beside it; None of a server.
    """

    engine: Engine
    file: FileIdentity | None = None
    beside: FilesBeside | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is an SQLite file, with a single writer at a time."""
        return self.engine.dialect.name == SQLITE

    @property
    def place(self) -> str:
        """Its path or address, without its secrets."""
        return self.engine.url.database or "" if self.is_sqlite else shown_address(self._address)

    @property
    def _address(self) -> str:
        return self.engine.url.render_as_string(hide_password=False)

    def keyed(self, key: AuditKey) -> Database:
        """The same database, whose connections carry the audit log's key."""
        return Database(self.engine.execution_options(**{AUDIT_KEY: key}), self.file, self.beside)

    def check_file(self) -> None:
        """Check that the file's name still leads to the file that was opened, and so of SQLite's log.

        What is written to a file without a name is gone with the process.

        Raises
        ------
        NoUsableStore
            If one was removed, or another one has its name.
        """
        if self.file is not None and file_identity(Path(self.place)) != self.file:
            raise NoUsableStore(
                f"The database at {self.place} was removed, or replaced by another file. Put it back, and "
                "start the service again."
            )
        if self.beside is not None and not self.beside.are_the_same():
            raise NoUsableStore(
                f"The write-ahead log of the database at {self.place}, or its index, was removed or "
                "replaced. Start the service again."
            )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads; raises as :meth:`translating_errors` does."""
        self.check_file()
        with self.translating_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that reads the database as it is at one moment."""
        isolation = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.reading() as connection:
            yield connection.execution_options(**isolation)

    @contextmanager
    def writing(self, lock_wait_ms: int | None = None) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back where the block raises.

        Within the block of :meth:`writing_together` it is that one.

        Parameters
        ----------
        lock_wait_ms
            How long it waits for rows that another transaction holds; :data:`LOCK_WAIT_MS` unless given.
            On SQLite, where one writes at a time, it waits its turn for 30 seconds whatever is given.
        """
        if (together := TOGETHER.get()) is not None:
            yield together
            return
        self.check_file()
        options = {WRITING: LOCK_WAIT_MS if lock_wait_ms is None else lock_wait_ms}
        with self.translating_errors(), self.engine.execution_options(**options).begin() as connection:
            yield connection
        self.check_file()  # what was committed into a file without a name is not answered as stored

    @contextmanager
    def writing_together(self) -> Iterator[Connection]:
        """A transaction that writes, which everything joins that this context writes within the block."""
        with self.writing() as connection:
            before = TOGETHER.set(connection)
            try:
                yield connection
            finally:
                TOGETHER.reset(before)

    def truncate_log(self) -> bool:
        """Move SQLite's write-ahead log into its file and cut it, so that erased rows are in neither.

        Nobody waits for it: where a reader still needs the log it is left as it is. Other databases
        have no such file.

        Returns
        -------
        Whether the log is empty now.
        """
        if not self.is_sqlite:
            return True
        with self.translating_errors(), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            # Moves what no reader needs, beside readers and writers.
            _, frames, moved = cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if frames != moved:
                return False
            cursor.execute(f"PRAGMA busy_timeout = {LONGEST_BLOCK_MS}")
            try:
                return bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
            finally:
                cursor.execute(f"PRAGMA {BUSY_TIMEOUT}")

    @contextmanager
    def translating_errors(self) -> Iterator[None]:
        """Turn errors of the database itself into :class:`NoUsableStore`.

        Raises
        ------
        NoUsableStore
            In one sentence, without the data of the statement. Errors of the statement itself are
            raised as they are: sent again, it would fail again.
        RowsHeld
            If another transaction holds rows for too long.
        """
        try:
            yield
        except DBAPIError as error:
            if not is_database_fault(error):
                raise
            if getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise RowsHeld from error
            # The driver's message: SQLAlchemy's own holds the statement with its data.
            said = " ".join(str(error.orig).split()) or type(error.orig).__name__
            words = without_secrets(said, self._address)
            raise NoUsableStore(
                f"The database at {self.place} does not work: {words.rstrip('.')}."
            ) from error
        except (TimeoutError, DisconnectionError) as error:
            raise NoUsableStore(f"The database at {self.place} does not answer in time.") from error

    def close(self) -> None:
        """Close its connections."""
        self.engine.dispose()


def is_database_fault(error: DBAPIError) -> bool:
    """Whether the database is at fault, and not the statement."""
    if isinstance(error, DATABASE_FAULTS) or error.connection_invalidated:
        return True
    if isinstance(error, ProgrammingError) and error.statement is None:  # no such option in an address
        return True
    state = getattr(error.orig, "sqlstate", None)
    # No subclass and no code: a file that is no SQLite database, or a server that stopped answering.
    return state == INSUFFICIENT_PRIVILEGE or (type(error) is DatabaseError and state is None)


def lacks_space(refusal: NoUsableStore) -> bool:
    """Whether the database's disk is full, or the one that SQLite has its temporary files on."""
    driver_error = getattr(refusal.__cause__, "orig", None)
    return (
        getattr(driver_error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        or getattr(driver_error, "sqlstate", None) == DISK_FULL
    )


def open_database(address: str | Path) -> Database:
    """Open a database; an SQLite file is created where there is none.

    Parameters
    ----------
    address
        Path of an SQLite file, or an address that SQLAlchemy reads.

    Raises
    ------
    NoUsableStore
        If the file cannot be created.
    WrongUsage
        If the address cannot be read.
    """
    url = parse_address(address)
    if url.get_backend_name() != SQLITE:
        own = {name: value for name, value in POSTGRESQL_TIMEOUTS.items() if name not in url.query}
        engine = create_engine(
            url, pool_pre_ping=True, **POOL, pool_timeout=10, hide_parameters=True,
            # Behind a pooler the next transaction is in another session, which has other statements prepared.
            connect_args=own | {"prepare_threshold": None},
        )  # fmt: skip
        options = url.query.get("options")
        if not options:  # else the server may be asked to take longer
            event.listen(engine, "do_connect", connect_answering)
        if options == "":
            event.listen(engine, "begin", limit_transaction)
        event.listen(engine, "begin", limit_writer)
        event.listen(engine, "handle_error", drop_read_only)
        return Database(engine)
    path = Path(url.database or "")
    create_file(path)
    connect = {"check_same_thread": False, "isolation_level": None}
    engine = create_engine(url, **POOL, connect_args=connect, hide_parameters=True)
    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "begin", begin_transaction)
    beside = FilesBeside(path)
    event.listen(engine, "connect", beside.count_opened)
    event.listen(engine, "close", beside.count_closed)
    return Database(engine, file_identity(path), beside)


def connect_answering(_dialect: Any, _record: Any, given: Sequence[Any], options: Mapping[str, Any]) -> Any:
    """A new connection to PostgreSQL that is given up where the server stands still."""
    from serving.store.answering_connection import AnsweringConnection  # its driver is not for SQLite

    return AnsweringConnection.connect(*given, **options)


def file_identity(path: Path) -> FileIdentity | None:
    """Device and inode of a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def parse_address(address: str | Path) -> URL:
    """The address in its parts, with ``options`` that are empty; a path may have any characters."""
    if isinstance(address, Path):
        return URL.create(SQLITE, database=str(address))
    try:
        url = make_url(address)
        if NO_OPTIONS.search(address):  # which SQLAlchemy drops
            url = url.update_query_dict({"options": ""})
        url.get_dialect()().create_connect_args(url)  # whether its hosts and ports make sense
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise WrongUsage("The database's address cannot be read.") from error
    if "@" in (url.host or ""):  # a part of the password, which drivers would name as the host
        raise WrongUsage("The database's address cannot be read: an @ in its password must be written %40.")
    return url


def create_file(path: Path) -> None:
    """Create the file for its owner alone; SQLite gives the files beside it the same mode.

    One that exists is not even opened: to close it again would give up every lock that this process
    has on it, and another process could then remove the log that SQLite has beside it
    (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    except OSError as error:
        raise NoUsableStore(f"The database at {path} cannot be opened: {error.strerror}.") from error


def set_pragmas(connection: Any, _: Any) -> None:
    """Set the pragmas of a new SQLite connection, which reads every text, also one that is no UTF-8.

    Somebody may have written such a one: its row bears no seal and has no hash, and no other row is hidden.
    """
    connection.text_factory = any_text
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def any_text(text: bytes) -> str:
    r"""A text of SQLite, whatever its bytes.

    >>> any_text(b"v\xff")
    'v\udcff'
    """
    return text.decode("utf-8", "surrogateescape")


def begin_transaction(connection: Connection) -> None:
    """Begin an SQLite transaction; one that writes locks the database now, not at its first write."""
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def limit_transaction(connection: Connection) -> None:
    """Set the timeouts of a transaction on PostgreSQL whose connection was made without options."""
    connection.exec_driver_sql(
        ";".join(f"SET LOCAL {name} = {value}" for name, value in TRANSACTION_TIMEOUTS.items())
    )


def limit_writer(connection: Connection) -> None:
    """Bound how long a transaction that writes on PostgreSQL holds rows, and how long it waits for others'.

    PostgreSQL ends it where this process stands still in it: it has locked rows, such as its tenant's, which
    every other replica waits for. And who waits keeps a thread and a connection.
    """
    if lock_wait_ms := connection.get_execution_options().get(WRITING):
        connection.exec_driver_sql(
            f"SET LOCAL idle_in_transaction_session_timeout = {WRITER_IDLE_MS};"
            f"SET LOCAL lock_timeout = {lock_wait_ms}"
        )


def drop_read_only(context: ExceptionContext) -> None:
    """Give up all connections as soon as one turns out to be read-only.

    They may have been made to a standby, or while the server took no writes: others may take them by now.
    """
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def audit_key_of(connection: Connection) -> AuditKey:
    """The key of the audit log that a connection of an open store carries."""
    key = connection.get_execution_options()[AUDIT_KEY]
    assert isinstance(key, AuditKey)
    return key


def insert_if_absent(connection: Connection, table: Table) -> Any:
    """An insert that skips rows whose key exists, in the dialect of the connection."""
    return dialect_insert(connection, table).on_conflict_do_nothing()


def insert_or_replace(connection: Connection, table: Table) -> Any:
    """An insert that takes the place of rows whose key exists, in the dialect of the connection."""
    new, key = dialect_insert(connection, table), table.primary_key.columns
    values = {column.name: new.excluded[column.name] for column in table.c if column.name not in key}
    return new.on_conflict_do_update(index_elements=list(key), set_=values)


def dialect_insert(connection: Connection, table: Table) -> Any:
    """The insert of the connection's dialect, which has conflicts."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)
