"""What people decided, as labels: from SQLite and PostgreSQL, whose documents come a few at a time."""

import json

from detector.labels import Label
from serving.store import human_labels as module
from serving.store.decisions import HumanDecision, Ruling, record_decision
from serving.store.human_labels import human_labels
from serving.store.verdict_rows import NewVerdict, TenantVerdict, store_verdicts


def judge(store, number, label):
    document = {"account_id": f"account-{number}", "label": label.value}
    row = NewVerdict(
        f"{number:032x}", document["account_id"], "x", label, "profile", "a" * 64, "1", b"\0" * 16,
        json.dumps(document),
    )  # fmt: skip
    store_verdicts(store, [TenantVerdict("default", "key:abc", row)])


def decide(store, number, outcome):
    decision = HumanDecision(outcome, "Jo", "looked")
    record_decision(store, "default", f"{number:032x}", decision, "key:abc")


def labels_in(store):
    with store.database.reading() as connection:
        found = {label.account_id: label.label for label in human_labels(connection, "default")}
        assert next(human_labels(connection, "another"), None) is None
    return found


def test_the_newest_decision_about_each_account_is_its_label(store, monkeypatch):
    monkeypatch.setattr(module, "DOCUMENTS_AT_ONCE", 2)
    for number in range(5):
        judge(store, number, Label.INFLATED)
    assert labels_in(store) == {}
    for number in range(4):
        decide(store, number, Ruling.CONFIRMED)
    decide(store, 0, Ruling.OVERTURNED)
    decide(store, 1, Ruling.NEEDS_DATA)
    assert labels_in(store) == {
        "account-0": "not sure",
        "account-2": "inflated",
        "account-3": "inflated",
    }
