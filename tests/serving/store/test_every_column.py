"""Every column of every table: who changes it in the database is found out, or here is why not."""

import shutil
import sqlite3
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select

from detector.labels import Label
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key
from serving.store.audit_check import verify_audit_logs
from serving.store.contests import open_contest
from serving.store.decisions import HumanDecision, Ruling, record_decision
from serving.store.idempotency_keys import (
    AnswerDamaged,
    KeyedRequest,
    KeyReused,
    RememberedAnswer,
    claim_key,
    remember_answer_of,
)
from serving.store.job_rows import JobState, NewJob, add_job
from serving.store.job_seals import WRITTEN_ONCE
from serving.store.leases import FinishedPiece, finish_job, record_piece, take_lease
from serving.store.list_entries import NewEntry, put_entries_in
from serving.store.lists import create_list
from serving.store.members import Invitee, Role, accept_invitation, invite
from serving.store.sessions import SessionOwner, start_session
from serving.store.store import open_store
from serving.store.tables import METADATA, jobs, list_entries
from serving.store.verdict_rows import NewVerdict, TenantVerdict, store_verdicts
from serving.store.webhook_rows import WebhookEvent, add_webhook, rotate_secret, stop_webhook

HOUR = timedelta(hours=1)
WHOLE = "*"

DESK = "the desk's own papers, which its members change; decisions are proven, and name who made them"
OUTBOX = "what waits to be sent, and is gone once it was: a receiver believes what is signed as it is sent"
NOT_COVERED = {
    "contest_statements": {WHOLE: "what a creator stated, on which no verdict rests; docs say so"},
    "contests": {"seen_at": "when the link was opened first: nothing follows from it"},
    "drift_reports": {WHOLE: "counted anew each day"},
    "entry_comments": {WHOLE: DESK},
    "evidence": {WHOLE: "lists are judged anew by it: a new verdict, proven as it was given; docs say so"},
    "forgotten_jobs": {WHOLE: "nothing is removed of a job that has its row; docs say so"},
    "job_erasures": {WHOLE: "of a job that waits or runs; docs say so"},
    "job_folders": {WHOLE: "changes every minute, and is of use to a command alone; docs say so"},
    "job_pieces": {
        "next_byte": "where a job that runs goes on; nothing reads it after the end",
        "next_line": "where a job that runs goes on; nothing reads it after the end",
    },
    "job_verdict_counts": {WHOLE: "counters of the metrics"},
    "list_entries": {WHOLE: DESK},
    "list_rules": {WHOLE: DESK},
    "lists": {WHOLE: DESK},
    "observations": {WHOLE: "come anew with each import; a verdict on them is proven as it was given"},
    "pending_erasures": {WHOLE: "erased rows that the write-ahead log may still hold, until it is cut"},
    "screening_erasures": {WHOLE: "of a screening that waits or runs"},
    "screenings": {WHOLE: "wait or run, and are removed at their end"},
    "sessions": {"seen_at": "changes with use: an idle session is kept alive, until its sealed end at most"},
    "shadow_verdicts": {WHOLE: "of another model, answered to nobody and decided by nobody"},
    "tenants": {"created_at": "nothing reads it"},
    "webhook_deliveries": {WHOLE: OUTBOX},
    "webhooks": {
        "delivered_at": "changes with each delivery; it and failed_at delay one by 15 minutes at most",
        "failed_at": "changes with each delivery",
        "failure": "why the last delivery failed: shown to who has the scope admin",
        "given_up": "a counter",
        "sequence": "a counter, by which receivers put deliveries into order",
    },
}
"""By table and column: why it is under no seal, and in no log."""


class Place(NamedTuple):
    """A column of the row that some condition finds."""

    table: str
    column: str
    where: str = "1"

    def __str__(self):
        return f"{self.table}.{self.column}"


def covered_places():
    for table in METADATA.tables.values():
        reasons = NOT_COVERED.get(table.name, {})
        if WHOLE not in reasons:
            names = [name for name in table.c.keys() if name not in reasons]  # noqa: SIM118 - no mapping
            where = "state = 'done'" if table is jobs else "1"
            yield from (Place(table.name, name, where) for name in names)
    yield from (Place("jobs", name, "state = 'queued'") for name in (*WRITTEN_ONCE, "state"))


VERDICT = NewVerdict(
    "v1", "yt:UC42", "youtube", Label.REVIEW, "profile", "a" * 64, "1.0", b"\0" * 8, '{"label":"review"}'
)
REQUEST = KeyedRequest.of("default", "k1", "/v1/verdicts", b"{}")


