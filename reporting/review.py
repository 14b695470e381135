"""Why a person is asked, and why an account against which nothing stands is not cleared."""

from __future__ import annotations

from collections.abc import Sequence

from detector.abstention import ABSTENTIONS
from detector.labels import Label
from detector.verdict import Verdict
from reporting.next_evidence import NextEvidence
from reporting.numbers import Numbers
from reporting.parts import Part
from reporting.scale import Scale
from reporting.wording import BLOCK_ROWS, as_sentence, joined

__all__ = ["insufficiency_sentence", "review_cause", "review_sentence", "signals_alone"]


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
    """What leads to a review; empty for any other account.

    The first that holds: evidence that contradicts itself, or evidence unlike all that was learned from where
    the signals put the account elsewhere; the part furthest from usual; a signal that accuses nobody on such
    evidence; evidence unlike all that was learned from; and else the strongest signal.
    """
    cause = review_cause(verdict, numbers)
    if cause:
        return f"It is for a person because {cause[0].lower()}{cause[1:]}"
    if verdict.label is not Label.REVIEW:
        return ""
    worst = furthest_part(parts)
    if worst is not None:
        why = f"{worst.headline[:1].lower()}{worst.headline[1:]}"
        return f"It is for a person because {worst.title.lower()} is {worst.state_name}: {why}"
    silent = _silent(verdict)
    if silent:
        return f"It is for a person because a signal accuses nobody on such evidence: {as_sentence(silent)}"
    unlike = _unlike(verdict)
    if unlike:
        return f"It is for a person because {unlike[0].lower()}{unlike[1:]}"
    return _strongest(parts, wanted, numbers)


def furthest_part(parts: Sequence[Part]) -> Part | None:
    """The first part that is far from usual, else the first that is unusual; None where none is."""
    states = ("far out", "out")
    return next((part for state in states for part in parts if part.state == state), None)


def insufficiency_sentence(verdict: Verdict, scale: Scale, numbers: Numbers) -> str:
    """Why an account against which nothing stands is not cleared; empty for any other account.

    Also empty where it stands high enough: then :func:`reporting.scale.scale_of` says what else is missing.
    """
    if verdict.label is not Label.INSUFFICIENT:
        return ""
    wanted = BLOCK_ROWS.get(verdict.evidence.send_next or "")
    helps = f"; what would help most: {wanted[1]}" if wanted else ""
    if scale.signal_place is None:
        return f"It could be weighed by none of the signals{helps}."
    if scale.cleared_from is None:
        return f"Nobody is cleared on as little evidence as this{helps}."
    if scale.signal_place >= scale.cleared_from:
        return ""
    place, line = numbers.apart(scale.signal_place, scale.cleared_from)
    helps = helps or "; what would help most: newer evidence of the same kinds"
    return f"It stands at {place} of 100, and accounts with this evidence are cleared from {line}{helps}."


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
        "It is for a person because its signals are stronger than those of 19 in 20 authentic accounts,"
        f" though no part stands out by itself: the strongest, \u201c{least.title}\u201d, is as strong in"
        f" {numbers.in_how_many(least.p_value)} of them."
    )
    more = BLOCK_ROWS[wanted.block][1] if wanted is not None and wanted.block in BLOCK_ROWS else ""
    return f"{clause} What would tell more: {more}." if more else clause
