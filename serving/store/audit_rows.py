"""What an audit log says must be stored besides verdicts: API keys, members, webhooks, jobs, ways in."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, select

from serving.store.audit_switch import KEYED, api_key_sha256
from serving.store.job_rows import ACTIVE, JobState
from serving.store.job_seals import job_has_seal
from serving.store.members import member_digest
from serving.store.row_seals import has_seal
from serving.store.seal_switch import ROWS_SEALED
from serving.store.tables import api_keys, contests, invitations, jobs, members, sessions, webhooks
from serving.store.webhook_rows import url_digest

__all__ = ["TABLES", "ChainBroken", "NotedRows", "check_none_removed"]

WAYS_IN: Final[Mapping[str, Table]] = {"session": sessions, "invitation": invitations, "contest": contests}
"""Rows that may go without an entry, and of which none may come without one."""

TABLES: Final = (api_keys, members, webhooks, jobs, *WAYS_IN.values())

ENDED: Final = {f"job.{state}": state for state in JobState if state not in ACTIVE}


class ChainBroken(Exception):
    """A chain or a stored row is not as it was written; the message is the fault."""


@dataclass
class KeyState:
    """What the log says of an API key; None of what an older entry does not say."""

    scopes: str | None = None
    expires_at: str | None = None
    sha256: str | None = None
    revoked: bool = False


@dataclass
class MemberState:
    """What the log says of a member of the desk; no digest where an older Assay wrote the entry."""

    role: str
    digest: str | None
    disabled: bool = False


@dataclass
class WebhookState:
    """What the log says of a webhook; no digest of its address where an older Assay wrote the entry."""

    events: str
    url: str | None
    rotations: int = 0
    is_gone: bool = False


@dataclass
class NotedRows:
    """The rows that a tenant's log says must be stored, as far as it was read.

    Attributes
    ----------
    keys, members, webhooks
        By their ids.
    jobs
        The state in which each has ended, by its id; None of one that has not.
    seals
        Of the sessions, invitations and contests that were begun and not ended.
    sealed
        Whether an entry holds a seal: rows of an older Assay are sealed before there is any.
    """

    keys: dict[str, KeyState] = field(default_factory=dict)
    members: dict[str, MemberState] = field(default_factory=dict)
    webhooks: dict[str, WebhookState] = field(default_factory=dict)
    jobs: dict[str, JobState | None] = field(default_factory=dict)
    seals: set[str] = field(default_factory=set)
    sealed: bool = False

    def note(self, action: str, details: Mapping[str, Any]) -> None:
        """Note what must be stored after an entry.

        Raises
        ------
        ChainBroken
            If the entry says that older rows were sealed, after one that holds a seal.
        """
        self.note_seals(action, details)
        match action:
            case "key.created":
                self.keys[details["key_id"]] = KeyState(
                    ",".join(details["scopes"]), details["expires_at"], details.get("row_sha256")
                )
            case "key.revoked":
                self.keys[details["key_id"]].revoked = True
            case "member.joined":
                self.members[details["member_id"]] = MemberState(details["role"], details.get("row_hmac"))
            case "member.changed":
                self.members[details["member_id"]].role = details["role"]
            case "member.disabled":
                self.members[details["member_id"]].disabled = True
            case _ if action.startswith("webhook."):
                self.note_webhook(action, details["webhook_id"], details)
            case "job.created":
                self.jobs[details["job_id"]] = None
            case "job.removed":
                self.jobs.pop(details["job_id"], None)
            case _ if action in ENDED:
                self.jobs[details["job_id"]] = ENDED[action]
            case _ if action == KEYED:
                for key_id, digest in details["api_keys"].items():
                    self.keys[key_id].sha256 = digest

    def note_webhook(self, action: str, webhook_id: str, details: Mapping[str, Any]) -> None:
        """Note what must be stored of a webhook after an entry."""
        match action:
            case "webhook.created":
                state = WebhookState(",".join(details["events"]), details.get("url_hmac"))
                self.webhooks[webhook_id] = state
            case "webhook.rotated":
                self.webhooks[webhook_id].rotations += 1
            case "webhook.gone":
                self.webhooks[webhook_id].is_gone = True
            case "webhook.removed":
                self.webhooks.pop(webhook_id, None)

    def note_seals(self, action: str, details: Mapping[str, Any]) -> None:
        """Note the seals that an entry begins and ends."""
        if action == ROWS_SEALED:
            if self.sealed:
                raise ChainBroken("rows were sealed again as they stood: the database was set back")
            self.seals |= set(details["seals"])
        self.sealed = self.sealed or action == ROWS_SEALED or "seal" in details
        self.seals -= set(details.get("ended_seals", ()))
        if "seal" in details:
            self.seals.add(details["seal"])

    def check(self, connection: Connection, key: bytes, tenant: str) -> None:
        """Check the stored rows but jobs: none more, none less, none with other rights or addresses.

        Raises
        ------
        ChainBroken
            By the first that is not as it was written.
        """
        stored = {
            table: connection.execute(select(table).where(table.c.tenant == tenant)).all() for table in TABLES
            if table is not jobs
        }  # fmt: skip
        for row in stored[api_keys]:
            check_api_key(key, row, self.keys.get(row.key_id))
        for row in stored[members]:
            check_member(key, row, self.members.get(row.member_id))
        for row in stored[webhooks]:
            check_webhook(key, row, self.webhooks.get(row.webhook_id))
        for kind, table in WAYS_IN.items():
            for row in stored[table]:
                self.check_way_in(key, kind, table, row)
        check_none_removed("API key", self.keys.keys(), {row.key_id for row in stored[api_keys]})
        check_none_removed("member", self.members.keys(), {row.member_id for row in stored[members]})
        check_none_removed("webhook", self.webhooks.keys(), {row.webhook_id for row in stored[webhooks]})

    def check_way_in(self, key: bytes, kind: str, table: Table, row: Row[Any]) -> None:
        """Check a session, an invitation or a contest: the log must say that it was begun, and not ended."""
        called = f"the {kind} of {row.created_at}"
        if not has_seal(key, table, row._mapping):
            raise ChainBroken(f"{called} was added or changed")
        if row.seal not in self.seals:
            raise ChainBroken(f"{called} was put back after its end")

    def check_job(self, connection: Connection, tenant: str, job_id: str, state: str) -> None:
        """Check a job's row: its state, and once it has ended its seal."""
        called = f"job {job_id}"
        if job_id not in self.jobs:
            raise ChainBroken(f"{called} was added")
        ended = self.jobs[job_id]
        if ended is None and state in ACTIVE:
            return
        if state != ended:
            raise ChainBroken(f"{called} is in another state than the log says")
        if not job_has_seal(connection, tenant, job_id):
            raise ChainBroken(f"{called} or one of its results was changed or removed")


