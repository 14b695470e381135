import json
import random
import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from serving.store import store as opening
from serving.store.api_keys import Scope, create_key, list_keys, revoke_key
from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import (
    FIRST_HASH,
    ChainHead,
    Event,
    canonical,
    chain_ends,
    entries_about,
    sha256_of,
)
from serving.store.audit_switch import KEYED, LAST_PLAIN_REVISION
from serving.store.decisions import HumanDecision, Ruling, record_decision
from serving.store.engine import NoUsableStore, audit_key_of, open_database
from serving.store.members import Invitee, Role, accept_invitation, change_member, invite
from serving.store.migrate import upgrade
from serving.store.seal_switch import ROWS_SEALED
from serving.store.store import open_store, record_event
from serving.store.tables import api_keys, audit_entries, decisions, members, tenants, verdicts, webhooks
from serving.store.verdict_rows import erase_account, store_verdicts
from serving.store.webhook_rows import WebhookEvent, add_webhook, remove_webhook, rotate_secret, stop_webhook
from serving.store.write_check import WriteCheck


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


def faults(store):
    (checked,) = verify_audit_logs(store)
    return list(checked.faults)


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
    assert fault(log) == "entry 3 was changed"


def test_the_last_entry_with_its_hash_made_anew_is_named(log, tamper):
    with log.database.reading() as connection:
        document = changed(connection, 6)
    tamper(update(audit_entries).where(at(6)).values(document=document, hash=sha256_of(document)))
    assert fault(log) == "entry 6 was changed"


def rewritten(log):
    """Statements that write the whole log anew, without its fourth entry, with hashes that need no key."""
    with log.database.reading() as connection:
        rows = connection.execute(select(audit_entries).order_by(audit_entries.c.entry)).all()
    previous, statements = FIRST_HASH, [delete(audit_entries)]
    for number, row in enumerate((row for row in rows if row.entry != 4), 1):
        document = canonical(json.loads(row.document) | {"entry": number, "previous": previous})
        previous = sha256_of(document)
        values = row._asdict() | {"entry": number, "document": document, "hash": previous}
        statements.append(insert(audit_entries).values(values))
    return [*statements, update(tenants).values(audit_entries=5, audit_hash=previous)]


def test_a_log_that_was_written_anew_is_named(log, tamper):
    tamper(*rewritten(log), delete(verdicts).where(verdicts.c.verdict_id == "v3"))
    assert fault(log) == "its entries have no key: an older Assay's log was put in the place of this one"


def test_an_end_that_was_cut_off_is_named_by_what_was_noted(log, tamper):
    with log.database.reading() as connection:
        (end,) = chain_ends(connection)
        fourth = connection.execute(select(audit_entries.c.hash).where(at(4))).scalar_one()
    tamper(
        delete(audit_entries).where(audit_entries.c.entry > 4),
        delete(decisions),
        update(verdicts).values(decision="none"),
        update(tenants).values(audit_entries=4, audit_hash=fourth),
    )
    assert fault(log) is None  # what the database alone cannot show
    (checked,) = verify_audit_logs(log, [end])
    assert checked.fault == "entry 6 is missing, which was noted elsewhere"
    assert verify_audit_logs(log, [ChainHead("default", 4, fourth)])[0].fault is None
    (other,) = verify_audit_logs(log, [ChainHead("default", 4, "0" * 64)])
    assert other.fault == "entry 4 is not the one that was noted elsewhere"
    assert verify_audit_logs(log, [ChainHead("gone", 3, "0" * 64)])[1].fault == "its tenant was removed"


def test_every_end_that_was_noted_must_be_there(log):
    with log.database.reading() as connection:
        (end,) = chain_ends(connection)
    good = [ChainHead("default", 0, FIRST_HASH), end]
    (checked,) = verify_audit_logs(log, good)
    assert checked.fault is None
    for wrong in (ChainHead("default", number, "f" * 64) for number in (-1, 0, 1, end.entries)):
        for noted in ([wrong, *good], [*good, wrong]):  # another end of the same entry hides none
            (checked,) = verify_audit_logs(log, noted)
            assert checked.fault is not None and checked.fault.endswith("noted elsewhere")
    _, checked = verify_audit_logs(log, [*good, ChainHead("nobody", 0, FIRST_HASH)])
    assert (checked.head.tenant, checked.fault) == ("nobody", "its tenant was removed")


