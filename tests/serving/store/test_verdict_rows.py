from dataclasses import replace

import pytest

from serving.store import audit_check
from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import entries_about, last_entry
from serving.store.decisions import HumanDecision, Ruling, decisions_about, record_decision
from serving.store.pending_erasures import is_pending, truncate_pending
from serving.store.store import open_store
from serving.store.tables import verdicts
from serving.store.verdict_rows import Unstored, erase_account, get_verdict, store_verdicts


def read(store, verdict_id, tenant="default"):
    with store.database.reading() as connection:
        return get_verdict(connection, tenant, verdict_id)


def test_a_verdict_comes_back_as_it_was_kept(store, entry):
    tenant_verdict = entry(document='{"text": "\\u0000 \\ud800"}')
    store_verdicts(store, [tenant_verdict])
    found, new_verdict = read(store, "v1"), tenant_verdict.verdict
    assert (found.document, found.features, found.level) == (
        new_verdict.document,
        new_verdict.features,
        new_verdict.level,
    )


@pytest.mark.parametrize("account_id", ["", "a\0b", "\ud800", "é" * 10_000, "'; DROP TABLE verdicts; --"])
def test_any_account_can_be_kept_and_erased(store, entry, account_id):
    store_verdicts(store, [entry(account_id=account_id), entry("v2", account_id="another")])
    assert erase_account(store, "default", account_id, "key:abc")["verdicts"] == 1
    assert read(store, "v1") is None
    assert read(store, "v2") is not None


def test_a_verdict_that_is_there_stays_as_it_is(store, entry):
    store_verdicts(store, [entry(), entry(document="{}"), entry(tenant="other", document="{}")])
    store_verdicts(store, [entry(document="[]")])
    assert read(store, "v1").document == entry().verdict.document
    assert read(store, "v1", "other").document == "{}"
    with store.database.reading() as connection:
        actions = [one["action"] for one in entries_about(connection, "default", "v1")]
    assert actions == ["verdict.made", "verdict.repeated", "verdict.repeated"]


def test_a_verdict_asked_for_again_with_its_reasons_has_them_from_then_on(store, entry):
    short, long = entry(document='{"reasons": []}'), entry(document='{"reasons": ["followers"]}')
    store_verdicts(store, [short])
    store_verdicts(store, [short, long, short, entry(tenant="other", document="{}")])
    store_verdicts(store, [short])
    assert read(store, "v1").document == long.verdict.document
    assert [checked.fault for checked in verify_audit_logs(store)] == [None, None]


def test_a_thousand_at_once_are_kept(store, entry):
    store_verdicts(store, [entry(f"v{number}", account_id=f"a{number}") for number in range(1_000)])
    assert read(store, "v999") is not None


def test_nothing_is_kept_of_a_group_that_fails(store, entry):
    with pytest.raises(AttributeError):
        store_verdicts(store, [entry(), entry("v2", account_id=None)])
    assert read(store, "v1") is None


def test_others_do_not_see_erase_or_decide(store, entry):
    store_verdicts(store, [entry(), entry(tenant="other")])
    assert erase_account(store, "third", "yt:UC42", "key:abc") == {
        "verdicts": 0,
        "decisions": 0,
        "answers": 0,
        "observations": 0,
        "entries": 0,
        "evidence": 0,
        "deliveries": 0,
    }
    erase_account(store, "other", "yt:UC42", "key:abc")
    assert read(store, "v1") is not None
    assert read(store, "v1", "other") is None
    assert (
        record_decision(store, "other", "v1", HumanDecision(Ruling.CONFIRMED, "Jo", "seen"), "key:abc")
        is None
    )


def test_decisions_come_back_in_order(store, entry):
    store_verdicts(store, [entry()])
    decisions = [
        record_decision(store, "default", "v1", HumanDecision(outcome, "Jo", "seen \0 \ud800"), "key:abc")
        for outcome in (Ruling.OVERTURNED, Ruling.CONFIRMED, Ruling.OVERTURNED)
    ]
    with store.database.reading() as connection:
        assert decisions_about(connection, "default", "v1") == decisions
        assert not decisions_about(connection, "other", "v1")


