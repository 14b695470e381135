"""Verdicts found again page by page, and what is stored of one account."""

import json
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from sqlalchemy import text

from detector.labels import Label
from serving.app.application import make_app
from serving.store.api_keys import Scope, create_key
from serving.store.decisions import HumanDecision, Ruling, record_decision
from serving.store.migrations import v0010
from serving.store.store import open_store
from serving.store.tables import verdicts
from serving.store.timestamps import format_timestamp
from serving.store.verdict_rows import NewVerdict, TenantVerdict, store_verdicts

START = datetime(2026, 11, 1, tzinfo=UTC)
MODELS = ("a" * 64, "b" * 64)


def verdict(number, tenant="acme", account_id=None, label=Label.AUTHENTIC):
    account_id = account_id or f"account {number % 7}"
    document = {"account_id": account_id, "platform": "x", "as_of": "2026-11-01T00:00:00Z",
                "label": label, "suspicion": 0.25, "authenticity_score": 75}  # fmt: skip
    new_verdict = NewVerdict(
        f"{number:032x}", account_id, "x", label, "posts", MODELS[number % 2], "1", b"\0" * 8,
        json.dumps(document),
    )  # fmt: skip
    return TenantVerdict(tenant, "key:abc", new_verdict)


@pytest.fixture
def store(settings):
    """One with verdicts of two tenants, each made a minute after the one before."""
    opened = open_store(settings)
    labels = [Label.AUTHENTIC, Label.REVIEW, Label.INFLATED]
    store_verdicts(opened, [verdict(number, label=labels[number % 3]) for number in range(60)])
    store_verdicts(opened, [verdict(number, "other", "theirs") for number in range(100, 103)])
    with opened.database.writing() as connection:
        for number in range(60):
            at = format_timestamp(START + timedelta(minutes=number // 2))  # two of each moment
            own = verdicts.c.verdict_id == f"{number:032x}"
            connection.execute(verdicts.update().where(own).values(made_at=at))
    yield opened
    opened.database.close()


@pytest.fixture
def ask(store, settings, loaded, calling):
    """Asks for a tenant's pages."""
    app = make_app(settings)
    keys = {
        tenant: create_key(store, tenant=tenant, name="t", scopes=(Scope.READ, Scope.ADMIN))
        for tenant in ("acme", "other")
    }
    with calling(app) as client:

        def send(path="/v1/verdicts", tenant="acme", method="GET", **asked):
            headers = {"Authorization": f"Bearer {keys[tenant]}"}
            return client.request(method, path, params=asked, headers=headers)

        yield send
    app.state.store_access.close()


def pages(ask, between=lambda: None, **asked):
    """The ids of all pages."""
    found, more = [], {}
    while True:
        answer = ask(**asked, **more)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found.append([int(one["verdict_id"], 16) for one in page["verdicts"]])
        if page["next"] is None:
            return found
        more = {"cursor": page["next"]}
        between()


def test_pages_hold_every_verdict_once_however_many_come_meanwhile(ask, store):
    more = iter(range(200, 300))

    def between():
        store_verdicts(store, [verdict(next(more))])

    found = pages(ask, between, limit=7)
    assert [len(page) for page in found] == [7] * 8 + [4]
    assert list(chain(*found)) == list(reversed(range(60)))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"label": "review"}, lambda n: n % 3 == 1),
        ({"account_id": "account 3"}, lambda n: n % 7 == 3),
        ({"model": MODELS[1], "label": "authentic"}, lambda n: n % 2 == 1 and n % 3 == 0),
        ({"since": "2026-11-01T00:10:00Z", "until": "2026-11-01T01:12:00+01:00"}, lambda n: 20 <= n < 24),
        ({"decision": "confirmed"}, lambda n: n == 4),
        ({"decision": "none", "label": "review"}, lambda n: n % 3 == 1 and n != 4),
        ({"account_id": "theirs"}, lambda n: False),
        ({"account_id": "𝕏" * 256}, lambda n: False),
        ({"since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59.999999999-00:00"}, lambda n: True),
    ],
)
def test_what_is_asked_for_is_found(ask, store, asked, expected):
    record_decision(store, "acme", f"{4:032x}", HumanDecision(Ruling.OVERTURNED, "Jo", "at first"), "key:abc")
    record_decision(store, "acme", f"{4:032x}", HumanDecision(Ruling.CONFIRMED, "Jo", "then"), "key:abc")
    assert list(chain(*pages(ask, limit=3, **asked))) == [n for n in reversed(range(60)) if expected(n)]