@pytest.fixture
def key_id(log):
    create_key(log, tenant="default", name="team", scopes=[Scope.READ])
    return list_keys(log)[0]["key_id"]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (update(api_keys).values(scopes="admin,read"), "has other rights than it was created with"),
        (update(api_keys).values(expires_at="2099-01-01"), "has other rights than it was created with"),
        (update(api_keys).values(secret_sha256="0" * 64), "was changed"),
        (update(api_keys).values(requests_per_minute=10**9), "was changed"),
        (update(api_keys).values(revoked_at="2020"), "was revoked, or made good again, without an entry"),
        (delete(api_keys), "was removed"),
    ],
    ids=["scopes", "expiry", "secret", "rate", "revoked", "removed"],
)
def test_an_api_key_is_what_the_log_says(log, tamper, key_id, statement, sentence):
    assert fault(log) is None
    tamper(statement)
    assert fault(log) == f"API key {key_id} {sentence}"


def test_an_api_key_that_was_made_good_again_is_named(log, tamper, key_id):
    revoke_key(log, key_id)
    assert fault(log) is None
    tamper(update(api_keys).values(revoked_at=None))
    assert fault(log).endswith("was revoked, or made good again, without an entry")


def test_an_api_key_that_nobody_created_is_named(log, tamper, key_id):
    row = {"key_id": "0" * 12, "tenant": "default", "name": "n", "secret_sha256": "0" * 64, "scopes": "admin"}
    tamper(insert(api_keys).values(row | {"created_at": "2026"}))
    assert fault(log) == f"API key {'0' * 12} was added"


def test_an_entry_is_not_replaced_either(log):
    if not log.database.is_sqlite:
        pytest.skip("only SQLite has INSERT OR REPLACE")
    plain = sqlite3.connect(log.database.place)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        plain.execute("INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE entry = 3")
    plain.close()


def test_another_key_is_refused_before_it_writes(settings, entry):
    first = open_store(settings)
    store_verdicts(first, [entry()])
    other = settings.model_copy(update={"audit_key": SecretStr("k" * 32)})
    with pytest.raises(NoUsableStore, match="another key"):
        open_store(other)
    store = open_store(other, check_key=False)
    assert verify_audit_logs(store)[0].fault == "entry 1 was changed"
    for opened in (first, store):
        opened.database.close()


def test_of_two_keys_that_begin_at_an_empty_log_one_is_refused(settings, entry):
    first, second = (
        open_store(settings.model_copy(update={"audit_key": SecretStr(letter * 32)})) for letter in "ab"
    )
    store_verdicts(first, [entry()])
    with pytest.raises(NoUsableStore, match=r"The audit log of .* is keyed with another key"):
        store_verdicts(second, [entry()])
    with pytest.raises(NoUsableStore, match="keyed with another key"):
        WriteCheck().run(second)
    WriteCheck().run(first)
    store_verdicts(first, [entry()])
    assert [log.fault for log in verify_audit_logs(first)] == [None]
    for opened in (first, second):
        opened.database.close()


def test_a_keyed_log_without_its_key_is_refused_and_no_key_is_made(settings, entry):
    first = open_store(settings)
    store_verdicts(first, [entry()])
    first.database.close()
    path = settings.home / "audit.key"
    key = path.read_bytes()
    path.unlink()
    for check_key in (True, False):
        with pytest.raises(NoUsableStore, match="is keyed: put the key back") as refused:
            open_store(settings, check_key=check_key)
        assert f"The audit key at {path} is missing" in str(refused.value)
        assert not path.exists()
    for short in (b"", b"k" * 31 + b"\n"):
        path.write_bytes(short)
        with pytest.raises(NoUsableStore, match="fewer than 32 characters"):
            open_store(settings)
        assert path.read_bytes() == short
    path.write_bytes(key)
    open_store(settings).database.close()


def test_a_key_that_another_process_makes_in_the_moment_is_taken(settings, entry, monkeypatch):
    """It writes the first entry before this one has looked whether the log is keyed."""
    has_keyed_log = opening.has_keyed_log

    def made_meanwhile(database):
        monkeypatch.setattr(opening, "has_keyed_log", has_keyed_log)
        first = open_store(settings)
        store_verdicts(first, [entry()])
        first.database.close()
        return has_keyed_log(database)

    (settings.home / "audit.key").unlink(missing_ok=True)
    monkeypatch.setattr(opening, "has_keyed_log", made_meanwhile)
    open_store(settings).database.close()


