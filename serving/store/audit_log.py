"""The audit log: a hash chain for each tenant, every entry with the hash of the entry before.

An entry is a JSON document in canonical form, and its hash is HMAC-SHA-256 of that text, under a key that
the database never sees: who can write the database cannot make a chain that verifies. Entries of an older
Assay have a plain SHA-256; an entry ``audit.keyed`` ends them, and its own hash holds theirs. A transaction
that appends locks the tenant's row until its end, so a chain cannot fork.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, insert, select, update

from serving.store.engine import NoUsableStore, audit_key_of, insert_if_absent
from serving.store.stored_documents import read_object
from serving.store.tables import audit_entries, tenants
from serving.store.timestamps import now

__all__ = [
    "ERASURE",
    "FIRST_HASH",
    "ChainHead",
    "Event",
    "append",
    "canonical",
    "chain_ends",
    "check_last_entries",
    "entries_about",
    "entries_before",
    "erasures_after",
    "keyed_hash",
    "last_entry",
    "lock_free_tenants",
    "lock_tenants",
    "read_entry",
    "sha256_of",
    "subjects_erased_after",
]

FIRST_HASH: Final = "0" * 64
"""The previous hash of a chain's first entry."""

ERASURE: Final = "subject.erased"
"""The action of an entry that says that an account was erased."""


@dataclass(frozen=True)
class Event:
    """An event that the audit log records.

    Attributes
    ----------
    action
        What was done, such as ``verdict.made``.
    actor
        Who did it: ``key:`` and the id of an API key, or ``command line``.
    subject
        Keyed digest of the account that it concerns, if any.
    verdict_id
        The verdict that it concerns, if any.
    details
        More facts, none of them about a person.
    """

    action: str
    actor: str
    subject: str | None = None
    verdict_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class ChainHead(NamedTuple):
    """The last entry of a tenant's chain: its number, 0 for an empty chain, and its hash."""

    tenant: str
    entries: int
    hash: str


_NEW: Final = insert(audit_entries)
_END: Final = select(tenants.c.audit_entries, tenants.c.audit_hash)


def lock_tenants(connection: Connection, names: Iterable[str]) -> dict[str, ChainHead]:
    """Lock tenants' rows until the transaction ends, so that no other one appends to their logs.

    Every transaction locks its tenants first and in sorted order, so that there is no deadlock.

    Returns
    -------
    The head of each tenant's chain; a tenant without a row gets one.
    """
    return {name: _lock_tenant(connection, name) for name in sorted(set(names))}


def lock_free_tenants(connection: Connection, names: Iterable[str]) -> dict[str, ChainHead]:
    """Lock the rows of tenants that have one and that no other transaction holds; waits for nobody.

    Returns
    -------
    The heads of their chains.
    """
    wanted = select(tenants.c.tenant, *_END.selected_columns).where(tenants.c.tenant.in_(sorted(set(names))))
    locked = connection.execute(wanted.with_for_update(skip_locked=True))
    return {head.tenant: head for head in (ChainHead(*row) for row in locked)}


def _lock_tenant(connection: Connection, tenant: str) -> ChainHead:
    wanted = _END.where(tenants.c.tenant == tenant).with_for_update()
    found = connection.execute(wanted).first()
    if found is None:
        row = {"tenant": tenant, "created_at": now(), "audit_entries": 0, "audit_hash": FIRST_HASH}
        connection.execute(insert_if_absent(connection, tenants), row)
        found = connection.execute(wanted).one()
    return ChainHead(tenant, *found)


def append(connection: Connection, head: ChainHead, events: Iterable[Event]) -> ChainHead:
    """Append to the chain of a tenant that this transaction has locked; its new head.

    Raises
    ------
    NoUsableStore
        If the chain ends in an entry of another key.
    """
    rows = []
    at, key = now(), audit_key_of(connection).secret
    if head.entries and head.tenant not in audit_key_of(connection).continued:
        check_last_entries(connection, tenants.c.tenant == head.tenant)
        audit_key_of(connection).continued.add(head.tenant)
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
        head = ChainHead(head.tenant, head.entries + 1, keyed_hash(key, document))
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


