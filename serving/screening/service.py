"""The screening service: documents in, verdicts out, in threads beside the event loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from anyio import CapacityLimiter, NoEventLoopError, from_thread, to_thread

from accounts.errors import BadInput, Fault
from accounts.reading import Chunk, read_documents
from accounts.reading.bounds import check_shape
from accounts.reading.json_parser import ParseError, parse_json
from accounts.reading.quoting import quote
from accounts.schema import TABLES
from accounts.tables import Tables
from detector.bundle import load
from detector.locate import find
from detector.screening import Detector
from serving.http.bodies import Body, BodyFormat
from serving.http.problems import RequestProblem, problem_of
from serving.http.query import ScreeningOptions
from serving.limits import Limits
from serving.screening.masking import mask_blocks
from serving.screening.micro_batching import MicroBatcher
from serving.screening.observed import join_where_asked
from serving.screening.promises import BrokenPromises
from serving.screening.recorder import VerdictRecorder
from serving.screening.records import failed_entry, replay_verdict, screen_each
from serving.screening.shadow import Shadow
from serving.store.api_keys import Caller
from serving.store.verdict_rows import NewVerdict, StoredVerdict

__all__ = ["ScreeningService", "batch_documents", "check_cancelled"]

ACCOUNTS_AT_A_TIME: Final = 500
"""Accounts of a batch that are screened between two looks whether its request was cancelled."""


class ModelNotFound(RequestProblem):
    """409: the model that gave a verdict is not on this machine."""

    status = 409


class ScreeningService:
    """Screens the accounts of requests with one detector, and records the verdicts.

    Single accounts, batches and replays have a thread each, so that a large batch does not keep
    single accounts waiting.
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
        self.batches = CapacityLimiter(1)
        self.replays = CapacityLimiter(1)

    @property
    def is_busy(self) -> bool:
        """Whether anything is being screened."""
        return bool(self.batcher.thread.borrowed_tokens or self.batches.borrowed_tokens)

    async def screen_one(self, body: Body, options: ScreeningOptions, caller: Caller) -> NewVerdict:
        """The verdict on the account document of a body, recorded for the caller.

        Raises
        ------
        BadInput
            With every fault of the document.
        """
        return await self.batcher.screen(body.data, options, caller)

    async def screen_batch(
        self, body: Body, options: ScreeningOptions, caller: Caller
    ) -> list[NewVerdict | dict[str, Any]]:
        """A verdict for each document of a body, or ``{"account_id": ..., "problem": {...}}``, in order.

        The verdicts are recorded for the caller.

        Raises
        ------
        BadInput
            If the body as a whole is not a list of documents.
        """
        return await to_thread.run_sync(self.screen_documents, body, options, caller, limiter=self.batches)

    async def replay(self, stored: StoredVerdict) -> dict[str, Any]:
        """Compute a stored verdict again, by its own model from its own features; see :func:`replay_verdict`.

        Raises
        ------
        ModelNotFound
            If its model is neither among those of the home nor the starter.
        """
        return await to_thread.run_sync(self._replay, stored, limiter=self.replays)

    def _replay(self, stored: StoredVerdict) -> dict[str, Any]:
        wanted, detector = stored.model_sha256, self.detector
        if wanted != detector.bundle.sha256:
            folder = find(wanted, self.recorder.store_access.settings.home)
            if folder is None:
                raise ModelNotFound(
                    f"Verdict {stored.verdict_id} was given by the model with sha256 {wanted}, which is not "
                    f"here; the one in use is {detector.bundle.sha256}."
                )
            detector = Detector(load(folder, expected=wanted))
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
    ) -> list[NewVerdict | dict[str, Any]]:
        """Screen a batch in this thread; as :meth:`screen_batch`."""
        documents = batch_documents(body, self.limits)
        return self.screen_chunk(read_documents(documents, bounds=self.limits.bounds), options, caller)

    def screen_chunk(
        self, chunk: Chunk, options: ScreeningOptions, caller: Caller
    ) -> list[NewVerdict | dict[str, Any]]:
        """Screen accounts that were read, in this thread; a verdict or a problem for each, in their order."""
        tables = join_where_asked(self.recorder, caller.tenant, options, chunk.tables)
        masked = mask_blocks(tables, options.blocks)
        screened = self.promises.say(caller.tenant, list(self.screen_tables(masked, options)))
        self.recorder.record((caller, one) for one in screened if isinstance(one, NewVerdict))
        if self.shadow is not None:
            size = sum(masked[name].estimated_size() for name in TABLES)
            self.shadow.offer(caller.tenant, lambda: masked, screened, int(size))
        verdicts = iter(screened)
        answers: list[NewVerdict | dict[str, Any]] = []
        place, last = "", dict[str, Any]()
        for entry in chunk.order:
            if not isinstance(entry, Fault):
                one = next(verdicts)
                answers.append(one if isinstance(one, NewVerdict) else failed_entry(entry, one))
            elif entry.place == place:
                last["problem"]["errors"] += problem_of(BadInput(entry))["errors"]
            else:
                last = {"account_id": entry.account_id, "problem": problem_of(BadInput(entry))}
                answers.append(last)
            place = entry.place if isinstance(entry, Fault) else ""
        return answers

    def screen_tables(self, tables: Tables, options: ScreeningOptions) -> Iterator[NewVerdict | Exception]:
        """Screen many accounts, some at a time, until the request that waits for them is cancelled."""
        ids = tables.accounts["account_id"].to_list()
        for start in range(0, len(ids), ACCOUNTS_AT_A_TIME):
            check_cancelled()
            some = tables.select(ids[start : start + ACCOUNTS_AT_A_TIME])
            yield from screen_each(self.detector, some, options.explain)


def check_cancelled() -> None:
    """Raise anyio's cancellation in this thread if its request was cancelled."""
    with suppress(NoEventLoopError):
        from_thread.check_cancelled()


def batch_documents(body: Body, limits: Limits) -> list[Any]:
    """The documents of a batch's body.

    Raises
    ------
    BadInput
        If it is not JSON, not a list, nested too deeply, or too long a list.
    """
    if body.format is BodyFormat.LINES:
        lines = lines_of(body.data, most_blank=limits.most_accounts)
        return check_count(list(islice(lines, limits.most_accounts + 1)), limits)
    try:
        check_shape(body.data, limits.deepest_json)
        documents = parse_json(body.data)
    except ParseError as error:
        raise BadInput(Fault("", "", f"{error}.", bound=error.bound)) from error
    if not isinstance(documents, list):
        raise BadInput(Fault("", "", f"must be a list of account documents. Got {quote(documents)}."))
    return check_count(documents, limits)


def lines_of(data: bytes, most_blank: int) -> Iterator[bytes]:
    """The lines that are not blank, one after the other.

    Raises
    ------
    BadInput
        If there are more blank lines than that.
    """
    start = blank = 0
    while start < len(data):
        end = data.find(b"\n", start)
        line = data[start : len(data) if end < 0 else end]
        if line.strip():
            yield line
        else:
            blank += 1
        if blank > most_blank:
            raise BadInput(Fault("", "", f"must have at most {most_blank:,} blank lines.", bound="accounts"))
        start += len(line) + 1


def check_count(documents: list[Any], limits: Limits) -> list[Any]:
    """The documents themselves, if they are not too many.

    Raises
    ------
    BadInput
        With the bound ``accounts``, if there are more than a batch may hold.
    """
    if len(documents) > (most := limits.most_accounts):
        rule = f"must hold at most {most:,} documents. Got {len(documents):,}."
        raise BadInput(Fault("", "", rule, bound="accounts"))
    return documents
