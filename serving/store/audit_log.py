"""The audit log: entries that each hold the hash of the one before, one chain a tenant.

An entry is a JSON document in one fixed form, and its hash is SHA-256 of that text. Whoever
appends holds the tenant's row until the end of the transaction, so a chain has one end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, insert, select, update

from serving.store.engine import new_rows
from serving.store.store import Store
from serving.store.tables import audit_entries, tenants
from serving.store.timestamps import now

__all__ = ["FIRST", "Event", "Head", "append", "canonical", "entries_about", "hold", "note", "sha256_of"]

FIRST: Final = "0" * 64
"""What stands for the hash before the first entry."""


@dataclass(frozen=True)
class Event:
    """Something that is to be remembered.

    Attributes
    ----------
    action
        What was done, such as ``verdict.made``.
    actor
        Who did it: ``key:`` and the id of an API key, or ``command line``.
    subject
        Keyed digest of the account that it was done about, if any.
    verdict_id
        The verdict that it was done to, if any.
    details
        More of it, without a word about a person.
    """

    action: str
    actor: str
    subject: str | None = None
    verdict_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Head(NamedTuple):
    """The end of a tenant's chain."""

    tenant: str
    entries: int
    hash: str


_NEW: Final = insert(audit_entries)
_END: Final = select(tenants.c.audit_entries, tenants.c.audit_hash)


def hold(connection: Connection, names: Iterable[str]) -> dict[str, Head]:
    """Hold tenants until the transaction ends: nobody else appends to their logs meanwhile.

    Every transaction holds its tenants first and in one order, so none can wait for each other.
    """
    return {name: _hold(connection, name) for name in sorted(set(names))}


def _hold(connection: Connection, tenant: str) -> Head:
    wanted = _END.where(tenants.c.tenant == tenant).with_for_update()
    found = connection.execute(wanted).first()
    if found is None:
        row = {"tenant": tenant, "created_at": now(), "audit_entries": 0, "audit_hash": FIRST}
        connection.execute(new_rows(connection, tenants), row)
        found = connection.execute(wanted).one()
    return Head(tenant, *found)


def append(connection: Connection, head: Head, events: Iterable[Event]) -> Head:
    """Append to the log of a tenant that is held."""
    rows = []
    at = now()
    for event in events:
        document = canonical(
            {
                "tenant": head.tenant,
                "entry": head.entries + 1,
                "at": at,
                "actor": event.actor,
                "action": event.action,
                "subject": event.subject,
                "verdict_id": event.verdict_id,
                "details": dict(event.details),
                "previous": head.hash,
            }
        )
        head = Head(head.tenant, head.entries + 1, sha256_of(document))
        rows.append(
            {
                "tenant": head.tenant,
                "entry": head.entries,
                "verdict_id": event.verdict_id,
                "document": document,
                "hash": head.hash,
            }
        )
    if rows:
        connection.execute(_NEW, rows)
        moved = update(tenants).where(tenants.c.tenant == head.tenant)
        connection.execute(moved.values(audit_entries=head.entries, audit_hash=head.hash))
    return head


def note(store: Store, tenant: str, event: Event) -> None:
    """Append a single event, in a transaction of its own."""
    with store.database.writing() as connection:
        append(connection, hold(connection, [tenant])[tenant], [event])


def entries_about(connection: Connection, tenant: str, verdict_id: str) -> list[dict[str, Any]]:
    """What the log says of a verdict, the oldest first, each entry with its hash."""
    found = connection.execute(
        select(audit_entries.c.document, audit_entries.c.hash)
        .where(audit_entries.c.tenant == tenant, audit_entries.c.verdict_id == verdict_id)
        .order_by(audit_entries.c.entry)
    )
    return [json.loads(document) | {"hash": own} for document, own in found]


def canonical(document: Mapping[str, Any]) -> str:
    r"""The one text of a document: sorted names, no space, ASCII.

    >>> canonical({"b": 1.5, "a": "é"})
    '{"a":"\\u00e9","b":1.5}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(text: str, *more: bytes) -> str:
    """Of a text and what follows it.

    >>> sha256_of("a")[:8]
    'ca978112'
    """
    return sha256(b"".join((text.encode(), *more))).hexdigest()
