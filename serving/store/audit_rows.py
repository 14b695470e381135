"""What an audit log says must be stored besides verdicts: API keys, members, webhooks, jobs, ways in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Table, select

from serving.store.audit_faults import MALFORMED, RowFault
from serving.store.audit_switch import KEYED, api_key_sha256
from serving.store.job_rows import ACTIVE, JobState
from serving.store.job_seals import created_digest, job_has_seal
from serving.store.members import member_digest
from serving.store.row_seals import has_seal
from serving.store.seal_switch import ROWS_SEALED
from serving.store.tables import api_keys, contests, invitations, jobs, members, sessions, webhooks
from serving.store.timestamps import format_timestamp
from serving.store.webhook_rows import url_digest

__all__ = ["TABLES", "NotedRows", "removed_rows"]

WAYS_IN: Final[Mapping[str, Table]] = {"session": sessions, "invitation": invitations, "contest": contests}
"""Rows that may go without an entry, and of which none may come without one."""

TABLES: Final = (api_keys, members, webhooks, jobs, *WAYS_IN.values())

LONGEST_WRITE: Final = timedelta(hours=1)
"""Far more than lies between a row's time and that of the entry about it."""

ENDED: Final = {f"job.{state}": state for state in JobState if state not in ACTIVE}


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


class Moment(NamedTuple):
    """When something was done.

    Attributes
    ----------
    at
        The time of the entry that says so.
    exact
        The time that the row must have; None where an older Assay wrote the entry, a little after the row.
    """

    at: str
    exact: str | None

    def fits(self, stored: str | None) -> bool:
        """Whether a row has this time.

        >>> noted = Moment("2026-11-25T22:00:00.000300Z", None)
        >>> noted.fits("2026-11-25T22:00:00.000100Z"), noted.fits("2026-11-24T22:00:00.000100Z")
        (True, False)
        """
        if self.exact is not None or not isinstance(stored, str):
            return stored == self.exact
        earliest = format_timestamp(datetime.fromisoformat(self.at) - LONGEST_WRITE)
        return earliest <= stored <= self.at


@dataclass
class WebhookState:
    """What the log says of a webhook; no digest of its address where an older Assay wrote the entry."""

    events: str
    url: str | None
    created: Moment
    rotations: int = 0
    rotated: Moment | None = None
    gone: Moment | None = None


@dataclass
class JobRecord:
    """What the log says of a job: the digest of its row as it was created, and in which states it has ended.

    There is no digest where an older Assay wrote the entry, and nobody but who changes its row makes a job
    end twice.
    """

    created: str | None
    ends: list[JobState] = field(default_factory=list)


