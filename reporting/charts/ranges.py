"""A yardstick: the account's value against the usual range."""

from __future__ import annotations

from math import log10

from detector.labels import YardstickOutcome
from reporting.charts.svg import Axis, element, label, svg
from reporting.numbers import Numbers
from reporting.parts import PartYardstick

__all__ = ["range_chart"]

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
    start, end = axis(low or 0.0), axis(top if high is None else high)
    at = axis(value)
    body = [
        element("rect", x=6, y=MIDDLE - 3, width=width - 12, height=6, class_="ground"),
        element("rect", x=start, y=MIDDLE - 3, width=max(end - start, 2.0), height=6, class_="usual"),
        _mark(one.outcome, at),
        label(f"usual: {one.usual}", 6, HEIGHT - 1, "start", "soft"),
    ]
    about = f"{one.value}; usual is {one.usual}: {one.outcome.value}."
    return svg("range", one.title, about, (width, HEIGHT + 4), body)


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
