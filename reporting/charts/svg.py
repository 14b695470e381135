"""SVG elements as text, with everything in them escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import ceil, floor, log10
from typing import Final
from xml.sax.saxutils import escape, quoteattr

__all__ = ["Axis", "element", "label", "nice_ticks", "number", "svg"]

_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


def plain(text: object) -> str:
    """A text without what XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", str(text))


def number(value: float) -> str:
    """A coordinate: a tenth of a unit is exact enough.

    >>> number(12.0), number(1 / 3)
    ('12', '0.3')
    """
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 1e5 else f"{value:.0f}"


def element(name: str, *inside: str, text: object = None, **attributes: object) -> str:
    """One element; an attribute that is None is left out, ``class_`` is class, ``_`` is a hyphen.

    >>> element("line", x1=0, x2=10.04, class_="axis")
    '<line x1="0" x2="10" class="axis"/>'
    >>> element("text", text="<b>", x=1, text_anchor="end")
    '<text x="1" text-anchor="end">&lt;b&gt;</text>'
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(inside) + ("" if text is None else escape(plain(text)))
    return f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>"


def _value(value: object) -> str:
    return number(value) if isinstance(value, int | float) else plain(value)


def label(text: object, x: float, y: float, anchor: str = "start", class_: str = "label") -> str:
    """Text at a place."""
    return element("text", text=text, x=x, y=y, text_anchor=anchor, class_=class_)


def svg(kind: str, title: str, about: str, size: tuple[float, float], body: Iterable[str]) -> str:
    """The chart: what it is called, what it shows in words, and its parts.

    Parameters
    ----------
    kind
        Its class beside ``chart``.
    title, about
        For whoever does not see it.
    size
        Width and height; it scales to the width that the page gives it.
    body
        The elements.
    """
    width, height = size
    return element(
        "svg", element("title", text=title), element("desc", text=about), *body,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {number(width)} {number(height)}",
        width=width, height=height, class_=f"chart chart-{kind}", role="img", aria_label=f"{title}. {about}",
    )  # fmt: skip


class Axis:
    """From values to coordinates, linear or by logarithm (of 1 + value).

    >>> axis = Axis(0, 100, 10, 210)
    >>> axis(50), Axis(0, 999, 0, 300, by_logarithm=True)(99)
    (110.0, 200.0)
    """

    def __init__(
        self, low: float, high: float, start: float, end: float, *, by_logarithm: bool = False
    ) -> None:
        self.by_logarithm = by_logarithm
        self.low, self.high = self._scaled(low), self._scaled(high)
        self.start, self.end = start, end

    def _scaled(self, value: float) -> float:
        return log10(1.0 + max(value, 0.0)) if self.by_logarithm else value

    def __call__(self, value: float) -> float:
        """The coordinate of a value."""
        span = self.high - self.low
        share = (self._scaled(value) - self.low) / span if span else 0.5
        return self.start + share * (self.end - self.start)


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that span the values.

    >>> nice_ticks(51_401, 202_413), nice_ticks(5, 5)
    ([0, 50000.0, 100000.0, 150000.0, 200000.0, 250000.0], [4.0, 4.5, 5.0, 5.5, 6.0])
    """
    if low == high:
        low, high = low - 1, high + 1
    if 0 < low < 0.35 * high:
        low = 0
    raw = (high - low) / most
    power = 10.0 ** floor(log10(raw))
    step = next(times * power for times in (1, 2, 2.5, 5, 10) if times * power >= raw * 0.999)
    first, last = floor(low / step), ceil(high / step)
    return [step * place if place else 0 for place in range(first, last + 1)]
