"""Verdicts are kept in groups: those that wait at the same time share one transaction.

Most of the time for keeping one goes into making sure that it outlives a power cut, and that
takes no longer for thirty. Meanwhile the next accounts are judged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from anyio import CapacityLimiter, to_thread

from serving.door import Door
from serving.store.verdicts import Entry, keep

__all__ = ["Ledger"]


class Waiting(NamedTuple):
    """Verdicts of one request, and the promise that they are kept."""

    entries: Sequence[Entry]
    kept: asyncio.Future[None]


class Ledger:
    """Keeps verdicts beside the event loop."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.queue: list[Waiting] = []
        self.work: asyncio.Task[None] | None = None
        self.limiter = CapacityLimiter(1)

    async def keep(self, entries: Sequence[Entry]) -> None:
        """Keep them; when this returns they are.

        Raises
        ------
        NoUsableStore
            If the database does not take them.
        """
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.queue.append(Waiting(entries, kept))
        if self.work is None or self.work.done():
            self.work = asyncio.create_task(self._work())
        await kept

    async def _work(self) -> None:
        while self.queue:
            group, self.queue = self.queue, []
            failure = await to_thread.run_sync(self.attempt, group, limiter=self.limiter)
            for waiting in group:
                if waiting.kept.cancelled():
                    continue
                if failure:
                    waiting.kept.set_exception(failure)
                else:
                    waiting.kept.set_result(None)

    def attempt(self, group: Sequence[Waiting]) -> Exception | None:
        """Keep all of them or none; what went wrong, if anything did."""
        try:
            keep(self.door.opened(), [entry for waiting in group for entry in waiting.entries])
        except Exception as error:
            return error
        return None