def append_anyway(store):
    """An entry at the end of a log of another key, as an older Assay added it."""
    with store.database.reading() as connection:
        audit_key_of(connection).continued.add("default")
    record_event(store, "default", Event("verdict.replayed", "anyone"))


def test_whether_any_entry_fits_the_key_is_told(settings, entry):
    first = open_store(settings)
    assert verify_audit_logs(first) == []
    store_verdicts(first, [entry(), entry("v2", tenant="another")])
    assert [one.fits_key for one in verify_audit_logs(first)] == [True, True]
    other = open_store(settings.model_copy(update={"audit_key": SecretStr("k" * 32)}), check_key=False)
    assert [one.fits_key for one in verify_audit_logs(other)] == [False, False]
    append_anyway(other)
    assert [one.fits_key for one in verify_audit_logs(other)] == [False, True]
    for opened in (first, other):
        opened.database.close()


def test_a_log_of_any_tenant_with_another_key_is_refused(settings, entry):
    first = open_store(settings)
    store_verdicts(first, [entry(), entry("v2", tenant="first of all")])
    other = open_store(settings.model_copy(update={"audit_key": SecretStr("k" * 32)}), check_key=False)
    append_anyway(other)
    with pytest.raises(NoUsableStore, match="The audit log of default"):
        open_store(settings)
    for opened in (first, other):
        opened.database.close()


def test_a_log_of_an_older_assay_is_keyed_from_then_on(empty, entry):
    """Its entries are checked as they were written, and none can be exchanged any more."""
    database = open_database(empty.database_url if empty.database else empty.home / "assay.db")
    with database.writing() as connection:
        upgrade(connection, "", None, LAST_PLAIN_REVISION)
        document, own = plain_entry()
        tenant = {"tenant": "default", "created_at": "2026", "audit_entries": 1, "audit_hash": own}
        connection.execute(insert(tenants).values(tenant))
        row = {"tenant": "default", "entry": 1, "verdict_id": None, "document": document, "hash": own}
        connection.execute(insert(audit_entries).values(row))
        connection.execute(insert(api_keys).values(PLAIN_KEY))
    database.close()
    store = open_store(empty)
    store_verdicts(store, [entry()])
    with store.database.reading() as connection:
        entries = connection.execute(select(audit_entries.c.document).order_by(audit_entries.c.entry))
        actions = [json.loads(one)["action"] for (one,) in entries]
        assert actions == ["key.created", KEYED, ROWS_SEALED, "verdict.made"]
    assert fault(store) is None
    other, its_hash = plain_entry(scopes=["admin", "read"])
    with store.database.writing() as connection:
        if store.database.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_entries_update"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(update(audit_entries).where(at(1)).values(document=other, hash=its_hash))
    assert fault(store) == "entry 2 does not follow entry 1: one of them was changed or moved"
    store.database.close()


PLAIN_KEY = {
    "key_id": "abc", "tenant": "default", "name": "team", "secret_sha256": "0" * 64, "scopes": "read",
    "created_at": "2026",
}  # fmt: skip


def plain_entry(scopes=("read",)):
    """An entry as an older Assay wrote it, and its hash."""
    details = {"key_id": "abc", "scopes": list(scopes), "expires_at": None}
    document = canonical({
        "tenant": "default", "entry": 1, "at": "2026", "actor": "command line", "action": "key.created",
        "subject": None, "verdict_id": None, "details": details, "previous": FIRST_HASH,
    })  # fmt: skip
    return document, sha256_of(document)


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
    assert faults(log) == ["entries 2 and 3 were moved or changed"]


UNSURE = ", or an entry about it is among those above"


def test_several_changed_entries_are_each_named_and_no_other(log, tamper):
    tamper(*(update(audit_entries).where(at(place)).values(document="{") for place in (1, 4)))
    assert faults(log) == [
        "entry 1 was changed",
        "entry 4 was changed",
        f"verdict v0 was added{UNSURE}",
        f"verdict v3 was added{UNSURE}",
    ]