@dataclass
class NotedRows:
    """The rows that a tenant's log says must be stored, as far as it was read.

    Attributes
    ----------
    keys, members, webhooks
        By their ids.
    jobs
        What the log says of each, by its id.
    seals
        Of the sessions, invitations and contests that were begun and not ended.
    """

    keys: dict[str, KeyState] = field(default_factory=dict)
    members: dict[str, MemberState] = field(default_factory=dict)
    webhooks: dict[str, WebhookState] = field(default_factory=dict)
    jobs: dict[str, JobRecord] = field(default_factory=dict)
    seals: set[str] = field(default_factory=set)

    def note(self, action: str, details: Mapping[str, Any], at: str) -> None:
        """Note what must be stored after an entry of a time."""
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
                self.note_webhook(action, details["webhook_id"], details, at)
            case "job.created":
                self.jobs[details["job_id"]] = JobRecord(details.get("row_hmac"))
            case "job.removed":
                self.jobs.pop(details["job_id"], None)
            case _ if action in ENDED:
                self.jobs.setdefault(details["job_id"], JobRecord(None)).ends.append(ENDED[action])
            case _ if action == KEYED:
                for key_id in self.keys.keys() & details["api_keys"].keys():
                    self.keys[key_id].sha256 = details["api_keys"][key_id]

    def note_webhook(self, action: str, webhook_id: str, details: Mapping[str, Any], at: str) -> None:
        """Note what must be stored of a webhook after an entry of a time."""
        match action:
            case "webhook.created":
                created = Moment(at, details.get("created_at"))
                state = WebhookState(",".join(details["events"]), details.get("url_hmac"), created)
                self.webhooks[webhook_id] = state
            case "webhook.rotated":
                self.webhooks[webhook_id].rotations += 1
                self.webhooks[webhook_id].rotated = Moment(at, details.get("rotated_at"))
            case "webhook.gone":
                self.webhooks[webhook_id].gone = Moment(at, details.get("gone_at"))
            case "webhook.removed":
                self.webhooks.pop(webhook_id, None)

    def note_seals(self, action: str, details: Mapping[str, Any]) -> None:
        """Note the seals that an entry begins and ends."""
        if action == ROWS_SEALED:
            self.seals |= set(details["seals"])
        self.seals -= set(details.get("ended_seals", ()))
        if "seal" in details:
            self.seals.add(details["seal"])

    def check(self, connection: Connection, key: bytes, tenant: str) -> Iterator[RowFault]:
        """What is wrong with the stored rows but jobs: more, fewer, or others than the log says."""
        stored = {
            table: connection.execute(select(table).where(table.c.tenant == tenant)).all() for table in TABLES
            if table is not jobs
        }  # fmt: skip
        for row in stored[api_keys]:
            check = partial(check_api_key, key, row, self.keys.get(row.key_id))
            yield from checked(f"API key {row.key_id}", check)
        for row in stored[members]:
            check = partial(check_member, key, row, self.members.get(row.member_id))
            yield from checked(f"member {row.member_id}", check)
        for row in stored[webhooks]:
            check = partial(check_webhook, key, row, self.webhooks.get(row.webhook_id))
            yield from checked(f"webhook {row.webhook_id}", check)
        for kind, table in WAYS_IN.items():
            for row in stored[table]:
                check = partial(self.check_way_in, key, table, row)
                yield from checked(f"the {kind} of {row.created_at}", check)
        yield from removed_rows("API key", self.keys.keys(), {row.key_id for row in stored[api_keys]})
        yield from removed_rows("member", self.members.keys(), {row.member_id for row in stored[members]})
        yield from removed_rows("webhook", self.webhooks.keys(), {row.webhook_id for row in stored[webhooks]})

    def check_way_in(self, key: bytes, table: Table, row: Row[Any]) -> RowFault | None:
        """What is wrong with a session, an invitation or a contest: the log must have it begun, not ended."""
        if not has_seal(key, table, row._mapping):
            return RowFault("was added or changed", is_certain=True)
        return None if row.seal in self.seals else RowFault("was put back after its end")

    def check_job(self, connection: Connection, tenant: str, job_id: str, state: str) -> Iterator[RowFault]:
        """What is wrong with a job's row: its state, and once it has ended its seal."""
        return checked(f"job {job_id}", partial(self.job_fault, connection, tenant, job_id, state))

    def job_fault(self, connection: Connection, tenant: str, job_id: str, state: str) -> RowFault | None:
        """What is wrong with a job."""
        if job_id not in self.jobs:
            return RowFault("was added")
        record = self.jobs[job_id]
        if len(record.ends) > 1:
            return RowFault("was made to wait or run again after its end")
        if not record.ends and state in ACTIVE:
            is_noted = record.created in (None, created_digest(connection, tenant, job_id))
            return None if is_noted else RowFault("was changed")
        if [state] != record.ends:
            return RowFault("is in another state than the log says")
        if not job_has_seal(connection, tenant, job_id):
            return RowFault("or one of its results was changed or removed", is_certain=True)
        return None


def checked(called: str, check: Callable[[], RowFault | None]) -> Iterator[RowFault]:
    """What is wrong with a row, with its name."""
    try:
        fault = check()
    except MALFORMED as error:
        fault = RowFault(f"cannot be read: {type(error).__name__}", is_certain=True)
    if fault:
        yield fault._replace(sentence=f"{called} {fault.sentence}")


def removed_rows(kind: str, noted: Set[str], stored: Set[str]) -> Iterator[RowFault]:
    """What the log says is stored of a kind, and is not."""
    for row_id in sorted(noted - stored, key=str):
        yield RowFault(f"{kind} {row_id} was removed")


def check_api_key(key: bytes, row: Row[Any], state: KeyState | None) -> RowFault | None:
    """What is wrong with an API key's row by what the log says of it."""
    forged = not has_seal(key, api_keys, row._mapping)
    if state is None:
        return RowFault("was added", forged)
    if (row.scopes, row.expires_at) != (state.scopes, state.expires_at):
        return RowFault("has other rights than it was created with", forged)
    if state.sha256 not in (None, api_key_sha256(row._mapping)):
        return RowFault("was changed", forged)
    if state.revoked != (row.revoked_at is not None):
        return RowFault("was revoked, or made good again, without an entry", forged)
    return RowFault("was changed", forged) if forged else None


def check_member(key: bytes, row: Row[Any], state: MemberState | None) -> RowFault | None:
    """What is wrong with a member's row by what the log says of it."""
    forged = not has_seal(key, members, row._mapping)
    if state is None:
        return RowFault("was added", forged)
    if (row.role, row.disabled_at is not None) != (state.role, state.disabled):
        return RowFault("has other rights than the log says", forged)
    is_noted = state.digest in (None, member_digest(key, row._mapping))
    return None if is_noted and not forged else RowFault("was changed", forged)


def check_webhook(key: bytes, row: Row[Any], state: WebhookState | None) -> RowFault | None:
    """What is wrong with a webhook's row by what the log says of it."""
    if state is None:
        return RowFault("was added")
    if row.events != state.events or state.url not in (None, url_digest(key, row.url)):
        return RowFault("was changed")
    if row.secret_version != state.rotations:
        return RowFault("has another secret than the log says")
    if (row.gone_at is not None) != (state.gone is not None):
        return RowFault("was stopped, or is told again, without an entry")
    moments = ((state.created, row.created_at), (state.rotated, row.rotated_at), (state.gone, row.gone_at))
    if not all(stored is None if noted is None else noted.fits(stored) for noted, stored in moments):
        return RowFault("has another time than the log says")
    return None
