"""Evidence: the account documents behind a list's entries, without anybody's name but the creator's.

A document is stored compressed, under the SHA-256 of its text. Ids of commenters are keyed digests
(HMAC-SHA-256 over tenant and id), and of sampled followers only what is derived from their names is
stored; comments' texts stay, for the desk shows them. Verdicts are given on the document as it is
stored: whoever has it can compute the verdict again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, select, update

from serving.store.audit_log import Event, canonical, lock_tenants, sha256_of
from serving.store.engine import insert_if_absent
from serving.store.expiry import expire
from serving.store.pending_erasures import note_pending
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.stored_documents import damage_named
from serving.store.tables import evidence, list_entries
from serving.store.timestamps import now

__all__ = [
    "StoredEvidence",
    "erase_evidence",
    "evidence_of_verdict",
    "expire_evidence",
    "get_evidence",
    "remove_unused_evidence",
    "store_evidence_in",
    "unused_evidence",
]

EXPIRED_AT_ONCE: Final = 200
LEVEL: Final = 6


@dataclass(frozen=True)
class StoredEvidence:
    """An account document as it is stored.

    Attributes
    ----------
    evidence_sha256
        SHA-256 of the document's text.
    stored_at
        When it was stored, or last sent again.
    document
        The account document.
    bytes
        Of its text.
    """

    evidence_sha256: str
    stored_at: str
    document: dict[str, Any]
    bytes: int


def store_evidence_in(connection: Connection, tenant: str, document: Mapping[str, Any]) -> str:
    """Store a pseudonymised document in the transaction of a connection; its SHA-256."""
    text = canonical(document)
    name = sha256_of(text)
    row = {
        "tenant": tenant,
        "evidence_sha256": name,
        "account_sha256": account_sha256(str(document["account_id"])),
        "stored_at": now(),
        "bytes": len(text),
        "document": zlib.compress(text.encode(), LEVEL),
    }
    if not connection.execute(insert_if_absent(connection, evidence), row).rowcount:
        same = (evidence.c.tenant == tenant, evidence.c.evidence_sha256 == name)
        connection.execute(update(evidence).where(*same).values(stored_at=row["stored_at"]))
    return name


def get_evidence(connection: Connection, tenant: str, evidence_sha256: str) -> StoredEvidence | None:
    """A tenant's stored document; None where there is none, or it was removed.

    Raises
    ------
    DocumentDamaged
        If it is not what its SHA-256 says.
    """
    place = (evidence.c.tenant == tenant, evidence.c.evidence_sha256 == evidence_sha256)
    row = connection.execute(select(evidence.c.stored_at, evidence.c.document).where(*place)).first()
    if row is None:
        return None
    with damage_named(f"Evidence {evidence_sha256}", is_proven=False):
        text = zlib.decompress(row.document).decode()
        if sha256_of(text) != evidence_sha256:
            raise ValueError
        return StoredEvidence(evidence_sha256, row.stored_at, json.loads(text), len(text))


def evidence_of_verdict(connection: Connection, tenant: str, verdict_id: str) -> StoredEvidence | None:
    """The evidence that a tenant's verdict rests on; None where no list holds it."""
    entry = (list_entries.c.tenant == tenant, list_entries.c.verdict_id == verdict_id)
    name = connection.execute(select(list_entries.c.evidence_sha256).where(*entry).limit(1)).scalar()
    return get_evidence(connection, tenant, name) if name else None


def unused_evidence(connection: Connection, tenant: str) -> list[str]:
    """The SHA-256 of the documents that no entry of a list rests on any more."""
    return list(connection.execute(select(evidence.c.evidence_sha256).where(*_unused(tenant))).scalars())


def remove_unused_evidence(store: Store, tenant: str, names: Sequence[str]) -> None:
    """Remove some documents, if no entry of a list rests on them: a few at a time, as others write, too."""
    for start in range(0, len(names), EXPIRED_AT_ONCE):
        these = evidence.c.evidence_sha256.in_(names[start : start + EXPIRED_AT_ONCE])
        with store.database.writing() as connection:
            lock_tenants(connection, [tenant])
            connection.execute(delete(evidence).where(*_unused(tenant), these))
            note_pending(connection, tenant)


def _unused(tenant: str) -> tuple[ColumnElement[bool], ...]:
    used = select(list_entries.c.evidence_sha256).where(list_entries.c.tenant == tenant)
    return evidence.c.tenant == tenant, evidence.c.evidence_sha256.not_in(used)


def erase_evidence(connection: Connection, tenant: str, account: str) -> int:
    """Erase the documents of an account, by the SHA-256 of its id; how many."""
    own = (evidence.c.tenant == tenant, evidence.c.account_sha256 == account)
    return connection.execute(delete(evidence).where(*own)).rowcount


def expire_evidence(store: Store, before: str) -> int:
    """Remove the entries whose evidence was stored before a timestamp, with that evidence; how many."""
    return expire(store, evidence.c.stored_at, before, _remove_some)


def _remove_some(connection: Connection, tenant: str, before: str) -> tuple[int, list[Event]]:
    old = (evidence.c.tenant == tenant, evidence.c.stored_at < before)
    wanted = select(evidence.c.evidence_sha256).where(*old).limit(EXPIRED_AT_ONCE)
    names = connection.execute(wanted).scalars().all()
    for table in (list_entries, evidence):
        own = (table.c.tenant == tenant, table.c.evidence_sha256.in_(names))
        connection.execute(delete(table).where(*own))
    events = [Event("evidence.expired", "service", details={"evidence_sha256": name}) for name in names]
    return len(names), events
