"""Why a person is asked although no part of the account is unusual by itself."""

from __future__ import annotations

from collections.abc import Sequence

from detector.abstention import ABSTENTIONS
from detector.labels import Label
from detector.verdict import Verdict
from reporting.next_evidence import NextEvidence
from reporting.numbers import Numbers
from reporting.parts import Part
from reporting.wording import BLOCK_ROWS, as_sentence, joined

__all__ = ["review_sentence"]


def review_sentence(
    verdict: Verdict, parts: Sequence[Part], wanted: NextEvidence | None, numbers: Numbers
) -> str:
    """What leads to a review of an account whose parts all are as usual; empty for any other.

    The first that holds, in the order of the decision: evidence that contradicts itself, a signal that
    accuses nobody on such evidence, evidence unlike all that was learned from, and else the strongest signal.
    """
    if verdict.label is not Label.REVIEW or any(part.state in ("out", "far out") for part in parts):
        return ""
    torn = next((one.sentence for one in verdict.evidence.findings if one.contradiction), None)
    if torn is not None:
        return f"It is for a person because what was sent contradicts itself: {as_sentence(torn)}"
    known = {one.sentence for one in ABSTENTIONS}
    silent = next((one for one in verdict.caveats if one in known), None)
    if silent is not None:
        return f"It is for a person because a signal accuses nobody on such evidence: {as_sentence(silent)}"
    if verdict.evidence.strange:
        blocks = joined([BLOCK_ROWS[one][1] for one in verdict.evidence.strange if one in BLOCK_ROWS])
        return f"It is for a person because its {blocks} are unlike those of the accounts learned from."
    return _strongest(parts, wanted, numbers)


def _strongest(parts: Sequence[Part], wanted: NextEvidence | None, numbers: Numbers) -> str:
    signals = [one for part in parts for one in part.signals]
    if not signals:
        return ""
    least = min(signals, key=lambda one: one.place)
    said = (
        "No part stands out by itself, and the signals together are stronger than those of 19 in 20 authentic"
        f" accounts: the strongest, \u201c{least.title}\u201d, is as strong in"
        f" {numbers.in_how_many(least.p_value)} of them."
    )
    more = BLOCK_ROWS[wanted.block][1] if wanted is not None and wanted.block in BLOCK_ROWS else ""
    return f"{said} What would tell more: {more}." if more else said