def check_last_entries(connection: Connection, *which: ColumnElement[bool]) -> None:
    """Refuse logs whose last entry is not keyed with the connection's key: two keys make a log of no use.

    Parameters
    ----------
    which
        Conditions on the tenants; all of them where there is none.

    Raises
    ------
    NoUsableStore
        If any tenant's log ends in an entry of another key, or in one that was changed.
    """
    ends = connection.execute(
        select(audit_entries.c.tenant, audit_entries.c.document, audit_entries.c.hash)
        .join(tenants, audit_entries.c.tenant == tenants.c.tenant)
        .where(audit_entries.c.entry == tenants.c.audit_entries, *which)
        .order_by(tenants.c.tenant)
    )
    for last in ends:
        if not hmac.compare_digest(keyed_hash(audit_key_of(connection).secret, last.document), last.hash):
            raise NoUsableStore(
                f"The audit log of {last.tenant} is keyed with another key than this one (audit_key), or its "
                "last entry was changed: services that share a database share the key."
            )


def chain_ends(connection: Connection) -> list[ChainHead]:
    """The last entry of every tenant's chain, as the tenants' rows say."""
    wanted = select(tenants.c.tenant, tenants.c.audit_entries, tenants.c.audit_hash)
    return [ChainHead(*row) for row in connection.execute(wanted.order_by(tenants.c.tenant))]


def last_entry(connection: Connection, tenant: str) -> int:
    """The number of the last entry of a tenant's log, 0 where there is none: what follows it is later."""
    wanted = select(tenants.c.audit_entries).where(tenants.c.tenant == tenant)
    return int(connection.execute(wanted).scalar() or 0)


def erasures_after(connection: Connection, tenant: str, entry: int) -> dict[str, int]:
    """The accounts that were erased after an entry of a tenant's log, by their keyed digests.

    Each with the number of the entry that says so last. Whoever writes what was read before an erasure asks
    in the transaction that writes it, once the tenant is locked, and leaves these out.
    """
    later = (
        audit_entries.c.tenant == tenant,
        audit_entries.c.entry > entry,
        audit_entries.c.verdict_id.is_(None),
        audit_entries.c.document.contains(f'"action":"{ERASURE}"', autoescape=True),
    )
    found = select(audit_entries.c.entry, audit_entries.c.document).where(*later)
    in_order = connection.execute(found.order_by(audit_entries.c.entry))
    return {read_entry(number, document)["subject"]: number for number, document in in_order}


def read_entry(number: int, document: object) -> dict[str, Any]:
    """The document of a log's entry, parsed.

    Raises
    ------
    DocumentDamaged
        If it is none.
    """
    found: dict[str, Any] = read_object(document, f"Entry {number} of the audit log", ["entry", "subject"])
    return found


def subjects_erased_after(connection: Connection, tenant: str, entry: int) -> frozenset[str]:
    """The keyed digests of :func:`erasures_after`."""
    return frozenset(erasures_after(connection, tenant, entry))


def entries_about(
    connection: Connection, tenant: str, verdict_id: str, after: int = 0, limit: int | None = None
) -> list[dict[str, Any]]:
    """The log's entries about a verdict with higher numbers, the oldest first, each with its hash."""
    about = (audit_entries.c.tenant == tenant, audit_entries.c.verdict_id == verdict_id)
    number = audit_entries.c.entry + 0  # a sum: by the number itself the whole tenant's log would be read
    found = connection.execute(
        select(audit_entries.c.entry, audit_entries.c.document, audit_entries.c.hash)
        .where(*about, number > after)
        .order_by(number)
        .limit(limit)
    )
    return [read_entry(number, document) | {"hash": own} for number, document, own in found]


def entries_before(connection: Connection, tenant: str, before: int, limit: int) -> list[dict[str, Any]]:
    """A page of a tenant's log, the newest first: the entries with lower numbers, each with its hash."""
    found = connection.execute(
        select(audit_entries.c.entry, audit_entries.c.document, audit_entries.c.hash)
        .where(audit_entries.c.tenant == tenant, audit_entries.c.entry < before)
        .order_by(audit_entries.c.entry.desc())
        .limit(limit)
    )
    return [read_entry(number, document) | {"hash": own} for number, document, own in found]


def canonical(document: Mapping[str, Any]) -> str:
    r"""A document as canonical JSON: sorted names, no spaces, ASCII.

    >>> canonical({"b": 1.5, "a": "é"})
    '{"a":"\\u00e9","b":1.5}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


def keyed_hash(key: bytes, document: str) -> str:
    """The hash of an entry: HMAC-SHA-256 of its text, in hexadecimal.

    >>> keyed_hash(b"secret", "{}")[:8]
    '77325902'
    """
    return hmac.digest(key, document.encode(), "sha256").hex()


def sha256_of(text: str, *more: bytes) -> str:
    """SHA-256 of a text and the bytes that follow it, in hexadecimal.

    >>> sha256_of("a")[:8]
    'ca978112'
    """
    return sha256(b"".join((text.encode(), *more))).hexdigest()