def test_what_was_erased_is_in_no_file(on_sqlite, entry, tmp_path):
    store = open_store(on_sqlite)
    store_verdicts(store, [entry(document='{"bio": "a very rare word"}'), entry("v2", account_id="other")])
    erase_account(store, "default", "yt:UC42", "key:abc")
    assert truncate_pending(store)
    assert not [path for path in tmp_path.iterdir() if b"very rare" in path.read_bytes()]
    store.database.close()


def test_an_erasure_waits_for_no_reader_and_says_that_it_is_pending(on_sqlite, entry, tmp_path):
    store = open_store(on_sqlite)
    store_verdicts(store, [entry(document='{"bio": "a very rare word"}')])

    def pending():
        with store.database.reading() as connection:
            return is_pending(connection, "default", store.subject("default", "yt:UC42"))

    with store.database.reading() as reader:
        assert get_verdict(reader, "default", "v1")  # from now on it needs the log as it is
        erase_account(store, "default", "yt:UC42", "key:abc")
        assert pending()
        assert not truncate_pending(store)
        store_verdicts(store, [entry("v2", account_id="other")])  # nobody who writes waits, either
        assert b"very rare" in (tmp_path / "assay.db-wal").read_bytes()
        assert pending()
    assert truncate_pending(store)
    assert not pending()
    assert not [path for path in tmp_path.iterdir() if b"very rare" in path.read_bytes()]
    store.database.close()


def test_a_verification_holds_up_no_erasure(on_sqlite, entry, monkeypatch):
    monkeypatch.setattr(audit_check, "ROWS_AT_ONCE", 1)
    store = open_store(on_sqlite)
    store_verdicts(store, [entry(f"v{number}", account_id=f"a{number}") for number in range(4)])
    rows = audit_check.rows_in_turn(store, "default", verdicts, verdicts.c.verdict_id)
    assert next(rows).verdict_id == "v0"
    erase_account(store, "default", "a2", "key:abc")
    assert truncate_pending(store)
    assert [row.verdict_id for row in rows] == ["v1", "v3"]
    store.database.close()


def test_what_is_written_while_a_log_is_verified_is_no_fault(store, entry, monkeypatch):
    store_verdicts(store, [entry(f"v{number}", account_id=f"a{number}") for number in range(3)])
    found = audit_check.stored_hashes

    def meanwhile(*arguments):
        store_verdicts(store, [entry("v9", account_id="a9")])
        erase_account(store, "default", "a1", "key:abc")
        return found(*arguments)

    monkeypatch.setattr(audit_check, "stored_hashes", meanwhile)
    assert [checked.fault for checked in verify_audit_logs(store)] == [None]


def test_nothing_is_stored_of_who_was_erased_since_it_was_asked_for(store, entry):
    store_verdicts(store, [entry()])
    with store.database.reading() as connection:
        before, elsewhere = last_entry(connection, "default"), last_entry(connection, "other")
    erase_account(store, "default", "yt:UC42", "key:abc")
    with store.database.reading() as connection:
        after = last_entry(connection, "default")
    assert elsewhere == 0 < before < after
    asked = [
        replace(entry("v1"), since=before),
        replace(entry("v2"), since=after),
        replace(entry("v3", account_id="another"), since=before),
        replace(entry("v1", tenant="other"), since=elsewhere),
        entry("v4"),
    ]
    assert store_verdicts(store, asked) == Unstored(erased=frozenset({("default", "v1")}))
    with store.database.reading() as connection:
        places = [(one.tenant, one.verdict.verdict_id) for one in asked]
        found = [place for place in places if get_verdict(connection, *place)]
    assert found == places[1:]
    assert store_verdicts(store, [replace(entry(), since=after)]) == Unstored()
