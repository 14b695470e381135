"""Jobs made over HTTP and worked on in this process, where nothing else is said."""

import json
from contextlib import ExitStack

import pytest
from sqlalchemy import update

from serving.app import lifespan
from serving.app.application import make_app
from serving.jobs import job_run
from serving.jobs.worker import Worker
from serving.store.api_keys import create_key
from serving.store.job_rows import get_job
from serving.store.job_seals import seal_job
from serving.store.store import open_store
from serving.store.tables import jobs

NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def small(settings, detector, monkeypatch):
    """Settings with pieces of three accounts, and the starter loaded once."""
    for module in (lifespan, job_run):
        monkeypatch.setattr(module, "open_detector", lambda *_: detector)
    return settings.model_copy(update={"no_auth": True, "job_piece_accounts": 3})


@pytest.fixture
def store(small):
    opened = open_store(small)
    yield opened
    opened.database.close()


@pytest.fixture
def start(small, calling):
    """Starts the service with some settings changed."""
    with ExitStack() as running:

        def started(**changed):
            app = make_app(small.model_copy(update=changed))
            running.callback(app.state.store_access.close)
            return running.enter_context(calling(app))

        yield started


@pytest.fixture
def client(start):
    return start()


@pytest.fixture
def key(store):
    """Makes keys, as the header that they are sent in."""

    def make(tenant):
        secret = create_key(store, tenant=tenant, name="a test's", scopes=["read", "score", "admin"])
        return {"Authorization": f"Bearer {secret}"}

    return make


@pytest.fixture
def worker(small, store):
    """Makes workers of this process."""
    return lambda owner="a worker", **changed: Worker(small.model_copy(update=changed), store, owner)


@pytest.fixture(scope="session")
def body(documents):
    """Eight accounts, and four lines that are none, among them an account that came before."""
    wrong = json.dumps({"account_id": "=b", "platform": "myspace"}).encode()
    lines = [*documents[:4], b"{", wrong, b"", *documents[4:], documents[1], b"7"]
    return b"\n".join(lines)


@pytest.fixture
def submit(client, body):
    """Makes a job."""

    def post_job(content=body, headers=NDJSON):
        answer = client.post("/v1/jobs", content=content, headers=headers)
        assert answer.status_code == 202, answer.text
        return answer.json()["job_id"]

    return post_job


@pytest.fixture
def look(store):
    """The row of a job."""

    def row_of(job_id, tenant="default"):
        with store.database.reading() as connection:
            return get_job(connection, tenant, job_id)

    return row_of


@pytest.fixture
def rewrite(store):
    """Changes the row of a job that has ended as if it had been written so, with its seal."""

    def rewritten(job_id, **values):
        with store.database.writing() as connection:
            connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(values))
            seal_job(connection, "default", job_id)

    return rewritten


@pytest.fixture
def lines(client):
    """The results of a job."""
    return lambda job_id: client.get(f"/v1/jobs/{job_id}/results").content.splitlines()


@pytest.fixture(scope="session")
def results_by_input():
    """Result lines of undisturbed jobs, by the job's input."""
    return {}


@pytest.fixture
def results_alone(submit, worker, lines, body, results_by_input):
    """Gives the result lines of a job that nothing disturbed; the same on every database."""

    def results_of(content=body):
        if content not in results_by_input:
            job_id = submit(content)
            assert worker("undisturbed").step()
            results_by_input[content] = lines(job_id)
        return results_by_input[content]

    return results_of
