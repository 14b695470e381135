"""Members of a tenant: analysts and leads who sign in to the desk, and the invitations that bring them in."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from accounts.errors import WrongUsage
from serving.store.api_keys import Scope
from serving.store.audit_log import Event, append, canonical, keyed_hash, lock_tenants, sha256_of
from serving.store.row_seals import seal_rows, sealed_row
from serving.store.store import Store
from serving.store.tables import invitations, members, sessions
from serving.store.timestamps import now

__all__ = [
    "LONGEST_NAME",
    "Invitation",
    "Invitee",
    "Member",
    "Role",
    "accept_invitation",
    "actor_name",
    "anybody_may_sign_in",
    "change_member",
    "check_name",
    "find_invitation",
    "invite",
    "list_invitations",
    "list_members",
    "member_and_hash",
    "member_digest",
    "name_key",
    "tenants_with_members",
]

LONGEST_NAME: Final = 80


class Role(StrEnum):
    """What a member may do: an analyst screens and decides, a lead runs the organisation, too."""

    ANALYST = "analyst"
    LEAD = "lead"

    @property
    def scopes(self) -> frozenset[Scope]:
        """The rights of the role, the same as those of API keys."""
        return frozenset(Scope) if self is Role.LEAD else frozenset(Scope) - {Scope.ADMIN}


@dataclass(frozen=True)
class Member:
    """A member of a tenant; ``disabled_at`` is None while they may sign in."""

    tenant: str
    member_id: str
    name: str
    role: Role
    created_at: str
    disabled_at: str | None = None

    @property
    def actor(self) -> str:
        """Their name in the audit log, which holds no names of people."""
        return f"member:{self.member_id}"


@dataclass(frozen=True)
class Invitation:
    """An invitation that can still be used: for whom, with which role, and until when."""

    tenant: str
    name: str
    role: Role
    created_at: str
    expires_at: str


@dataclass(frozen=True)
class Invitee:
    """Whom an invitation is for, and the role that they get."""

    tenant: str
    name: str
    role: Role


def name_key(name: str) -> str:
    """A name as it is compared: without case, width and surrounding space.

    >>> name_key(" Ａnna ") == name_key("anna")
    True
    """
    short = name.strip()[: 4 * LONGEST_NAME]  # to normalise marks takes time by the square of how many follow
    return unicodedata.normalize("NFKC", short).strip().casefold()[:LONGEST_NAME]


def check_name(name: str) -> str:
    """A member's name, trimmed.

    Raises
    ------
    WrongUsage
        If it is empty, too long, or has characters that cannot be seen.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise WrongUsage(f"A member's name must be printable text of 1 to {LONGEST_NAME} characters.")
    return name


def invite(store: Store, invitee: Invitee, lifetime: timedelta, actor: str, secret: str | None = None) -> str:
    """Invite somebody, or let a member choose a new password: the secret of a one-time address.

    An earlier invitation for the same name ends. A member keeps their role until the new one is used.

    Parameters
    ----------
    secret
        The one that it is to have, as hard to guess; None: a new one.

    Raises
    ------
    WrongUsage
        If the name cannot be one.
    """
    tenant, name, secret = invitee.tenant, check_name(invitee.name), secret or secrets.token_urlsafe(32)
    row = {
        "tenant": tenant,
        "invitation_sha256": sha256_of(secret),
        "name": name,
        "role": invitee.role.value,
        "created_at": now(),
        "created_by": actor,
        "expires_at": now(plus=lifetime),
    }
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        ended = _remove_invitations(connection, tenant, name)
        connection.execute(insert(invitations), row)
        (seal,) = seal_rows(connection, invitations, invitations.c.invitation_sha256 == sha256_of(secret))
        details = {"role": row["role"], "expires_at": row["expires_at"], "seal": seal, "ended_seals": ended}
        append(connection, head, [Event("member.invited", actor, details=details)])
    return secret


def find_invitation(connection: Connection, secret: str) -> Invitation | None:
    """The invitation with this secret; None where there is none, or it was used, changed, or has expired."""
    row = sealed_row(connection, invitations, invitations.c.invitation_sha256 == sha256_of(secret))
    if row is None or row.expires_at <= now():
        return None
    return Invitation(row.tenant, row.name, Role(row.role), row.created_at, row.expires_at)


def accept_invitation(store: Store, secret: str, password_hash: str) -> Member | None:
    """Use an invitation: its name becomes a member, or the member gets the new password and role.

    All sessions of such a member end. None where the invitation cannot be used any more.
    """
    with store.database.reading() as connection:
        found = find_invitation(connection, secret)
    if found is None:
        return None
    with store.database.writing() as connection:
        head = lock_tenants(connection, [found.tenant])[found.tenant]
        if find_invitation(connection, secret) is None:  # somebody else was faster
            return None
        ended = _remove_invitations(connection, found.tenant, found.name)
        member = _written_member(connection, found, password_hash)
        ended += _end_sessions(connection, member)
        place = (members.c.tenant == member.tenant, members.c.member_id == member.member_id)
        seal_rows(connection, members, *place)
        row = connection.execute(select(members).where(*place)).one()
        details = {
            "member_id": member.member_id,
            "role": member.role.value,
            "row_hmac": member_digest(store.key, row._mapping),
            "ended_seals": ended,
        }
        append(connection, head, [Event("member.joined", member.actor, details=details)])
    return member


def member_digest(key: bytes, row: Mapping[Any, Any]) -> str:
    """Keyed digest of what only an invitation changes of a member's row: who they are, and their password."""
    return keyed_hash(key, canonical({name: row[name] for name in ("name", "name_key", "password_hash")}))


