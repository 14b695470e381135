"""All verdicts that a tenant has of one account, or the last one before another."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Select, select

from serving.store.tables import verdicts
from serving.store.verdict_rows import VERDICT_NAMES, read_verdict_document

__all__ = ["MOST_VERDICTS", "verdict_before", "verdicts_of_account"]

MOST_VERDICTS: Final = 30


def verdicts_of_account(
    connection: Connection, tenant: str, account: str
) -> list[tuple[str, dict[str, Any]]]:
    """When each was given and its document, the newest first, at most 30.

    ``account`` is the SHA-256 of the account's id.

    Raises
    ------
    DocumentDamaged
        If one of them cannot be read.
    """
    found = connection.execute(_newest_first(tenant, account).limit(MOST_VERDICTS))
    return [
        (row.made_at, read_verdict_document(row.document, row.verdict_id, VERDICT_NAMES)) for row in found
    ]


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
