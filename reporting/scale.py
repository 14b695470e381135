"""The one scale, 0 to 100, higher is better: the account's place, the thresholds, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from detector.abstention import ABSTENTIONS
from detector.decision import rarity
from detector.labels import ACCUSATIONS, Label
from detector.verdict import Verdict
from reporting.numbers import Numbers
from reporting.wording import Tone

__all__ = ["LANDMARKS", "Landmark", "Scale", "scale_of"]

CLEARED_FROM: Final = 50
"""The least place of an account that is cleared, and one more than the best place of one that is not."""


@dataclass(frozen=True, kw_only=True)
class Landmark:
    """What a place on the scale means: so few authentic accounts stand lower.

    Attributes
    ----------
    place
        0 to 100.
    sentence
        In words.
    """

    place: float
    sentence: str


LANDMARKS: Final = tuple(
    Landmark(place=place, sentence=f"{share} authentic accounts stand lower")
    for place, share in ((50.0, "1 in 10"), (25.0, "1 in 100"), (12.5, "1 in 1,000"))
)
"""By the definition of the score: every factor of ten in rarity halves it."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Where an account stands; all places are 0 to 100, and higher is better.

    Attributes
    ----------
    score
        The authenticity score, a whole number; None where nothing could be weighed.
    signal_place
        Where its signals alone would put it, before the label's limits; None where score is.
    flagged_below
        Accounts whose signals alone stand strictly below are flagged; None where nobody may be flagged on
        this evidence.
    cleared_from
        Accounts may be cleared from here up; None where nobody may be on this evidence, or where the verdict
        was given before verdicts said so.
    tone
        The label's.
    rarity
        How rare so low a place is among authentic accounts, in words; empty where not known.
    sentence
        The place, the threshold and the rarity in words.
    limited
        Why the score is not where the signals put it, or flags or clears nobody where it stands; else empty.
    """

    score: int | None
    signal_place: float | None
    flagged_below: float | None
    cleared_from: float | None
    tone: Tone
    rarity: str
    sentence: str
    limited: str


def scale_of(verdict: Verdict, tone: Tone, numbers: Numbers) -> Scale:
    """The scale with an account's place on it."""
    alone = None if verdict.suspicion is None else 100.0 * (1.0 - verdict.suspicion)
    promised = verdict.guarantee
    flagged = None if promised.threshold is None else 100.0 * (1.0 - promised.threshold)
    clears = promised.clears_at_or_below
    cleared = None if clears is None else max(100.0 * (1.0 - clears), float(CLEARED_FROM))
    return Scale(
        score=verdict.authenticity_score,
        signal_place=alone,
        flagged_below=flagged,
        cleared_from=cleared,
        tone=tone,
        rarity=_rarity(verdict, numbers),
        sentence=_sentence(verdict, alone, flagged, numbers),
        limited=_unflagged(verdict, alone, flagged)
        or _limited(verdict, alone, numbers)
        or _uncleared(verdict, alone, cleared),
    )


def _rarity(verdict: Verdict, numbers: Numbers) -> str:
    if verdict.suspicion is None:
        return ""
    share = verdict.authentic_p_value
    if share is None:
        share = float(rarity(verdict.suspicion))
    among = f"of {numbers.count(verdict.guarantee.calibration_accounts)} authentic accounts measured"
    if verdict.guarantee.calibration_accounts and share <= 1.0 / verdict.guarantee.calibration_accounts:
        return f"None {among} stands as low."
    if share > 0.6:
        return "Most authentic accounts stand as low or lower."
    return f"About {numbers.in_how_many(share)} authentic accounts stands as low."


def _sentence(verdict: Verdict, alone: float | None, flagged: float | None, numbers: Numbers) -> str:
    score = verdict.authenticity_score
    if score is None or alone is None:
        return "The account has no place on the scale: what was sent is too little for any of the signals."
    place = f"{score} of 100"
    if flagged is None:
        return f"{place}. Nobody is flagged on this evidence."
    own, limit = numbers.apart(alone, flagged)
    if round(alone) == round(flagged):
        place = f"{own} of 100"
    side = "below" if alone < flagged else "above"
    return f"{place}, {side} {limit}, the line under which accounts with this evidence are flagged."


def _unflagged(verdict: Verdict, alone: float | None, flagged: float | None) -> str:
    """Why an account that stands below the line is not flagged."""
    if verdict.label in ACCUSATIONS or alone is None or flagged is None or alone >= flagged:
        return ""
    torn = any(found.contradiction for found in verdict.evidence.findings)
    known = {one.sentence for one in ABSTENTIONS}
    why = next((one for one in verdict.caveats if one in known), None)
    below = "It is below the line and not flagged"
    if torn:
        return f"{below}, because parts of the evidence contradict each other."
    return f"{below}: a person decides." if why is None else f"{below}. {why}"


def _limited(verdict: Verdict, alone: float | None, numbers: Numbers) -> str:
    score = verdict.authenticity_score
    if score is None or alone is None or round(alone) == score:
        return ""
    if verdict.label is Label.AUTHENTIC:
        stands = numbers.count(alone)
        return f"Its signals alone would stand at {stands}; whoever is cleared has {score} or more."
    return (
        f"Its signals alone would stand at {numbers.count(alone)}; it is held at {score} until a person has"
        f" looked{_why(verdict)}."
    )


def _uncleared(verdict: Verdict, alone: float | None, cleared: float | None) -> str:
    """Why an account that stands where others are cleared is not."""
    if verdict.label is not Label.INSUFFICIENT or alone is None or cleared is None or alone < cleared:
        return ""
    if any(found.bars_clearing for found in verdict.evidence.findings):
        why = "some of what was sent cannot be relied on"
    elif verdict.evidence.strange:
        why = "it is unlike the accounts that the model knows"
    else:
        why = "the ways of inflating would not show in what was sent"
    return f"It stands where accounts are cleared, and is not: {why}."


def _why(verdict: Verdict) -> str:
    if any(found.contradiction for found in verdict.evidence.findings):
        return ", because parts of the evidence contradict each other"
    if any(one.outcome == "far out" for one in verdict.yardsticks):
        return ", because it lies far outside what is usual on a yardstick"
    if verdict.evidence.strange:
        return ", because it is unlike the accounts that the model knows"
    return ""
