"""The end of a retention: what was stored before a time is removed, some of a tenant's at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

from sqlalchemy import Column, Connection, select

from serving.store.audit_log import Event, append, lock_tenants
from serving.store.engine import RowsHeld
from serving.store.pending_erasures import note_pending
from serving.store.store import Store

__all__ = ["Removal", "expire"]

Removal: TypeAlias = Callable[[Connection, str, str], tuple[int, Sequence[Event]]]
"""Removes some of what a tenant stored before a timestamp: how many, 0 at the end, and their events."""


def expire(store: Store, stored_at: Column[str], before: str, remove_some: Removal) -> int:
    """Remove what was stored before a timestamp; how many.

    The audit log notes the removals. A tenant whose row another transaction holds keeps its own till the next
    time.

    Parameters
    ----------
    stored_at
        When the rows of a table were stored; the table names their tenants, too.
    remove_some
        Each call has a transaction of its own, so that others write in between.
    """
    tenants = select(stored_at.table.c.tenant).where(stored_at < before).distinct()
    with store.database.reading() as connection:
        owners = connection.execute(tenants).scalars().all()
    count = 0
    for tenant in owners:
        with suppress(RowsHeld):
            while expired := _expire_some(store, tenant, before, remove_some):
                count += expired
    return count


def _expire_some(store: Store, tenant: str, before: str, remove_some: Removal) -> int:
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        count, events = remove_some(connection, tenant, before)
        if count:
            append(connection, head, events)
            note_pending(connection, tenant)
    return count
