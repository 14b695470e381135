"""Observations over HTTP: one, several and lines; once each, apart by tenant, joined to verdicts, erased."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest

from serving.app.application import make_app
from serving.http import idempotency
from serving.store.api_keys import Scope, create_key
from serving.store.audit_check import verify_audit_logs
from serving.store.engine import NoUsableStore
from serving.store.store import open_store

FIRST = datetime(2026, 10, 1, 6, tzinfo=UTC)


def document(day, **more):
    posts = [{"post_id": "p1", "published_at": FIRST.isoformat(), "likes": 40 + day, "views": 900}]
    return {
        "account_id": "ana", "platform": "instagram", "as_of": (FIRST + timedelta(days=day)).isoformat(),
        "profile": {"followers": 1_000 + day}, "posts": posts, **more,
    }  # fmt: skip


@pytest.fixture
def app(settings, loaded):
    application = make_app(settings.model_copy(update={"no_auth": True}))
    yield application
    application.state.store_access.close()


@pytest.fixture
def client(app, calling):
    with calling(app) as one:
        yield one


def put(client, body, **options):
    return client.post("/v1/observations", content=json.dumps(body), **options)


def test_one_document_is_stored_once(client):
    first, again = put(client, document(0)), put(client, document(0))
    assert first.json() == {"new": 1, "completed": 0, "known": 0, "empty": 0, "refused": []}
    assert again.json() == {"new": 0, "completed": 0, "known": 1, "empty": 0, "refused": []}


def test_a_list_and_lines_may_hold_an_account_several_times(client):
    many = [document(day) for day in range(4)] + [document(0, account_id="bo", profile=None, posts=None)]
    assert put(client, many).json() == {"new": 4, "completed": 0, "known": 0, "empty": 1, "refused": []}
    lines = gzip.compress("".join(json.dumps(document(day)) + "\n" for day in range(6)).encode())
    header = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
    answer = client.post("/v1/observations", content=lines, headers=header)
    assert answer.json() == {"new": 2, "completed": 0, "known": 4, "empty": 0, "refused": []}


def test_a_bad_document_among_several_is_refused_alone(client):
    answer = put(client, [document(0), document(1, profile={"followers": -1}), document(2)])
    assert answer.status_code == 200
    assert answer.json()["new"] == 2
    (refused,) = answer.json()["refused"]
    assert refused["account_id"] == "ana"
    assert refused["problem"]["errors"][0]["field"] == "profile.followers"
    alone = put(client, document(1, profile={"followers": -1}))
    assert (alone.status_code, alone.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?source=", "source must be a name of 1 to 100 letters, digits, spaces and . _ : + -."),
        ("?source=<b>", "source must be a name of 1 to 100 letters, digits, spaces and . _ : + -."),
        ("?at=now", "at is not a parameter of this route."),
    ],
)
def test_a_wrong_parameter_is_refused(client, query, sentence):
    answer = client.post(f"/v1/observations{query}", content=json.dumps(document(0)))
    assert (answer.status_code, answer.json()["detail"]) == (400, sentence)


def test_what_is_no_document_is_refused(client):
    for body in (b"7", b"[7", b'{"a": 1', b""):
        assert client.post("/v1/observations", content=body).status_code == 422
    wrong = client.post("/v1/observations", content=b"a,b", headers={"Content-Type": "text/csv"})
    assert wrong.status_code == 415


def test_a_request_that_comes_twice_has_its_first_answer(client):
    header = {"Idempotency-Key": "k1"}
    first, again = put(client, document(0), headers=header), put(client, document(0), headers=header)
    assert (first.json()["new"], again.json()["new"]) == (1, 1)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert put(client, document(1), headers=header).status_code == 409


def test_observations_whose_answer_was_not_remembered_are_stored_once(client, app, monkeypatch):
    def lose_store(*_):
        raise NoUsableStore("gone")

    header, many = {"Idempotency-Key": "k1"}, [document(day) for day in range(3)]
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "remember_answer_of", lose_store)
        assert put(client, many, headers=header).status_code == 503
    again = put(client, many, headers=header).json()
    assert (again["new"], again["completed"], again["known"]) == (0, 0, 3)
    assert verify_audit_logs(app.state.store_access.store)[0].head.entries == 3


def history(client, path="/v1/verdicts", query="?with_observed=true", body=None):
    answer = client.post(f"{path}{query}", content=json.dumps(body or document(30)))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return (found["verdicts"][0] if "verdicts" in found else found)["evidence"]


def test_verdicts_are_joined_where_they_ask_for_it(client):
    source = "observed (my feed)"
    put(client, [document(day) for day in range(20)], params={"source": "my feed"})
    one, batch = history(client), history(client, "/v1/verdicts/batch", body=[document(30)])
    assert one["blocks"]["history"] == batch["blocks"]["history"] == {"present": True, "n": 20}
    assert one["sources"] == [
        {"table": "history", "source": source, "rows": 20},
        {"table": "observed", "source": source, "rows": 20},
    ]
    assert history(client, query="")["blocks"]["history"]["present"] is False
    assert history(client, query="?with_observed=false")["sources"] == []
    masked = history(client, query="?with_observed=true&blocks=posts")
    assert masked["blocks"]["history"]["present"] is False
    wrong = client.post("/v1/verdicts?with_observed=yes", content=json.dumps(document(30)))
    assert (wrong.status_code, wrong.json()["detail"]) == (
        400,
        'with_observed must be true or false. Got "yes".',
    )


def test_a_joined_verdict_is_that_of_the_whole_document_and_replays(client):
    put(client, [document(day) for day in range(20)])
    joined = client.post("/v1/verdicts?with_observed=true", content=json.dumps(document(30))).json()
    source = "observed (account document)"
    days = [FIRST + timedelta(days=day) for day in range(20)]
    whole = document(
        30,
        history=[{"date": time.date().isoformat(), "followers": 1_000 + day, "source": source}
                 for day, time in enumerate(days)],
        observed=[{"post_id": "p1", "observed_at": time.isoformat(), "likes": 40 + day, "views": 900,
                   "source": source} for day, time in enumerate(days)],
    )  # fmt: skip
    assert client.post("/v1/verdicts", content=json.dumps(whole)).json() == joined
    assert client.post(f"/v1/verdicts/{joined['verdict_id']}/replay").json()["same"] is True


def test_after_erasure_nothing_is_left(client):
    put(client, [document(day) for day in range(20)], headers={"Idempotency-Key": "k1"})
    erasure = client.delete("/v1/subjects/ana").json()
    assert (erasure["observations"], erasure["answers"]) == (20, 1)
    assert history(client)["sources"] == []


def test_tenants_and_scopes_stay_apart(settings, loaded, calling):
    store = open_store(settings)
    headers = {
        name: {"Authorization": f"Bearer {create_key(store, tenant=name, name=name, scopes=scopes)}"}
        for name, scopes in (("acme", [Scope.SCORE]), ("other", [Scope.SCORE]), ("reader", [Scope.READ]))
    }
    app = make_app(settings)
    with calling(app) as client:
        many = json.dumps([document(day) for day in range(20)])
        assert client.post("/v1/observations", content=many, headers=headers["acme"]).json()["new"] == 20
        assert client.post("/v1/observations", content=many, headers=headers["reader"]).status_code == 403
        assert client.post("/v1/observations", content=many).status_code == 401
        for name, rows in (("acme", 20), ("other", 0)):
            answer = client.post(
                "/v1/verdicts?with_observed=true", content=json.dumps(document(30)), headers=headers[name]
            )
            assert answer.json()["evidence"]["blocks"]["history"]["n"] == rows
    app.state.store_access.close()
    store.database.close()


def test_a_service_that_keeps_nothing_observes_nothing(settings, loaded, calling):
    app = make_app(settings.model_copy(update={"no_auth": True, "store_verdicts": False}))
    with calling(app) as client:
        assert put(client, document(0)).status_code == 403
        joined = client.post("/v1/verdicts?with_observed=true", content=json.dumps(document(30)))
        assert joined.status_code == 403
        assert client.post("/v1/verdicts", content=json.dumps(document(30))).status_code == 200
    app.state.store_access.close()
