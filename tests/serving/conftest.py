"""The real service, started once, on a free port of this machine; and the two databases, real ones too."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial, partialmethod
from itertools import count

import httpx
import psycopg
import pytest
from anyio.from_thread import start_blocking_portal

from accounts.document import to_documents
from accounts.simulation import simulate
from benchmarks.free_port import free_port
from benchmarks.serving.postgresql import installed_programs, postgresql_server
from detector.locate import open_detector
from serving.app import lifespan
from serving.routes import reports
from serving.settings import Settings
from serving.store.store import open_store
from serving.store.tables import METADATA

LONGEST_START_SECONDS = 300
NUMBERS = count()


@pytest.fixture(scope="session")
def postgresql():
    """The socket's folder of a PostgreSQL server of the tests' own."""
    if not installed_programs():
        pytest.skip("PostgreSQL is not installed")
    with postgresql_server() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """Settings with a database in which nothing is."""
    return (
        Settings(home=tmp_path) if request.param == "sqlite" else request.getfixturevalue("empty_postgresql")
    )


@pytest.fixture
def empty_postgresql(tmp_path, postgresql):
    """Settings with a database on PostgreSQL in which nothing is."""
    name = f"test_{next(NUMBERS)}"
    with administering(postgresql) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return Settings(home=tmp_path, database=f"postgresql+psycopg://assay@/{name}?host={postgresql}")


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path):
    """Settings with a database that holds the tables and no row."""
    return request.getfixturevalue(f"on_{request.param}")


@pytest.fixture
def on_sqlite(tmp_path, migrated, patient):
    shutil.copy(migrated / "assay.db", tmp_path)
    return Settings(home=tmp_path, **patient)


@pytest.fixture
def patient(monkeypatch):
    """Settings with which the busiest machine has time for an answer, and for a PDF."""
    monkeypatch.setattr(reports, "PDF_SECONDS", 600.0)
    return {"request_seconds": 600.0}


@pytest.fixture
def on_postgresql(tmp_path, postgresql, migrated_postgresql, patient):
    names = ", ".join(METADATA.tables)
    with administering(postgresql) as connection:
        connection.execute(f"SET session_replication_role = replica; TRUNCATE {names}")
    return Settings(home=tmp_path, database=migrated_postgresql, **patient)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """A home with a database that holds the tables."""
    home = tmp_path_factory.mktemp("migrated")
    open_store(Settings(home=home)).database.close()
    return home


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql, migrated):
    """The address of one on PostgreSQL: all tests use the same, one after the other."""
    address = f"postgresql+psycopg://assay@/postgres?host={postgresql}"
    open_store(Settings(home=migrated, database=address)).database.close()
    return address


def administering(folder):
    return psycopg.connect(f"host={folder} user=assay dbname=postgres", autocommit=True)


@pytest.fixture
def held(postgresql):
    """Holds rows, as somebody in ``psql`` who began a transaction and went to lunch, and lets them go."""
    holder = psycopg.connect(f"host={postgresql} user=assay dbname=postgres")

    def hold(table, tenant):
        found = holder.execute(f"SELECT 1 FROM {table} WHERE tenant = %s FOR UPDATE", [tenant])
        assert found.fetchall()

    yield hold, holder.rollback
    holder.close()


@pytest.fixture
def stand_still(postgresql):
    """Stands still in a transaction until the server has ended its connection."""

    def wait_until_ended(connection):
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 1")
        mine = [connection.connection.driver_connection.info.backend_pid]
        with administering(postgresql) as beside:
            while beside.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", mine).fetchone():
                time.sleep(0.01)

    return wait_until_ended


@pytest.fixture(scope="session")
def population():
    return simulate(8, seed=4)


@pytest.fixture(scope="session")
def documents(population):
    """Account documents as they would be sent."""
    return [json.dumps(document).encode() for document in to_documents(population.tables)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of nobody's, so that the starter speaks."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def variables():
    """What the service's environment holds beside."""
    return {}


@pytest.fixture(scope="module")
def home_of(home):
    """The running service's home, where a test has a home of its own."""
    return home


@pytest.fixture(scope="module")
def address(service):
    """Where the service answers."""
    return service[1]


@pytest.fixture(scope="module")
def service(home_of, variables):
    """The service's process, and where it answers."""
    with started(home_of, variables) as (process, url):
        yield process, url
    assert process.returncode == 0


@pytest.fixture(scope="session")
def starting():
    """Starts the service, once more."""
    return started


@contextmanager
def started(home, variables, options=("--no-auth",)):
    port = free_port()
    command = [sys.executable, "-c", "from cli.assay import main; main()", "serve", *options]
    command += ["--port", str(port)]
    environment = {**os.environ, "ASSAY_HOME": str(home), **variables}
    # A file, for a pipe that nobody reads is full after some hundred requests, and the service waits for it.
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, env=environment, stderr=log) as process,
    ):
        try:
            yield process, wait_for(process, f"http://127.0.0.1:{port}")
        finally:
            end(process)


def wait_for(process, url):
    deadline = time.monotonic() + LONGEST_START_SECONDS
    with httpx.Client() as client:  # one for all tries: each new one reads all certificates
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if client.get(f"{url}/readyz").status_code == 200:
                    return url
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    pytest.fail(f"the service did not start: exit code {process.poll()}")


def end(process):
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()


@pytest.fixture
def client(address):
    with httpx.Client(base_url=address, timeout=60) as one:
        yield one


class Caller:
    """Asks an application in this process, each time on the same event loop."""

    def __init__(self, app, base_url="http://127.0.0.1"):
        self.app, self.base_url = app, base_url

    def __enter__(self):
        self.running = start_blocking_portal()
        self.portal = self.running.__enter__()
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url=self.base_url, timeout=60)
        return self

    def __exit__(self, *error):
        self.portal.call(self.client.aclose)
        self.running.__exit__(*error)

    def request(self, method, path, **more):
        return self.portal.call(partial(self.client.request, method, path, **more))

    get = partialmethod(request, "GET")
    post = partialmethod(request, "POST")
    delete = partialmethod(request, "DELETE")


@pytest.fixture(scope="session")
def calling():
    """What asks an application."""
    return Caller


@pytest.fixture(scope="session")
def detector(tmp_path_factory):
    """The starter, loaded once."""
    return open_detector(None, tmp_path_factory.mktemp("nobody"))


@pytest.fixture
def loaded(detector, monkeypatch):
    """Every application of a test has the starter, without loading it."""
    monkeypatch.setattr(lifespan, "open_detector", lambda *_: detector)