def test_a_changed_entry_leads_to_no_fault_of_the_rows_that_it_still_fits(log, tamper):
    with log.database.reading() as connection:
        documents = {place: changed(connection, place) for place in (2, 3, 5)}
    tamper(
        *(update(audit_entries).where(at(place)).values(document=one) for place, one in documents.items()),
        update(audit_entries).where(at(6)).values(hash="0" * 64),
    )
    assert faults(log) == ["entries 2 and 3 were changed", "entries 5 and 6 were changed"]


def test_several_removed_entries_are_one_fault(log, tamper):
    with log.database.reading() as connection:
        decision_id = connection.execute(select(decisions.c.decision_id)).scalar_one()
    tamper(delete(audit_entries).where(audit_entries.c.entry.in_([2, 3, 4, 6])))
    found = faults(log)
    assert found[:2] == ["entries 2 to 4 are missing", "entry 6 is missing, with all up to 6"]
    decision = f"verdict v2: decision {decision_id} was added{UNSURE}"
    assert found[2:] == [
        f"verdict v1 was added{UNSURE}", f"verdict v2 was added{UNSURE}", decision,
        f"verdict v3 was added{UNSURE}",
    ]  # fmt: skip


def test_an_entry_that_was_put_between_two_is_named_with_those_that_it_moved(log, tamper):
    with log.database.reading() as connection:
        row = connection.execute(select(audit_entries).where(at(3))).one()._asdict()
    moves = [update(audit_entries).where(at(place)).values(entry=place + 1) for place in (6, 5, 4)]
    tamper(*moves, insert(audit_entries).values(row | {"entry": 4, "document": "{}"}))
    assert faults(log) == ["entry 4 was changed", "entries 5 to 7 were moved or changed"]


def test_entries_far_from_the_others_are_named_and_hide_none(log, tamper, entry):
    with log.database.reading() as connection:
        row = connection.execute(select(audit_entries).where(at(3))).one()._asdict()
    tamper(*(insert(audit_entries).values(row | {"entry": number}) for number in (-1, 0, 10**12)))
    store_verdicts(log, [entry("v9", account_id="account 9")])
    named = ["entry -1 was added", "entry 0 was added", f"entry {10**12} was added"]
    assert faults(log) == named
    tamper_more = update(verdicts).where(verdicts.c.verdict_id == "v9").values(features=b"\x00" * 8)
    with log.database.writing() as connection:
        connection.execute(tamper_more)
    assert faults(log) == [*named, "verdict v9 was changed"]


def test_every_entry_without_a_key_before_one_that_has_one_is_named(log, tamper):
    *plain, _ = rewritten(log)[1:]
    keep = select(audit_entries).where(audit_entries.c.entry > 3)
    with log.database.reading() as connection:
        rest = [insert(audit_entries).values(row._asdict()) for row in connection.execute(keep)]
    tamper(delete(audit_entries), *plain[:3], *rest)
    assert faults(log)[:2] == [
        "entry 4 does not follow entry 3: one of them was changed or moved",
        "entry 4 follows entries without a key, and does not end them",
    ]
    assert faults(log)[2] == "entries 1 to 3 have no key"


@pytest.mark.parametrize(
    ("statement", "due"),
    [
        ("UPDATE audit_entries SET document = x'00' WHERE entry = 2", "entry 2 cannot be read"),
        ("UPDATE audit_entries SET hash = CAST(x'ff' AS TEXT) WHERE entry = 2", "entry 2 cannot be read"),
        ("UPDATE audit_entries SET entry = 'x' WHERE entry = 1", "entry x was added"),
        (
            f"UPDATE verdicts SET document = '{'[' * 100_000}' WHERE verdict_id = 'v0'",
            "verdict v0 was changed",
        ),
        (
            "UPDATE verdicts SET verdict_id = x'ff' WHERE verdict_id = 'v0'",
            "verdict b'\\xff' was added or changed",
        ),
        (
            "UPDATE verdicts SET verdict_id = CAST(x'76ff' AS TEXT) WHERE verdict_id = 'v0'",
            "verdict v\\udcff was added or changed",
        ),
        ("UPDATE tenants SET audit_hash = x'00'", "entry 7 is not the last one that was written"),
        ("UPDATE api_keys SET name = x'00'", "API key {key} cannot be read: TypeError"),
        (
            "INSERT INTO sessions (tenant, session_sha256, created_at, seen_at, ends_at) "
            "VALUES (CAST(x'ff' AS TEXT), 's', '', '', '')",
            "its name is not as Assay writes any",
        ),
    ],
)
def test_what_cannot_be_read_hides_no_other_row(log, tamper, key_id, statement, due):
    if not log.database.is_sqlite:
        pytest.skip("only SQLite keeps values of other types")
    tamper(text(statement), text("DELETE FROM verdicts WHERE verdict_id = 'v3'"))
    found = [fault for check in verify_audit_logs(log) for fault in check.faults]
    assert due.format(key=key_id) in found
    assert [fault for fault in found if fault.startswith("verdict v3 was removed")]


