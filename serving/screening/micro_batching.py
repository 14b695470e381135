"""Documents that wait at the same time are read and judged in one go.

Most of the time for one account goes into starting each of a few hundred expressions, and
into making its tables, so that sixteen at once take three times as long as one, and not
sixteen times. Nobody waits for company: whoever comes while nothing is judged is judged at
once, alone. The verdicts are the same bit for bit.

One thread does it all. A thread for each document would have them all, and the event loop
with them, wait for each other at Python's lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from anyio import CapacityLimiter, to_thread
from polars.exceptions import PanicException

from accounts.errors import BadInput
from accounts.reading import Bounds, read_each
from detector.screening import Detector
from serving.http.query import Asked, shown
from serving.screening.recorder import Ledger
from serving.screening.records import judged, raisable
from serving.store.api_keys import Caller
from serving.store.verdict_rows import Made

__all__ = ["MOST_TOGETHER", "Together"]

MOST_TOGETHER: Final = 32
MOST_BYTES: Final = 2**21
"""Documents of a group, but for its first, together: a large one keeps few waiting."""


class Waiting(NamedTuple):
    """A document, what is asked about it and by whom, and the promise of its verdict."""

    document: bytes
    asked: Asked
    caller: Caller
    verdict: asyncio.Future[Made]


class Together:
    """Judges single accounts beside the event loop, those that wait together in one go."""

    def __init__(self, detector: Detector, bounds: Bounds, ledger: Ledger) -> None:
        self.detector = detector
        self.bounds = bounds
        self.ledger = ledger
        self.queue: list[Waiting] = []
        self.work: asyncio.Task[None] | None = None
        self.thread = CapacityLimiter(1)  # its own: whatever else works in threads keeps nobody waiting here

    async def verdict(self, document: bytes, asked: Asked, caller: Caller) -> Made:
        """The verdict on the account of a document, kept.

        Raises
        ------
        BadInput
            With everything that is wrong with the document.
        """
        future: asyncio.Future[Made] = asyncio.get_running_loop().create_future()
        self.queue.append(Waiting(document, asked, caller, future))
        if self.work is None or self.work.done():
            self.work = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while group := self._next():
            answers = await to_thread.run_sync(self.answer, group, limiter=self.thread)
            self.queue += [waiting for waiting, answer in zip(group, answers, strict=True) if answer is None]
            for waiting, answer in zip(group, answers, strict=True):
                if answer is not None:
                    settle(waiting.verdict, answer)

    def _next(self) -> list[Waiting]:
        """Take those that have waited longest and are asked about alike; who left meanwhile is forgotten."""
        self.queue = [waiting for waiting in self.queue if not waiting.verdict.done()]
        group: list[Waiting] = []
        size = 0
        for waiting in self.queue:
            if waiting.asked != self.queue[0].asked:
                continue
            size += len(waiting.document)
            if group and (size > MOST_BYTES or len(group) == MOST_TOGETHER):
                break
            group.append(waiting)
        taken = set(map(id, group))
        self.queue = [waiting for waiting in self.queue if id(waiting) not in taken]
        return group

    def answer(self, group: Sequence[Waiting]) -> list[Made | Exception | None]:
        """Verdicts of a group, kept; without that there is none. None: to be judged after this group."""
        answers = self.attempt(group)
        made = [
            (one.caller, answer)
            for one, answer in zip(group, answers, strict=True)
            if isinstance(answer, Made)
        ]
        try:
            self.ledger.keep(made)
        except Exception as error:
            return [error if isinstance(answer, Made) else answer for answer in answers]
        return answers

    def attempt(self, group: Sequence[Waiting]) -> list[Made | Exception | None]:
        """Verdicts of a group; what cannot be read or judged fails alone, and not those beside it."""
        asked = group[0].asked
        try:
            tables, found = read_each([one.document for one in group], bounds=self.bounds)
            verdicts = iter(judged(self.detector, shown(tables, asked.blocks), asked.explain))
        except (Exception, PanicException) as error:
            return [raisable(error)] if len(group) == 1 else [self.attempt([one])[0] for one in group]
        return [one if isinstance(one, BadInput) else next(verdicts) if one else None for one in found]


def settle(promise: asyncio.Future[Made], answer: Made | Exception) -> None:
    """Keep the promise, unless nobody waits for it any more."""
    if promise.cancelled():
        return
    if isinstance(answer, Exception):
        promise.set_exception(answer)
    else:
        promise.set_result(answer)
