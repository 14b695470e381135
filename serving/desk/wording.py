"""How the desk shows labels and evidence levels. A label has a sign: colour is never the only one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from detector.labels import Label
from reporting.wording import LABEL_NAMES, LABEL_SENTENCES, PLATFORM_NAMES

__all__ = ["DECISION_WORDS", "LABELS", "DecisionWords", "LabelWords", "evidence_words", "platform_name"]


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


class DecisionWords(NamedTuple):
    """What it means to confirm or to overturn a verdict with a label."""

    confirmed: str
    overturned: str


_SIGNALS: Final = DecisionWords("the signals stand; not cleared", "something else explains them; cleared")
DECISION_WORDS: Final[Mapping[str, DecisionWords]] = {
    Label.INFLATED.value: _SIGNALS,
    Label.AUTOMATED.value: _SIGNALS,
    Label.REVIEW.value: DecisionWords("the doubt stands; not cleared", "the doubt is answered; cleared"),
    Label.INSUFFICIENT.value: DecisionWords("too little to clear it", "cleared by what else is known"),
    Label.AUTHENTIC.value: DecisionWords("cleared", "not cleared, for another reason"),
}


def platform_name(platform: str) -> str:
    """A platform as people write it.

    >>> platform_name("youtube"), platform_name("other")
    ('YouTube', 'another platform')
    """
    return PLATFORM_NAMES.get(platform, platform)


_COUNTED: Final = {"posts": "posts", "comments": "comments", "history": "days", "audience": "followers"}


def evidence_words(level: str) -> str:
    """An evidence level in words.

    >>> evidence_words("profile+posts30+history90+audience30"), evidence_words("historymonthly")
    ('profile, 30+ posts, 90+ days, 30+ followers', 'counts by month')
    """
    return ", ".join(map(_depth_words, level.split("+")))


def _depth_words(depth: str) -> str:
    block = depth.rstrip("0123456789")
    if block in _COUNTED and block != depth:
        return f"{depth.removeprefix(block)}+ {_COUNTED[block]}"
    return {"historyweekly": "counts by week", "historymonthly": "counts by month"}.get(depth, depth)