def test_what_is_more_than_a_hundred_faults_is_counted(log, tamper):
    rows = [
        {"tenant": "default", "decision_id": f"d{number:03}", "verdict_id": "v0", "document": "{}"}
        for number in range(150)
    ]
    tamper(insert(decisions).values(rows))
    (checked,) = verify_audit_logs(log)
    assert len(set(checked.faults)) == 100
    assert checked.more == 50


@pytest.fixture
def full_log(log, member):
    """A log with entries about rows of every kind, in any order; the rows, by how they are named."""
    hooks = [
        add_webhook(log, "default", f"https://hooks.example/{name}", [WebhookEvent.JOB_ENDED], "key:abc")
        for name in "ab"
    ]
    for name in ("one", "two", "three"):
        create_key(log, tenant="default", name=name, scopes=[Scope.READ])
    return {
        **{f"verdict v{number}": verdicts.c.verdict_id == f"v{number}" for number in range(4)},
        **{f"API key {one['key_id']}": api_keys.c.key_id == one["key_id"] for one in list_keys(log)},
        **{f"webhook {one.webhook_id}": webhooks.c.webhook_id == one.webhook_id for one in hooks},
        f"member {member.member_id}": members.c.member_id == member.member_id,
    }


CHANGED_COLUMN = {
    verdicts: {"features": b"\x00" * 8},
    api_keys: {"scopes": "admin"},
    webhooks: {"url": "https://hooks.example/other"},
    members: {"role": "lead"},
}


def entries_in(sentences):
    """The numbers of the entries that sentences name."""
    found = set()
    for sentence in sentences:
        if run := re.match(r"entr(?:y|ies) (\d+)(?:\D+(\d+))?", sentence):
            found |= set(range(int(run[1]), int(run[2] or run[1]) + 1))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_whatever_was_tampered_with_is_named(log, tamper, full_log, seed):
    draw = random.Random(seed)
    with log.database.reading() as connection:
        documents = dict(connection.execute(select(audit_entries.c.entry, audit_entries.c.document)).all())
    entries = draw.sample(sorted(documents), draw.randint(0, 5))
    rows = draw.sample(sorted(full_log), draw.randint(1, 5))
    statements, lost, due = [], set(), set()
    for number in entries:
        kind = draw.choice(["document", "hash", "no entry", "removed"])
        lost |= {number} if kind in ("no entry", "removed") else set()
        document = documents[number].replace('"at":"2', '"at":"3')
        statements.append({
            "document": update(audit_entries).where(at(number)).values(document=document),
            "hash": update(audit_entries).where(at(number)).values(hash="0" * 64),
            "no entry": update(audit_entries).where(at(number)).values(document="{"),
            "removed": delete(audit_entries).where(at(number)),
        }[kind])  # fmt: skip
    for name in rows:
        where = full_log[name]
        table, row_id = where.left.table, where.right.value
        if draw.random() < 0.5:
            statements.append(update(table).where(where).values(CHANGED_COLUMN[table]))
            due.add(name)
        else:
            statements.append(delete(table).where(where))
            about = {number for number, document in documents.items() if f'"{row_id}"' in document}
            due |= set() if about <= lost else {name}  # else nothing is left that speaks of it
    tamper(*statements)
    found = faults(log)
    assert entries_in(found) == set(entries)
    of_rows = [sentence for sentence in found if not sentence.startswith("entr")]
    named = {name for name in full_log if any(sentence.startswith(f"{name}") for sentence in of_rows)}
    assert due <= named
    for sentence in of_rows:
        assert sentence.startswith(tuple(rows)) or (lost and sentence.endswith(UNSURE)), sentence


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


