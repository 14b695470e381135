"""The screening service: documents in, verdicts out, in threads beside the event loop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from anyio import CapacityLimiter, to_thread

from detector.screening import Detector
from serving.http.bodies import Body
from serving.http.query import ScreeningOptions
from serving.http.waiting import waiting_for_turn
from serving.limits import Limits
from serving.screening.batch_documents import BatchDocuments
from serving.screening.batch_screening import BatchScreening, RefusedEntry, ScreeningParts
from serving.screening.fair_turns import FairTurns
from serving.screening.micro_batching import LARGEST_BATCH_BYTES, MicroBatcher
from serving.screening.old_models import OldModels
from serving.screening.promises import BrokenPromises
from serving.screening.recorder import VerdictRecorder
from serving.screening.records import replay_verdict
from serving.screening.shadow import Shadow
from serving.store.api_keys import Caller
from serving.store.verdict_rows import NewVerdict, StoredVerdict

__all__ = ["ScreeningService"]

T = TypeVar("T")

PARSING_IS_CHEAPER: Final = 8
"""Than screening, by so many times."""


class ScreeningService:
    """Screens the accounts of requests with one detector, and records the verdicts.

    Single accounts, large ones, batches and replays have a thread each, so that no large body keeps
    single accounts waiting. Large is also what stored observations join: they may be a hundred thousand rows.
    """

    def __init__(
        self,
        detector: Detector,
        limits: Limits,
        recorder: VerdictRecorder,
        promises: BrokenPromises | None = None,
        shadow: Shadow | None = None,
    ) -> None:
        self.detector = detector
        self.limits = limits
        self.recorder = recorder
        self.promises = promises or BrokenPromises()
        self.shadow = shadow
        self.batcher = MicroBatcher(detector, limits.bounds, recorder, self.promises, shadow)
        self.large = MicroBatcher(detector, limits.bounds, recorder, self.promises, shadow)
        self.batches = CapacityLimiter(1)
        self.turns = FairTurns()
        self.replay_thread = CapacityLimiter(1)
        self.replay_turns = FairTurns()
        self.old_models = OldModels(recorder.store_access.settings.home, detector.bundle.sha256)

    @property
    def is_busy(self) -> bool:
        """Whether anything is being screened."""
        threads = (self.batcher.thread, self.large.thread, self.batches)
        return any(thread.borrowed_tokens for thread in threads)

    async def screen_one(
        self, body: Body, options: ScreeningOptions, caller: Caller, since: int | None = None
    ) -> NewVerdict:
        """The verdict on the account document of a body, recorded for the caller.

        Raises
        ------
        BadInput
            With every fault of the document.
        AccountErased
            If the account was erased after the entry ``since`` of the tenant's audit log.
        """
        is_large = len(body.data) > LARGEST_BATCH_BYTES or options.with_observed
        batcher = self.large if is_large else self.batcher
        return await batcher.screen(body.data, options, caller, since)

    async def screen_batch(
        self, body: Body, options: ScreeningOptions, caller: Caller, since: int | None = None
    ) -> list[NewVerdict | RefusedEntry]:
        """A verdict or a refusal for each document of a body, in order.

        They are screened a few MiB at a time; tenants whose batches wait take turns. The verdicts are
        recorded for the caller once all are there; an account that was erased after the entry ``since`` of
        the tenant's audit log gets a problem.

        Raises
        ------
        BadInput
            If the body as a whole is not a list of documents.
        """
        screening = self._batch(options, caller, since)
        with self.turns.line(caller.tenant) as line:
            await line.due(len(body.data) // PARSING_IS_CHEAPER)
            documents = await self._in_thread(partial(BatchDocuments.of, body, self.limits))
            for piece in documents.pieces():
                await line.due(piece.bytes)
                await self._in_thread(partial(screening.screen, piece))
        return screening.recorded(await self.recorder.record_waiting(screening.verdicts))

    def _batch(self, options: ScreeningOptions, caller: Caller, since: int | None = None) -> BatchScreening:
        bounds = self.limits.bounds
        parts = ScreeningParts(self.detector, bounds, self.recorder, self.promises, self.shadow)
        return BatchScreening(parts, options, caller, since)

    async def in_turn(self, tenant: str, cost: int, work: Callable[[], T]) -> T:
        """Work of a tenant in the thread of batches, of about so many bytes, by turns of tenants.

        Raises
        ------
        ServiceUnavailable
            If the turn of a request does not come in half of its time.
        """
        with self.turns.line(tenant) as line:
            with waiting_for_turn("screenings"):
                await line.due(cost)
            return await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await to_thread.run_sync(work, limiter=self.batches)

    async def replay(self, tenant: str, stored: StoredVerdict) -> dict[str, Any]:
        """Compute a tenant's verdict again, by the model and from the features of the verdict.

        See :func:`replay_verdict`. Tenants take turns.

        Raises
        ------
        ModelNotFound
            If its model is neither among those of the home nor the starter, or cannot be used any more.
        ServiceUnavailable
            If the turn of a request does not come in half of its time.
        """
        with self.replay_turns.line(tenant) as line:
            with waiting_for_turn("replays"):
                await line.due(0)
            return await to_thread.run_sync(self._replay, stored, limiter=self.replay_thread)

    def _replay(self, stored: StoredVerdict) -> dict[str, Any]:
        wanted, detector = stored.model_sha256, self.detector
        if wanted != detector.bundle.sha256:
            detector = self.old_models.get(wanted, stored.verdict_id)
        return replay_verdict(detector, stored)

    def model_document(self, tenant: str) -> dict[str, Any]:
        """The model in use, as ``/v1/model`` answers: what it is, promises and was trained on.

        ``promise_broken`` says why the promise does not hold for a tenant; null while nothing speaks against
        it.
        """
        bundle = self.detector.bundle
        facts = bundle.facts
        return {
            "promise_broken": self.promises.sentence(tenant, bundle.sha256),
            "name": facts.name,
            "version": facts.version,
            "sha256": bundle.sha256,
            "created_at": facts.created_at,
            "catalogue": facts.catalogue,
            "trained_on": list(facts.trained_on),
            "calibrated_on": facts.calibrated_on,
            "alpha": facts.alpha,
            "confidence": facts.confidence,
            "levels": [
                {
                    "level": row.level,
                    "calibration_accounts": row.authentic_accounts,
                    "threshold": row.accuse_above,
                    "expected_recall": row.expected_recall,
                    "false_accusation_rate": row.false_accusation_rate,
                }
                for row in bundle.levels
            ],
        }

    def screen_documents(
        self, body: Body, options: ScreeningOptions, caller: Caller
    ) -> list[NewVerdict | RefusedEntry]:
        """Screen a batch in this thread; as :meth:`screen_batch`."""
        screening = self._batch(options, caller)
        for piece in BatchDocuments.of(body, self.limits).pieces():
            screening.screen(piece)
        return screening.recorded(self.recorder.record(screening.verdicts).erased)
