"""How long is waited: a request for its turn, and its work for a client that is still there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from anyio import create_task_group, current_effective_deadline, current_time, move_on_after
from starlette.requests import ClientDisconnect, Request

from serving.http.problems import ServiceUnavailable

__all__ = ["RETRY_AFTER_SECONDS", "seconds_left", "waiting_for_turn", "while_client_waits"]

WAITING_SHARE: Final = 0.5
"""Of the time that a request has, what it may wait for its turn; the rest is for its own work."""

RETRY_AFTER_SECONDS: Final = 60


@contextmanager
def waiting_for_turn(what: str) -> Iterator[None]:
    """Wait within the block, for half of the time that is left to the request.

    Parameters
    ----------
    what
        What is waiting, for a sentence: ``reports``.

    Raises
    ------
    ServiceUnavailable
        With ``Retry-After``, if the turn has not come by then.
    """
    with move_on_after(seconds_left() * WAITING_SHARE) as wait:
        yield
    if wait.cancelled_caught:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise ServiceUnavailable(f"Too many {what} are waiting; try again later.", headers)


@asynccontextmanager
async def while_client_waits(request: Request) -> AsyncIterator[None]:
    """Cancel the block once the client of a request, whose body was read, has hung up.

    Raises
    ------
    ClientDisconnect
        If it has.
    """
    is_gone = False
    try:
        async with create_task_group() as group:

            async def watch() -> None:
                nonlocal is_gone
                while (await request.receive())["type"] != "http.disconnect":
                    pass
                is_gone = True
                group.cancel_scope.cancel()

            group.start_soon(watch)
            yield
            group.cancel_scope.cancel()
    except BaseExceptionGroup as raised:
        raise raised.exceptions[0] from None  # of the block: nothing else raises here
    if is_gone:
        raise ClientDisconnect


def seconds_left() -> float:
    """Seconds until the request is ended for the time that it has taken."""
    return current_effective_deadline() - current_time()
