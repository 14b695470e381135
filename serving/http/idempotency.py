"""``Idempotency-Key``: a request that is sent again gets the answer that it got."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import anyio
from starlette.requests import Request

from serving.http.authentication import caller_of
from serving.http.problems import Refused
from serving.store.access import Door
from serving.store.idempotency_keys import Request as Claim
from serving.store.idempotency_keys import claim, finish, release

__all__ = ["Answer", "StillWorking", "once", "once_remembered"]

LONGEST_KEY: Final = 255
LONGEST_WAIT_SECONDS: Final = 30.0
PAUSES_SECONDS: Final = (0.02, 0.05, 0.1, 0.2)


class Answer(NamedTuple):
    """An answer, the accounts that it has verdicts on, and those that it refuses."""

    body: bytes
    accounts: Sequence[str] = ()
    refused: Sequence[str] = ()


class WrongKey(Refused):
    """The header cannot be meant like that."""

    status = 400


class StillWorking(Refused):
    """The first request with the key has no answer yet."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "The first request with this Idempotency-Key is still worked on.", {"Retry-After": "5"}
        )


async def once(
    request: Request, body: bytes, door: Door, answer: Callable[[], Awaitable[Answer]], *, forms: str = ""
) -> tuple[bytes, bool]:
    """The answer to a request, made now or, if it came before with the same key and forms, then.

    Returns
    -------
    The answer, and whether it is an earlier one.

    Raises
    ------
    Refused
        If the key is none, came with another request, or its first request takes too long.
    """

    async def remembered(asked: Claim | None) -> bytes:
        made = await answer()
        if asked:
            await door.run(finish, asked, made.body, made.accounts, made.refused)
        return made.body

    return await once_remembered(request, body, door, remembered, forms=forms)


async def once_remembered(
    request: Request,
    body: bytes,
    door: Door,
    answer: Callable[[Claim | None], Awaitable[bytes]],
    *,
    forms: str = "",
) -> tuple[bytes, bool]:
    """The same where the answer is remembered by whoever makes it, in the transaction that makes it true."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return await answer(None), False
    route = f"{request.url.path}?{request.url.query} {forms}"
    asked = Claim.of(caller_of(request).tenant, checked(key, door), route, body)
    found = await claimed(asked, door)
    if isinstance(found, bytes):
        return found, True
    return await answered(asked, door, answer), False


def checked(key: str, door: Door) -> str:
    """The key, if it can be one here."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise WrongKey(f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters.")
    if not door.settings.store_verdicts:
        raise WrongKey("Idempotency-Key cannot be honoured: this service keeps no verdicts (store_verdicts).")
    return key


async def claimed(asked: Claim, door: Door) -> bytes | None:
    """The answer of an earlier request; None where this one is the first."""
    remembered = timedelta(hours=door.settings.idempotency_hours)
    deadline, tries = time.monotonic() + LONGEST_WAIT_SECONDS, 0
    while time.monotonic() < deadline:
        found = await door.run(claim, asked, remembered)
        if found is not False:
            return None if found is True else found
        await anyio.sleep(PAUSES_SECONDS[min(tries, len(PAUSES_SECONDS) - 1)])
        tries += 1
    raise StillWorking


async def answered(asked: Claim, door: Door, answer: Callable[[Claim], Awaitable[bytes]]) -> bytes:
    """The answer; what fails is not remembered, so that it can be tried again."""
    try:
        return await answer(asked)
    except BaseException:
        with anyio.CancelScope(shield=True):
            await door.run(release, asked)
        raise
