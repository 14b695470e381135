"""Rows by somebody who can write the database of a running service, and has no key: none opens anything."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
from sqlalchemy import Connection

from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key
from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import sha256_of
from serving.store.contests import open_contest
from serving.store.evidence import store_evidence_in
from serving.store.list_entries import NewEntry, entry_of_account, put_entries_in
from serving.store.lists import create_list
from serving.store.members import Invitee, Member, Role, accept_invitation, invite
from serving.store.sessions import SessionOwner, start_session
from serving.store.store import Store, open_store

__all__ = ["attack", "prepare"]

HOUR: Final = timedelta(hours=1)
LATER: Final = "2099-01-01T00:00:00.000000Z"
SECRET: Final = "f" * 43
MADE_UP: Final = sha256_of(SECRET)
LINES: Final = {"Content-Type": "application/x-ndjson"}
ENDED: Final = {"done", "failed", "cancelled"}
TABLES: Final = (
    "api_keys", "members", "sessions", "invitations", "contests", "jobs", "job_pieces", "idempotency",
)  # fmt: skip


Ask = Callable[[], httpx.Response]


class WaysIn(NamedTuple):
    """Secrets that are good, by what they open; a session's is an analyst's."""

    keys: Mapping[str, str]
    session: str
    invitation: str
    contest: str


class Forgery(NamedTuple):
    """A change to the database, what is then asked, and the status that is due."""

    name: str
    statement: str
    ask: Ask
    due: int


def prepare(home: Path) -> None:
    """A key, so that the service asks everybody for one."""
    store = open_store(Settings(home=home))
    create_key(store, tenant="default", name="own", scopes=list(Scope))
    store.database.close()


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Ask for what each forged row should open; then what `verify` says of it."""
    store = open_store(Settings(home=home))
    keys = made_keys(store)
    headers = {"Authorization": f"Bearer {keys['good']}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=120) as client:
        verdicts = [client.post("/v1/verdicts", json=document_of(name)).json() for name in "ab"]
        ways = made_ways_in(store, keys, verdicts)
        job = finished_job(client)
        keyed_answer(client)
        good = asked(client, ways, job)
        for name, ask in good.items():
            yield Outcome.equal(f"{name}, as it was made", 200, ask().status_code)
        yield Outcome.equal("verify, with nothing changed", None, fault_of(store))
        for forgery in forgeries(client, ways, good):
            with forging(home, forgery.statement):
                yield Outcome.equal(forgery.name, forgery.due, forgery.ask().status_code)
                if "idempotency" not in forgery.statement:
                    found = fault_of(store)
                    yield Outcome(f"{forgery.name}: verify", "a fault", str(found), found is not None)
        yield Outcome.equal("verify, with everything put back", None, fault_of(store))
        yield from cut_in_half(client, home, job)
    store.database.close()


def made_keys(store: Store) -> dict[str, str]:
    """A key that nobody changes, and one for each change."""
    names, scopes = ("good", "scopes", "secret", "tenant"), [Scope.READ, Scope.SCORE]
    return {name: create_key(store, tenant="default", name=name, scopes=scopes) for name in names}


def document_of(account: str) -> dict[str, Any]:
    """An account's document with nothing in it."""
    return {"account_id": account, "platform": "x", "as_of": "2026-11-01T00:00:00Z"}


def made_ways_in(store: Store, keys: Mapping[str, str], verdicts: Iterable[Mapping[str, Any]]) -> WaysIn:
    """A lead, an analyst who has signed in, an invitation, and a link to the first of some creators."""
    add_member(store, "Ana", Role.LEAD)
    analyst = add_member(store, "Ben", Role.ANALYST)
    session = start_session(
        store, SessionOwner("default", analyst.actor, analyst.member_id, password_hash="a hash"), HOUR
    )
    assert session is not None
    invitation = invite(store, Invitee("default", "Cy", Role.ANALYST), HOUR, "attack")
    list_id = create_list(store, "default", "Spring", "attack")
    with store.database.writing() as connection:
        entries = [entry_of(connection, verdict) for verdict in verdicts]
        put_entries_in(connection, "default", list_id, entries)
        entry_id = entry_of_account(connection, "default", list_id, entries[0].account_id)
    assert entry_id is not None
    link = open_contest(store, "default", list_id, entry_id, HOUR, "attack")
    return WaysIn(keys, session, invitation, link)


def add_member(store: Store, name: str, role: Role) -> Member:
    """A member who has used their invitation."""
    member = accept_invitation(store, invite(store, Invitee("default", name, role), HOUR, "attack"), "a hash")
    assert member is not None
    return member


def entry_of(connection: Connection, verdict: Mapping[str, Any]) -> NewEntry:
    """The entry of a creator with this verdict, whose evidence it stores."""
    values: dict[str, Any] = dict.fromkeys(NewEntry.__dataclass_fields__, "")
    values |= {name: verdict[name] for name in ("account_id", "platform", "label", "verdict_id")}
    values |= {"risk": 0.5, **dict.fromkeys(("suspicion", "threshold", "score", "followers"))}
    evidence = store_evidence_in(connection, "default", document_of(verdict["account_id"]))
    return NewEntry(**(values | {"name": verdict["account_id"], "evidence_sha256": evidence}))


def finished_job(client: httpx.Client) -> str:
    """The address of a job that has ended."""
    place = client.post("/v1/jobs", content=ACCOUNT, headers=LINES).headers["location"]
    while client.get(place).json()["state"] not in ENDED:
        time.sleep(0.5)
    return str(place)


def keyed_answer(client: httpx.Client) -> httpx.Response:
    """The answer to a request with an idempotency key, the same each time."""
    return client.post("/v1/verdicts", content=ACCOUNT, headers={"Idempotency-Key": "k"})


def asked(client: httpx.Client, ways: WaysIn, job: str) -> dict[str, Ask]:
    """What asks with each of the secrets, by what it is."""
    return {
        "a key": lambda: with_key(client, ways.keys["good"]),
        "a session": lambda: with_session(client, ways.session),
        "an invitation": lambda: client.get(f"/invitations/{ways.invitation}"),
        "a link": lambda: client.get(f"/contests/{ways.contest}"),
        "results": lambda: client.get(f"{job}/results"),
        "a remembered answer": lambda: keyed_answer(client),
    }


def with_key(client: httpx.Client, key: str) -> httpx.Response:
    """What an API key gets."""
    return client.get("/v1/verdicts", headers={"Authorization": f"Bearer {key}"})


def with_session(client: httpx.Client, secret: str) -> httpx.Response:
    """What a session gets: its page, or the way to the page for signing in."""
    return client.get("/lists", headers={"Cookie": f"assay_session={secret}"})


def forgeries(client: httpx.Client, ways: WaysIn, good: Mapping[str, Ask]) -> Iterator[Forgery]:
    """Every way in, made up or changed, and everything that is handed out as it stands."""
    yield from forged_sessions(client, good)
    yield from forged_keys(client, ways)
    yield from forged_addresses(client, good)
    for name, statement in (
        ("a last piece removed", "DELETE FROM job_pieces"),
        ("a piece with another hash", f"UPDATE job_pieces SET sha256 = '{MADE_UP}'"),
        ("a job with other counts", "UPDATE jobs SET refused = 7"),
    ):
        yield Forgery(name, statement, good["results"], 500)
    answer = "UPDATE idempotency SET answer = x'789c030000000001'"
    yield Forgery("a remembered answer exchanged", answer, good["a remembered answer"], 500)


def forged_sessions(client: httpx.Client, good: Mapping[str, Ask]) -> Iterator[Forgery]:
    """Sessions that nobody began, and one that was given to somebody else."""
    lead = "(SELECT member_id FROM members WHERE name = 'Ana')"
    for whose, owner in (("nobody's", "NULL"), ("a lead's", lead)):
        for with_seal, seal in (("no seal", "NULL"), ("another's seal", "seal")):
            statement = (
                f"INSERT INTO sessions SELECT tenant, '{MADE_UP}', {owner}, NULL, created_at, seen_at, "
                f"'{LATER}', {seal} FROM sessions"
            )
            name = f"{whose} session made up, with {with_seal}"
            yield Forgery(name, statement, lambda: with_session(client, SECRET), 303)
    for name, statement in (
        ("given to a lead", f"UPDATE sessions SET member_id = {lead}"),
        ("made longer", f"UPDATE sessions SET ends_at = '{LATER}'"),
        ("of a member made a lead", "UPDATE members SET role = 'lead' WHERE name = 'Ben'"),
    ):
        yield Forgery(f"a session {name}", statement, good["a session"], 303)


def forged_keys(client: httpx.Client, ways: WaysIn) -> Iterator[Forgery]:
    """A key that nobody made, and keys that were changed; each was not asked with before."""
    everything = "admin,decide,read,score"
    made_up = (
        "INSERT INTO api_keys (key_id, tenant, name, secret_sha256, scopes, created_at, seal) SELECT "
        f"'forged', tenant, 'n', '{MADE_UP}', '{everything}', created_at, seal FROM api_keys LIMIT 1"
    )
    yield Forgery("a key made up", made_up, partial(with_key, client, f"assay_forged_{SECRET}"), 401)
    changes = {"scopes": everything, "secret": MADE_UP, "tenant": "other"}
    for name, value in changes.items():
        column, key = "secret_sha256" if name == "secret" else name, ways.keys[name]
        used = f"{'_'.join(key.split('_')[:2])}_{SECRET}" if name == "secret" else key
        statement = f"UPDATE api_keys SET {column} = '{value}' WHERE name = '{name}'"
        yield Forgery(f"a key with another {name}", statement, partial(with_key, client, used), 401)


def forged_addresses(client: httpx.Client, good: Mapping[str, Ask]) -> Iterator[Forgery]:
    """Invitations and links that nobody sent, and some that were changed."""
    made_up = (
        f"INSERT INTO invitations SELECT tenant, '{MADE_UP}', 'Eve', 'lead', created_at, created_by, "
        f"'{LATER}', seal FROM invitations"
    )
    yield Forgery("an invitation made up", made_up, lambda: client.get(f"/invitations/{SECRET}"), 404)
    raised = "UPDATE invitations SET role = 'lead'"
    yield Forgery("an invitation raised", raised, good["an invitation"], 404)
    other = "(SELECT entry_id FROM list_entries WHERE account_id = 'b')"
    yield Forgery("a link to another creator", f"UPDATE contests SET entry_id = {other}", good["a link"], 404)
    yield Forgery("a link made longer", f"UPDATE contests SET expires_at = '{LATER}'", good["a link"], 404)


def cut_in_half(client: httpx.Client, home: Path, job: str) -> Iterator[Outcome]:
    """A piece of a finished job's results, of which the disk lost the second half."""
    pieces = list(home.glob(f"jobs/*{job.rsplit('/', 1)[-1]}*/0*-*.jsonl"))
    for piece in pieces:
        whole = piece.read_bytes()
        piece.write_bytes(whole[: len(whole) // 2])
    for form in ("ndjson", "csv", "parquet"):
        status = client.get(f"{job}/results", params={"format": form}).status_code
        yield Outcome.equal(f"results as {form}, {len(pieces)} piece cut in half", 500, status)


@contextmanager
def forging(home: Path, statement: str) -> Iterator[None]:
    """The database with a change, until the block ends."""
    with closing(sqlite3.connect(home / "assay.db", timeout=30)) as connection:
        # Foreign keys are off here: nothing goes with what is removed.
        before = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        assert connection.execute(statement).rowcount > 0, statement
        connection.commit()
        try:
            yield
        finally:
            for table, rows in before.items():
                connection.execute(f"DELETE FROM {table}")
                if rows:
                    places = ", ".join("?" * len(rows[0]))
                    connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
            connection.commit()


def fault_of(store: Store) -> str | None:
    """The first fault that `verify` finds."""
    return next((check.fault for check in verify_audit_logs(store) if check.fault), None)
