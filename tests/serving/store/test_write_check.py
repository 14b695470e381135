"""Ready means able: what happens to a database's file is noticed, before anything is answered as stored."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from serving.app.application import make_app
from serving.settings import Settings
from serving.store import access, write_check
from serving.store.engine import NoUsableStore
from serving.store.migrate import NEWEST
from serving.store.store import open_store
from serving.store.verdict_rows import store_verdicts
from serving.store.write_check import HEADER, WriteCheck

READ_ONLY = "-c%20default_transaction_read_only%3Don"
ACCOUNT = b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'


def removed(path):
    path.unlink()


def replaced(path):
    other = path.with_name("other.db")
    shutil.copy(path, other)
    os.replace(other, path)


def renamed(path):
    path.rename(path.with_name("away.db"))


def moved(path):
    path.parent.rename(path.parent.with_name(f"{path.parent.name}-elsewhere"))


def overwritten(path):
    path.write_bytes(b"something else " * 10_000)


def older(path):
    """A backup from before the last entries, copied into the file."""
    path.write_bytes(path.with_name("backup.db").read_bytes())


def beside(suffix, happen):
    """The same of a file beside the database."""

    def fault(path):
        happen(path.with_name(f"{path.name}{suffix}"))

    fault.__name__ = f"{happen.__name__}{suffix}"
    return fault


BESIDE = [beside(suffix, happen) for suffix in ("-wal", "-shm") for happen in (removed, replaced, renamed)]
FAULTS = [*BESIDE, removed, replaced, renamed, overwritten, older, moved]


def truncate_log(store):
    """Move what was written into the file, as a checkpoint does now and then."""
    assert store.database.truncate_log()


@pytest.mark.parametrize("fault", FAULTS)
def test_another_file_or_none_is_noticed(on_sqlite, entry, fault):
    store, check = open_store(on_sqlite), WriteCheck()
    path = on_sqlite.home / "assay.db"
    truncate_log(store)
    shutil.copy(path, path.with_name("backup.db"))
    store_verdicts(store, [entry()])
    check.run(store)
    check.run(store)
    truncate_log(store)
    fault(path)
    with pytest.raises(NoUsableStore, match=r"assay\.db"):
        check.run(store)


@pytest.mark.parametrize("fault", [removed, replaced, renamed, moved])
def test_nothing_is_answered_that_is_gone_at_the_next_start(on_sqlite, loaded, calling, fault):
    app = make_app(Settings(home=on_sqlite.home, no_auth=True))
    with calling(app) as client:
        assert client.post("/v1/verdicts", content=ACCOUNT).status_code == 200
        assert client.get("/readyz").status_code == 200
        fault(on_sqlite.home / "assay.db")
        answer = client.post("/v1/verdicts", content=ACCOUNT)
        app.state.store_access.checked_at = 0.0
        ready = client.get("/readyz")
    assert (answer.status_code, ready.status_code) == (503, 503)
    assert "assay.db" not in ready.text


def test_a_full_disk_is_noticed(on_sqlite, monkeypatch):
    store = open_store(on_sqlite)
    WriteCheck().run(store)
    monkeypatch.setattr(write_check, "LEAST_FREE_BYTES", 2**60)
    with pytest.raises(NoUsableStore, match="full"):
        WriteCheck().run(store)


def test_a_database_that_takes_no_writes_is_noticed(on_sqlite):
    store = open_store(on_sqlite)
    WriteCheck().run(store)
    event.listen(store.database.engine, "connect", lambda one, _: one.execute("PRAGMA query_only = ON"))
    store.database.engine.dispose()
    with pytest.raises(NoUsableStore, match="readonly"):
        WriteCheck().run(store)


@pytest.mark.parametrize(
    ("revision", "refusal"), [("9999", "migrated by a newer Assay"), ("0001", "not what it was")]
)
def test_a_database_of_another_revision_is_noticed(settings, revision, refusal):
    store = open_store(settings)
    WriteCheck().run(store)
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    with pytest.raises(NoUsableStore, match=refusal):
        WriteCheck().run(store)
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": NEWEST})
    WriteCheck().run(store)
    store.database.close()


def test_no_check_waits_for_one_that_stands_still(on_postgresql):
    store = open_store(on_postgresql)
    with store.database.writing() as connection:
        connection.execute(write_check.SAME)
        WriteCheck().run(store)
    store.database.close()


def test_a_server_that_takes_no_writes_is_noticed(on_postgresql):
    store = open_store(on_postgresql)
    WriteCheck().run(store)
    store.database.engine.dispose()
    address = SecretStr(f"{on_postgresql.database_url}&options={READ_ONLY}")
    read_only = on_postgresql.model_copy(update={"database": address})
    other = open_store(read_only)
    with pytest.raises(NoUsableStore, match="read-only"):
        WriteCheck().run(other)
    store.database.close()
    other.database.close()


def test_the_full_disk_of_a_server_is_noticed(on_postgresql, postgresql):
    """The pages that exist have room for a write that changes nothing."""
    store, owner = open_store(on_postgresql), postgresql.stat()
    WriteCheck().run(store)
    with store.database.reading() as connection:
        process = connection.scalar(text("SELECT pg_backend_pid()"))

    def limit_files(bytes_):
        command = ["prlimit", f"--pid={process}", f"--fsize={bytes_}:"]
        subprocess.run(command, user=owner.st_uid, group=owner.st_gid, check=True)

    limit_files(2**19)  # half of what is tried
    with pytest.raises(NoUsableStore, match="could not write to file"):
        WriteCheck().run(store)
    limit_files("unlimited")
    WriteCheck().run(store)
    store.database.close()


def test_a_server_that_allows_no_temporary_files_is_ready(on_postgresql):
    address = SecretStr(f"{on_postgresql.database_url}&options=-c%20temp_file_limit%3D64")
    store = open_store(on_postgresql.model_copy(update={"database": address}))
    WriteCheck().run(store)
    store.database.close()


def test_whoever_asks_often_adds_no_writes(on_sqlite, loaded, calling, monkeypatch):
    monkeypatch.setattr(access, "CHECK_SECONDS", 3_600.0)
    app = make_app(Settings(home=on_sqlite.home, no_auth=True))
    counted = []
    run = app.state.store_access.write_check.run
    app.state.store_access.write_check.run = lambda store: counted.append(run(store))
    with calling(app) as client:
        assert {client.get("/readyz").status_code for _ in range(20)} == {200}
    assert len(counted) == 1


def test_a_new_file_is_empty_as_long_as_its_log_holds_all_of_it(tmp_path):
    path, check = tmp_path / "assay.db", WriteCheck()
    path.touch()
    database = SimpleNamespace(place=str(path))
    with path.open("rb"):  # as SQLite has it
        check.check_header(database)
        path.write_bytes(HEADER + b"the rest")
        check.check_header(database)
        path.write_bytes(b"")
        with pytest.raises(NoUsableStore, match="something else was copied into it"):
            check.check_header(database)


def test_a_check_releases_none_of_the_locks_that_keep_the_log_for_others(on_sqlite):
    """A process that closes its last connection removes the log, unless another has the file locked."""
    store = open_store(on_sqlite)
    with store.database.reading() as connection:
        connection.execute(text("SELECT 1 FROM tenants"))
        with store.database.writing() as other:
            other.execute(text("CREATE TABLE more (name TEXT)"))
        WriteCheck().run(store)
        script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT * FROM more').fetchall()"
        subprocess.run([sys.executable, "-c", script, store.database.place], check=True)
        assert Path(f"{store.database.place}-wal").exists()


def test_a_service_that_makes_its_own_database_is_ready_at_once(tmp_path, loaded, calling):
    with calling(make_app(Settings(home=tmp_path, no_auth=True))) as client:
        assert client.get("/readyz").status_code == 200
        assert client.post("/v1/verdicts", content=ACCOUNT).status_code == 200


def test_a_file_that_was_written_over_is_noticed_where_the_log_holds_its_pages(on_sqlite):
    store, check = open_store(on_sqlite), WriteCheck()
    check.run(store)
    with store.database.engine.connect() as reader:  # which keeps the log
        with store.database.writing() as connection:
            connection.execute(text("CREATE TABLE more (name TEXT)"))  # the first page, too
        reader.execute(text("SELECT 1"))
        with open(store.database.place, "r+b") as file:
            file.write(b"something else " * 7)
        with pytest.raises(NoUsableStore, match="something else was copied into it"):
            check.run(store)
