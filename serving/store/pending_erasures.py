"""Erasures that SQLite's write-ahead log may still hold, until the log was cut after them."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, insert, select

from serving.store.store import Store
from serving.store.tables import pending_erasures
from serving.store.timestamps import now

__all__ = ["is_pending", "note_pending", "truncate_pending"]


def note_pending(connection: Connection, tenant: str, subject: str = "") -> bool:
    """Note in the transaction that removes rows that the log may still hold them; whether it may.

    Parameters
    ----------
    subject
        Keyed digest of the account that was erased, if it was one.
    """
    if connection.dialect.name != "sqlite":
        return False
    row = {"tenant": tenant, "subject": subject, "erased_at": now()}
    connection.execute(insert(pending_erasures), row)
    return True


def is_pending(connection: Connection, tenant: str, subject: str) -> bool:
    """Whether the log may still hold rows of an account that was erased."""
    own = (pending_erasures.c.tenant == tenant, pending_erasures.c.subject == subject)
    return connection.execute(select(pending_erasures.c.number).where(*own).limit(1)).first() is not None


def truncate_pending(store: Store) -> bool:
    """Cut the log once, if it may hold erased rows and no reader needs it; whether nothing is pending now.

    Neither readers nor writers wait for it. It is to be called again where something is pending.
    """
    newest = select(func.max(pending_erasures.c.number))
    with store.database.reading() as connection:
        last = connection.execute(newest).scalar()
    if last is None:
        return True
    if not store.database.truncate_log():
        return False
    with store.database.writing() as connection:
        connection.execute(delete(pending_erasures).where(pending_erasures.c.number <= last))
        return connection.execute(newest).scalar() is None
