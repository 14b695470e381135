"""All verdicts that a tenant has of one account, the last one before another, and which cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from serving.store.stored_documents import DocumentDamaged
from serving.store.tables import verdicts
from serving.store.verdict_rows import VERDICT_NAMES, read_verdict_document

__all__ = ["MOST_VERDICTS", "damaged_among", "verdict_before", "verdicts_of_account"]

MOST_VERDICTS: Final = 30
READ_AT_ONCE: Final = 500


def verdicts_of_account(
    connection: Connection, tenant: str, account: str
) -> list[tuple[str, dict[str, Any] | DocumentDamaged]]:
    """When each was given and its document, or why that cannot be read; the newest first, at most 30.

    ``account`` is the SHA-256 of the account's id.
    """
    found = connection.execute(_newest_first(tenant, account).limit(MOST_VERDICTS))
    return [(row.made_at, document_or_damage(row.document, row.verdict_id)) for row in found]


def damaged_among(connection: Connection, tenant: str, verdict_ids: Sequence[str]) -> dict[str, str]:
    """By verdict that was damaged in the database the sentence about it; those that are gone are none.

    All documents are read, some at a time: 50 of a page take some thousandths of a second.
    """
    damage = {}
    for first in range(0, len(verdict_ids), READ_AT_ONCE):
        some = verdict_ids[first : first + READ_AT_ONCE]
        own = (verdicts.c.tenant == tenant, verdicts.c.verdict_id.in_(some))
        for row in connection.execute(select(verdicts.c.verdict_id, verdicts.c.document).where(*own)):
            found = document_or_damage(row.document, row.verdict_id)
            if isinstance(found, DocumentDamaged):
                damage[row.verdict_id] = str(found)
    return damage


def document_or_damage(document: object, verdict_id: str) -> dict[str, Any] | DocumentDamaged:
    """A verdict's stored document, or why it cannot be read."""
    try:
        return read_verdict_document(document, verdict_id, VERDICT_NAMES)
    except DocumentDamaged as damage:
        return damage


def verdict_before(
    connection: Connection, tenant: str, account: str, verdict_id: str
) -> dict[str, Any] | None:
    """The newest other verdict on an account than the one with this id; None without one.

    Raises
    ------
    DocumentDamaged
        If it cannot be read.
    """
    query = _newest_first(tenant, account).where(verdicts.c.verdict_id != verdict_id).limit(1)
    row = connection.execute(query).first()
    return None if row is None else read_verdict_document(row.document, row.verdict_id, VERDICT_NAMES)


def _newest_first(tenant: str, account: str) -> Select[str, str, str]:
    return (
        select(verdicts.c.made_at, verdicts.c.verdict_id, verdicts.c.document)
        .where(verdicts.c.tenant == tenant, verdicts.c.account_sha256 == account)
        .order_by(verdicts.c.made_at.desc(), verdicts.c.verdict_id)
    )
