"""Accounts that wait at the same time are judged in one go.

Most of the time for one account goes into starting each of a few hundred expressions, so
that sixteen at once take three times as long as one, and not sixteen times. Nobody waits
for company: whoever comes while nothing is judged is judged at once, alone. The verdicts
are the same bit for bit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

import anyio.to_thread

from accounts.tables import Tables
from detector.screening import Detector
from detector.words import Explain
from serving.ledger import Ledger
from serving.made import judged
from serving.store.keys import Caller
from serving.store.verdicts import Made

__all__ = ["MOST_TOGETHER", "Together"]

MOST_TOGETHER: Final = 32


class Waiting(NamedTuple):
    """An account, who asked about it, and the promise of its verdict."""

    account_id: str
    tables: Tables
    caller: Caller
    explain: Explain
    verdict: asyncio.Future[Made]


class Together:
    """Judges single accounts beside the event loop, those that wait together in one go."""

    def __init__(self, detector: Detector, ledger: Ledger) -> None:
        self.detector = detector
        self.ledger = ledger
        self.queue: list[Waiting] = []
        self.work: asyncio.Task[None] | None = None

    async def verdict(self, tables: Tables, caller: Caller, explain: Explain = Explain.FLAGGED) -> Made:
        """The verdict on one account, kept."""
        future: asyncio.Future[Made] = asyncio.get_running_loop().create_future()
        self.queue.append(Waiting(tables.accounts["account_id"][0], tables, caller, explain, future))
        if self.work is None or self.work.done():
            self.work = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while group := self._next():
            answers = await anyio.to_thread.run_sync(self.answer, group)
            for waiting, answer in zip(group, answers, strict=True):
                settle(waiting.verdict, answer)

    def _next(self) -> list[Waiting]:
        """Take those that have waited longest and are asked about alike.

        Tables hold an id once, so its second account stays; who left in the meantime is forgotten.
        """
        self.queue = [waiting for waiting in self.queue if not waiting.verdict.done()]
        group: dict[str, Waiting] = {}
        for waiting in self.queue:
            if len(group) < MOST_TOGETHER and waiting.explain is self.queue[0].explain:
                group.setdefault(waiting.account_id, waiting)
        taken = list(group.values())
        self.queue = [waiting for waiting in self.queue if group.get(waiting.account_id) is not waiting]
        return taken

    def answer(self, group: Sequence[Waiting]) -> Sequence[Made | Exception]:
        """Verdicts of a group, kept; without that there is none."""
        tables = Tables.concat([waiting.tables for waiting in group])
        answers = judged(self.detector, tables, group[0].explain)
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


def settle(promise: asyncio.Future[Made], answer: Made | Exception) -> None:
    """Keep the promise, unless nobody waits for it any more."""
    if promise.cancelled():
        return
    if isinstance(answer, Exception):
        promise.set_exception(answer)
    else:
        promise.set_result(answer)
