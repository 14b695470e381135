"""Documents that were damaged in the database: each reader refuses them by name, and none fails at them."""

import json
import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import LargeBinary, Text

from serving.store.api_keys import Scope, create_key
from serving.store.contests import add_statement, find_contest, open_contest
from serving.store.decisions import HumanDecision, Ruling, record_decision
from serving.store.drift_rows import store_drift
from serving.store.tables import METADATA
from serving.store.webhook_rows import WebhookEvent, add_webhook

NOT_PARSED = {
    ("drift_reports", "broken"), ("entry_comments", "text"), ("jobs", "stalled"),
    ("list_entries", "account_id"),
    ("list_entries", "name"), ("list_entries", "search"), ("list_entries", "first_reason"),
    ("screenings", "problem"), ("webhook_deliveries", "body"), ("webhooks", "url"),
}  # fmt: skip
"""Texts that are shown or sent as they stand."""

IN_JOBS = {("jobs", "model"), ("jobs", "problem")}
"""Of jobs' rows, which are tried in tests/serving/jobs/test_changed_rows.py."""

HOUR = timedelta(hours=1)
DAMAGE = {
    "cut": lambda value: value[: len(value) // 2],
    "empty": lambda value: value[:0],
    "other": lambda value: b"{}" if isinstance(value, bytes) else "{}",
    "list": lambda value: b"\x00" * 9 if isinstance(value, bytes) else "[7]",
    "type": lambda value: value.decode("latin-1") if isinstance(value, bytes) else value.encode(),
    "number": lambda _: 7,
    "not UTF-8": lambda value: (
        value[:-9] + b"\xff" if isinstance(value, bytes) else value[:-3].encode() + b'\xff"}'
    ),
}


def parsed_places():
    """Every column that holds JSON or compressed bytes, and is parsed when it is read."""
    for table in METADATA.tables.values():
        for column in table.columns:
            place = (table.name, column.name)
            if isinstance(column.type, Text | LargeBinary) and place not in NOT_PARSED | IN_JOBS:
                yield place
    yield "webhooks", "events"


class Filled:
    """A desk with a row in each table that holds documents, and all addresses at which these are read."""

    def __init__(self, desk, creators):
        self.desk, store = desk, desk.store
        self.page = creators.page()
        entry = creators.entry(self.page)
        self.account_id, self.verdict_id = entry.account_id, entry.verdict_id
        key = create_key(store, tenant="default", name="all", scopes=list(Scope))
        self.headers = {"Authorization": f"Bearer {key}"}
        self.member = desk.member()
        self.member.get(self.page)
        explained = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21", "note": "An article"}
        assert self.member.post(f"{self.page}/explain", explained).status_code == 200  # a second verdict
        self.verdict_id = creators.entry(self.page).verdict_id
        decision = HumanDecision(Ruling.OVERTURNED, "Jo", "a giveaway")
        assert record_decision(store, "default", self.verdict_id, decision, "test")
        secret = open_contest(store, "default", entry.list_id, entry.entry_id, HOUR, "test")
        self.contest = f"/contests/{secret}"
        statement = {"kind": "answer", "text": "It was a giveaway."}
        add_statement(store, find_contest(store, secret), statement, self.verdict_id)
        add_webhook(store, "default", "https://hooks.example/x", [WebhookEvent.DECISION_MADE], "test")
        document = creators.documents["auto-refill"]
        self.document = json.dumps(document)
        post = {"post_id": "p1", "published_at": "2025-12-30T00:00:00Z", "likes": 3}
        self.seen = json.dumps({
            "account_id": entry.account_id, "platform": entry.platform, "as_of": "2026-01-01T00:00:00Z",
            "posts": [post],
        })  # fmt: skip
        model = desk.app.state.screening.detector.bundle.sha256
        store_drift(store, "default", model, {"comparison": None, "features": [], "promise": None}, None)
        self.record = f"/v1/accounts?account_id={self.account_id}"
        self.keyed = {"Idempotency-Key": "k", "Content-Type": "application/json"}
        assert {answer.status_code for _, answer in self.answers(["again", "observed"])} == {200}

    def api(self, method, path, headers=None, **more):
        return self.member.caller.request(method, path, headers=self.headers | (headers or {}), **more)

    def readers(self):
        """By name, everything that asks for something that is read of a document."""
        verdict, (_, _, list_id, entry_id) = f"/v1/verdicts/{self.verdict_id}", self.page.split("/")
        about, of_list = f"?account_id={self.account_id}", f"/lists/{list_id}"
        api = (
            verdict, f"{verdict}/decisions", f"{verdict}/audit", f"{verdict}/report.html", "/v1/verdicts",
            self.record, f"/v1/subjects{about}", "/v1/labels", "/v1/drift", "/v1/webhooks",
            "/v1/jobs",
        )  # fmt: skip
        pages = (
            self.page, f"{self.page}/comment-groups", f"{self.page}/turning", f"{self.page}/value",
            f"{self.page}/history", f"{self.page}/report.html", f"{self.page}/comments", of_list,
            f"{of_list}/watch", f"{of_list}/compare?entry={entry_id}", f"{of_list}/export.csv",
            f"{of_list}/export.xlsx", "/lists", "/labels.csv", "/organisation/audit-log",
            "/organisation/model", self.contest,
        )  # fmt: skip
        lines, document = {"Content-Type": "application/x-ndjson"}, json.loads(self.document)
        decision = {"outcome": "confirmed", "by": "Jo", "reason": "seen"}
        return {
            **{path: partial(self.api, "GET", path) for path in api},
            **{path: partial(self.member.get, path) for path in pages},
            "replay": partial(self.api, "POST", f"{verdict}/replay"),
            "again": partial(self.api, "POST", "/v1/verdicts", content=self.document, headers=self.keyed),
            "joined": partial(self.api, "POST", "/v1/verdicts?with_observed=true", json=document),
            "observed": partial(
                self.api, "POST", "/v1/observations?source=crawler", content=self.seen, headers=lines
            ),
            "decision": partial(self.api, "POST", f"{verdict}/decisions", json=decision),
        }

    def answers(self, names=None):
        """The answers of all readers, or of some."""
        vars(self.desk.app.state)["_state"].pop("creator_files", None)  # what is remembered is good
        readers = self.readers()
        return [(name, readers[name]()) for name in names or readers]


@pytest.fixture
def filled(desk, creators_of):
    return Filled(desk, creators_of(desk))


@contextmanager
def damaged(desk, place, damage):
    """All values of a column damaged, in a database that is as it was afterwards."""
    table, column = place
    change = f"UPDATE {table} SET {column} = {{}} WHERE rowid = ?"
    with closing(sqlite3.connect(desk.store.database.place, isolation_level=None)) as database:
        for name in ("update", "delete", "replace"):
            database.execute(f"DROP TRIGGER IF EXISTS audit_entries_{name}")
        wanted = f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL"
        rows = database.execute(wanted).fetchall()
        new = "CAST(? AS TEXT)" if damage == "not UTF-8" and isinstance(rows[0][1], str) else "?"
        database.executemany(change.format(new), [(DAMAGE[damage](value), row) for row, value in rows])
        yield
        database.executemany(change.format("?"), [(value, row) for row, value in rows])


def test_what_was_damaged_is_refused_by_name(filled):
    faults = [(path, answer.text) for path, answer in filled.answers() if answer.status_code >= 400]
    for place in parsed_places():
        readers = None
        for damage in DAMAGE:
            with damaged(filled.desk, place, damage):
                answers = filled.answers(readers)
            refused = {path for path, answer in answers if "is not what was" in answer.text}
            readers = readers or refused
            counted = filled.record if place == ("observations", "of_posts") else None
            faults += [
                (place, damage, path, answer.status_code, answer.text[:200])
                for path, answer in answers
                if path not in refused and (answer.status_code >= 400 or path in readers - {counted})
            ]
        assert readers, place
    assert not faults, "\n".join(map(str, faults))
