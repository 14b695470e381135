"""What is the database's fault, and what is ours."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from serving.store import engine
from serving.store.answering_connection import AnsweringConnection
from serving.store.audit_log import lock_tenants
from serving.store.engine import NoUsableStore, open_database
from serving.store.migrate import taking_any_time
from serving.store.store import open_store
from serving.store.tables import tenants

ROW = {"tenant": "acme", "created_at": "", "audit_entries": 0, "audit_hash": "secret"}


def write(store, *rows):
    with store.database.writing() as connection:
        for row in rows:
            connection.execute(insert(tenants), row)


def test_what_is_refused_for_what_it_is_goes_through_without_it(store):
    with pytest.raises(IntegrityError) as refused:
        write(store, ROW, ROW)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
@pytest.mark.parametrize("row", [{"tenant": "x" * 65}, {"audit_hash": "\0"}])
def test_what_does_not_fit_goes_through(store, row):
    with pytest.raises(DBAPIError):
        write(store, ROW | row)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_terminate_backend(pg_backend_pid())",
        "SET LOCAL statement_timeout = 1; SELECT pg_sleep(9)",
        "SET TRANSACTION READ ONLY; DELETE FROM tenants",
        "SET LOCAL ROLE pg_monitor; DELETE FROM tenants",
    ],
)
def test_a_server_that_does_not_work_is_no_usable_store(store, statement):
    with pytest.raises(NoUsableStore, match="does not work"), store.database.writing() as connection:
        for one in statement.split("; "):
            connection.execute(text(one))


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_who_stands_still_in_a_transaction_is_not_waited_for_and_has_written_nothing(
    settings, store, monkeypatch
):
    other = open_store(settings)
    monkeypatch.setattr(engine, "WRITER_IDLE_MS", 100)
    with pytest.raises(NoUsableStore, match="does not work"), store.database.writing() as connection:
        lock_tenants(connection, ["acme"])
        with other.database.writing() as another:  # waits for the same row, and gets it
            lock_tenants(another, ["acme"])
        connection.execute(insert(tenants), ROW | {"tenant": "rival"})
    write(store, ROW | {"tenant": "later"})
    with other.database.reading() as another:
        assert sorted(another.execute(select(tenants.c.tenant)).scalars()) == ["acme", "later"]
    other.database.close()


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_connections_of_a_time_without_writes_are_made_anew(store):
    """As those to a standby are, where the server's name led to it for a moment."""
    read_only = text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    with store.database.engine.begin() as one, store.database.engine.begin() as another:
        one.execute(read_only)
        another.execute(read_only)
    with pytest.raises(NoUsableStore, match="does not work"):
        write(store, ROW)
    write(store, ROW)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_a_server_that_stands_still_is_given_up(store, monkeypatch, writing):
    """Its kernel goes on acknowledging what is sent."""
    monkeypatch.setattr(AnsweringConnection, "answer_seconds", 0.5)
    database, stopped = store.database, []
    try:
        with (
            pytest.raises(NoUsableStore, match="does not work"),
            database.writing() if writing else database.reading() as connection,
        ):
            stopped.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            os.kill(stopped[0], signal.SIGSTOP)
            connection.execute(text("SELECT 1"))
        with database.reading() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != stopped[0]
    finally:
        os.kill(stopped[0], signal.SIGCONT)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_migration_takes_its_time_and_what_comes_after_it_does_not(store, monkeypatch):
    monkeypatch.setattr(AnsweringConnection, "answer_seconds", 0.5)
    sleeps = text("SELECT pg_sleep(1)")
    with store.database.writing() as connection, taking_any_time(connection):
        connection.execute(sleeps)
    with pytest.raises(NoUsableStore), store.database.reading() as connection:
        connection.execute(sleeps)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_no_statement_is_prepared(store):
    """A pooler gives the next transaction another session."""
    with store.database.reading() as connection:
        for _ in range(9):
            connection.execute(select(tenants.c.tenant))
        assert connection.execute(text("SELECT name FROM pg_prepared_statements")).all() == []


@pytest.mark.parametrize("options", ["&options=", "&options=&application_name=assay"])
def test_timeouts_without_options_are_those_of_each_transaction(on_postgresql, options):
    database = open_database(f"{on_postgresql.database_url}{options}")
    shown = [text(f"SHOW {name}") for name in ("statement_timeout", "idle_in_transaction_session_timeout")]
    for transaction, idle in ((database.reading, "5min"), (database.writing, "20s")):
        with transaction() as connection:
            assert [connection.execute(one).scalar_one() for one in shown] == ["30s", idle]
            assert isinstance(connection.connection.driver_connection, AnsweringConnection)
    with database.engine.connect() as connection:
        connection.rollback()
        cursor = connection.connection.driver_connection.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
    database.close()


@pytest.fixture
def file(on_sqlite):
    """A database in a file, and how to spoil it."""
    opened = open_database(on_sqlite.home / "assay.db")
    yield opened, on_sqlite.home / "assay.db"
    opened.close()


def test_a_file_that_is_full_or_locked_is_no_usable_store(file):
    database, path = file
    with pytest.raises(NoUsableStore, match="full"), database.writing() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
        connection.execute(text("CREATE TABLE more AS SELECT zeroblob(1000000)"))
    other = open_database(path)
    with database.writing(), pytest.raises(NoUsableStore, match="locked"):
        with other.reading() as connection:
            connection.execute(text("PRAGMA busy_timeout = 1"))
        with other.writing():
            pass
    other.close()


def test_a_file_that_is_spoilt_is_no_usable_store(file):
    database, path = file
    database.close()
    path.write_bytes(path.read_bytes()[:4096] + b"spoilt" * 4096)
    with pytest.raises(NoUsableStore, match="malformed"), database.reading() as connection:
        connection.execute(text("SELECT * FROM tenants"))


OPEN_READ_AND_CLOSE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
connection.close()
"""


def test_a_second_opening_gives_up_no_lock_of_the_first(file):
    database, path = file
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE written (number INTEGER)"))
    open_database(path).close()
    subprocess.run([sys.executable, "-c", OPEN_READ_AND_CLOSE, path], check=True)
    with database.reading() as connection:  # the other process removed no log: it was not the last
        assert connection.execute(text("SELECT * FROM written")).all() == []