def test_a_page_is_read_from_an_index(store):
    if not store.database.is_sqlite:
        return
    for column in ("account_sha256", "label", "decision", "model_sha256"):
        plan = text(
            f"EXPLAIN QUERY PLAN SELECT document FROM verdicts WHERE tenant = 'acme' AND {column} = 'a' AND "
            "(made_at, verdict_id) < ('2027', 'f') ORDER BY made_at DESC, verdict_id DESC LIMIT 5"
        )
        with store.database.reading() as connection:
            (step,) = connection.execute(plan).all()
        assert f"ix_verdicts_{column.removesuffix('_sha256')} (tenant=? AND {column}=?" in step.detail


def test_a_cursor_is_good_for_its_own_question_and_tenant(ask):
    cursor = ask(limit=2).json()["next"]
    assert ask(limit=5, cursor=cursor).status_code == 200
    for refused in (
        ask(tenant="other", cursor=cursor),
        ask(cursor=cursor, label="review"),
        ask(cursor=cursor[:-2] + "A="),
        ask(cursor="é"),
        ask(cursor=""),
    ):
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid-parameter")


@pytest.mark.parametrize(
    "asked",
    [
        {"label": "fake"}, {"decision": "open"}, {"model": "starter"}, {"since": "2026-11-01"},
        {"limit": "0"},
        {"limit": "101"}, {"until": "0001-01-01T00:00:00+23:00"}, {"account_id": ""}, {"after": "1"},
        {"account_id": "𝕏" * 257}, {"since": "20261101T000000Z"}, {"since": "2026-11-01x00:00Z"},
        {"until": "2026-W44-1T00Z"}, {"until": "2026-11-01T00:00:00+99:00"},
        {"until": "2026-11-01T00:00:00+00:60"}, {"since": "2026-11-01T00:00Z"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(ask, asked):
    answer = ask(**asked)
    assert (answer.status_code, next(iter(asked)) in answer.json()["detail"]) == (400, True)


def test_an_account_s_record_holds_what_is_stored_of_it(ask, store):
    store_verdicts(store, [verdict(number, account_id="account 3") for number in range(500, 530)])
    record = ask("/v1/accounts/account 3").json()
    assert record == ask("/v1/accounts", account_id="account 3").json()
    history = record["verdicts"]["history"]
    assert (record["account_id"], record["platforms"]) == ("account 3", ["x"])
    assert (record["verdicts"]["count"], len(history)) == (39, 30)
    assert history[0] == {
        "verdict_id": f"{529:032x}", "account_id": "account 3", "platform": "x",
        "as_of": "2026-11-01T00:00:00Z", "label": "authentic", "suspicion": 0.25, "authenticity_score": 75,
        "level": "posts", "made_at": history[0]["made_at"], "model_sha256": MODELS[1], "decision": "none",
    }  # fmt: skip
    more = ask(account_id="account 3", cursor=record["verdicts"]["next"]).json()
    assert (len(more["verdicts"]), more["next"]) == (9, None)
    assert record["observations"] == {"count": 0, "newest": []}


def test_an_account_that_was_erased_or_is_another_s_is_not_there(ask):
    assert ask("/v1/accounts/theirs").status_code == 404
    assert ask("/v1/accounts/theirs", "other").json()["verdicts"]["count"] == 3
    assert ask("/v1/subjects/theirs", "other", "DELETE").json()["verdicts"] == 3
    assert ask("/v1/accounts/theirs", "other").status_code == 404
    assert ask(tenant="other").json() == {"verdicts": [], "next": None}


def test_older_rows_are_filled_from_their_documents(store):
    record_decision(store, "acme", f"{4:032x}", HumanDecision(Ruling.CONFIRMED, "Jo", "seen"), "key:abc")
    wanted = text("SELECT verdict_id, label, decision FROM verdicts ORDER BY verdict_id")
    with store.database.writing() as connection:
        before = connection.execute(wanted).all()
        connection.execute(text("UPDATE verdicts SET label = '', decision = 'none'"))
        v0010.ROWS_AT_ONCE = 7
        v0010.fill_labels(connection)
        v0010.fill_decisions(connection)
        assert connection.execute(wanted).all() == before


def test_a_decision_sent_back_is_none():
    waits = {"decision_id": "d", "at": "1", "outcome": "confirmed", "waits": True}
    back = {"decision_id": "e", "at": "2", "outcome": "confirmed", "approves": "d", "agrees": False}
    assert [v0010.standing(some) for some in ([waits], [waits, back])] == ["waiting", "none"]
    assert v0010.standing([waits, back | {"agrees": True}]) == "confirmed"
