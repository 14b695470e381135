"""An account is erased while a request about it is worked on: nothing of it is stored or answered."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from serving.app.application import make_app
from serving.http import idempotency as http_idempotency
from serving.routes import observations
from serving.screening import recorder
from serving.store.pseudonyms import account_sha256
from serving.store.tables import METADATA
from serving.store.verdict_rows import erase_account

KEY = {"Idempotency-Key": "k"}


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
def first(app, monkeypatch):
    """Erases an account once, right before a function of a module is called."""

    def arrange(module, name, account_id):
        waiting, write = [account_id], getattr(module, name)

        def interleaved(*parts, **how):
            if waiting:
                erase_account(app.state.store_access.opened(), "default", waiting.pop(), "test")
            return write(*parts, **how)

        monkeypatch.setattr(module, name, interleaved)
        return waiting

    return arrange


def account_id_of(document):
    return json.loads(document)["account_id"]


def rows_about(app, account_id):
    """The tables that hold something of an account."""
    digest, found = account_sha256(account_id), []
    with app.state.store_access.opened().database.reading() as connection:
        for table in METADATA.tables.values():
            if "account_sha256" in table.c:
                counted = select(func.count()).select_from(table).where(table.c.account_sha256 == digest)
                found += [table.name] if connection.execute(counted).scalar_one() else []
    return found


@pytest.mark.parametrize("headers", [{}, KEY])
def test_a_verdict_on_who_was_erased_meanwhile_is_neither_stored_nor_answered(
    client, app, documents, first, headers
):
    account_id = account_id_of(documents[0])
    waiting = first(recorder, "store_verdicts", account_id)
    answer = client.post("/v1/verdicts", content=documents[0], headers=headers)
    assert not waiting
    assert (answer.status_code, answer.json()["code"]) == (409, "account-erased")
    assert answer.json()["detail"] == (
        "The account was erased while this request was worked on, and so nothing of it was stored."
    )
    assert rows_about(app, account_id) == []
    again = client.post("/v1/verdicts", content=documents[0], headers=headers)
    assert again.status_code == 200 and "idempotent-replayed" not in again.headers
    assert rows_about(app, account_id)


@pytest.mark.parametrize("media_type", ["application/json", "application/x-ndjson"])
def test_a_batch_says_so_of_the_one_who_was_erased_meanwhile(client, app, documents, first, media_type):
    account_id = account_id_of(documents[1])
    waiting = first(recorder, "store_verdicts", account_id)
    body, headers = b"[" + b",".join(documents) + b"]", KEY | {"Accept": media_type}
    answer = client.post("/v1/verdicts/batch", content=body, headers=headers)
    lines = answer.text.splitlines()
    found = [json.loads(line) for line in lines] if len(lines) > 1 else answer.json()["verdicts"]
    assert not waiting
    assert [one["account_id"] for one in found] == [account_id_of(one) for one in documents]
    assert [place for place, one in enumerate(found) if "problem" in one] == [1]
    assert (found[1]["problem"]["status"], found[1]["problem"]["code"]) == (409, "account-erased")
    assert rows_about(app, account_id) == []
    assert rows_about(app, found[0]["account_id"])
    again = client.post("/v1/verdicts/batch", content=body, headers=headers)
    assert "idempotent-replayed" not in again.headers and "problem" not in again.text


def test_files_of_other_programs_bring_nobody_back(client, app, documents, first):
    account_id = account_id_of(documents[0])
    waiting = first(recorder, "store_verdicts", account_id)
    sent = [("files", ("accounts.jsonl", documents[0] + b"\n" + documents[1] + b"\n"))]
    answer = client.post("/v1/verdicts/batch", files=sent).json()["verdicts"]
    assert not waiting
    assert answer[0]["problem"]["code"] == "account-erased" and "label" in answer[1]
    assert rows_about(app, account_id) == []


def test_an_answer_that_refuses_who_was_erased_meanwhile_is_not_remembered(client, app, documents, first):
    waiting = first(http_idempotency, "remember_answer_of", "victim-42")
    body = b"[" + documents[0] + b', {"account_id": "victim-42", "platform": "myspace"}]'
    assert "victim-42" in client.post("/v1/verdicts/batch", content=body, headers=KEY).text
    assert not waiting and rows_about(app, "victim-42") == []
    assert "idempotent-replayed" not in client.post("/v1/verdicts/batch", content=body, headers=KEY).headers


def test_an_answer_is_not_remembered_though_another_request_stored_its_verdict_again(
    client, documents, monkeypatch
):
    account_id = account_id_of(documents[0])
    remember, claims = http_idempotency.remember_answer_of, []

    def erased_and_stored_again(store, claim, *parts):
        if not claims:
            claims.append(claim)
            erase_account(store, "default", account_id, "test")
            store_verdicts(store, [replace(stored_entries.pop(), since=None)])
        return remember(store, claim, *parts)

    store_verdicts, stored_entries = recorder.store_verdicts, []

    def noted(store, entries, **how):
        stored_entries.extend(entries)
        return store_verdicts(store, [*entries], **how)

    monkeypatch.setattr(recorder, "store_verdicts", noted)
    monkeypatch.setattr(http_idempotency, "remember_answer_of", erased_and_stored_again)
    client.post("/v1/verdicts", content=documents[0], headers=KEY)
    assert claims
    again = client.post("/v1/verdicts", content=documents[0], headers=KEY)
    assert again.status_code == 200 and "idempotent-replayed" not in again.headers


@pytest.mark.parametrize("headers", [{}, KEY])
def test_nothing_is_observed_of_who_was_erased_meanwhile(client, app, documents, first, headers):
    account_id = account_id_of(documents[0])
    waiting = first(observations, "store_observations", account_id)
    one = client.post("/v1/observations", content=documents[0], headers=headers)
    assert not waiting and (one.status_code, one.json()["code"]) == (409, "account-erased")
    assert rows_about(app, account_id) == []
    first(observations, "store_observations", account_id)
    both = b"[" + documents[0] + b"," + documents[1] + b"]"
    several = client.post("/v1/observations", content=both, headers=headers).json()
    assert (several["new"], several["known"]) == (1, 0)
    assert [(one["account_id"], one["problem"]["code"]) for one in several["refused"]] == [
        (account_id, "account-erased")
    ]
    assert rows_about(app, account_id) == []
    again = client.post("/v1/observations", content=both, headers=headers)
    assert again.json()["new"] == 1 and "observations" in rows_about(app, account_id)
