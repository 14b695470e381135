"""Micro-batching: documents that wait at the same time are read and screened as one batch.

Most of the time for one account goes into starting each of a few hundred expressions and into
making its tables: sixteen at once take three times as long as one, and not sixteen times. No
document waits for a batch to fill up: one that comes while nothing is screened is screened at
once, alone. The verdicts are the same bit for bit.

One thread does it all. With a thread for each document they would all wait for each other at
Python's global lock, and the event loop with them. It records what it screened, too: another thread
could do so while the next batch is screened, but a client that waits for its verdict to be recorded
has no request in the next batch, and batches become half as large. The exception are verdicts of a
tenant of whose rows in the database another transaction holds some: nobody knows for how long, and
no other tenant waits for them.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

from anyio import CapacityLimiter, to_thread
from polars.exceptions import PanicException

from accounts.errors import BadInput
from accounts.reading import Bounds, read_each
from accounts.tables import Tables
from detector.screening import Detector
from serving.http.query import ScreeningOptions
from serving.screening.fair_turns import BASE_COST, FairClock
from serving.screening.masking import mask_blocks
from serving.screening.observed import join_where_asked
from serving.screening.promises import BrokenPromises
from serving.screening.recorder import VerdictRecorder
from serving.screening.records import as_exception, screen_each
from serving.screening.shadow import Shadow
from serving.store.access import ASKING_TENANT
from serving.store.api_keys import Caller
from serving.store.verdict_rows import AccountErased, NewVerdict, TenantVerdict, VerdictKey

__all__ = ["LARGEST_BATCH", "LARGEST_BATCH_BYTES", "MicroBatcher"]

LARGEST_BATCH: Final = 32
LARGEST_BATCH_BYTES: Final = 2**21
"""Bytes of a batch's documents, where it has more than one: a large one keeps few waiting."""


OBSERVED_BYTES: Final = 2**18
"""What joining the observations of an account is taken for: few are joined at once, they may be long."""


class WaitingDocument(NamedTuple):
    """A document in the queue, with its options, its caller, and the future of its verdict.

    ``since`` is the last entry of the tenant's audit log when it came, where anything is stored.
    """

    document: bytes
    options: ScreeningOptions
    caller: Caller
    verdict: asyncio.Future[NewVerdict]
    since: int | None = None

    @property
    def size(self) -> int:
        """Bytes of work: of the document, and of what may have been observed before."""
        return len(self.document) + (OBSERVED_BYTES if self.options.with_observed else 0)

    @property
    def cost(self) -> int:
        """What it costs its tenant, in bytes of work."""
        return self.size + BASE_COST

    @property
    def kind(self) -> tuple[ScreeningOptions, str]:
        """What documents of one batch have in common; what was observed is one tenant's."""
        return self.options, self.caller.tenant if self.options.with_observed else ""


