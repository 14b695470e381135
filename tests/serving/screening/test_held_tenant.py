"""A tenant of whose rows somebody holds some in the database waits for them, and no other tenant does."""

from functools import partial

import pytest

from serving.app.application import make_app
from serving.screening import recorder
from serving.store import engine
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


@pytest.mark.parametrize(("path", "many"), [("/v1/verdicts", 8), ("/v1/verdicts/batch", 1)])
def test_no_other_tenant_waits_for_held_tenants(  # noqa: PLR0913, PLR0917
    client, documents, authorized, held, path, many
):
    """Neither its verdicts, nor what it reads, nor readiness: there are two, with all they may ask."""
    hold, let_go = held
    headers = {tenant: authorized(tenant) for tenant in ("a", "b", "free")}
    bodies = documents if path == "/v1/verdicts" else [b"[" + one + b"]" for one in documents]
    for tenant in "ab":
        hold("tenants", tenant)
    waiting = [
        client.portal.start_task_soon(
            partial(client.client.post, path, content=body, headers=headers[tenant])
        )
        for body in bodies[:many]
        for tenant in "ab"
    ]
    answers = [client.post(path, content=body, headers=headers["free"]) for body in bodies[:3]]
    answers += [client.get(path, headers=headers["free"]) for path in ("/v1/verdicts", "/readyz")]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert not any(one.done() for one in waiting)
    let_go()
    assert [one.result().status_code for one in waiting] == [200] * len(waiting)
    for tenant, count in (("a", many), ("b", many), ("free", 3)):
        assert len(client.get("/v1/verdicts", headers=headers[tenant]).json()["verdicts"]) == count


def test_no_other_tenant_waits_for_a_held_verdict(client, documents, authorized, held):
    hold, let_go = held
    headers = {tenant: authorized(tenant) for tenant in ("a", "free")}
    shorter = client.post("/v1/verdicts?explain=none", content=documents[0], headers=headers["a"])
    hold("verdicts", "a")
    ask = partial(client.client.post, "/v1/verdicts?explain=all", content=documents[0], headers=headers["a"])
    waiting = client.portal.start_task_soon(ask)
    answers = [client.post("/v1/verdicts", content=one, headers=headers["free"]) for one in documents[:3]]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert not waiting.done()
    let_go()
    longer = waiting.result()
    assert len(longer.content) > len(shorter.content)
    own = f"/v1/verdicts/{shorter.json()['verdict_id']}"
    assert client.get(own, headers=headers["a"]).json() == longer.json()


@pytest.mark.parametrize("path", ["/v1/verdicts", "/v1/verdicts/batch"])
def test_what_is_held_too_long_is_neither_stored_nor_answered(  # noqa: PLR0913, PLR0917
    client, app, documents, authorized, held, monkeypatch, path
):
    header, body = authorized("a"), b"[" + documents[0] + b"]" if "batch" in path else documents[0]
    held[0]("tenants", "a")
    monkeypatch.setattr(recorder, "LONGEST_HELD_SECONDS", 0)
    answer = client.post(path, content=body, headers=header)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert (answer.json()["code"], answer.json()["detail"]) == (
        "rows-held", "Another transaction holds what this would change."
    )  # fmt: skip
    with app.state.store_access.opened().database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM verdicts").scalar_one() == 0


def test_what_else_is_held_is_answered_with_503(client, authorized, held, monkeypatch):
    monkeypatch.setattr(engine, "LOCK_WAIT_MS", 1)
    header = authorized("a")
    held[0]("tenants", "a")
    answer = client.delete("/v1/subjects/somebody", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (503, "rows-held")