@pytest.fixture(scope="module")
def store(tmp_path_factory, migrated):
    """A store with a row in every table that anything is proven of."""
    home = tmp_path_factory.mktemp("filled")
    shutil.copy(migrated / "assay.db", home)
    opened = open_store(Settings(home=home))
    store_verdicts(opened, [TenantVerdict("default", "key:abc", VERDICT)])
    record_decision(opened, "default", "v1", HumanDecision(Ruling.OVERTURNED, "Jo", "a giveaway"), "key:abc")
    create_key(opened, tenant="default", name="team", scopes=[Scope.READ])
    secret = invite(opened, Invitee("default", "Ana", Role.LEAD), HOUR, "test")
    ana = accept_invitation(opened, secret, "hash")
    invite(opened, Invitee("default", "Ben", Role.ANALYST), HOUR, "test")
    start_session(opened, SessionOwner("default", ana.actor, ana.member_id, password_hash="hash"), HOUR)
    open_link(opened)
    webhook = add_webhook(opened, "default", "https://hooks.example/x", [WebhookEvent.DECISION_MADE], "test")
    rotate_secret(opened, webhook, "test")
    stop_webhook(opened, webhook)
    end_first_of_two_jobs(opened)
    claim_key(opened, REQUEST, HOUR)
    remember_answer_of(opened, REQUEST, RememberedAnswer(b"{}", None), ["yt:UC42"])
    yield opened
    opened.database.close()


def open_link(store):
    list_id = create_list(store, "default", "Spring", "test")
    texts = dict.fromkeys(NewEntry.__dataclass_fields__, "")
    numbers = {"risk": 0.5, "suspicion": None, "threshold": None, "score": None, "followers": None}
    with store.database.writing() as connection:
        put_entries_in(connection, "default", list_id, [NewEntry(**(texts | numbers | {"label": "review"}))])
        entry_id = connection.execute(select(list_entries.c.entry_id)).scalar_one()
    open_contest(store, "default", list_id, entry_id, HOUR, "test")


def end_first_of_two_jobs(store):
    first, _ = (
        add_job(store, NewJob("default", job_id, "f" * 32, "ndjson", 9, "a" * 64, 3, 1), "test", 9, no_more)
        for job_id in ("0" * 32, "1" * 32)
    )
    job = take_lease(store, first, "a worker", died=False)
    record_piece(store, job, FinishedPiece(0, "0.jsonl", 9, 2, 1, 0, 9, "b" * 64), frozenset())
    finish_job(store, job, JobState.DONE, HOUR)


def no_more(*_):
    """Nothing happens with a new job."""


def found_out(store):
    """Whether the answer is refused or computed anew, or the check of the log names a fault."""
    try:
        claimed = claim_key(store, REQUEST, HOUR)
    except (AnswerDamaged, KeyReused):
        return True
    return not isinstance(claimed, RememberedAnswer) or any(one.faults for one in verify_audit_logs(store))


NO_UTF_8 = b"\xff"


def others(value):
    """What may be put into the place of a value: another one of its type, and values of other types."""
    match value:
        case None:
            return ["x", 7]
        case int():
            return [value + 1, "x", None]
        case bytes():
            return [value + b"x", "x", None]
        case _:
            return [value + "x", "2099-01-01T00:00:00.000000Z", value.encode(), NO_UTF_8, None]


@contextmanager
def tampering(store):
    """The database as somebody without Assay has it; afterwards it is as it was before."""
    path = store.database.place
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        before = before_of(path)
        for name in ("update", "delete", "replace"):
            connection.execute(f"DROP TRIGGER IF EXISTS audit_entries_{name}")
        try:
            yield connection
        finally:
            before.backup(connection)


def before_of(path):
    """A copy of a database in memory."""
    copy = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(path)) as connection:
        connection.backup(copy)
    return copy


def test_nothing_is_found_where_nothing_was_changed(store):
    assert not found_out(store)


@pytest.mark.parametrize("place", list(covered_places()), ids=str)
def test_a_changed_column_is_found_out(store, place):
    wanted = f"SELECT rowid, {place.column} FROM {place.table} WHERE {place.where} ORDER BY 1 DESC LIMIT 1"
    change = f"UPDATE {place.table} SET {place.column} = {{}} WHERE rowid = ?"
    with tampering(store) as database:
        row, value = database.execute(wanted).fetchone()
    changed = 0
    for other in others(value):
        with tampering(store) as database, suppress(sqlite3.IntegrityError):  # a column may not be null
            new = "CAST(? AS TEXT)" if other is NO_UTF_8 else "?"
            changed += database.execute(change.format(new), (other, row)).rowcount
            assert found_out(store), (str(place), value, other)
    assert changed


def test_every_table_and_column_that_is_not_covered_is_there():
    for table, reasons in NOT_COVERED.items():
        assert reasons.keys() <= {WHOLE, *METADATA.tables[table].c.keys()}