@pytest.mark.parametrize(
    ("verdict", "column"),
    [("v0", {"label": "inflated"}), ("v0", {"decision": "confirmed"}), ("v2", {"decision": "none"})],
)
def test_a_verdict_that_is_listed_as_another_is_named(log, tamper, verdict, column):
    tamper(update(verdicts).where(verdicts.c.verdict_id == verdict).values(column))
    assert fault(log) == f"verdict {verdict} is listed under another label or decision than it has"


@pytest.fixture
def member(log):
    secret = invite(log, Invitee("default", "Jo", Role.ANALYST), timedelta(hours=1), "command line")
    return accept_invitation(log, secret, "a slow hash")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"role": "lead"}, "has other rights than the log says"),
        ({"disabled_at": "2026"}, "has other rights than the log says"),
        ({"password_hash": "another"}, "was changed"),
        ({"name_key": "ann"}, "was changed"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_a_member_is_what_the_log_says(log, tamper, member, change, sentence):
    assert fault(log) is None
    tamper(update(members).values(change))
    assert fault(log) == f"member {member.member_id} {sentence}"


def test_a_member_may_be_changed_disabled_and_invited_again(log, member):
    secret = invite(log, Invitee("default", "Ann", Role.LEAD), timedelta(hours=1), "command line")
    assert accept_invitation(log, secret, "hers")
    for role in (Role.LEAD, None):
        change_member(log, "default", member.member_id, role, "command line")
        assert fault(log) is None
    secret = invite(log, Invitee("default", "Jo", Role.ANALYST), timedelta(hours=1), "command line")
    assert accept_invitation(log, secret, "a new one").member_id == member.member_id
    assert fault(log) is None


def test_members_that_nobody_invited_or_removed_are_named(log, tamper, member):
    row = {"tenant": "default", "member_id": "0" * 16, "name": "M", "name_key": "m", "role": "lead"}
    tamper(insert(members).values(row | {"password_hash": "x", "created_at": "2026"}))
    assert fault(log) == f"member {'0' * 16} was added"
    with log.database.writing() as connection:
        connection.execute(delete(members))
    assert fault(log) == f"member {member.member_id} was removed"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (update(webhooks).values(url="https://hooks.example/other"), "was changed"),
        (update(webhooks).values(events="job.ended"), "was changed"),
        (delete(webhooks), "was removed"),
        (update(webhooks).values(secret_version=4), "has another secret than the log says"),
        (update(webhooks).values(gone_at="2026"), "was stopped, or is told again, without an entry"),
    ],
    ids=["address", "events", "removed", "secret", "stopped"],
)
def test_a_webhook_is_what_the_log_says(log, tamper, change, sentence):
    hook = add_webhook(log, "default", "https://hooks.example/x", [WebhookEvent.VERDICT_CHANGED], "key:abc")
    assert fault(log) is None
    tamper(change)
    assert fault(log) == f"webhook {hook.webhook_id} {sentence}"


