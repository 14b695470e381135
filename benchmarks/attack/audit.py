"""Changes by somebody who can write the database, and does not have the audit key: each must be found."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx

from benchmarks.attack.outcome import Outcome
from benchmarks.serving.servers import Server
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key, list_keys, revoke_key
from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import FIRST_HASH, ChainHead, canonical, chain_ends, sha256_of
from serving.store.store import open_store

__all__ = ["attack"]

ACCOUNTS = 6
TRIGGERS = ("audit_entries_update", "audit_entries_delete", "audit_entries_replace")


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Each change to a copy of the same database; then what `verify` says of it."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for number in range(ACCOUNTS):
            document = {"account_id": f"a{number}", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
            client.post("/v1/verdicts", json=document)
    with_keys(home)
    yield Outcome.equal("nothing changed", None, fault_after(home, lambda _: None))
    for name, change in CHANGES.items():
        found = fault_after(home, change)
        yield Outcome(name, "a fault that names it", str(found), found is not None)
    yield replaced(home)


def with_keys(home: Path) -> None:
    """Make an API key that is good and one that was revoked."""
    store = open_store(Settings(home=home))
    for name in ("good", "revoked"):
        create_key(store, tenant="default", name=name, scopes=[Scope.READ])
    revoke_key(store, next(key["key_id"] for key in list_keys(store) if key["name"] == "revoked"))
    store.database.close()


def copied(home: Path) -> Path:
    """A copy of the database beside it, with the key that the attacker does not have."""
    copy = home / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    shutil.copy(home / "audit.key", copy)
    with (
        closing(sqlite3.connect(home / "assay.db")) as source,
        closing(sqlite3.connect(copy / "assay.db")) as target,
    ):
        source.backup(target)
    return copy


def fault_after(home: Path, change: Callable[[sqlite3.Connection], object]) -> str | None:
    """What `verify` says after a change, with the end that was noted before it."""
    copy = copied(home)
    noted = ends(copy)
    with closing(sqlite3.connect(copy / "assay.db")) as connection:
        for trigger in TRIGGERS:
            connection.execute(f"DROP TRIGGER {trigger}")
        change(connection)
        connection.commit()
    store = open_store(Settings(home=copy), check_key=False)
    try:
        return next((check.fault for check in verify_audit_logs(store, noted) if check.fault), None)
    finally:
        store.database.close()


def ends(home: Path) -> list[ChainHead]:
    """The ends of the logs, as the service notes them in its own log."""
    store = open_store(Settings(home=home))
    with store.database.reading() as connection:
        found = chain_ends(connection)
    store.database.close()
    return found


def replaced(home: Path) -> Outcome:
    """SQLite's INSERT OR REPLACE, which fires no trigger of a deletion."""
    with closing(sqlite3.connect(copied(home) / "assay.db")) as connection:
        try:
            connection.execute(
                "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE entry = 2"
            )
        except sqlite3.IntegrityError as error:
            return Outcome.equal("INSERT OR REPLACE of an entry", "the audit log is append-only", str(error))
    return Outcome.equal("INSERT OR REPLACE of an entry", "the audit log is append-only", "done")


def rewrite(connection: sqlite3.Connection, order: Callable[[list[int]], list[int]]) -> None:
    """Write the log anew in another order, with hashes that fit each other and need no key."""
    rows = dict(connection.execute("SELECT entry, document FROM audit_entries").fetchall())
    connection.execute("DELETE FROM audit_entries")
    previous, number = FIRST_HASH, 0
    for number, entry in enumerate(order(sorted(rows)), 1):
        document = json.loads(rows[entry]) | {"entry": number, "previous": previous}
        text = canonical(document)
        previous = sha256_of(text)
        row = ("default", number, document["verdict_id"], text, previous)
        connection.execute(
            "INSERT INTO audit_entries (tenant, entry, verdict_id, document, hash) VALUES (?, ?, ?, ?, ?)",
            row,
        )
    connection.execute("UPDATE tenants SET audit_entries = ?, audit_hash = ?", (number, previous))


def cut(connection: sqlite3.Connection) -> None:
    """Cut the last entry off, and let the tenant's row say so."""
    ((last,),) = connection.execute("SELECT max(entry) FROM audit_entries").fetchall()
    connection.execute("DELETE FROM audit_entries WHERE entry = ?", (last,))
    end = "SELECT hash FROM audit_entries WHERE entry = ?"
    connection.execute(f"UPDATE tenants SET audit_entries = ?, audit_hash = ({end})", (last - 1, last - 1))
    connection.execute("UPDATE api_keys SET revoked_at = NULL")


def sql(statement: str) -> Callable[[sqlite3.Connection], object]:
    """A change by one statement."""
    return lambda connection: connection.execute(statement)


CHANGES: Final[dict[str, Callable[[sqlite3.Connection], object]]] = {
    "an entry changed": sql(
        "UPDATE audit_entries SET document = replace(document, 'anyone', 'nobody') WHERE entry = 2"
    ),
    "an entry removed": sql("DELETE FROM audit_entries WHERE entry = 3"),
    "two entries exchanged, with new hashes": lambda one: rewrite(
        one, lambda all_: [all_[1], all_[0], *all_[2:]]
    ),
    "the whole log written anew": lambda one: rewrite(one, lambda all_: all_),
    "an entry taken out, with new hashes": lambda one: rewrite(one, lambda all_: [all_[0], *all_[2:]]),
    "the end cut off": cut,
    "a verdict changed": sql("UPDATE verdicts SET document = replace(document, 'insufficient', 'authentic')"),
    "a verdict removed": sql("DELETE FROM verdicts WHERE rowid = 1"),
    "scopes raised": sql("UPDATE api_keys SET scopes = 'admin,decide,read,score'"),
    "a secret exchanged": sql("UPDATE api_keys SET secret_sha256 = '" + "0" * 64 + "'"),
    "a key moved to another tenant": sql("UPDATE api_keys SET tenant = 'other'"),
    "a revoked key made good again": sql("UPDATE api_keys SET revoked_at = NULL"),
    "a verdict listed under another label": sql("UPDATE verdicts SET label = 'inflated'"),
    "a verdict listed as decided": sql("UPDATE verdicts SET decision = 'overturned'"),
    "a member added": sql(
        "INSERT INTO members (tenant, member_id, name, name_key, role, password_hash, created_at) "
        "VALUES ('default', 'm', 'M', 'm', 'lead', 'x', '2026')"
    ),
    "a webhook added": sql(
        "INSERT INTO webhooks (tenant, webhook_id, url, events, created_at, given_up) "
        "VALUES ('default', 'w', 'https://hooks.example.com/', 'verdict.changed', '2026', 0)"
    ),
}
