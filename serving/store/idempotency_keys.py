"""Requests that must be answered once: an ``Idempotency-Key`` and the answer that it got.

Whoever comes first with a key claims it; whoever comes with it meanwhile waits for that answer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, distinct, func, select, tuple_, update

from accounts.errors import AssayError
from serving.store.audit_log import hold
from serving.store.engine import new_rows
from serving.store.store import Store, account_sha256
from serving.store.tables import idempotency, idempotency_accounts, verdicts
from serving.store.timestamps import now

__all__ = ["KeyReused", "Request", "claim", "finish", "forget", "is_known", "release", "remember"]

LONGEST_ANSWER: Final = timedelta(seconds=60)
"""After so long a claim without an answer is taken for one of a process that died."""


class KeyReused(AssayError):
    """The key came with another request before."""

    status = 409


@dataclass(frozen=True)
class Request:
    """A request with a key; of both only hashes are kept.

    Attributes
    ----------
    tenant
        Whose it is: keys of others are other keys.
    key_sha256
        Of the key.
    content_sha256
        Of what is asked: route and body.
    """

    tenant: str
    key_sha256: str
    content_sha256: str

    @classmethod
    def of(cls, tenant: str, key: str, route: str, body: bytes) -> Request:
        """The request that asks this."""
        content = sha256(route.encode() + b"\0" + body).hexdigest()
        return cls(tenant, sha256(key.encode()).hexdigest(), content)

    @property
    def own(self) -> ColumnElement[bool]:
        """Its row."""
        return (idempotency.c.tenant == self.tenant) & (idempotency.c.key_sha256 == self.key_sha256)


def claim(store: Store, request: Request, remembered: timedelta) -> bytes | bool:
    """Claim a key, unless it has its answer already.

    Returns
    -------
    The answer that it got; True where it is ours to answer, False while somebody else answers it.

    Raises
    ------
    KeyReused
        If another request came with it.
    """
    with store.database.writing() as connection:
        _forget(connection, now(plus=-remembered))
        row: dict[str, Any] = {
            "tenant": request.tenant,
            "key_sha256": request.key_sha256,
            "request_sha256": request.content_sha256,
            "claimed_at": now(),
        }
        added = new_rows(connection, idempotency).returning(idempotency.c.tenant)
        if connection.execute(added, row).first():
            return True
        return _met(connection, request)


def is_known(connection: Connection, tenant: str, key: str) -> bool:
    """Whether a request came with a key before, whatever it asked."""
    own = Request.of(tenant, key, "", b"").own
    return connection.execute(select(idempotency.c.tenant).where(own)).first() is not None


def forget(store: Store, remembered: timedelta) -> None:
    """Remove the answers that are older."""
    with store.database.writing() as connection:
        _forget(connection, now(plus=-remembered))


def _forget(connection: Connection, before: str) -> None:
    """Remove what is older; rows that somebody else removes at the moment are left to them."""
    place = (idempotency.c.tenant, idempotency.c.key_sha256)
    old = select(*place).where(idempotency.c.claimed_at < before).with_for_update(skip_locked=True)
    connection.execute(delete(idempotency).where(tuple_(*place).in_(old)))


def _met(connection: Connection, request: Request) -> bytes | bool:
    """What is there instead of a new claim."""
    found = connection.execute(
        select(idempotency.c.request_sha256, idempotency.c.answer).where(request.own)
    ).first()
    if found is None:
        return False  # given up in this very moment
    if found.request_sha256 != request.content_sha256:
        raise KeyReused("This Idempotency-Key came with another request before; use a new one.")
    if found.answer is not None:
        return zlib.decompress(found.answer)
    dead = idempotency.c.claimed_at < now(plus=-LONGEST_ANSWER)
    taken = update(idempotency).where(request.own, dead, idempotency.c.answer.is_(None))
    return bool(connection.execute(taken.values(claimed_at=now())).rowcount)


def finish(
    store: Store, request: Request, answer: bytes, accounts: Iterable[str], refused: Iterable[str] = ()
) -> None:
    """Remember the answer, unless an account that it has a verdict on was erased meanwhile."""
    hashes = sorted({account_sha256(account) for account in accounts})
    named = sorted({*hashes, *map(account_sha256, refused)})
    with store.database.writing() as connection:
        hold(connection, [request.tenant])
        if _kept(connection, request.tenant, hashes) < len(hashes):
            connection.execute(delete(idempotency).where(request.own))
            return
        if not remember(connection, request, answer):
            return
        rows = [
            {"tenant": request.tenant, "account_sha256": account, "key_sha256": request.key_sha256}
            for account in named
        ]
        if rows:
            connection.execute(new_rows(connection, idempotency_accounts), rows)


def remember(connection: Connection, request: Request, answer: bytes) -> bool:
    """Remember the answer; False where the claim is gone, or was answered by whoever took it over."""
    claimed = update(idempotency).where(request.own, idempotency.c.answer.is_(None))
    return bool(connection.execute(claimed.values(answer=zlib.compress(answer, 1))).rowcount)


def _kept(connection: Connection, tenant: str, hashes: list[str]) -> int:
    """How many of the accounts have verdicts."""
    own = (verdicts.c.tenant == tenant, verdicts.c.account_sha256.in_(hashes))
    return connection.execute(
        select(func.count(distinct(verdicts.c.account_sha256))).where(*own)
    ).scalar_one()


def release(store: Store, request: Request) -> None:
    """Give a claim up, so that the next one with the key is answered anew."""
    with store.database.writing() as connection:
        connection.execute(delete(idempotency).where(request.own, idempotency.c.answer.is_(None)))