def _written_member(connection: Connection, invitation: Invitation, password_hash: str) -> Member:
    values = {"role": invitation.role.value, "password_hash": password_hash, "disabled_at": None}
    if known := _member_named(connection, invitation.tenant, invitation.name):
        place = (members.c.tenant == known.tenant, members.c.member_id == known.member_id)
        connection.execute(update(members).where(*place).values(values))
        return Member(known.tenant, known.member_id, known.name, invitation.role, known.created_at)
    member = Member(invitation.tenant, secrets.token_hex(8), invitation.name, invitation.role, now())
    row = {
        "tenant": member.tenant,
        "member_id": member.member_id,
        "name": member.name,
        "name_key": name_key(member.name),
        "created_at": member.created_at,
    }
    connection.execute(insert(members), row | values)
    return member


def _remove_invitations(connection: Connection, tenant: str, name: str) -> list[str]:
    """Remove the invitations of a name; their seals."""
    rows = select(invitations.c.invitation_sha256, invitations.c.name).where(invitations.c.tenant == tenant)
    same = [key for key, other in connection.execute(rows).all() if name_key(other) == name_key(name)]
    own = (invitations.c.tenant == tenant, invitations.c.invitation_sha256.in_(same))
    removal = delete(invitations).where(*own).returning(invitations.c.seal)
    return list(connection.execute(removal).scalars())


def _end_sessions(connection: Connection, member: Member) -> list[str]:
    """End the sessions of a member; their seals."""
    own = (sessions.c.tenant == member.tenant, sessions.c.member_id == member.member_id)
    return list(connection.execute(delete(sessions).where(*own).returning(sessions.c.seal)).scalars())


_MEMBER: Final = (
    members.c.tenant, members.c.member_id, members.c.name, members.c.role, members.c.created_at,
    members.c.disabled_at,
)  # fmt: skip


def _member(row: Any) -> Member:
    return Member(row.tenant, row.member_id, row.name, Role(row.role), row.created_at, row.disabled_at)


def _member_named(connection: Connection, tenant: str, name: str) -> Member | None:
    """A tenant's member of this name, disabled ones among them."""
    wanted = select(*_MEMBER).where(members.c.tenant == tenant, members.c.name_key == name_key(name))
    row = connection.execute(wanted).first()
    return row and _member(row)


def member_and_hash(connection: Connection, tenant: str, name: str) -> tuple[Member | None, str | None]:
    """The member who may sign in under a name, and the hash of their password; None for nobody.

    A member whose row was changed by somebody without the store's key may not.
    """
    row = sealed_row(connection, members, members.c.tenant == tenant, members.c.name_key == name_key(name))
    if row is None or row.disabled_at is not None:
        return None, None
    return _member(row), row.password_hash


def list_members(connection: Connection, tenant: str) -> list[Member]:
    """A tenant's members, the oldest first."""
    wanted = select(*_MEMBER).where(members.c.tenant == tenant)
    return list(map(_member, connection.execute(wanted.order_by(members.c.created_at))))


def actor_name(connection: Connection, tenant: str, actor: str) -> str:
    """The name of the member that an actor of the audit log is; the actor itself where it is none."""
    return {one.actor: one.name for one in list_members(connection, tenant)}.get(actor, actor)


def list_invitations(connection: Connection, tenant: str) -> list[Invitation]:
    """A tenant's invitations that can still be used, the oldest first."""
    own = (invitations.c.tenant == tenant, invitations.c.expires_at > now())
    rows = connection.execute(select(invitations).where(*own).order_by(invitations.c.created_at))
    return [Invitation(row.tenant, row.name, Role(row.role), row.created_at, row.expires_at) for row in rows]


def anybody_may_sign_in(store: Store) -> bool:
    """Whether anybody is a member who may sign in, or has an invitation that can still be used."""
    able = select(members.c.member_id).where(members.c.disabled_at.is_(None)).limit(1)
    invited = select(invitations.c.name).where(invitations.c.expires_at > now()).limit(1)
    with store.database.reading() as connection:
        return any(connection.execute(one).first() for one in (able, invited))


def tenants_with_members(connection: Connection) -> list[str]:
    """The tenants that have a member, sorted."""
    return sorted(connection.execute(select(members.c.tenant).distinct()).scalars())


def change_member(store: Store, tenant: str, member_id: str, role: Role | None, actor: str) -> Member | None:
    """Give a member another role, or disable them where that is None; either ends their sessions.

    Returns
    -------
    The member as they are now; None where the tenant has none with this id, or their row was changed by
    somebody without the store's key.

    Raises
    ------
    WrongUsage
        If no lead would be left.
    """
    place = (members.c.tenant == tenant, members.c.member_id == member_id)
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        row = sealed_row(connection, members, *place)
        if row is None:
            return None
        member = _member(row)
        if role is not Role.LEAD and _is_last_lead(connection, member):
            raise WrongUsage("An organisation needs a lead; make somebody else one first.")
        values = {"disabled_at": now()} if role is None else {"role": role.value}
        connection.execute(update(members).where(*place).values(values))
        seal_rows(connection, members, *place)
        ended = _end_sessions(connection, member)
        details = {"member_id": member_id, "ended_seals": ended} | ({} if role is None else values)
        action = "member.disabled" if role is None else "member.changed"
        append(connection, head, [Event(action, actor, details=details)])
        return _member(connection.execute(select(*_MEMBER).where(*place)).one())


def _is_last_lead(connection: Connection, member: Member) -> bool:
    leads = [
        one.member_id
        for one in list_members(connection, member.tenant)
        if one.role is Role.LEAD and one.disabled_at is None
    ]
    return leads == [member.member_id]
