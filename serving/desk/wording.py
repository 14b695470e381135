"""How the desk shows labels: the report's words with a sign and a tone, as colour is never the only sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from detector.labels import Label
from reporting.wording import LABEL_NAMES, LABEL_SENTENCES

__all__ = ["LABELS", "LabelWords"]


class LabelWords(NamedTuple):
    """How a label is shown: a sign of its own shape, its name, its tone in the style sheet, a sentence.

    The style sheet draws shapes: a character would make the browser look for a font that has it, before
    anything is painted.
    """

    shape: str
    name: str
    tone: str
    sentence: str


SHAPES: Final[Mapping[Label, tuple[str, str]]] = {
    Label.INFLATED: ("triangle", "accused"),
    Label.AUTOMATED: ("square", "accused"),
    Label.REVIEW: ("diamond", "review"),
    Label.INSUFFICIENT: ("ring", "insufficient"),
    Label.AUTHENTIC: ("disc", "authentic"),
}
LABELS: Final[Mapping[str, LabelWords]] = {
    label.value: LabelWords(shape, LABEL_NAMES[label], tone, LABEL_SENTENCES[label])
    for label, (shape, tone) in SHAPES.items()
}