def test_a_webhook_may_be_rotated_and_removed_and_none_be_added(log, tamper):
    hook = add_webhook(log, "default", "https://hooks.example/x", [WebhookEvent.VERDICT_CHANGED], "key:abc")
    rotate_secret(log, hook, "key:abc")
    stop_webhook(log, hook)
    assert fault(log) is None
    remove_webhook(log, hook, "key:abc")
    assert fault(log) is None
    row = {"tenant": "default", "webhook_id": "w", "url": "https://a/", "events": "job.ended", "given_up": 0}
    tamper(insert(webhooks).values(row | {"created_at": "2026"}))
    assert fault(log) == "webhook w was added"


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "UPDATE verdicts SET document = CAST(document AS BLOB) WHERE verdict_id = 'v2'",
            "verdict v2 was changed",
        ),
        ("UPDATE decisions SET document = CAST(document AS BLOB)", "verdict v2: decision .* was changed"),
        (
            "UPDATE verdicts SET document = CAST(x'ff' AS TEXT) WHERE verdict_id = 'v2'",
            "verdict v2 was changed",
        ),
        ("UPDATE audit_entries SET document = x'00' WHERE entry = 3", "entry 3 cannot be read"),
        (
            "UPDATE audit_entries SET document = CAST(x'ff' AS TEXT) WHERE entry = 3",
            "entry 3 cannot be read",
        ),
        ("UPDATE audit_entries SET document = '[' WHERE entry = 3", "entry 3 was changed"),
        ("UPDATE audit_entries SET entry = 2.5 WHERE entry = 3", "entry 3 is missing"),
        (
            "UPDATE verdicts SET document = CAST(zeroblob(0) AS TEXT) || '[' WHERE verdict_id = 'v2'",
            "verdict v2 was changed",
        ),
        (
            "UPDATE verdicts SET verdict_id = CAST('v0' AS BLOB) WHERE verdict_id = 'v0'",
            "verdict v0 was removed",
        ),
        (
            "UPDATE tenants SET audit_entries = 'many' WHERE tenant = 'default'",
            "its row in tenants cannot be read",
        ),
    ],
)
def test_what_cannot_be_read_is_named_and_hides_no_other_tenant(log, tamper, entry, statement, sentence):
    if not log.database.is_sqlite:
        pytest.skip("only SQLite keeps values of other types")
    store_verdicts(log, [entry("w1", tenant="other")])
    tamper(text(statement), text("DELETE FROM verdicts WHERE tenant = 'other'"))
    faults = {check.head.tenant: check.fault for check in verify_audit_logs(log)}
    assert re.fullmatch(sentence, faults["default"])
    assert faults["other"] == "verdict w1 was removed"


def test_a_decision_that_nobody_made_is_named(log, tamper):
    tamper(insert(decisions).values(tenant="default", decision_id="d", verdict_id="v0", document="{}"))
    assert fault(log) == "verdict v0: decision d was added"


def test_an_erased_account_leaves_a_whole_log(log):
    assert erase_account(log, "default", "account 2", "key:abc") == {
        "verdicts": 1,
        "decisions": 1,
        "answers": 0,
        "observations": 0,
        "entries": 0,
        "evidence": 0,
        "deliveries": 0,
    }
    (checked,) = verify_audit_logs(log)
    assert checked.fault is None
    with log.database.reading() as connection:
        actions = [entry["action"] for entry in entries_about(connection, "default", "v2")]
        everything = connection.execute(select(audit_entries.c.document)).scalars().all()
    assert actions == ["verdict.made", "verdict.decided", "verdict.erased"]
    assert json.loads(everything[-1])["action"] == "subject.erased"
    assert not [document for document in everything if "account" in document or "giveaway" in document]


def test_a_verdict_that_was_hidden_from_the_erasure_of_its_account_is_named(log, entry):
    own = verdicts.c.verdict_id == "v3"
    with log.database.writing() as connection:
        account = connection.execute(select(verdicts.c.account_sha256).where(own)).scalar_one()
        connection.execute(update(verdicts).where(own).values(account_sha256="0" * 64))
    erase_account(log, "default", "account 3", "key:abc")
    assert fault(log) == "verdict v3 was changed"
    with log.database.writing() as connection:
        connection.execute(update(verdicts).where(own).values(account_sha256=account))
    assert fault(log) == "verdict v3 is of an account that was erased after it was given"
    with log.database.writing() as connection:
        connection.execute(delete(verdicts).where(own))
    store_verdicts(log, [entry("v3", account_id="account 3")])
    assert fault(log) is None  # it was given anew


def test_the_log_names_accounts_by_a_digest_that_needs_the_key(log):
    with log.database.reading() as connection:
        (first, *_) = entries_about(connection, "default", "v2")
    assert first["subject"] == log.subject("default", "account 2")
    assert first["subject"] != log.subject("other", "account 2")


def test_a_verdict_s_entries_are_read_from_their_index(log):
    if not log.database.is_sqlite:
        return
    with log.database.reading() as connection:
        statements = []
        event.listen(connection, "before_cursor_execute", lambda *sent: statements.append(sent[2:4]))
        assert len(entries_about(connection, "default", "v2", 0, 2)) == 2
        statement, values = statements[-1]
        first, *_ = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "ix_audit_entries_tenant_verdict_id (tenant=? AND verdict_id=?)" in first.detail


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
