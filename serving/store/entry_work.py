"""What people do about creators in a list without leaving the queue: assign, comment, triage."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from accounts.errors import WrongUsage
from serving.store.audit_log import Event, append, lock_tenants, sha256_of
from serving.store.list_entries import storable
from serving.store.store import Store
from serving.store.tables import entry_comments, list_entries, members
from serving.store.timestamps import now

__all__ = ["EntryComment", "EntryPlace", "assign_entry", "comment_on_entry", "comments_on_entry"]

LONGEST_COMMENT = 5_000


@dataclass(frozen=True)
class EntryPlace:
    """Where an entry is: its tenant, its list, and its own id."""

    tenant: str
    list_id: str
    entry_id: str

    @property
    def clauses(self) -> Sequence[Any]:
        """The conditions of a query for its row."""
        return (
            list_entries.c.tenant == self.tenant,
            list_entries.c.list_id == self.list_id,
            list_entries.c.entry_id == self.entry_id,
        )


@dataclass(frozen=True)
class EntryComment:
    """What somebody of the tenant wrote about a creator, when, and by which name."""

    at: str
    by: str
    text: str


def assign_entry(store: Store, place: EntryPlace, member_id: str, actor: str) -> bool:
    """Assign a creator to a member, or to nobody where that is empty; whether there is such an entry.

    Raises
    ------
    WrongUsage
        If the tenant has no such member who may sign in.
    """
    with store.database.writing() as connection:
        head = lock_tenants(connection, [place.tenant])[place.tenant]
        if member_id and not _may_be_assigned(connection, place.tenant, member_id):
            raise WrongUsage("There is no such member who could work on it.")
        values = {"assigned": member_id, "changed_at": now()}
        if not connection.execute(update(list_entries).where(*place.clauses).values(values)).rowcount:
            return False
        details = {"entry_id": place.entry_id, "assigned": member_id}
        append(connection, head, [Event("entry.assigned", actor, details=details)])
    return True


def _may_be_assigned(connection: Connection, tenant: str, member_id: str) -> bool:
    good = (members.c.tenant == tenant, members.c.member_id == member_id, members.c.disabled_at.is_(None))
    return connection.execute(select(members.c.member_id).where(*good)).first() is not None


def comment_on_entry(store: Store, place: EntryPlace, text: str, by: str, actor: str) -> bool:
    """Add a comment to a creator; whether there is such an entry.

    Raises
    ------
    WrongUsage
        If it is empty, or too long.
    """
    text = storable(text.strip())
    if not text or len(text) > LONGEST_COMMENT:
        raise WrongUsage(f"A comment must have 1 to {LONGEST_COMMENT:,} characters.")
    moment = now()
    with store.database.writing() as connection:
        head = lock_tenants(connection, [place.tenant])[place.tenant]
        counted = update(list_entries).where(*place.clauses)
        more = {"comments": list_entries.c.comments + 1, "changed_at": moment}
        if not connection.execute(counted.values(more)).rowcount:
            return False
        row = {
            "tenant": place.tenant,
            "comment_id": secrets.token_hex(16),
            "list_id": place.list_id,
            "entry_id": place.entry_id,
            "at": moment,
            "by": by,
            "text": text,
        }
        connection.execute(insert(entry_comments), row)
        # What people write is personal data: the log has its hash.
        details = {"entry_id": place.entry_id, "content_sha256": sha256_of(text)}
        append(connection, head, [Event("entry.commented", actor, details=details)])
    return True


def comments_on_entry(connection: Connection, place: EntryPlace) -> list[EntryComment]:
    """The comments on a creator, the oldest first."""
    own = (
        entry_comments.c.tenant == place.tenant,
        entry_comments.c.list_id == place.list_id,
        entry_comments.c.entry_id == place.entry_id,
    )
    columns = (entry_comments.c.at, entry_comments.c.by, entry_comments.c.text)
    rows = connection.execute(select(*columns).where(*own).order_by(entry_comments.c.at))
    return [EntryComment(*row) for row in rows]
