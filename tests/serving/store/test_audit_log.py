import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import entries_about, sha256_of
from serving.store.decisions import HumanDecision, Ruling, record_decision
from serving.store.store import open_store
from serving.store.tables import audit_entries, decisions, tenants, verdicts
from serving.store.verdict_rows import erase_account, store_verdicts


@pytest.fixture
def log(store, entry):
    """A log of six entries, and a decision."""
    for number in range(4):
        store_verdicts(store, [entry(f"v{number}", account_id=f"account {number}")])
    store_verdicts(store, [entry("v1", account_id="account 1")])
    record_decision(store, "default", "v2", HumanDecision(Ruling.OVERTURNED, "Jo", "a giveaway"), "key:abc")
    return store


@pytest.fixture
def tamper(log):
    """Change what is there, as somebody would who has the database."""

    def change(*statements):
        with log.database.writing() as connection:
            if log.database.is_sqlite:
                connection.execute(text("DROP TRIGGER audit_entries_update"))
                connection.execute(text("DROP TRIGGER audit_entries_delete"))
            else:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                connection.execute(statement)

    return change


def fault(store):
    (checked,) = verify_audit_logs(store)
    return checked.fault


def at(entry):
    return audit_entries.c.entry == entry


def test_a_log_that_nobody_touched_is_whole(log):
    (checked,) = verify_audit_logs(log)
    assert (checked.head.tenant, checked.head.entries, checked.fault) == ("default", 6, None)


def test_a_log_is_append_only(log):
    for statement in (update(audit_entries).values(hash="0" * 64), delete(audit_entries)):
        refused = pytest.raises(DBAPIError, match="the audit log is append-only")
        with refused, log.database.writing() as connection:
            connection.execute(statement)


def changed(connection, entry):
    document = connection.execute(select(audit_entries.c.document).where(at(entry))).scalar_one()
    return document.replace("key:abc", "key:xyz")


@pytest.mark.parametrize("place", [1, 3, 6])
def test_a_changed_entry_is_named(log, tamper, place):
    with log.database.reading() as connection:
        document = changed(connection, place)
    tamper(update(audit_entries).where(at(place)).values(document=document))
    assert fault(log) == f"entry {place} was changed"


def test_a_changed_entry_with_its_hash_made_anew_is_named(log, tamper):
    with log.database.reading() as connection:
        document = changed(connection, 3)
    tamper(update(audit_entries).where(at(3)).values(document=document, hash=sha256_of(document)))
    assert fault(log) == "entry 4 does not follow entry 3: one of them was changed or moved"


def test_the_last_entry_with_its_hash_made_anew_is_named(log, tamper):
    with log.database.reading() as connection:
        document = changed(connection, 6)
    tamper(update(audit_entries).where(at(6)).values(document=document, hash=sha256_of(document)))
    assert fault(log) == "entry 6 is not the last one that was written"


@pytest.mark.parametrize("place", [1, 3])
def test_a_removed_entry_is_named(log, tamper, place):
    tamper(delete(audit_entries).where(at(place)))
    assert fault(log) == f"entry {place} is missing"


def test_removed_last_entries_are_named(log, tamper):
    tamper(delete(audit_entries).where(audit_entries.c.entry > 4))
    assert fault(log) == "entry 5 is missing, with all up to 6"


def test_entries_in_another_order_are_named(log, tamper):
    tamper(
        *(update(audit_entries).where(at(old)).values(entry=new) for old, new in ((2, 99), (3, 2), (99, 3)))
    )
    assert fault(log) == "entry 2 was moved or changed"


def test_a_removed_tenant_is_named(log, tamper):
    tamper(delete(tenants))
    assert fault(log) == "its tenant was removed"


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (update(verdicts).values(document='{"label":"authentic"}'), "verdict v0 was changed"),
        (update(verdicts).values(features=b"\x00" * 8), "verdict v0 was changed"),
        (update(verdicts).values(account_sha256="0" * 64), "verdict v0 was changed"),
        (delete(verdicts).where(verdicts.c.verdict_id == "v3"), "verdict v3 was removed"),
        (update(decisions).values(document="{}"), "verdict v2: decision {decision} was changed"),
        (delete(decisions), "verdict v2: decision {decision} was removed"),
    ],
    ids=["document", "features", "account", "removed", "decision", "decision removed"],
)
def test_what_is_kept_is_what_the_log_says(log, tamper, statement, sentence):
    with log.database.reading() as connection:
        decision = connection.execute(select(decisions.c.decision_id)).scalar_one()
    tamper(statement)
    assert fault(log) == sentence.format(decision=decision)


def test_a_decision_that_nobody_made_is_named(log, tamper):
    tamper(insert(decisions).values(tenant="default", decision_id="d", verdict_id="v0", document="{}"))
    assert fault(log) == "verdict v0: decision d was added"


def test_an_erased_account_leaves_a_whole_log(log):
    assert erase_account(log, "default", "account 2", "key:abc") == {
        "verdicts": 1,
        "decisions": 1,
        "answers": 0,
        "observations": 0,
    }
    (checked,) = verify_audit_logs(log)
    assert checked.fault is None
    with log.database.reading() as connection:
        actions = [entry["action"] for entry in entries_about(connection, "default", "v2")]
        everything = connection.execute(select(audit_entries.c.document)).scalars().all()
    assert actions == ["verdict.made", "verdict.decided", "verdict.erased"]
    assert json.loads(everything[-1])["action"] == "subject.erased"
    assert not [document for document in everything if "account" in document or "giveaway" in document]


def test_the_log_names_accounts_by_a_digest_that_needs_the_key(log):
    with log.database.reading() as connection:
        (first, *_) = entries_about(connection, "default", "v2")
    assert first["subject"] == log.subject("default", "account 2")
    assert first["subject"] != log.subject("other", "account 2")


def test_writers_at_once_make_one_chain(settings, entry):
    stores = [open_store(settings) for _ in range(4)]  # each with connections of its own, as workers have
    together = threading.Barrier(8)

    def write(number):
        together.wait(30)
        for step in range(6):
            tenant = "ab"[(number + step) % 2]
            store_verdicts(stores[number % 4], [entry(f"v{number}.{step}", "c"), entry(f"v{step}", tenant)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert [(one.head.tenant, one.fault) for one in verify_audit_logs(stores[0])] == [
        ("a", None),
        ("b", None),
        ("c", None),
    ]
    with stores[0].database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(audit_entries)).scalar() == 96
    for store in stores:
        store.database.close()
