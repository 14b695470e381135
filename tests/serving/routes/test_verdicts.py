"""Verdicts that are kept: looked up, replayed, decided about, erased; and requests that come twice."""

import asyncio
import json
import struct
from dataclasses import replace
from datetime import timedelta

import anyio
import httpx
import jsonschema
import pytest
from sqlalchemy import select, text

from detector.bundle import Bundle
from detector.manifest import MANIFEST
from detector.model_store import ModelStore
from serving.app.application import make_app
from serving.app.lifespan import remove_expired
from serving.app.openapi import openapi
from serving.http import idempotency as http_idempotency
from serving.jobs.erasure import FilesElsewhere
from serving.routes import verdicts as verdict_routes
from serving.store import decisions as store_decisions
from serving.store import verdict_rows
from serving.store.api_keys import ANYONE
from serving.store.audit_check import verify_audit_logs
from serving.store.engine import NoUsableStore
from serving.store.idempotency_keys import RememberedAnswer
from serving.store.idempotency_keys import remove_old_answers as forget_answers
from serving.store.pending_erasures import truncate_pending
from serving.store.tables import decisions, idempotency, verdicts
from serving.store.timestamps import now
from serving.store.verdict_rows import expire_verdicts

BASE = "http://127.0.0.1"


@pytest.fixture
def app(settings, loaded):
    application = make_app(settings.model_copy(update={"no_auth": True}))
    yield application
    application.state.store_access.close()


@pytest.fixture
def client(app, calling):
    with calling(app) as one:
        yield one


@pytest.fixture
def stored_verdict(client, documents):
    """The text of a verdict, and where it is."""
    text = client.post("/v1/verdicts", content=documents[0]).text
    return text, f"/v1/verdicts/{json.loads(text)['verdict_id']}"


def test_a_verdict_is_found_again_byte_for_byte(client, stored_verdict):
    assert client.get(stored_verdict[1]).text == stored_verdict[0]


