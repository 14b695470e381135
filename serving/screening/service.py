"""The detector at its bench: documents in, verdicts out, beside the event loop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from anyio import CapacityLimiter, NoEventLoopError, from_thread, to_thread

from accounts.errors import BadInput, Fault
from accounts.reading import read_documents
from accounts.reading.bounds import check_depth
from accounts.reading.json_parser import ParseError, parse_json
from accounts.reading.quoting import quote
from accounts.tables import Tables
from detector.bundle import load
from detector.locate import find
from detector.screening import Detector
from serving.http.bodies import Body, Form
from serving.http.problems import Refused, of_error
from serving.http.query import Asked, shown
from serving.limits import Limits
from serving.screening.micro_batching import Together
from serving.screening.recorder import Ledger
from serving.screening.records import judged, replay, unjudged
from serving.store.api_keys import Caller
from serving.store.verdict_rows import Kept, Made

__all__ = ["Bench"]

AT_A_TIME: Final = 500
"""Accounts of a batch that are judged before looking whether it is still wanted."""


class OtherModel(Refused):
    """Another model is needed than the one in use."""

    status = 409


class Bench:
    """Judges what the service is asked, in threads beside the event loop.

    Single accounts and batches have a thread each, so that a large batch does not keep single
    accounts waiting.
    """

    def __init__(self, detector: Detector, limits: Limits, ledger: Ledger) -> None:
        self.detector = detector
        self.limits = limits
        self.ledger = ledger
        self.together = Together(detector, limits.bounds, ledger)
        self.batches = CapacityLimiter(1)
        self.replays = CapacityLimiter(1)

    async def one(self, body: Body, asked: Asked, caller: Caller) -> Made:
        """The verdict on the document of a body, kept for the caller.

        Raises
        ------
        BadInput
            With everything that is wrong with it.
        """
        return await self.together.verdict(body.data, asked, caller)

    async def many(self, body: Body, asked: Asked, caller: Caller) -> list[Made | dict[str, Any]]:
        """A verdict for each document of a body, or ``{"account_id": ..., "problem": {...}}``, in order.

        The verdicts are kept for the caller.

        Raises
        ------
        BadInput
            If the body as a whole is not a list of documents.
        """
        return await to_thread.run_sync(self.judge_all, body, asked, caller, limiter=self.batches)

    async def again(self, kept: Kept) -> dict[str, Any]:
        """What the model that spoke says again of the numbers that it judged.

        Raises
        ------
        OtherModel
            If that model is neither in use, nor the champion, the one before it or the starter.
        """
        return await to_thread.run_sync(self.replayed, kept, limiter=self.replays)

    def replayed(self, kept: Kept) -> dict[str, Any]:
        """The same, in this thread."""
        wanted, detector = kept.model_sha256, self.detector
        if wanted != detector.bundle.sha256:
            folder = find(wanted, self.ledger.door.settings.home)
            if folder is None:
                raise OtherModel(
                    f"Verdict {kept.verdict_id} was given by the model with sha256 {wanted}, which is not "
                    f"here; the one in use is {detector.bundle.sha256}."
                )
            detector = Detector(load(folder, expected=wanted))
        return replay(detector, kept)

    def about(self) -> dict[str, Any]:
        """What the model is, promises and rests on."""
        bundle = self.detector.bundle
        facts = bundle.facts
        return {
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
                    "calibration_accounts": row.n0,
                    "threshold": row.threshold,
                    "expected_recall": row.expected_recall,
                    "false_accusation_rate": row.far,
                }
                for row in bundle.levels
            ],
        }

    def judge_all(self, body: Body, asked: Asked, caller: Caller) -> list[Made | dict[str, Any]]:
        """The same, in this thread."""
        documents = listed(body, self.limits)
        chunk = read_documents(documents, bounds=self.limits.bounds)
        found = list(self.screened(shown(chunk.tables, asked.blocks), asked))
        self.ledger.keep((caller, one) for one in found if isinstance(one, Made))
        verdicts = iter(found)
        answers: list[Made | dict[str, Any]] = []
        place, last = "", dict[str, Any]()
        for entry in chunk.order:
            if not isinstance(entry, Fault):
                one = next(verdicts)
                answers.append(one if isinstance(one, Made) else unjudged(entry, one))
            elif entry.place == place:
                last["problem"]["errors"] += of_error(BadInput(entry))["errors"]
            else:
                last = {"account_id": entry.account_id, "problem": of_error(BadInput(entry))}
                answers.append(last)
            place = entry.place if isinstance(entry, Fault) else ""
        return answers

    def screened(self, tables: Tables, asked: Asked) -> Iterator[Made | Exception]:
        """Verdicts on many accounts, some at a time, until nobody waits for them any more."""
        ids = tables.accounts["account_id"].to_list()
        for start in range(0, len(ids), AT_A_TIME):
            still_wanted()
            some = tables.select(ids[start : start + AT_A_TIME])
            yield from judged(self.detector, some, asked.explain)


def still_wanted() -> None:
    """End the work in this thread if the request that it is for was given up."""
    with suppress(NoEventLoopError):
        from_thread.check_cancelled()


def listed(body: Body, limits: Limits) -> list[Any]:
    """The documents of a batch's body.

    Raises
    ------
    BadInput
        If it is not JSON, not a list, or too long a list.
    """
    if body.form is Form.LINES:
        return counted([line for line in body.data.split(b"\n") if line.strip()], limits)
    try:
        check_depth(body.data, limits.deepest_json)
        documents = parse_json(body.data)
    except ParseError as error:
        raise BadInput(Fault("", "", f"{error}.", bound=error.bound)) from error
    if not isinstance(documents, list):
        raise BadInput(Fault("", "", f"must be a list of account documents. Got {quote(documents)}."))
    return counted(documents, limits)


def counted(documents: list[Any], limits: Limits) -> list[Any]:
    """The documents, if they are not too many."""
    if len(documents) > (most := limits.most_accounts):
        rule = f"must hold at most {most:,} documents. Got {len(documents):,}."
        raise BadInput(Fault("", "", rule, bound="accounts"))
    return documents
