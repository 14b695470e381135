"""Idempotency keys: a key with the request it came with, and the answer to that request.

The first request with a key claims it; further ones with the key wait for its answer.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, distinct, func, select, tuple_, update

from accounts.errors import AssayError
from serving.store.answer_seals import answer_has_seal, seal_answer
from serving.store.audit_log import lock_tenants, subjects_erased_after
from serving.store.engine import insert_if_absent
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.tables import idempotency, idempotency_accounts, verdicts
from serving.store.timestamps import now

__all__ = [
    "KeyReused",
    "KeyedRequest",
    "RememberedAnswer",
    "answer_once",
    "answer_to",
    "claim_key",
    "key_is_known",
    "release_key",
    "remember_answer",
    "remember_answer_of",
    "remove_old_answers",
]

LONGEST_ANSWER: Final = timedelta(seconds=60)
"""A claim without an answer for so long was made by a process that died: it may be taken over."""


class KeyReused(AssayError):
    """409: the key came with another request before."""

    status = 409


class AnswerDamaged(AssayError):
    """500: a remembered answer is not what was written."""

    status = 500


@dataclass(frozen=True)
class KeyedRequest:
    """A request with an idempotency key; of both only hashes are stored.

    Attributes
    ----------
    tenant
        Its tenant: keys of different tenants are independent.
    key_sha256
        SHA-256 of the key.
    content_sha256
        SHA-256 of route and body.
    """

    tenant: str
    key_sha256: str
    content_sha256: str

    @classmethod
    def of(cls, tenant: str, key: str, route: str, body: bytes) -> KeyedRequest:
        """The keyed request of a tenant for a route, with a body."""
        content = sha256(route.encode() + b"\0")
        content.update(body)  # of a long body it lets other threads run
        return cls(tenant, sha256(key.encode()).hexdigest(), content.hexdigest())

    @property
    def row_filter(self) -> ColumnElement[bool]:
        """The condition that selects its row."""
        return (idempotency.c.tenant == self.tenant) & (idempotency.c.key_sha256 == self.key_sha256)


class RememberedAnswer(NamedTuple):
    """An answer that was given before.

    Attributes
    ----------
    body
        Its bytes.
    model
        sha256 of the model that its header named; None where it named none, or an older Assay gave it.
    """

    body: bytes
    model: str | None

    def pack(self) -> bytes:
        """The answer as it is stored: the body compressed, and the model behind it."""
        return zlib.compress(self.body, 1) + (self.model or "").encode()

    @classmethod
    def unpack(cls, stored: bytes) -> RememberedAnswer:
        """The answer that is stored so."""
        unpacking = zlib.decompressobj()
        body = unpacking.decompress(stored)
        return cls(body, unpacking.unused_data.decode() or None)


def claim_key(store: Store, request: KeyedRequest, remembered: timedelta) -> RememberedAnswer | bool:
    """Claim a key, unless its request has been answered.

    Returns
    -------
    The answer; True where the claim is now ours, False while another request holds it.

    Raises
    ------
    KeyReused
        If the key came with another request before.
    AnswerDamaged
        If the answer is not what was remembered.
    """
    with store.database.writing() as connection:
        _remove_old(connection, remembered)
        return _claim(connection, request) or _existing_answer(connection, request)


def _claim(connection: Connection, request: KeyedRequest) -> bool:
    """Add the row of a key without an answer; False where there is one."""
    row: dict[str, Any] = {
        "tenant": request.tenant,
        "key_sha256": request.key_sha256,
        "request_sha256": request.content_sha256,
        "claimed_at": now(),
    }
    added = insert_if_absent(connection, idempotency).returning(idempotency.c.tenant)
    return connection.execute(added, row).first() is not None


def answer_once(
    store: Store, request: KeyedRequest, remembered: timedelta, effects: Callable[[], str | None]
) -> str | None:
    """What a request brings about, once: sent again, it gets the first answer, and nothing is done.

    The effects and the note of the answer are in one transaction, which locks the tenant: the same request
    that comes meanwhile waits for it, and one that a killed process began left nothing.

    Parameters
    ----------
    effects
        Writes to the store; what it answers. None says that nothing was done, and is not remembered.
    """
    with store.database.writing_together() as connection:
        lock_tenants(connection, [request.tenant])
        _remove_old(connection, remembered)
        if (before := answer_to(connection, request)) is not None:
            return before
        if (answer := effects()) is not None:
            _claim(connection, request)
            remember_answer(connection, request, RememberedAnswer(answer.encode(), None))
        return answer


def answer_to(connection: Connection, request: KeyedRequest) -> str | None:
    """The answer that :func:`answer_once` remembered; None where the request is new."""
    found = _existing_answer(connection, request)
    return found.body.decode() if isinstance(found, RememberedAnswer) else None


def key_is_known(connection: Connection, tenant: str, key: str) -> bool:
    """Whether a tenant has sent a key before, with any request."""
    row_filter = KeyedRequest.of(tenant, key, "", b"").row_filter
    return connection.execute(select(idempotency.c.tenant).where(row_filter)).first() is not None


def remove_old_answers(store: Store, remembered: timedelta) -> None:
    """Remove the answers that are older than they are remembered for."""
    with store.database.writing() as connection:
        _remove_old(connection, remembered)


def _remove_old(connection: Connection, remembered: timedelta) -> None:
    """Remove the keys that are over, but none that another transaction has locked.

    A time further ahead than any key is remembered is of a clock that was set back, or was written by nobody
    of Assay: it would keep what may hold an account's verdict until it comes.
    """
    place, at = (idempotency.c.tenant, idempotency.c.key_sha256), idempotency.c.claimed_at
    is_over = (at < now(plus=-remembered)) | (at > now(plus=remembered + LONGEST_ANSWER))
    old = select(*place).where(is_over).with_for_update(skip_locked=True)
    connection.execute(delete(idempotency).where(tuple_(*place).in_(old)))


def _existing_answer(connection: Connection, request: KeyedRequest) -> RememberedAnswer | bool:
    """The answer to an earlier claim; True if that was taken over, False if it is in progress."""
    found = connection.execute(select(idempotency).where(request.row_filter)).first()
    if found is None:
        return False  # released in this moment
    if found.request_sha256 != request.content_sha256:
        raise KeyReused("This Idempotency-Key came with another request before; use a new one.")
    if found.answer is not None:
        if not answer_has_seal(connection, found):
            raise AnswerDamaged("The answer to this Idempotency-Key is not what was given; use a new one.")
        return RememberedAnswer.unpack(found.answer)
    # A clock that was set back leaves claims of the future, and nobody else would ever end theirs.
    dead = ~idempotency.c.claimed_at.between(now(plus=-LONGEST_ANSWER), now(plus=LONGEST_ANSWER))
    claim = update(idempotency).where(request.row_filter, dead, idempotency.c.answer.is_(None))
    return bool(connection.execute(claim.values(claimed_at=now())).rowcount)


def remember_answer_of(  # noqa: PLR0913, PLR0917
    store: Store,
    request: KeyedRequest,
    answer: RememberedAnswer,
    accounts: Collection[str],
    refused: Collection[str] = (),
    since: int | None = None,
) -> None:
    """Remember an answer with its accounts, unless one of them was erased meanwhile.

    Parameters
    ----------
    accounts, refused
        Those with a verdict, which is gone after an erasure, and those that the answer names beside.
    since
        The last entry of the tenant's audit log when the request came.
    """
    hashes = sorted({account_sha256(account) for account in accounts})
    named = sorted({*hashes, *map(account_sha256, refused)})
    with store.database.writing() as connection:
        head = lock_tenants(connection, [request.tenant])[request.tenant]
        is_erased = _count_stored(connection, request.tenant, hashes) < len(hashes)
        if since is not None and since < head.entries and not is_erased:
            erased = subjects_erased_after(connection, request.tenant, since)
            subjects = (store.subject(request.tenant, one) for one in (*accounts, *refused))
            is_erased = bool(erased) and not erased.isdisjoint(subjects)
        if is_erased:
            connection.execute(delete(idempotency).where(request.row_filter))
            return
        remember_answer(connection, request, answer, named)


def remember_answer(
    connection: Connection, request: KeyedRequest, answer: RememberedAnswer, accounts: Sequence[str] = ()
) -> bool:
    """Remember an answer; False where the claim is gone, or another request took it over and answered.

    Parameters
    ----------
    accounts
        The hashes of those that it is about, without doubles: it goes when one of them is erased.
    """
    # The time is this process's own: what stood in the row was under no seal yet.
    values = {"answer": answer.pack(), "claimed_at": now()}
    claimed = update(idempotency).where(request.row_filter, idempotency.c.answer.is_(None))
    row = connection.execute(claimed.values(**values).returning(*idempotency.c)).first()
    if row is None:
        return False
    rows = [
        {"tenant": request.tenant, "account_sha256": account, "key_sha256": request.key_sha256}
        for account in accounts
    ]
    if rows:
        connection.execute(insert_if_absent(connection, idempotency_accounts), rows)
    seal_answer(connection, row)
    return True


def _count_stored(connection: Connection, tenant: str, hashes: list[str]) -> int:
    """How many of the accounts have a stored verdict."""
    own = (verdicts.c.tenant == tenant, verdicts.c.account_sha256.in_(hashes))
    return connection.execute(
        select(func.count(distinct(verdicts.c.account_sha256))).where(*own)
    ).scalar_one()


def release_key(store: Store, request: KeyedRequest) -> None:
    """Release a claim without an answer, so that the next request with the key is computed."""
    with store.database.writing() as connection:
        connection.execute(delete(idempotency).where(request.row_filter, idempotency.c.answer.is_(None)))
