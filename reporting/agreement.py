"""Which of an expert's yardsticks agree with an accusation."""

from __future__ import annotations

from typing import Final

from detector.labels import ACCUSATIONS, YardstickOutcome
from detector.signals import signal_named
from detector.verdict import Verdict
from detector.yardsticks import YardstickReading
from reporting.parts import YARDSTICK_TITLES
from reporting.wording import joined

__all__ = ["agreeing_yardsticks", "agreement"]

ALL_WAYS: Final = "inflation"
"""The signal over all ways of inflating: with it every yardstick of a signal of inflation agrees."""


def agreeing_yardsticks(verdict: Verdict) -> tuple[YardstickReading, ...]:
    """Those out of the usual that are about a signal over the threshold, in the verdict's order."""
    over = {one.name for one in verdict.signals if one.over}
    inflated = signal_named(ALL_WAYS).label

    def agrees(one: YardstickReading) -> bool:
        return one.signal in over or (ALL_WAYS in over and signal_named(one.signal).label is inflated)

    outside = [one for one in verdict.yardsticks if one.outcome is not YardstickOutcome.IN]
    return tuple(one for one in outside if agrees(one))


def agreement(verdict: Verdict) -> str:
    """A sentence on the yardsticks that agree with an accusation; empty where nobody is accused."""
    if verdict.label not in ACCUSATIONS or not verdict.yardsticks:
        return ""
    agreeing = agreeing_yardsticks(verdict)
    if not agreeing:
        return "No yardstick that could be applied agrees with what the account is flagged for."
    titles = [YARDSTICK_TITLES.get(one.name, one.name.replace("_", " ")).lower() for one in agreeing]
    return f"With what the account is flagged for agree: {joined(titles)}."
