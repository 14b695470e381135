"""Fair turns: tenants that wait for the same threads get as many bytes of work done as each other.

Start-time fair queueing (Goyal, Vin and Cheng 1996): a piece of work begins, on a clock of bytes, where the
one before of its tenant ended, or now if that is later; the work that begins first is next. A tenant with
little work waits for one piece of somebody else's at most, and one that was idle has saved nothing up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

__all__ = ["BASE_COST", "FairClock", "FairTurns", "Line"]

BASE_COST: Final = 20_000
"""What every piece of work costs beside its bytes."""


class FairClock:
    """When each tenant's next piece of work begins, on a clock of bytes of work.

    >>> clock = FairClock()
    >>> clock.charge("a", 100)
    >>> clock.begins("a"), clock.begins("b")
    (100.0, 0.0)
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.ends: dict[str, float] = {}

    def begins(self, tenant: str) -> float:
        """When the tenant's next piece of work begins."""
        return max(self.now, self.ends.get(tenant, 0.0))

    def charge(self, tenant: str, cost: float) -> None:
        """Count a piece of work that is done now; tenants that are owed nothing are forgotten."""
        self.now = self.begins(tenant)
        self.ends[tenant] = self.now + cost
        self.ends = {name: end for name, end in self.ends.items() if end > self.now}


@dataclass(eq=False)
class Line:
    """The turns of one request; those of an earlier request of the same tenant come first.

    Attributes
    ----------
    ready
        While it waits: done once it is its turn.
    holds
        Whether it has its turn now.
    """

    turns: FairTurns
    tenant: str
    arrival: int
    ready: asyncio.Future[None] | None = field(default=None, init=False)
    holds: bool = field(default=False, init=False)

    async def due(self, cost: int) -> None:
        """Begin the next piece of work, of so many bytes, as soon as nobody else's is due before."""
        if self.holds and self.turns.is_another_before(self):
            self.turns.release()
            self.holds = False
        if not self.holds:
            await self.turns.wait(self)
            self.holds = True
        self.turns.clock.charge(self.tenant, cost + BASE_COST)

    def end(self) -> None:
        """The request needs no turn any more."""
        if self.holds:
            self.holds = False
            self.turns.release()


class FairTurns:
    """Turns at threads or processes, so many at a time."""

    def __init__(self, at_once: int = 1) -> None:
        self.clock = FairClock()
        self.arrivals = count()
        self.waiting: list[Line] = []
        self.free = at_once

    @contextmanager
    def line(self, tenant: str) -> Iterator[Line]:
        """The place in the line of a request that begins now."""
        line = Line(self, tenant, next(self.arrivals))
        try:
            yield line
        finally:
            line.end()

    def place(self, line: Line) -> tuple[float, int]:
        """Whose turn is next: the line with the smallest place."""
        return self.clock.begins(line.tenant), line.arrival

    def is_another_before(self, line: Line) -> bool:
        """Whether one that waits is due before the next piece of this one."""
        return any(self.place(other) < self.place(line) for other in self.waiting)

    async def wait(self, line: Line) -> None:
        """Wait until it is this request's turn."""
        if self.free:
            self.free -= 1
            return
        line.ready = asyncio.get_running_loop().create_future()
        self.waiting.append(line)
        try:
            await line.ready
        except asyncio.CancelledError:
            if line.ready.cancelled():
                self.waiting = [other for other in self.waiting if other is not line]
            else:  # it was its turn already
                self.release()
            raise

    def release(self) -> None:
        """End a turn; the next one begins."""
        self.waiting = [line for line in self.waiting if line.ready and not line.ready.done()]
        if not self.waiting:
            self.free += 1
            return
        due = min(self.waiting, key=self.place)
        self.waiting.remove(due)
        assert due.ready is not None
        due.ready.set_result(None)
