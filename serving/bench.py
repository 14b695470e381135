"""The detector at its bench: documents in, verdicts out, beside the event loop."""

from __future__ import annotations

from typing import Any, Final

from anyio import CapacityLimiter, to_thread

from accounts.errors import BadInput, Fault
from accounts.reading import read_document, read_documents
from accounts.reading.parsing import Unparsable, parse
from accounts.reading.wording import show
from detector.screening import Detector
from serving.ledger import Ledger
from serving.made import made_of, replay
from serving.problems import Refused, of_error
from serving.store.keys import Caller
from serving.store.verdicts import Kept, Made
from serving.together import Together

__all__ = ["MOST_IN_A_BATCH", "Bench"]

MOST_IN_A_BATCH: Final = 1_000


class OtherModel(Refused):
    """Another model is needed than the one in use."""

    status = 409


class Bench:
    """Judges what the service is asked, in threads beside the event loop.

    Single accounts and batches have a thread each, so that a large batch does not keep single
    accounts waiting.
    """

    def __init__(self, detector: Detector, ledger: Ledger) -> None:
        self.detector = detector
        self.ledger = ledger
        self.together = Together(detector, ledger)
        self.batches = CapacityLimiter(1)

    async def one(self, body: bytes, caller: Caller) -> Made:
        """The verdict on the document of a body, kept for the caller.

        Raises
        ------
        BadInput
            With everything that is wrong with it.
        """
        tables = await to_thread.run_sync(read_document, body)
        return await self.together.verdict(tables, caller)

    async def many(self, body: bytes, caller: Caller) -> list[Made | dict[str, Any]]:
        """A verdict for each document of a body, or ``{"account_id": ..., "problem": {...}}``, in order.

        The verdicts are kept for the caller.

        Raises
        ------
        BadInput
            If the body as a whole is not a list of documents.
        """
        return await to_thread.run_sync(self.judge_all, body, caller, limiter=self.batches)

    async def again(self, kept: Kept) -> dict[str, Any]:
        """What the model that spoke says again of the numbers that it judged.

        Raises
        ------
        OtherModel
            If that model is not at hand.
        """
        if kept.model_sha256 != self.detector.bundle.sha256:
            raise OtherModel(
                f"Verdict {kept.verdict_id} was given by the model with sha256 {kept.model_sha256}; "
                f"the one in use is {self.detector.bundle.sha256}."
            )
        return await to_thread.run_sync(replay, self.detector, kept)

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

    def judge_all(self, body: bytes, caller: Caller) -> list[Made | dict[str, Any]]:
        """The same, in this thread."""
        documents = listed(body)
        chunk = read_documents(documents)
        made = made_of(self.detector.screen_all(chunk.tables))
        self.ledger.keep((caller, one) for one in made)
        verdicts = iter(made)
        answers: list[Made | dict[str, Any]] = []
        place, last = "", dict[str, Any]()
        for entry in chunk.order:
            if not isinstance(entry, Fault):
                answers.append(next(verdicts))
            elif entry.place == place:
                last["problem"]["errors"] += of_error(BadInput(entry))["errors"]
            else:
                last = {"account_id": entry.account_id, "problem": of_error(BadInput(entry))}
                answers.append(last)
            place = entry.place if isinstance(entry, Fault) else ""
        return answers


def listed(body: bytes) -> list[Any]:
    """The documents of a batch's body.

    Raises
    ------
    BadInput
        If it is not JSON, not a list, or too long a list.
    """
    try:
        documents = parse(body)
    except Unparsable as error:
        raise BadInput(Fault("", "", f"{error}.")) from error
    if not isinstance(documents, list):
        raise BadInput(Fault("", "", f"must be a list of account documents. Got {show(documents)}."))
    if len(documents) > MOST_IN_A_BATCH:
        rule = f"must hold at most {MOST_IN_A_BATCH:,} documents. Got {len(documents):,}."
        raise BadInput(Fault("", "", rule))
    return documents
