"""All verdicts that a tenant has of one account."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, select

from serving.store.tables import verdicts
from serving.store.verdict_rows import VERDICT_NAMES, read_verdict_document

__all__ = ["MOST_VERDICTS", "verdicts_of_account"]

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
    query = (
        select(verdicts.c.made_at, verdicts.c.verdict_id, verdicts.c.document)
        .where(verdicts.c.tenant == tenant, verdicts.c.account_sha256 == account)
        .order_by(verdicts.c.made_at.desc(), verdicts.c.verdict_id)
        .limit(MOST_VERDICTS)
    )
    return [
        (made_at, read_verdict_document(document, verdict_id, VERDICT_NAMES))
        for made_at, verdict_id, document in connection.execute(query)
    ]
