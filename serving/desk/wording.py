"""The desk's words for labels: a sign, a name and a tone, so that colour is never the only sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from detector.labels import Label

__all__ = ["LABELS", "LabelWords"]


class LabelWords(NamedTuple):
    """How a label is shown: a sign of its own shape, its name, its tone in the style sheet, a sentence."""

    sign: str
    name: str
    tone: str
    sentence: str


LABELS: Final[Mapping[str, LabelWords]] = {
    Label.INFLATED.value: LabelWords(
        "▲", "Inflated", "accused", "Signals consistent with inflated numbers, over the threshold."
    ),
    Label.AUTOMATED.value: LabelWords(
        "■", "Automated", "accused", "Signals consistent with a program that runs the account."
    ),
    Label.REVIEW.value: LabelWords(
        "◆", "Review", "review", "Unusual or contradictory; a person should look at it."
    ),
    Label.INSUFFICIENT.value: LabelWords(
        "○", "Insufficient", "insufficient", "Nothing against it, and not enough to clear it."
    ),
    Label.AUTHENTIC.value: LabelWords(
        "●", "Authentic", "authentic", "No signs of the schemes that Assay looks for."
    ),
}
