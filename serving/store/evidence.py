"""Evidence: the account documents behind a list's entries, without anybody's name but the creator's.

A document is stored compressed, under the SHA-256 of its text. Ids of commenters are keyed digests
(HMAC-SHA-256 over tenant and id), and of sampled followers only what is derived from their names is
stored; comments' texts stay, for the desk shows them. Verdicts are given on the document as it is
stored: whoever has it can compute the verdict again.
"""

from __future__ import annotations

import hmac
import json
import re
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from serving.store.audit_log import Event, append, canonical, lock_tenants, sha256_of
from serving.store.engine import RowsHeld, insert_if_absent
from serving.store.pending_erasures import note_pending
from serving.store.store import Store, account_sha256
from serving.store.stored_documents import damage_named
from serving.store.tables import evidence, list_entries
from serving.store.timestamps import now

__all__ = [
    "StoredEvidence",
    "erase_evidence",
    "evidence_of_verdict",
    "expire_evidence",
    "get_evidence",
    "pseudonymised",
    "pseudonymiser",
    "remove_unused_evidence",
    "store_evidence_in",
]

DIGEST_LETTERS: Final = 32
EXPIRED_AT_ONCE: Final = 200
LEVEL: Final = 6
_DIGITS: Final = re.compile(r"\d")
_WORDS: Final = re.compile(r"\S+")


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


def pseudonymised(store: Store, tenant: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """An account document in which nobody but the creator has a name; every verdict on it is the same.

    An author's id that is the creator's own name stays: by it their replies are told from others' comments.
    """
    return pseudonymiser(store.key, tenant)(document)


def pseudonymiser(key: bytes, tenant: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What pseudonymises a tenant's documents, by the key of its store."""
    return partial(_without_names, author_digest(key, tenant))


def _without_names(digest: Callable[[str], str], document: Mapping[str, Any]) -> dict[str, Any]:
    own = _own_names(document)
    result = dict(document)
    if comments := document.get("comments"):
        result["comments"] = [_comment(row, own, digest) for row in comments]
    if audience := document.get("audience"):
        result["audience"] = [_follower(row) for row in audience]
    return result


def author_digest(key: bytes, tenant: str) -> Callable[[str], str]:
    """The keyed digest of a tenant's commenters: the same person has the same one in all of its accounts."""

    @cache
    def digest(author_id: str) -> str:
        named = f"{tenant}\0author\0{author_id}".encode(errors="surrogatepass")
        return hmac.new(key, named, sha256).hexdigest()[:DIGEST_LETTERS]

    return digest


def _own_names(document: Mapping[str, Any]) -> frozenset[str]:
    profile = document.get("profile") or {}
    names = (
        str(document.get("account_id", "")).rpartition(":")[2], profile.get("platform_id"),
        str(profile.get("username") or "").removeprefix("@"),
    )  # fmt: skip
    return frozenset(str(name) for name in names if name)


def _comment(row: Any, own: frozenset[str], digest: Callable[[str], str]) -> Any:
    author = row.get("author_id") if isinstance(row, Mapping) else None
    if not isinstance(author, str) or not author or author.removeprefix("@") in own:
        return row
    return {**row, "author_id": digest(author)}


def _follower(row: Any) -> Any:
    """A sampled follower with the counts that stand for their names; see the schema of ``audience``."""
    if not isinstance(row, Mapping):
        return row
    result = {name: value for name, value in row.items() if name not in ("username", "full_name", "bio")}
    if isinstance(username := row.get("username"), str):
        result.setdefault("username_length", len(username))
        result.setdefault("username_digits", len(_DIGITS.findall(username)))
    if isinstance(full_name := row.get("full_name"), str):
        result.setdefault("full_name_words", len(_WORDS.findall(full_name)))
    if isinstance(bio := row.get("bio"), str):
        result.setdefault("bio_length", len(bio))
    return result


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


def remove_unused_evidence(connection: Connection, tenant: str) -> int:
    """Remove the documents that no entry of a list rests on any more; how many."""
    used = select(list_entries.c.evidence_sha256).where(list_entries.c.tenant == tenant)
    unused = (evidence.c.tenant == tenant, evidence.c.evidence_sha256.not_in(used))
    return connection.execute(delete(evidence).where(*unused)).rowcount


def erase_evidence(connection: Connection, tenant: str, account: str) -> int:
    """Erase the documents of an account, by the SHA-256 of its id; how many."""
    own = (evidence.c.tenant == tenant, evidence.c.account_sha256 == account)
    return connection.execute(delete(evidence).where(*own)).rowcount


def expire_evidence(store: Store, before: str) -> int:
    """Remove the entries whose evidence was stored before a timestamp, with that evidence; how many."""
    count = 0
    with store.database.reading() as connection:
        old = select(evidence.c.tenant).where(evidence.c.stored_at < before).distinct()
        owners = connection.execute(old).scalars().all()
    for tenant in owners:
        with suppress(RowsHeld):  # till the next time
            while expired := _expire_batch(store, tenant, before):
                count += expired
    return count


def _expire_batch(store: Store, tenant: str, before: str) -> int:
    old = (evidence.c.tenant == tenant, evidence.c.stored_at < before)
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        wanted = select(evidence.c.evidence_sha256).where(*old).limit(EXPIRED_AT_ONCE)
        names = connection.execute(wanted).scalars().all()
        for table in (list_entries, evidence):
            own = (table.c.tenant == tenant, table.c.evidence_sha256.in_(names))
            connection.execute(delete(table).where(*own))
        events = [Event("evidence.expired", "service", details={"evidence_sha256": name}) for name in names]
        append(connection, head, events)
        note_pending(connection, tenant)
    return len(names)
