"""Idempotency: a request that is sent again with the same ``Idempotency-Key`` gets its first answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import anyio
from sqlalchemy import Connection
from starlette.requests import Request

from serving.http.authentication import caller_of
from serving.http.problems import RequestProblem
from serving.store.access import StoreAccess
from serving.store.idempotency_keys import (
    KeyedRequest,
    RememberedAnswer,
    claim_key,
    release_key,
    remember_answer,
    remember_answer_of,
)

__all__ = ["LONGEST_KEY", "Answer", "StillInProgress", "check_key", "idempotent", "remember_with_effects"]

LONGEST_KEY: Final = 255
LONGEST_WAIT_SECONDS: Final = 30.0
POLL_SECONDS: Final = (0.02, 0.05, 0.1, 0.2)
"""Waits between two looks for the first request's answer; the last one is repeated."""


class Answer(NamedTuple):
    """An answer that may be remembered.

    Attributes
    ----------
    body
        Its bytes.
    accounts, refused
        The ids of the accounts that it has verdicts on, and of those that it refuses: when one of
        them is erased, so is the remembered answer.
    is_remembered
        Whether ``compute`` has remembered it already, in the transaction of its effects.
    since
        The last entry of the tenant's audit log when the request came: the answer is not remembered where
        one of its accounts was erased after it. None where nothing of the request outlives an erasure.
    """

    body: bytes
    accounts: Sequence[str] = ()
    refused: Sequence[str] = ()
    is_remembered: bool = False
    since: int | None = None


class InvalidKey(RequestProblem):
    """400: the Idempotency-Key header is malformed, or cannot be honoured without a store."""

    status = 400


class StillInProgress(RequestProblem):
    """409: the first request with the key has no answer yet."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "The first request with this Idempotency-Key is still worked on.", {"Retry-After": "5"}
        )


async def idempotent(
    request: Request,
    content: bytes,
    store_access: StoreAccess,
    compute: Callable[[KeyedRequest | None], Awaitable[Answer]],
    *,
    variant: str = "",
) -> tuple[bytes, bool]:
    """Look up the answer to an earlier request with the same key; else compute it and remember it.

    Without the header it is computed and not remembered. What fails is not remembered either, so
    that it can be tried again. The header with the model names the one that gave the first answer.

    Parameters
    ----------
    content
        The request's body, or a digest of it.
    compute
        Computes the answer; called with the claim on the key, None without the header.
    variant
        What else the answer depends on beside route, query and body.

    Returns
    -------
    The answer's body, and whether an earlier request computed it.

    Raises
    ------
    RequestProblem
        If the key is malformed, came with another request, or its first request takes too long.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return (await compute(None)).body, False
    route = f"{request.url.path}?{request.url.query} {variant}"
    wanted = (caller_of(request).tenant, check_key(key, store_access), route, content)
    claim = await anyio.to_thread.run_sync(KeyedRequest.of, *wanted)  # 64 MiB take a third of a second
    earlier = await _claim_or_wait(claim, store_access)
    if earlier is not None:
        request.state.model = earlier.model
        return earlier.body, True
    try:
        answer = await compute(claim)
        if not answer.is_remembered:
            about = (answer.accounts, answer.refused, answer.since)
            await store_access.run(remember_answer_of, claim, with_its_model(request, answer.body), *about)
        return answer.body, False
    except BaseException:
        with anyio.CancelScope(shield=True):
            await store_access.run(release_key, claim)
        raise


def remember_with_effects(
    request: Request,
    connection: Connection,
    claim: KeyedRequest | None,
    body: bytes,
    accounts: Sequence[str] = (),
) -> None:
    """Remember an answer in the transaction of what it says was done; without a key there is nothing to do.

    Both are stored or neither: whatever fails, and whether or not anybody learns what became of the commit,
    the same request sent again finds the answer, or that nothing was done.

    Parameters
    ----------
    accounts
        The hashes of those that it is about.

    Raises
    ------
    StillInProgress
        If another worker took the claim over, as it does where one seems to have died: the work is its.
    """
    if claim is None:
        return
    if not remember_answer(connection, claim, with_its_model(request, body), accounts):
        raise StillInProgress


def with_its_model(request: Request, body: bytes) -> RememberedAnswer:
    """An answer to a request, with the model that its header names."""
    return RememberedAnswer(body, getattr(request.state, "model", None))


def check_key(key: str, store_access: StoreAccess) -> str:
    """The key itself, if it is well-formed and this service has a store.

    Raises
    ------
    InvalidKey
        Otherwise.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidKey(f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters.")
    if not store_access.settings.store_verdicts:
        rule = "Idempotency-Key cannot be honoured: this service keeps no verdicts (store_verdicts)."
        raise InvalidKey(rule)
    return key


async def _claim_or_wait(claim: KeyedRequest, store_access: StoreAccess) -> RememberedAnswer | None:
    """The answer of an earlier request, waited for; None where the claim is now ours."""
    remembered = timedelta(hours=store_access.settings.idempotency_hours)
    deadline, tries = time.monotonic() + LONGEST_WAIT_SECONDS, 0
    while time.monotonic() < deadline:
        found = await store_access.run(claim_key, claim, remembered)
        if found is not False:
            return None if found is True else found
        await anyio.sleep(POLL_SECONDS[min(tries, len(POLL_SECONDS) - 1)])
        tries += 1
    raise StillInProgress