@pytest.mark.parametrize("name", ["0" * 32, "batches", "x" * 5_000, "..%2F..%2Fmodel"])
def test_a_verdict_that_never_was_is_not_there(client, stored_verdict, name):
    for end in ("", "/decisions", "/audit"):
        answer = client.get(f"/v1/verdicts/{name}{end}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_every_verdict_of_a_batch_is_kept(client, documents):
    body = b"[" + b",".join(documents) + b", 7]"
    *answers, refused = client.post("/v1/verdicts/batch", content=body).json()["verdicts"]
    assert "problem" in refused
    for answer in answers:
        assert client.get(f"/v1/verdicts/{answer['verdict_id']}").json() == answer
        assert client.post(f"/v1/verdicts/{answer['verdict_id']}/replay").json()["same"]


def test_a_replay_gives_the_same_bits(client, stored_verdict):
    verdict, answer = json.loads(stored_verdict[0]), client.post(f"{stored_verdict[1]}/replay").json()
    assert answer["same"]
    for name in ("label", "labels_over_threshold", "probabilities", "suspicion"):
        assert answer["replayed"][name] == answer["kept"][name] == verdict[name]


def test_other_numbers_replay_otherwise(client, app, stored_verdict):
    (store,) = [app.state.store_access.store]
    with store.database.writing() as connection:
        features = connection.execute(select(verdicts.c.features)).scalar_one()
        changed = struct.pack("<d", 5.0) * (len(features) // 8)
        connection.execute(verdicts.update().values(features=changed))
    assert not client.post(f"{stored_verdict[1]}/replay").json()["same"]
    assert verify_audit_logs(store)[0].fault.endswith("was changed")


def test_without_the_model_that_spoke_there_is_no_replay(client, app, stored_verdict):
    with app.state.store_access.store.database.writing() as connection:
        connection.execute(verdicts.update().values(model_sha256="f" * 64))
    answer = client.post(f"{stored_verdict[1]}/replay")
    assert answer.status_code == 409
    assert "the one in use is" in answer.json()["detail"]


@pytest.fixture
def older_model(app, stored_verdict, detector):
    """The folder of another model, which the stored verdict is said to be of."""
    loaded = detector.bundle
    other = replace(loaded.manifest, facts=replace(loaded.facts, version="another"))
    bundle = Bundle.from_files({**loaded.files, MANIFEST: other.to_bytes()})
    folder = ModelStore(app.state.settings.home).add(bundle)
    with app.state.store_access.store.database.writing() as connection:
        connection.execute(verdicts.update().values(model_sha256=bundle.sha256))
    return folder


def test_a_model_that_is_no_longer_the_champion_can_still_replay(client, stored_verdict, older_model):
    assert client.post(f"{stored_verdict[1]}/replay").json()["same"]


def test_a_model_that_cannot_be_used_any_more_replays_nothing(client, stored_verdict, older_model):
    (older_model / "likes.txt").write_text("tree\n")
    answer = client.post(f"{stored_verdict[1]}/replay")
    assert (answer.status_code, answer.json()["code"]) == (409, "model-not-found")
    assert "this version of Assay cannot use" in answer.json()["detail"]


def test_old_verdicts_go_with_their_decisions(client, app, stored_verdict):
    store, decision = app.state.store_access.store, {"outcome": "confirmed", "by": "Jo", "reason": "x"}
    assert client.post(f"{stored_verdict[1]}/decisions", json=decision).status_code == 201
    assert expire_verdicts(store, now(plus=-timedelta(hours=1))) == 0
    assert expire_verdicts(store, now(plus=timedelta(seconds=1))) == 1
    assert (
        client.get(stored_verdict[1]).status_code
        == client.get(f"{stored_verdict[1]}/decisions").status_code
        == 404
    )
    entries = client.get(f"{stored_verdict[1]}/audit").json()["entries"]
    assert [one["action"] for one in entries] == ["verdict.made", "verdict.decided", "verdict.expired"]
    assert verify_audit_logs(store)[0].fault is None
    with store.database.reading() as connection:
        assert not connection.execute(select(decisions)).all()


def test_audit_entries_come_in_pages_of_one_verdict(client, stored_verdict, documents, monkeypatch):
    monkeypatch.setattr("serving.routes.verdicts.ENTRIES_IN_PAGE", 2)
    place = f"{stored_verdict[1]}/audit"
    for document in (documents[1], documents[0], documents[0], documents[0]):
        assert client.post("/v1/verdicts", content=document).status_code == 200
    first = client.get(place).json()
    second = client.get(place, params={"cursor": first["next"]}).json()
    assert [one["entry"] for one in first["entries"]] == [1, 3] and first["next"] == "3"
    assert [one["entry"] for one in second["entries"]] == [4, 5] and second["next"] is None
    assert client.get(place.replace("/audit", "/decisions?cursor=3")).status_code == 400
    unknown = f"/v1/verdicts/{'0' * 32}/audit"
    assert client.get(unknown).status_code == 404
    for path, cursor in [
        (unknown, "1"),
        *((place, one) for one in ("5", "x", "-1", "", "9" * 19, "9" * 5000)),
    ]:
        answer = client.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter"), cursor


def test_a_cursor_leads_into_no_other_tenant_s_log(app, client, stored_verdict, monkeypatch):
    async def authorize(*_):
        return replace(ANYONE, tenant="other")

    assert client.get(f"{stored_verdict[1]}/audit?cursor=0").status_code == 200
    monkeypatch.setattr(app.state.authenticator, "authorize", authorize)
    for query, status in (("", 404), ("?cursor=0", 400)):
        assert client.get(f"{stored_verdict[1]}/audit{query}").status_code == status


def test_the_service_removes_what_is_too_old(client, app, stored_verdict):
    with app.state.store_access.store.database.writing() as connection:
        connection.execute(verdicts.update().values(made_at=now(plus=-timedelta(days=2))))

    async def forgetting(days):
        with anyio.move_on_after(0.5):
            await remove_expired(app.state.store_access, days)

    for days, status in ((None, 200), (3, 200), (1, 404)):
        anyio.run(forgetting, days)
        assert client.get(stored_verdict[1]).status_code == status


def test_decisions_are_kept_in_order(client, stored_verdict):
    given = [
        client.post(
            f"{stored_verdict[1]}/decisions", json={"outcome": outcome, "by": "Jo", "reason": "because"}
        ).json()
        for outcome in ("overturned", "confirmed")
    ]
    assert client.get(f"{stored_verdict[1]}/decisions").json() == {"decisions": given}


def test_there_are_only_so_many_decisions_about_a_verdict(client, stored_verdict, monkeypatch):
    monkeypatch.setattr(store_decisions, "MOST_DECISIONS", 2)
    body = {"outcome": "confirmed", "by": "Jo", "reason": "because"}
    answers = [client.post(f"{stored_verdict[1]}/decisions", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2].json()["code"] == "too-many-decisions"
    assert len(client.get(f"{stored_verdict[1]}/decisions").json()["decisions"]) == 2


def test_a_decision_that_is_sent_again_is_one(client, stored_verdict):
    body = {"outcome": "confirmed", "by": "Jo", "reason": "because"}
    answers = [
        client.post(f"{stored_verdict[1]}/decisions", json=body, headers={"Idempotency-Key": "d"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert client.get(f"{stored_verdict[1]}/decisions").json() == {"decisions": [answers[1].json()]}
    assert client.delete(f"/v1/subjects/{json.loads(stored_verdict[0])['account_id']}").json()["answers"] == 1


def lose_store(*_):
    raise NoUsableStore("gone")


def then_lose_store(task):
    """The same, but nobody learns what came of it."""
    return lambda *given: lose_store(task(*given))


@pytest.mark.parametrize("released", [True, False])
@pytest.mark.parametrize(
    ("module", "name", "instead"),
    [
        (http_idempotency, "remember_answer_of", lose_store),
        (http_idempotency, "remember_answer", lose_store),
        (http_idempotency, "remember_answer", then_lose_store(http_idempotency.remember_answer)),
        (verdict_routes, "record_decision", then_lose_store(verdict_routes.record_decision)),
    ],
)
def test_a_key_makes_one_decision_whatever_fails_beside_it(  # noqa: PLR0913, PLR0917
    client, app, stored_verdict, monkeypatch, module, name, instead, released
):
    """Where the claim is not released either, as in a process that is killed, it is taken over later."""
    place, header = f"{stored_verdict[1]}/decisions", {"Idempotency-Key": "d"}
    body, access = {"outcome": "confirmed", "by": "Jo", "reason": "because"}, app.state.store_access
    with monkeypatch.context() as patch:
        patch.setattr(module, name, instead)
        if not released:
            patch.setattr(http_idempotency, "release_key", lose_store)
        client.post(place, json=body, headers=header)
    with access.store.database.writing() as connection:
        open_claim = idempotency.c.answer.is_(None)
        long_ago = now(plus=-timedelta(minutes=2))
        connection.execute(idempotency.update().where(open_claim).values(claimed_at=long_ago))
    again = client.post(place, json=body, headers=header)
    assert again.status_code == 201
    assert client.get(place).json() == {"decisions": [again.json()]}
    entries = client.get(f"{stored_verdict[1]}/audit").json()["entries"]
    assert [entry["action"] for entry in entries] == ["verdict.made", "verdict.decided"]


def test_who_lost_the_key_to_another_decides_nothing(client, stored_verdict, monkeypatch):
    place, remember = f"{stored_verdict[1]}/decisions", http_idempotency.remember_answer

    def taken_over(connection, claim, *answer):
        assert remember(connection, claim, RememberedAnswer(b"{}", None))
        return remember(connection, claim, *answer)

    monkeypatch.setattr(http_idempotency, "remember_answer", taken_over)
    body = {"outcome": "confirmed", "by": "Jo", "reason": "because"}
    answer = client.post(place, json=body, headers={"Idempotency-Key": "d"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "5")
    assert client.get(place).json() == {"decisions": []}


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
@pytest.mark.parametrize("decides", [True, False])
def test_who_stood_still_in_a_transaction_says_503_and_has_stored_nothing(  # noqa: PLR0913, PLR0917
    client, documents, stored_verdict, monkeypatch, stand_still, decides
):
    own, module, place, body = stored_verdict[1], verdict_rows, "/v1/verdicts", documents[1]
    if decides:
        body = json.dumps({"outcome": "confirmed", "by": "Jo", "reason": "because"})
        module, place = store_decisions, f"{own}/decisions"
    append, header = module.append, {"Idempotency-Key": "k"}

    def then_stand_still(connection, *given):
        append(connection, *given)
        stand_still(connection)

    with monkeypatch.context() as patch:
        patch.setattr(module, "append", then_stand_still)
        answer = client.post(place, content=body, headers=header)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    seen = (("/v1/verdicts", "verdicts"), (f"{own}/decisions", "decisions"), (f"{own}/audit", "entries"))
    assert [len(client.get(path).json()[name]) for path, name in seen] == [1, 0, 1]
    again = client.post(place, content=body, headers=header)
    assert again.is_success and "idempotent-replayed" not in again.headers


@pytest.mark.parametrize("path", ["/v1/verdicts", "/v1/verdicts/batch"])
def test_a_verdict_whose_answer_was_not_remembered_is_the_same_one_again(
    client, app, documents, monkeypatch, path
):
    body = documents[0] if path == "/v1/verdicts" else b"[" + b",".join(documents[:2]) + b"]"
    header, answers = {"Idempotency-Key": "k"}, []
    for fault in (lose_store, http_idempotency.remember_answer_of):
        monkeypatch.setattr(http_idempotency, "remember_answer_of", fault)
        answers.append(client.post(path, content=body, headers=header))
    assert [answer.status_code for answer in answers] == [503, 200]
    given = answers[1].json()
    ids = [one["verdict_id"] for one in given.get("verdicts", [given])]
    with app.state.store_access.store.database.reading() as connection:
        assert sorted(connection.execute(select(verdicts.c.verdict_id)).scalars()) == sorted(ids)
    for verdict_id in ids:
        entries = client.get(f"/v1/verdicts/{verdict_id}/audit").json()["entries"]
        assert [entry["action"] for entry in entries] == ["verdict.made", "verdict.repeated"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"outcome": "maybe", "by": "Jo", "reason": "x"}', "outcome"),
        (b'{"outcome": "confirmed", "by": " ", "reason": "x"}', "by"),
        (b'{"outcome": "confirmed", "by": "Jo", "reason": 3}', "reason"),
        (rb'{"outcome": "confirmed", "by": "Jo\ud800", "reason": "x"}', "by"),
        (rb'{"outcome": "confirmed", "by": "Jo", "reason": "\udfff"}', "reason"),
        (rb'{"outcome": "confirmed", "by": "Jo\u0000", "reason": "x"}', "by"),
        (rb'{"outcome": "confirmed", "by": "Jo\u001b[31m", "reason": "x"}', "by"),
        (rb'{"outcome": "confirmed", "by": "Jo\nby the lead", "reason": "x"}', "by"),
        (rb'{"outcome": "confirmed", "by": "Jo\u202e", "reason": "x"}', "by"),
        (b'{"outcome": "confirmed", "by": "Jo", "reason": "x", "label": "y"}', "label"),
        (b'{"outcome": "confirmed", "by": "Jo", "by": "Mo", "reason": "x"}', "by"),
        (b"[]", ""),
        (b"{", ""),
    ],
)
def test_a_decision_that_is_none_is_refused(client, stored_verdict, body, field):
    answer = client.post(f"{stored_verdict[1]}/decisions", content=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert client.get(f"{stored_verdict[1]}/decisions").json() == {"decisions": []}


def test_an_account_is_erased_and_the_log_says_so(client, app, documents):
    document = json.loads(documents[0]) | {"account_id": "https://site.example/ä b?x"}
    verdict = client.post("/v1/verdicts", json=document, headers={"Idempotency-Key": "k"}).json()
    place = f"/v1/verdicts/{verdict['verdict_id']}"
    client.post(f"{place}/decisions", json={"outcome": "confirmed", "by": "Jo", "reason": "x"})
    erasure = client.delete("/v1/subjects/https%3A%2F%2Fsite.example%2F%C3%A4%20b%3Fx")
    store = app.state.store_access.store
    pending = store.database.is_sqlite
    count = {"verdicts": 1, "decisions": 1, "answers": 1, "observations": 0, "entries": 0}
    count |= {"evidence": 0, "deliveries": 0}
    assert erasure.json() == count | {"job_lines": 0, "pending": pending}
    about = {"account_id": document["account_id"]}
    assert client.get("/v1/subjects", params=about).json() == {"verdicts": 0, "pending": pending}
    assert truncate_pending(store)
    assert client.get("/v1/subjects", params=about).json() == {"verdicts": 0, "pending": False}
    assert client.get(place).status_code == 404
    entries = client.get(f"{place}/audit").json()["entries"]
    assert [entry["action"] for entry in entries] == ["verdict.made", "verdict.decided", "verdict.erased"]
    assert "site.example" not in str(entries)
    assert verify_audit_logs(app.state.store_access.store)[0].fault is None
    again = client.post("/v1/verdicts", json=document, headers={"Idempotency-Key": "k"})
    assert again.json() == verdict
    assert "idempotent-replayed" not in again.headers


def test_the_same_key_and_request_get_the_same_answer(client, documents):
    header = {"Idempotency-Key": "k"}
    first, second = (client.post("/v1/verdicts", content=documents[0], headers=header) for _ in range(2))
    assert second.text == first.text
    assert (first.headers.get("idempotent-replayed"), second.headers["idempotent-replayed"]) == (None, "true")
    assert first.headers["assay-model"] == first.json()["model"]["sha256"]
    again = dict(first.headers) | {"idempotent-replayed": "true"}
    assert dict(second.headers) | {"x-request-id": ""} == again | {"x-request-id": ""}
    place = f"/v1/verdicts/{first.json()['verdict_id']}/audit"
    assert len(client.get(place).json()["entries"]) == 1
    other = client.post("/v1/verdicts", content=documents[1], headers=header)
    assert (other.status_code, other.headers["content-type"]) == (409, "application/problem+json")


def test_reasons_that_were_shown_can_be_found_again(client, app, documents):
    short, long = (
        client.post(f"/v1/verdicts?explain={how}", content=documents[0]).json() for how in ("none", "all")
    )
    assert not short["counter_reasons"] and long["counter_reasons"]
    assert client.get(f"/v1/verdicts/{short['verdict_id']}").json() == long
    assert [checked.fault for checked in verify_audit_logs(app.state.store_access.store)] == [None]


def test_whoever_has_no_files_waits_for_no_erasure_in_those_of_others(client, app, stored_verdict):
    app.state.erasing_turns.free = 0
    answer = client.delete(f"/v1/subjects/{json.loads(stored_verdict[0])['account_id']}")
    assert (answer.status_code, answer.json()["job_lines"]) == (200, 0)


def test_verdicts_are_erased_though_jobs_cannot_be_reached(client, stored_verdict, documents, monkeypatch):
    lines = {"Content-Type": "application/x-ndjson"}
    assert client.post("/v1/jobs", content=documents[0], headers=lines).status_code == 202

    def refused(*_):
        raise FilesElsewhere("Some of the jobs lie elsewhere.")

    monkeypatch.setattr("serving.routes.verdicts.erase_from_files", refused)
    assert client.delete(f"/v1/subjects/{json.loads(stored_verdict[0])['account_id']}").status_code == 409
    assert client.get(stored_verdict[1]).status_code == 404


def test_an_erased_account_is_in_no_remembered_answer_though_it_was_refused(client, documents):
    header = {"Idempotency-Key": "k"}
    body = b"[" + documents[0] + b', {"account_id": "victim-42", "platform": "myspace"}]'
    assert "victim-42" in client.post("/v1/verdicts/batch", content=body, headers=header).text
    assert client.delete("/v1/subjects/victim-42").json()["answers"] == 1
    assert (
        "idempotent-replayed" not in client.post("/v1/verdicts/batch", content=body, headers=header).headers
    )


def test_the_service_forgets_old_answers(client, app, documents):
    client.post("/v1/verdicts", content=documents[0], headers={"Idempotency-Key": "k"})
    store = app.state.store_access.store
    forget_answers(store, timedelta(hours=1))
    with store.database.writing() as connection:
        assert connection.execute(select(idempotency)).all()
        connection.execute(idempotency.update().values(claimed_at=now(plus=-timedelta(hours=2))))
    forget_answers(store, timedelta(hours=1))
    with store.database.reading() as connection:
        assert not connection.execute(select(idempotency)).all()


def test_what_is_refused_is_not_remembered(client, documents):
    header = {"Idempotency-Key": "k"}
    assert client.post("/v1/verdicts", content=b"{", headers=header).status_code == 422
    assert client.post("/v1/verdicts", content=documents[0], headers=header).status_code == 200


@pytest.mark.parametrize("key", ["", "k" * 256, "é"])
def test_a_key_that_cannot_be_one_is_refused(client, documents, key):
    answer = client.post("/v1/verdicts", content=documents[0], headers={"Idempotency-Key": key.encode()})
    assert answer.status_code == 400


def test_duplicates_at_the_same_time_are_answered_once(app, documents):
    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=60) as client:
            header = {"Idempotency-Key": "k"}
            asked = [client.post("/v1/verdicts", content=documents[0], headers=header) for _ in range(12)]
            return await asyncio.gather(*asked)

    answers = asyncio.run(ask())
    assert len({answer.text for answer in answers}) == 1
    assert sorted(answer.headers.get("idempotent-replayed", "") for answer in answers) == [""] + ["true"] * 11
    assert verify_audit_logs(app.state.store_access.store)[0].head.entries == 1


def test_a_first_request_that_takes_too_long_is_said(client, app, documents, monkeypatch):
    monkeypatch.setattr(http_idempotency, "LONGEST_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(http_idempotency, "claim_key", lambda *_: False)
    answer = client.post("/v1/verdicts", content=documents[0], headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "5")


def test_a_lost_database_is_said_and_found_again(client, app, documents, monkeypatch):
    access, header = app.state.store_access, {"Idempotency-Key": "k"}
    store, access.store = access.store, None
    access.refusal = NoUsableStore("The database at /secret/place is gone.")
    monkeypatch.setattr("serving.store.access.RETRY_SECONDS", 3_600)
    access.tried_at = float("inf")
    for answer in (
        client.post("/v1/verdicts", content=documents[0]),
        client.post("/v1/verdicts", content=documents[0], headers=header),
        client.get("/readyz"),
    ):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert "secret" not in answer.text
    store.database.close()
    access.tried_at = float("-inf")
    assert client.post("/v1/verdicts", content=documents[0], headers=header).status_code == 200


def test_every_answer_fits_its_description(client, stored_verdict):
    description = openapi()
    decision = {"outcome": "confirmed", "by": "Jo", "reason": "x"}
    account = json.loads(stored_verdict[0])["account_id"]
    for path, method, more in [
        ("/v1/verdicts/{verdict_id}", "get", {}),
        ("/v1/verdicts/{verdict_id}/replay", "post", {}),
        ("/v1/verdicts/{verdict_id}/decisions", "post", {"json": decision}),
        ("/v1/verdicts/{verdict_id}/decisions", "post", {"json": {}}),
        ("/v1/verdicts/{verdict_id}/decisions", "get", {}),
        ("/v1/verdicts/{verdict_id}/audit", "get", {}),
        ("/v1/features", "get", {}),
        ("/v1/schema", "get", {}),
        ("/v1/subjects/{account_id}", "delete", {}),
        ("/v1/verdicts/{verdict_id}/replay", "post", {}),
        ("/v1/verdicts/{verdict_id}/audit", "get", {}),
    ]:
        place = path.replace("/v1/verdicts/{verdict_id}", stored_verdict[1]).replace("{account_id}", account)
        answer = client.request(method.upper(), place, **more)
        contents = description["paths"][path][method]["responses"][str(answer.status_code)]["content"]
        (schema,) = [content["schema"] for content in contents.values()]
        assert answer.headers["content-type"] in contents
        jsonschema.validate(answer.json(), schema | {"components": description["components"]})


def test_features_and_schemas_are_told(client, documents):
    features = client.get("/v1/features").json()
    assert {"following_ratio", "spike_share_weekly"} <= {feature["name"] for feature in features["features"]}
    schemas = client.get("/v1/schema").json()
    assert set(schemas) == {"account", "verdict"}


def test_answers_at_once_are_all_kept(app, documents):
    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=60) as client:
            return await asyncio.gather(*(client.post("/v1/verdicts", content=one) for one in documents * 3))

    answers = asyncio.run(ask())
    store = app.state.store_access.store
    with store.database.reading() as connection:
        stored_documents = set(connection.execute(text("SELECT document FROM verdicts")).scalars())
    assert stored_documents == {answer.text for answer in answers}
    (checked,) = verify_audit_logs(store)
    assert (checked.head.entries, checked.fault) == (len(answers), None)
