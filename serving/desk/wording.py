"""How the desk shows labels: the report's words with a sign and a tone, as colour is never the only sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from detector.labels import Label
from reporting.wording import LABEL_NAMES, LABEL_SENTENCES

__all__ = ["LABELS", "LabelWords"]


class LabelWords(NamedTuple):
    """How a label is shown: a sign of its own shape, its name, its tone in the style sheet, a sentence."""

    sign: str
    name: str
    tone: str
    sentence: str


SIGNS: Final[Mapping[Label, tuple[str, str]]] = {
    Label.INFLATED: ("▲", "accused"),
    Label.AUTOMATED: ("■", "accused"),
    Label.REVIEW: ("◆", "review"),
    Label.INSUFFICIENT: ("○", "insufficient"),
    Label.AUTHENTIC: ("●", "authentic"),
}
LABELS: Final[Mapping[str, LabelWords]] = {
    label.value: LabelWords(sign, LABEL_NAMES[label], tone, LABEL_SENTENCES[label])
    for label, (sign, tone) in SIGNS.items()
}
