"""The seal of a remembered answer: it covers its row and the accounts that it is about together."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select, update

from serving.store.engine import audit_key_of
from serving.store.row_seals import has_seal, seal_of
from serving.store.tables import idempotency, idempotency_accounts

__all__ = ["answer_has_seal", "seal_answer"]


def seal_answer(connection: Connection, row: Row[Any]) -> None:
    """Seal a remembered answer, in the transaction that has written its row and its accounts."""
    seal = seal_of(audit_key_of(connection).secret, idempotency, sealed_parts(connection, row))
    own = (idempotency.c.tenant == row.tenant, idempotency.c.key_sha256 == row.key_sha256)
    connection.execute(update(idempotency).where(*own).values(seal=seal))


def answer_has_seal(connection: Connection, row: Row[Any]) -> bool:
    """Whether a remembered answer bears its seal; one of another type than it is written in has none."""
    if not isinstance(row.answer, bytes):
        return False
    return has_seal(audit_key_of(connection).secret, idempotency, sealed_parts(connection, row))


def sealed_parts(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """What the seal of an answer covers: its row, with a digest of the answer, and whom it is about."""
    own = (idempotency_accounts.c.tenant == row.tenant, idempotency_accounts.c.key_sha256 == row.key_sha256)
    accounts = connection.execute(select(idempotency_accounts.c.account_sha256).where(*own)).scalars().all()
    digest = sha256(row.answer).hexdigest()
    return row._asdict() | {"answer_sha256": digest, "accounts": sorted(accounts, key=str)}
