"""A tenant whose row somebody holds in the database waits for it, and keeps no other tenant waiting."""

import psycopg
import pytest

from serving.app.application import make_app
from serving.store.api_keys import Scope, create_key

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture
def app(on_postgresql):
    return make_app(on_postgresql)


@pytest.fixture
def client(app, calling):
    with calling(app) as one:
        yield one


@pytest.fixture
def authorized(app):
    """The header with a key of a tenant."""
    store = app.state.store_access.opened()

    def header(tenant):
        key = create_key(store, tenant=tenant, name="test", scopes=tuple(Scope))
        return {"Authorization": f"Bearer {key}"}

    return header


@pytest.fixture
def held(postgresql, migrated_postgresql):
    """Holds a tenant's row, as somebody in ``psql`` who began a transaction and went to lunch."""
    holder = psycopg.connect(f"host={postgresql} user=assay dbname=postgres")

    def hold(tenant):
        holder.execute("SELECT 1 FROM tenants WHERE tenant = %s FOR UPDATE", [tenant])

    yield hold, holder.rollback
    holder.close()


@pytest.mark.parametrize("path", ["/v1/verdicts", "/v1/verdicts/batch"])
def test_other_tenants_verdicts_do_not_wait_for_a_held_tenant(client, documents, authorized, held, path):
    hold, let_go = held
    theirs, others = authorized("held"), authorized("free")
    bodies = documents if path == "/v1/verdicts" else [b"[" + one + b"]" for one in documents]
    hold("held")
    ask = client.client.post
    waiting = [
        client.portal.start_task_soon(lambda body=body: ask(path, content=body, headers=theirs))
        for body in bodies[:3]
    ]
    answers = [client.post(path, content=body, headers=others) for body in bodies[:3]]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert not any(one.done() for one in waiting)
    let_go()
    assert [one.result().status_code for one in waiting] == [200] * 3
    for header in (theirs, others):
        assert len(client.get("/v1/verdicts", headers=header).json()["verdicts"]) == 3


def test_what_a_held_tenant_cannot_store_is_not_answered(client, documents, authorized, held, monkeypatch):
    hold, _ = held
    header = authorized("held")
    database = client.app.state.store_access.store.database
    hold("held")
    monkeypatch.setattr("serving.store.engine.WRITER_IDLE_MS", "20000; SET LOCAL lock_timeout = 1")
    answer = client.post("/v1/verdicts", content=documents[0], headers=header)
    assert answer.status_code == 503 and answer.json()["code"]
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM verdicts").scalar_one() == 0
