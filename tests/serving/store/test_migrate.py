import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from accounts.errors import WrongUsage
from serving.settings import Settings
from serving.store.engine import NoUsableStore, open_database
from serving.store.migrate import NEWEST, migrate, migration_scripts, revision_of
from serving.store.store import open_store
from serving.store.tables import METADATA


def test_the_migrations_end_in_the_tables_of_the_code(store):
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert not compare_metadata(context, METADATA)
        assert revision_of(connection) == NEWEST == migration_scripts().get_current_head()


def test_of_many_that_start_at_once_one_migrates(empty):
    def start(_):
        store = open_store(empty)
        database = store.database
        database.close()
        return store.key

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(start, range(8)))
    assert len(keys) == 1


def test_a_database_of_a_newer_assay_is_refused(empty):
    database = open_store(empty).database
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(
        NoUsableStore, match=rf"newer Assay: it is at revision 9999, and this one knows {NEWEST}\.$"
    ):
        open_store(empty)


def test_only_its_owner_reads_a_file(tmp_path):
    store = open_store(Settings(home=tmp_path / "new" / "home"))
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '1'"))
        files = sorted((tmp_path / "new" / "home").iterdir())
        assert [path.name for path in files] == ["assay.db", "assay.db-shm", "assay.db-wal", "audit.key"]
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    store.database.close()


def test_what_is_no_database_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "assay.db").write_text("nothing of the kind, " * 100)
    with pytest.raises(NoUsableStore, match=r"^The database at .* does not work: file is not a database\.$"):
        open_store(Settings(home=tmp_path))


def test_a_folder_that_cannot_be_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NoUsableStore, match=r"cannot be opened: File exists\.$"):
        open_store(Settings(home=tmp_path / "file"))


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://assay:open-sesame@/assay?host={}",
        "postgresql+psycopg://assay@/assay?password=open-sesame&host={}",
        "postgresql+psycopg://assay@/assay?host={}&sslpassword=open-sesame",
        "postgresql+psycopg://assay@/assay?host={}&PASSWORD=open-sesame",  # no option of the driver's
        "postgresql+psycopg://assay@/assay?host={}&channel_binding=open-sesame",  # quoted by it
    ],
)
def test_a_server_that_is_not_there_is_refused_without_its_password(tmp_path, address):
    with pytest.raises(NoUsableStore) as refused:
        open_store(Settings(home=tmp_path, database=address.format(tmp_path)))
    assert "open-sesame" not in str(refused.value)
    assert str(tmp_path) in unquote(str(refused.value))
    assert "\n" not in str(refused.value)


def test_a_server_that_says_nothing_is_not_waited_for(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}/assay?connect_timeout=2"
        with pytest.raises(NoUsableStore, match="timeout expired"):
            open_store(Settings(home=tmp_path, database=f"postgresql+psycopg://assay@{place}"))


def timeouts(connection):
    """How long a statement may take, and how long this process may stand still between two."""
    names = ("statement_timeout", "idle_in_transaction_session_timeout")
    return [connection.execute(text(f"SHOW {name}")).scalar() for name in names]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_neither_a_database_nor_who_stands_still_in_it_is_waited_for_without_end(store, monkeypatch):
    with store.database.reading() as connection:
        assert timeouts(connection) == ["30s", "5min"]
    with store.database.writing() as connection:
        assert timeouts(connection) == ["30s", "20s"]
    seen = []
    monkeypatch.setattr("serving.store.migrate.NEWEST", "another")
    monkeypatch.setattr(
        "serving.store.migrate.upgrade", lambda connection, *_: seen.append(timeouts(connection))
    )
    assert migrate(store.database, also=lambda *_: None)
    assert seen == [["0", "5min"]]  # a migration may take its time


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://a:b:c:d@@:x/",
        "postgresql+psycopg://db/assay?port=here",
        "postgresql+psycopg://db/assay?host=a:1,b:2&port=1,2,3",
        "postgresql+unheard_of://db/assay",
        "unheard_of://db/assay",
    ],
)
def test_an_address_that_makes_no_sense_is_wrong_usage(address):
    with pytest.raises(WrongUsage, match="cannot be read"):
        open_database(address)


def test_a_password_with_an_at_sign_names_no_host():
    with pytest.raises(WrongUsage, match="must be written %40") as refused:
        open_database("postgresql+psycopg://assay:open@sesame@db/assay")
    assert "sesame" not in str(refused.value)


def test_a_configured_key_is_taken_and_none_is_made(tmp_path):
    store = open_store(Settings(home=tmp_path, audit_key="k" * 32))
    assert store.key == b"k" * 32
    assert not (tmp_path / "audit.key").exists()
    store.database.close()


def test_migrating_twice_does_nothing(store):
    assert not migrate(store.database)
