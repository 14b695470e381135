"""Changes of rows and schema by somebody who can write the database, and has no audit key: all are found."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, TypeAlias

import httpx

from benchmarks.attack.outcome import Outcome
from benchmarks.serving.servers import Server
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key, list_keys, revoke_key
from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import FIRST_HASH, ChainHead, canonical, chain_ends, sha256_of
from serving.store.schema_check import check_schema
from serving.store.store import open_store

__all__ = ["attack"]

ACCOUNTS = 6
Change: TypeAlias = Callable[[Path], None]
"""A change to a database's file."""


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Each change to a copy of the same database; then what `verify` says of it."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for number in range(ACCOUNTS):
            document = {"account_id": f"a{number}", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
            client.post("/v1/verdicts", json=document)
    with_keys(home)
    yield Outcome.equal("nothing changed", None, fault_after(home, lambda _: None))
    for name, change in (CHANGES | SCHEMA_CHANGES).items():
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


def fault_after(home: Path, change: Change) -> str | None:
    """What `verify` says after a change, with the end that was noted before it."""
    copy = copied(home)
    noted = ends(copy)
    change(copy / "assay.db")
    store = open_store(Settings(home=copy), check_key=False)
    schema = check_schema(store)
    checked = verify_audit_logs(store, noted) if schema.is_readable else []
    store.database.close()
    faults = (*schema.faults, *(fault for check in checked for fault in check.faults))
    return next(iter(faults), None)


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


def in_rows(change: Callable[[sqlite3.Connection], object]) -> Change:
    """A change of rows, by somebody who takes the triggers away and puts them back."""

    def change_rows(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            triggers = connection.execute(wanted).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            change(connection)
            for _, statement in triggers:
                connection.execute(statement)
            connection.commit()

    return change_rows


def sql(statement: str) -> Change:
    """A change of rows by one statement."""
    return in_rows(lambda connection: connection.execute(statement))


def in_schema(*scripts: str) -> Change:
    """A change of the schema; each script reads it as the one before left it."""

    def change_schema(path: Path) -> None:
        for script in scripts:
            with closing(sqlite3.connect(path)) as connection:
                connection.executescript(f"PRAGMA writable_schema = ON; {script}")

    return change_schema


def in_statement(table: str, old: str, new: str) -> str:
    """Change the statement that SQLite reads a table from."""
    return f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{table}'; "


CHANGES: Final[dict[str, Change]] = {
    "an entry changed": sql(
        "UPDATE audit_entries SET document = replace(document, 'anyone', 'nobody') WHERE entry = 2"
    ),
    "an entry removed": sql("DELETE FROM audit_entries WHERE entry = 3"),
    "two entries exchanged, with new hashes": in_rows(
        lambda one: rewrite(one, lambda all_: [all_[1], all_[0], *all_[2:]])
    ),
    "the whole log written anew": in_rows(lambda one: rewrite(one, lambda all_: all_)),
    "an entry taken out, with new hashes": in_rows(
        lambda one: rewrite(one, lambda all_: [all_[0], *all_[2:]])
    ),
    "the end cut off": in_rows(cut),
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

KEY, NO_KEY = "PRIMARY KEY (tenant, verdict_id)", "CHECK (label <> ''x'')"
KEY_INDEX, PAGE = "sqlite_autoindex_verdicts_1", "ix_verdicts_page"
WITHOUT_KEY = f"DELETE FROM sqlite_master WHERE name = '{KEY_INDEX}'; {in_statement('verdicts', KEY, NO_KEY)}"
DOUBLED = """INSERT INTO verdicts (rowid, tenant, verdict_id, account_sha256, platform, level, made_at,
    model_sha256, catalogue, features, document, label) SELECT -1, tenant, verdict_id, account_sha256,
    platform, level, made_at, model_sha256, catalogue, features,
    replace(document, 'insufficient', 'authentic'), 'authentic' FROM verdicts WHERE rowid = 1"""
ASIDE = (
    f"CREATE TABLE aside AS SELECT * FROM sqlite_master WHERE name = '{PAGE}'; "
    f"DELETE FROM sqlite_master WHERE name = '{PAGE}'"
)

SCHEMA_CHANGES: Final[dict[str, Change]] = {
    "a verdict doubled in a table without its key": in_schema(WITHOUT_KEY, DOUBLED),
    "a verdict doubled, and the key put back over an index that leads to both": in_schema(
        f"{WITHOUT_KEY} CREATE INDEX both ON verdicts (tenant, verdict_id)",
        DOUBLED,
        f"{in_statement('verdicts', NO_KEY, KEY)} "
        f"UPDATE sqlite_master SET name = '{KEY_INDEX}', sql = NULL WHERE name = 'both'",
    ),
    "a verdict taken out of an index": in_schema(
        ASIDE,
        "UPDATE verdicts SET rowid = 9000 WHERE rowid = 1",
        "INSERT INTO sqlite_master SELECT * FROM aside; DROP TABLE aside",
    ),
    "an index that leads to nothing": in_schema(
        "CREATE TABLE more (a, b, c); CREATE INDEX hollow ON more (a, b, c)",
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'hollow') "
        f"WHERE name = '{PAGE}'; DELETE FROM sqlite_master WHERE tbl_name = 'more'",
    ),
    "a key that drops what has it already": in_schema(
        in_statement("verdicts", KEY, f"{KEY} ON CONFLICT IGNORE")
    ),
    "a column with another default": in_schema(in_statement("verdicts", "''none''", "''upheld''")),
    "a column added": in_schema("ALTER TABLE verdicts ADD COLUMN more TEXT"),
    "a view in the place of a table": in_schema(
        "ALTER TABLE verdicts RENAME TO hidden; CREATE VIEW verdicts AS SELECT * FROM hidden"
    ),
    "a trigger dropped": in_schema("DROP TRIGGER audit_entries_update"),
    "a trigger added": in_schema(
        "CREATE TRIGGER more AFTER INSERT ON decisions BEGIN DELETE FROM decisions; END"
    ),
}
