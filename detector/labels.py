"""The words in which verdicts are given and asked for; importing them costs nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = ["ACCUSATIONS", "Explain", "Label", "YardstickOutcome"]


class Label(StrEnum):
    """What a verdict says of an account."""

    INFLATED = "inflated"
    AUTOMATED = "automated"
    AUTHENTIC = "authentic"
    REVIEW = "review"
    INSUFFICIENT = "insufficient"


ACCUSATIONS: Final = (Label.INFLATED, Label.AUTOMATED)
"""What an account is accused of."""


class Explain(StrEnum):
    """Which verdicts get their reasons: they cost more than the verdict itself."""

    NONE = "none"
    FLAGGED = "flagged"
    ALL = "all"


class YardstickOutcome(StrEnum):
    """Where an account lies on a yardstick; one that cannot be applied has no outcome."""

    IN = "in"
    OUT = "out"
    FAR_OUT = "far out"
