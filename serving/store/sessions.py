"""Sessions of the desk: a random secret in a cookie, of which the store holds only the SHA-256.

A session ends after some time in any case, earlier where nobody uses it, and at once where somebody
signs out, its member is disabled, or its API key is revoked or expires.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, update

from serving.store.api_keys import ANYONE, Caller, Scope, caller_of_key
from serving.store.audit_log import Event, append, lock_tenants, sha256_of
from serving.store.members import Role
from serving.store.row_seals import seal_rows, sealed_row
from serving.store.store import Store
from serving.store.tables import api_keys, members, sessions
from serving.store.timestamps import now

__all__ = [
    "Session",
    "SessionOwner",
    "end_session",
    "find_session",
    "remove_ended_sessions",
    "session_holds",
    "start_session",
    "touch_session",
]

TOUCHED_EVERY: Final = timedelta(minutes=1)
"""How exact ``seen_at`` is: not every request writes to the database."""


@dataclass(frozen=True)
class Session:
    """Whoever sits before the desk.

    Attributes
    ----------
    session_sha256
        Of the secret in their cookie.
    caller
        Their tenant, their name in the audit log, and their rights.
    name
        As the desk shows it: a member's name, or that of the key.
    role
        Lead for whoever may administer, analyst for all others.
    member_id
        None where an API key or nobody signed in.
    seen_at
        When the session was used last, to the minute.
    """

    session_sha256: str
    caller: Caller
    name: str
    role: Role
    member_id: str | None
    seen_at: str

    @property
    def is_anyone(self) -> bool:
        """Whether nobody signed in: the service asks nobody on this machine."""
        return self.caller == ANYONE


@dataclass(frozen=True)
class SessionOwner:
    """Whose session it is: a member's, an API key's, or nobody's.

    Attributes
    ----------
    actor
        Their name in the audit log.
    password_hash
        Of the password that a member gave: their session begins only while it is still theirs.
    """

    tenant: str
    actor: str
    member_id: str | None = None
    key_id: str | None = None
    password_hash: str | None = field(default=None, repr=False)


def start_session(store: Store, owner: SessionOwner, lifetime: timedelta) -> str | None:
    """Start a session; the secret for its cookie.

    None where what let its owner in does not hold any more: the member has another password by now, or was
    disabled, or the key was revoked or has expired. Whatever ends sessions locks the tenant, too, so that it
    sees this one or is seen here.
    """
    secret = secrets.token_urlsafe(32)
    row = {
        "tenant": owner.tenant,
        "session_sha256": sha256_of(secret),
        "member_id": owner.member_id,
        "key_id": owner.key_id,
        "created_at": now(),
        "seen_at": now(),
        "ends_at": now(plus=lifetime),
    }
    with store.database.writing() as connection:
        head = lock_tenants(connection, [owner.tenant])[owner.tenant]
        if not _may_sign_in(connection, owner):
            return None
        connection.execute(insert(sessions), row)
        (seal,) = seal_rows(connection, sessions, sessions.c.session_sha256 == row["session_sha256"])
        append(connection, head, [Event("session.started", owner.actor, details={"seal": seal})])
    return secret


def _may_sign_in(connection: Connection, owner: SessionOwner) -> bool:
    """Whether what let an owner in still holds."""
    if owner.member_id is not None:
        member = _member_row(connection, owner.tenant, owner.member_id)
        return member is not None and member.password_hash == owner.password_hash
    return owner.key_id is None or _key_row(connection, owner.tenant, owner.key_id) is not None


def _member_row(connection: Connection, tenant: str, member_id: str) -> Any:
    """The row of a member who may sign in; None where there is none."""
    row = sealed_row(connection, members, members.c.tenant == tenant, members.c.member_id == member_id)
    return None if row is None or row.disabled_at is not None else row


def _key_row(connection: Connection, tenant: str, key_id: str) -> Any:
    """The row of an API key that is neither revoked nor expired; None where there is none."""
    row = sealed_row(connection, api_keys, api_keys.c.tenant == tenant, api_keys.c.key_id == key_id)
    return None if row is None or row.revoked_at is not None or caller_of_key(row).expired else row


def session_holds(connection: Connection, session: Session) -> bool:
    """Whether a session that was found before is still one, with the same rights."""
    row = sealed_row(connection, sessions, *_place(session))
    if row is None or row.ends_at <= now():
        return False
    found = _session_of(connection, row)
    return found is not None and found.caller == session.caller


def find_session(connection: Connection, secret: str, idle: timedelta) -> Session | None:
    """The session with this secret, unless it has ended or was idle for too long.

    None, too, where its row, or that of its member or key, was changed by somebody without the store's key.
    """
    row = sealed_row(connection, sessions, sessions.c.session_sha256 == sha256_of(secret))
    if row is None or row.ends_at <= now() or row.seen_at <= now(plus=-idle):
        return None
    return _session_of(connection, row)


def _session_of(connection: Connection, row: Any) -> Session | None:
    """The session of a row; None where its member or key may sign in no more."""
    if row.member_id is not None:
        return _member_session(connection, row)
    if row.key_id is not None:
        return _key_session(connection, row)
    return Session(row.session_sha256, ANYONE, "this machine", Role.LEAD, None, row.seen_at)


def _member_session(connection: Connection, row: Any) -> Session | None:
    """The session of a member; None where they may sign in no more."""
    member = _member_row(connection, row.tenant, row.member_id)
    if member is None:
        return None
    role = Role(member.role)
    caller = Caller(row.tenant, f"member:{row.member_id}", role.scopes)
    return Session(row.session_sha256, caller, member.name, role, row.member_id, row.seen_at)


def _key_session(connection: Connection, row: Any) -> Session | None:
    """The session of an API key; None where it is not good any more."""
    key = _key_row(connection, row.tenant, row.key_id)
    if key is None:
        return None
    caller = caller_of_key(key)
    role = Role.LEAD if Scope.ADMIN in caller.scopes else Role.ANALYST
    return Session(row.session_sha256, caller, key.name, role, None, row.seen_at)


def touch_session(store: Store, session: Session) -> None:
    """Note that a session is in use, if that was not noted within the last minute."""
    if now(plus=-TOUCHED_EVERY) < session.seen_at <= now():  # later: the clock was set back
        return
    with store.database.writing() as connection:
        connection.execute(update(sessions).where(*_place(session)).values(seen_at=now()))


def end_session(store: Store, session: Session) -> None:
    """End a session: its cookie opens nothing any more."""
    tenant = session.caller.tenant
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        ended = connection.execute(delete(sessions).where(*_place(session)).returning(sessions.c.seal))
        details = {"ended_seals": list(ended.scalars())}
        append(connection, head, [Event("session.ended", session.caller.actor, details=details)])


def _place(session: Session) -> tuple[Any, Any]:
    return (
        sessions.c.tenant == session.caller.tenant,
        sessions.c.session_sha256 == session.session_sha256,
    )


def remove_ended_sessions(store: Store, idle: timedelta) -> None:
    """Remove the rows of sessions that have ended by themselves."""
    over = (sessions.c.ends_at <= now()) | (sessions.c.seen_at <= now(plus=-idle))
    with store.database.writing() as connection:
        connection.execute(delete(sessions).where(over))
