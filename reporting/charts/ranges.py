"""The account's value against the usual range: of a yardstick, or of a reason's peers."""

from __future__ import annotations

from math import log10

from detector.labels import YardstickOutcome
from reporting.charts.svg import Axis, element, label, svg
from reporting.numbers import Numbers
from reporting.parts import PartYardstick
from reporting.reasons.reading import ReasonRange

__all__ = ["measured_chart", "range_chart"]

HEIGHT, MIDDLE = 30.0, 14.0
FAR = 8.0
"""Times the range from which on its axis goes by logarithm."""

TONES = {YardstickOutcome.IN: "clear", YardstickOutcome.OUT: "look", YardstickOutcome.FAR_OUT: "flag"}


def range_chart(one: PartYardstick, numbers: Numbers, width: float = 220.0) -> str:
    """The usual range as a band, the value as a mark; empty where the figures could not be read.

    In the usual range the mark is a disc, outside a diamond, far outside a filled triangle.
    """
    if one.figure is None or one.usual_figures is None:
        return ""
    low, high = (
        None if end is None else end.value for end in (one.usual_figures.low, one.usual_figures.high)
    )
    value = one.figure.value
    known = [abs(end) for end in (low, high, value) if end]
    by_logarithm = bool(known) and min(known) > 0 and max(known) / min(known) > FAR and value >= 0
    unit = min(known, default=1.0)
    top = max(value, high if high is not None else 2 * (low or 1.0), low or 0.0) * 1.12
    axis = _axis(min(value, 0.0), top, width, unit, by_logarithm=by_logarithm)
    band = axis(low or 0.0), axis(top if high is None else high)
    about = f"{one.value}; usual is {one.usual}: {one.outcome.value}."
    return svg(
        "range", one.title, about, (width, HEIGHT + 4),
        _band(band, axis(value), one.outcome, f"usual: {one.usual}", width),
    )  # fmt: skip


def measured_chart(one: ReasonRange, width: float = 300.0) -> str:
    """A reason's value against the range that nine in ten of its peers lie in.

    Inside of it the mark is a disc, outside a diamond: how far out is no matter of a chart.
    """
    low, high = one.typical
    ends = (low, high, one.value) if one.by_logarithm else (0.0, low, high, one.value)
    margin = 0.06 * (max(ends) - min(ends) or 1.0)
    axis = Axis(
        min(ends) - margin * (min(ends) < 0.0 or one.by_logarithm), max(ends) + margin, 10, width - 10
    )
    outcome = YardstickOutcome.IN if low <= one.value <= high else YardstickOutcome.OUT
    words = f"{one.value_text}; nine in ten peers: {one.typical_text}"
    about = f"{words}: {'within' if outcome is YardstickOutcome.IN else 'outside'}."
    body = _band((axis(low), axis(high)), axis(one.value), outcome, words, width)
    return svg("range", "Among its peers", about, (width, HEIGHT + 4), body)


def _band(
    band: tuple[float, float], at: float, outcome: YardstickOutcome, words: str, width: float
) -> list[str]:
    """The axis, the usual range on it, the account's mark, and the words below."""
    start, end = band
    return [
        element("rect", x=6, y=MIDDLE - 3, width=width - 12, height=6, class_="ground"),
        element("rect", x=start, y=MIDDLE - 3, width=max(end - start, 2.0), height=6, class_="usual"),
        _mark(outcome, at),
        label(words, 6, HEIGHT - 1, "start", "soft"),
    ]


class _Logarithmic(Axis):
    """An axis whose smallest figure is well above its beginning."""

    def __init__(self, high: float, start: float, end: float, unit: float) -> None:
        self.unit = unit
        super().__init__(0, high, start, end)

    def _scaled(self, value: float) -> float:
        return log10(1.0 + 3.0 * max(value, 0.0) / self.unit)


def _axis(low: float, high: float, width: float, unit: float, *, by_logarithm: bool) -> Axis:
    return _Logarithmic(high, 10, width - 10, unit) if by_logarithm else Axis(low, high, 10, width - 10)


def _mark(outcome: YardstickOutcome, at: float) -> str:
    class_ = f"mark mark-{TONES[outcome]}"
    if outcome is YardstickOutcome.IN:
        return element("circle", cx=at, cy=MIDDLE, r=6, class_=class_)
    if outcome is YardstickOutcome.OUT:
        return element("path", d=f"M{at:.1f} {MIDDLE - 7:.1f}l7 7l-7 7l-7 -7z", class_=class_)
    return element("path", d=f"M{at:.1f} {MIDDLE - 7:.1f}l8 13h-16z", class_=class_)