def check_none_removed(kind: str, noted: Set[str], stored: Set[str]) -> None:
    """Check that everything of a kind that the log says is stored."""
    if gone := noted - stored:
        raise ChainBroken(f"{kind} {min(gone)} was removed")


def check_api_key(key: bytes, row: Row[Any], state: KeyState | None) -> None:
    """Check an API key's row against what the log says of it."""
    called = f"API key {row.key_id}"
    if state is None:
        raise ChainBroken(f"{called} was added")
    if (row.scopes, row.expires_at) != (state.scopes, state.expires_at):
        raise ChainBroken(f"{called} has other rights than it was created with")
    if state.sha256 not in (None, api_key_sha256(row._mapping)):
        raise ChainBroken(f"{called} was changed")
    if state.revoked != (row.revoked_at is not None):
        raise ChainBroken(f"{called} was revoked, or made good again, without an entry")
    if not has_seal(key, api_keys, row._mapping):
        raise ChainBroken(f"{called} was changed")


def check_member(key: bytes, row: Row[Any], state: MemberState | None) -> None:
    """Check a member's row against what the log says of it."""
    called = f"member {row.member_id}"
    if state is None:
        raise ChainBroken(f"{called} was added")
    if (row.role, row.disabled_at is not None) != (state.role, state.disabled):
        raise ChainBroken(f"{called} has other rights than the log says")
    is_noted = state.digest in (None, member_digest(key, row._mapping))
    if not is_noted or not has_seal(key, members, row._mapping):
        raise ChainBroken(f"{called} was changed")


def check_webhook(key: bytes, row: Row[Any], state: WebhookState | None) -> None:
    """Check a webhook's row against what the log says of it."""
    called = f"webhook {row.webhook_id}"
    if state is None:
        raise ChainBroken(f"{called} was added")
    if row.events != state.events or state.url not in (None, url_digest(key, row.url)):
        raise ChainBroken(f"{called} was changed")
    if row.secret_version != state.rotations:
        raise ChainBroken(f"{called} has another secret than the log says")
    if (row.gone_at is not None) != state.is_gone:
        raise ChainBroken(f"{called} was stopped, or is told again, without an entry")
