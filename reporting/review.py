"""Why a person is asked."""

from __future__ import annotations

from collections.abc import Sequence

from detector.abstention import ABSTENTIONS
from detector.labels import Label
from detector.verdict import Verdict
from reporting.next_evidence import NextEvidence
from reporting.numbers import Numbers
from reporting.parts import Part
from reporting.wording import BLOCK_ROWS, as_sentence, joined

__all__ = ["review_cause", "review_sentence", "signals_alone"]


def review_cause(verdict: Verdict, numbers: Numbers) -> str:
    """What sent an account to a person whatever its signals say; empty for any other.

    Evidence that contradicts itself, or evidence unlike all that was learned from, where the signals alone
    would have put the account elsewhere.
    """
    if verdict.label is not Label.REVIEW:
        return ""
    torn = next((one.sentence for one in verdict.evidence.findings if one.contradiction), None)
    if torn is not None:
        return f"What was sent contradicts itself: {as_sentence(numbers.dated(torn))}"
    return _unlike(verdict) if signals_alone(verdict) is not None and not _silent(verdict) else ""


def signals_alone(verdict: Verdict) -> int | None:
    """Where its signals alone put an account, 0 to 100; None where they put it where it stands."""
    if verdict.suspicion is None or verdict.authenticity_score is None:
        return None
    place = round(100.0 * (1.0 - verdict.suspicion))
    return None if place == verdict.authenticity_score else place


def review_sentence(
    verdict: Verdict, parts: Sequence[Part], wanted: NextEvidence | None, numbers: Numbers
) -> str:
    """What leads to a review; empty for any other account, and where a part that is unusual says it.

    The first that holds, in the order of the decision: evidence that contradicts itself, a signal that
    accuses nobody on such evidence, evidence unlike all that was learned from, and else the strongest signal.
    """
    cause = review_cause(verdict, numbers)
    if cause:
        return f"It is for a person because {cause[0].lower()}{cause[1:]}"
    if verdict.label is not Label.REVIEW or any(part.state in ("out", "far out") for part in parts):
        return ""
    silent = _silent(verdict)
    if silent:
        return f"It is for a person because a signal accuses nobody on such evidence: {as_sentence(silent)}"
    unlike = _unlike(verdict)
    if unlike:
        return f"It is for a person because {unlike[0].lower()}{unlike[1:]}"
    return _strongest(parts, wanted, numbers)


def _unlike(verdict: Verdict) -> str:
    """The evidence that is unlike all that was learned from; empty where none is."""
    blocks = [BLOCK_ROWS[one][1] for one in verdict.evidence.strange if one in BLOCK_ROWS]
    return f"Its {joined(blocks)} are unlike those of the accounts learned from." if blocks else ""


def _silent(verdict: Verdict) -> str:
    """Why a signal accuses nobody on this evidence; empty where none is silent."""
    known = {one.sentence for one in ABSTENTIONS}
    return next((one for one in verdict.caveats if one in known), "")


def _strongest(parts: Sequence[Part], wanted: NextEvidence | None, numbers: Numbers) -> str:
    signals = [one for part in parts for one in part.signals]
    if not signals:
        return ""
    least = min(signals, key=lambda one: one.place)
    clause = (
        "No part stands out by itself, and the signals together are stronger than those of 19 in 20 authentic"
        f" accounts: the strongest, \u201c{least.title}\u201d, is as strong in"
        f" {numbers.in_how_many(least.p_value)} of them."
    )
    more = BLOCK_ROWS[wanted.block][1] if wanted is not None and wanted.block in BLOCK_ROWS else ""
    return f"{clause} What would tell more: {more}." if more else clause
