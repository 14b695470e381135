"""PostgreSQL behind pgbouncer, which gives each transaction to whichever session of the server is free."""

import os
import shutil
import subprocess
import time

import psycopg
import pytest
from sqlalchemy import func, select, text

from benchmarks.free_port import free_port
from serving.settings import Settings
from serving.store.audit_check import verify_audit_logs
from serving.store.engine import NoUsableStore
from serving.store.migrate import NEWEST, revision_of
from serving.store.store import open_store
from serving.store.tables import verdicts
from serving.store.verdict_rows import store_verdicts

CONFIGURATION = """
[databases]
* = host={server}
[pgbouncer]
pool_mode = transaction
default_pool_size = 1
unix_socket_dir = {folder}
listen_port = {port}
auth_type = trust
auth_file = {folder}/users
"""
"""One session of the server for all: whatever a transaction leaves in it, the next one finds."""

SHOWN = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")


@pytest.fixture(scope="module")
def pooler(postgresql, tmp_path_factory):
    """Where a pgbouncer of the tests' own listens, for ``host`` and ``port``."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer is not installed")
    folder, port = postgresql / "pooler", free_port()
    folder.mkdir()
    (folder / "users").write_text('"assay" ""\n')
    (folder / "ini").write_text(CONFIGURATION.format(server=postgresql, folder=folder, port=port))
    who = None if os.getuid() else postgresql.stat().st_uid  # it refuses to run as root
    if who is not None:
        os.chown(folder, who, -1)
    with subprocess.Popen([program, "-q", folder / "ini"], user=who, stderr=subprocess.DEVNULL) as process:
        try:
            while not (folder / f".s.PGSQL.{port}").exists():
                assert process.poll() is None, "pgbouncer did not start"
                time.sleep(0.01)
            yield {"host": folder, "port": port}
        finally:
            process.terminate()


@pytest.fixture
def pooled(on_postgresql, pooler):
    """Settings with the pooler's address, which says that it takes no options."""
    address = f"postgresql+psycopg://assay@/postgres?host={pooler['host']}&port={pooler['port']}&options="
    return Settings(home=on_postgresql.home, database=address)


def shown(connection):
    return [connection.execute(text(f"SHOW {name}")).scalar_one() for name in SHOWN]


def test_sessions_of_the_server_are_shared(pooled, entry):
    stores = [open_store(pooled) for _ in range(2)]
    for number in range(8):  # more often than a driver repeats a statement before it prepares it
        for name, store in zip("ab", stores, strict=True):
            store_verdicts(store, [entry(f"{name}{number}", account_id=f"yt:{name}{number}")])
    for store in stores:
        assert [one.fault for one in verify_audit_logs(store)] == [None]
        with store.database.reading() as connection:
            assert connection.execute(select(func.count()).select_from(verdicts)).scalar_one() == 16
        store.database.close()


def test_timeouts_are_those_of_each_transaction_and_are_left_to_nobody(pooled, pooler):
    store = open_store(pooled)
    with store.database.writing() as connection:
        assert shown(connection) == ["30s", "20s", "3s"]
    with store.database.reading() as connection:
        assert shown(connection) == ["30s", "5min", "0"]
    with store.database.snapshot() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar_one() == "repeatable read"
        assert shown(connection) == ["30s", "5min", "0"]
    store.database.close()
    with psycopg.connect(**pooler, user="assay", dbname="postgres", options="", autocommit=True) as beside:
        assert [beside.execute(f"SHOW {name}").fetchone() for name in SHOWN] == [("0",)] * 3


def test_an_empty_database_is_migrated(empty_postgresql, pooled):
    name = empty_postgresql.database_url.partition("@/")[2].partition("?")[0]
    address = pooled.database_url.replace("@/postgres?", f"@/{name}?")
    store = open_store(Settings(home=empty_postgresql.home, database=address))
    with store.database.reading() as connection:
        assert revision_of(connection) == NEWEST
    store.database.close()


def test_an_address_that_does_not_say_so_is_refused(pooled):
    address = pooled.database_url.removesuffix("&options=")
    with pytest.raises(NoUsableStore, match="unsupported startup parameter"):
        open_store(Settings(home=pooled.home, database=address))
