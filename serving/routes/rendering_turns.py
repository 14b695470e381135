"""Turns at rendering what is stored, as results or reports: one thread for all, shared fairly by tenants.

As many threads as there are downloads would hold the interpreter's lock by turns, and everybody else would
wait for all of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

from anyio import to_thread
from starlette.requests import Request

from serving.http.authentication import caller_of
from serving.http.waiting import waiting_for_turn, while_client_waits
from serving.screening.fair_turns import FairTurns

__all__ = ["render_in_turn", "stream_in_turns", "whole_in_turns"]

Result = TypeVar("Result")


async def render_in_turn(request: Request, render: Callable[[], Result], cost: int = 0) -> Result:
    """The result of work in a thread, begun as soon as it is the turn of the request's tenant.

    Parameters
    ----------
    cost
        Bytes that the work is about, beside what every piece of work costs.

    Raises
    ------
    ServiceUnavailable
        If its turn does not come in half of the request's time.
    ClientDisconnect
        If the client hangs up before.
    """
    async with while_client_waits(request):
        return await _in_turn(request, render, cost)


async def whole_in_turns(request: Request, parts: Iterator[bytes]) -> bytes:
    """An answer of many parts, each computed in a turn of its own; raises as :func:`render_in_turn`."""
    async with while_client_waits(request):
        return b"".join([part async for part in stream_in_turns(request, parts)])


async def _in_turn(request: Request, render: Callable[[], Result], cost: int) -> Result:
    turns: FairTurns = request.app.state.rendering_turns
    with turns.line(caller_of(request).tenant) as line:
        with waiting_for_turn("downloads"):
            await line.due(cost)
        return await to_thread.run_sync(render)


async def stream_in_turns(request: Request, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Parts of an answer, each computed in a turn of its own: who reads slowly holds none meanwhile."""
    size = 0
    while (part := await _in_turn(request, lambda: next(parts, None), size)) is not None:
        size = len(part)
        yield part
