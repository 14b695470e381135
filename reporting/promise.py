"""The promise about accusations in words, and its limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detector.manifest import SIMULATED
from detector.verdict import Verdict
from reporting.numbers import Numbers

__all__ = ["Promise", "promise_of"]


@dataclass(frozen=True)
class Promise:
    """What is promised.

    Attributes
    ----------
    sentence
        The promise.
    limits
        What it does not say, a sentence each.
    """

    sentence: str
    limits: tuple[str, ...]


def promise_of(verdict: Verdict, numbers: Numbers) -> Promise:
    """The promise at the verdict's evidence level."""
    promised = verdict.guarantee
    measured = _measured_on(verdict, numbers)
    if promised.threshold is None:
        refusal = (
            f"Nobody is flagged on this evidence: it was measured on {measured}, which is too few to promise"
        )
        return Promise(f"{refusal} anything.", tuple(_limits(verdict, numbers)))
    sentence = (
        f"At most {numbers.in_how_many(promised.alpha)} authentic creators would be flagged on this evidence;"
        f" measured on {measured}, and {numbers.share(promised.confidence)} sure."
    )
    return Promise(sentence, tuple(_limits(verdict, numbers)))


def _measured_on(verdict: Verdict, numbers: Numbers) -> str:
    promised = verdict.guarantee
    count = numbers.count(promised.calibration_accounts)
    if promised.calibrated_on == SIMULATED:
        return f"{count} authentic accounts that were simulated"
    return f"{count} authentic accounts ({promised.calibrated_on})"


def _limits(verdict: Verdict, numbers: Numbers) -> Iterator[str]:
    promised = verdict.guarantee
    if verdict.annotations:
        yield (
            "Somebody explained a part of the follower history: the promise was not measured on such"
            " accounts, and does not cover this one."
        )
    if promised.calibrated_on == SIMULATED:
        yield (
            "The accounts measured on are simulated: for your own creators nothing is promised until the"
            " thresholds are set anew on authentic accounts of yours (assay recalibrate)."
        )
    else:
        yield "It holds for creators like those measured on, and for no others."
    yield "It speaks of many accounts with this evidence; it is no probability that this one did anything."
    if verdict.evidence.expected_recall is not None:
        caught = numbers.count(100 * verdict.evidence.expected_recall)
        yield (
            f"With this much evidence {caught} of 100 known cases (simulated) are flagged: whoever is not"
            " flagged is not thereby proven."
        )