class MicroBatcher:
    """Screens single accounts in a thread beside the event loop, those that wait as one batch."""

    def __init__(
        self,
        detector: Detector,
        bounds: Bounds,
        recorder: VerdictRecorder,
        promises: BrokenPromises | None = None,
        shadow: Shadow | None = None,
    ) -> None:
        self.detector = detector
        self.bounds = bounds
        self.recorder = recorder
        self.promises = promises or BrokenPromises()
        self.shadow = shadow
        self.queue: list[WaitingDocument] = []
        self.work: asyncio.Task[None] | None = None
        self.recordings: set[asyncio.Task[None]] = set()
        self.clock = FairClock()
        self.thread = CapacityLimiter(1)  # its own, so that no other work in threads delays it

    async def screen(
        self, document: bytes, options: ScreeningOptions, caller: Caller, since: int | None = None
    ) -> NewVerdict:
        """The verdict on the account of a document, once it is recorded.

        Raises
        ------
        BadInput
            With every fault of the document.
        AccountErased
            If the account was erased after the entry ``since`` of the tenant's audit log.
        """
        future: asyncio.Future[NewVerdict] = asyncio.get_running_loop().create_future()
        self.queue.append(WaitingDocument(document, options, caller, future, since))
        if self.work is None or self.work.done():
            self.work = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while batch := self._next_batch():
            answers = await to_thread.run_sync(self.screen_and_record, batch, limiter=self.thread)
            held: dict[str, list[tuple[WaitingDocument, TenantVerdict]]] = defaultdict(list)
            for waiting, answer in zip(batch, answers, strict=True):
                if answer is None:
                    self.queue.append(waiting)
                elif isinstance(answer, TenantVerdict):
                    held[answer.tenant].append((waiting, answer))
                else:
                    self._answer(waiting, answer)
            for tenant, own in held.items():
                recording = asyncio.create_task(self._record_held(tenant, own))
                self.recordings.add(recording)
                recording.add_done_callback(self.recordings.discard)

    async def _record_held(self, tenant: str, held: Sequence[tuple[WaitingDocument, TenantVerdict]]) -> None:
        """Record verdicts of a tenant of whose rows another transaction held some, and answer them."""
        ASKING_TENANT.set(tenant)
        refusal: Exception | None = None
        erased: frozenset[VerdictKey] = frozenset()
        try:
            erased = await self.recorder.record_waiting([entry for _, entry in held])
        except Exception as error:
            refusal = error
        for waiting, entry in held:
            removal = AccountErased() if entry.key in erased else None
            self._answer(waiting, refusal or removal or entry.verdict)

    def _answer(self, waiting: WaitingDocument, answer: NewVerdict | Exception) -> None:
        if self.shadow is not None:
            read, size = partial(self.read, [waiting]), len(waiting.document)
            self.shadow.offer(waiting.caller.tenant, read, [answer], size)
        resolve(waiting.verdict, answer)

    def _next_batch(self) -> list[WaitingDocument]:
        """Take documents of one kind, tenant by tenant; those of cancelled requests are dropped."""
        self.queue = [waiting for waiting in self.queue if not waiting.verdict.done()]
        batch: list[WaitingDocument] = []
        size = 0
        for waiting in (due := in_turns(self.queue, self.clock)):
            if waiting.kind != due[0].kind:
                continue
            size += waiting.size
            if batch and (size > LARGEST_BATCH_BYTES or len(batch) == LARGEST_BATCH):
                break
            batch.append(waiting)
        for waiting in batch:
            self.clock.charge(waiting.caller.tenant, waiting.cost)
        batch_ids = set(map(id, batch))
        self.queue = [waiting for waiting in self.queue if id(waiting) not in batch_ids]
        return batch

    def screen_and_record(
        self, batch: Sequence[WaitingDocument]
    ) -> list[NewVerdict | TenantVerdict | Exception | None]:
        """Verdicts of a batch, recorded; if that fails, every one becomes its error.

        A :class:`TenantVerdict` is one that is yet to be recorded, as another transaction holds rows. None
        stands for a document that must be screened after this batch, as its account is in it twice.
        """
        answers: list[NewVerdict | TenantVerdict | Exception | None] = [
            self.promises.say(waiting.caller.tenant, [answer])[0]
            for waiting, answer in zip(batch, self.screen_batch(batch), strict=True)
        ]
        verdicts = {
            at: TenantVerdict(waiting.caller.tenant, waiting.caller.actor, answer, waiting.since)
            for at, (waiting, answer) in enumerate(zip(batch, answers, strict=True))
            if isinstance(answer, NewVerdict)
        }
        try:
            unstored = self.recorder.record(list(verdicts.values()), waits_for_tenants=False)
        except Exception as error:
            return [error if isinstance(answer, NewVerdict) else answer for answer in answers]
        for at, entry in verdicts.items():
            if entry.key in unstored.erased:
                answers[at] = AccountErased()
            elif entry.key in unstored.held:
                answers[at] = entry
        return answers

    def read(self, batch: Sequence[WaitingDocument]) -> Tables:
        """The accounts of documents that were read before, as they were screened."""
        tables, _ = read_each([one.document for one in batch], bounds=self.bounds)
        options = batch[0].options
        joined = join_where_asked(self.recorder, batch[0].caller.tenant, options, tables)
        return mask_blocks(joined, options.blocks)

    def screen_batch(self, batch: Sequence[WaitingDocument]) -> list[NewVerdict | Exception | None]:
        """Verdicts of a batch; a document that cannot be read or screened fails alone."""
        options = batch[0].options
        try:
            tables, found = read_each([one.document for one in batch], bounds=self.bounds)
            tables = join_where_asked(self.recorder, batch[0].caller.tenant, options, tables)
            verdicts = iter(screen_each(self.detector, mask_blocks(tables, options.blocks), options.explain))
        except (Exception, PanicException) as error:
            if len(batch) == 1:
                return [as_exception(error)]
            return [self.screen_batch([waiting])[0] for waiting in batch]
        return [one if isinstance(one, BadInput) else next(verdicts) if one else None for one in found]


def in_turns(queue: Sequence[WaitingDocument], clock: FairClock) -> list[WaitingDocument]:
    """Waiting documents in the order in which they are due: each tenant gets as many bytes read as another.

    However many heavy documents a tenant has sent, another's small ones wait for one of them at most.
    """
    begins: dict[str, float] = {}
    order: list[tuple[float, int]] = []
    for number, waiting in enumerate(queue):
        tenant = waiting.caller.tenant
        moment = begins.get(tenant, clock.begins(tenant))
        begins[tenant] = moment + waiting.cost
        order.append((moment, number))
    return [queue[number] for _, number in sorted(order)]


def resolve(future: asyncio.Future[NewVerdict], answer: NewVerdict | Exception) -> None:
    """Set a future's result or exception, unless its request was cancelled."""
    if future.cancelled():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
