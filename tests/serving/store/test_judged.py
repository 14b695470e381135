"""What people found out about accounts, as places among all accounts that one model judged."""

import json

import pytest
from sqlalchemy import update

from detector.labels import Label
from serving.store.decisions import HumanDecision, Ruling, record_decision
from serving.store.judged import confirmed_accounts, first_verdict_at, judged_in, tenants_judged_by
from serving.store.leases import WORKER
from serving.store.stored_documents import DocumentDamaged
from serving.store.tables import verdicts
from serving.store.timestamps import now
from serving.store.verdict_rows import NewVerdict, TenantVerdict, store_verdicts

MODEL = "a" * 64


def verdict(number, label, suspicion, actor="key:abc", account=None):
    account = account or f"account-{number}"
    document = {
        "verdict_id": f"{number:032x}", "account_id": account, "platform": "x", "label": label.value,
        "suspicion": suspicion, "authentic_p_value": None if suspicion is None else 1 - suspicion,
        "guarantee": {"evidence_level": "profile", "alpha": 0.01}, "model": {"sha256": MODEL},
    }  # fmt: skip
    new_verdict = NewVerdict(
        document["verdict_id"], account, "x", label, "profile", MODEL, "1", b"\0" * 16, json.dumps(document)
    )
    return TenantVerdict("default", actor, new_verdict)


@pytest.fixture
def filled(store):
    """Ten accounts, in order: the third and the seventh accused, the seventh by a bulk job."""
    for number in range(1, 11):
        accused = number in {3, 7}
        label = Label.INFLATED if accused else Label.AUTHENTIC
        actor = WORKER if number == 7 else "key:abc"
        store_verdicts(store, [verdict(number, label, 0.9 if accused else 0.1, actor)])
    store_verdicts(store, [verdict(11, Label.REVIEW, 0.7, account="account-3")])
    return store


def decide(store, number, outcome):
    decision = HumanDecision(outcome, "Jo", "looked")
    record_decision(store, "default", f"{number:032x}", decision, "key:abc")


def confirmed_in(store, **more):
    options = {"unselected": False, "flagged_alone": True} | more
    with store.database.reading() as connection:
        return confirmed_accounts(connection, "default", MODEL, **options)


def test_confirmed_accounts_have_places_among_all_that_were_judged(filled, monkeypatch):
    assert (confirmed_in(filled).judged, confirmed_in(filled).confirmed, confirmed_in(filled).wrong) == (
        10,
        0,
        [],
    )
    decide(filled, 1, Ruling.CONFIRMED)
    assert (confirmed_in(filled).confirmed, confirmed_in(filled).wrong) == (1, [])
    labels = {
        "account-1": "authentic",
        "account-3": "authentic",
        "account-7": "authentic",
        "account-2": "inflated",
    }
    monkeypatch.setattr(
        "serving.store.judged.human_labels", lambda *_: map(JudgedAccount, labels, labels.values())
    )
    found = confirmed_in(filled)
    # The second is no authentic account, so the third is the second that may be one. Accusations of bulk jobs
    # say nothing where these store flagged accounts alone.
    assert (found.judged, found.confirmed, found.wrong) == (9, 3, [2])
    assert found.suspicion.tolist() == [0.1, 0.9, 0.9]  # by the first verdict of each
    assert confirmed_in(filled, flagged_alone=False).wrong == [2, 6]


class JudgedAccount:
    def __init__(self, account_id, label):
        self.account_id, self.label = account_id, label


def test_a_window_has_the_last_verdict_of_each_account(filled):
    with filled.database.reading() as connection:
        assert tenants_judged_by(connection, MODEL) == ["default"]
        assert tenants_judged_by(connection, "b" * 64) == []
        window = (first_verdict_at(connection, "default", MODEL), now())
        found = judged_in(connection, "default", MODEL, window, most=100)
        assert sorted(found.scored.account_id) == sorted(f"account-{number}" for number in range(1, 11))
        assert found.scored.label[found.scored.account_id == "account-3"] == ["review"]
        assert found.features.shape == (10, 2)
        assert len(judged_in(connection, "default", MODEL, window, most=4).scored) == 4


@pytest.mark.parametrize(
    "damage", [{"features": b"\0" * 9}, {"features": b""}, {"document": '{"account_id":'}]
)
def test_a_damaged_verdict_is_named(filled, damage):
    damaged = f"{4:032x}"
    with filled.database.writing() as connection:
        connection.execute(update(verdicts).where(verdicts.c.verdict_id == damaged).values(**damage))
    with (
        filled.database.reading() as connection,
        pytest.raises(DocumentDamaged, match=f"Verdict {damaged} is not what was stored"),
    ):
        judged_in(connection, "default", MODEL, ("", "9"), most=100)
