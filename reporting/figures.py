"""The figures of a yardstick, read back from the words in which verdicts hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from reporting.numbers import Numbers

__all__ = ["Figure", "FigureRange", "read_figure", "read_range"]

_FIGURE: Final = re.compile(r"([+-]?)([\d,]*\.?\d+)(?: (%|times|a week|minutes|hours|days))?")
_TO: Final = re.compile(r"(\S+) to (.+)")


@dataclass(frozen=True)
class Figure:
    """A number with its unit.

    Attributes
    ----------
    value
        In per cent where the unit is that.
    unit
        %, times, a week, minutes, hours, days, or none.
    signed
        Whether it is a change, which is written with its sign.
    """

    value: float
    unit: str = ""
    signed: bool = False

    def written(self, numbers: Numbers) -> str:
        """The figure in the reader's locale."""
        shown = numbers.figures(abs(self.value), max(2, _figures_of(self.value)))
        sign = ("+" if self.value >= 0 else "−") if self.signed else ""
        return sign + "\xa0".join(filter(None, (shown, self.unit)))


@dataclass(frozen=True)
class FigureRange:
    """A usual range; None bounds nothing."""

    low: Figure | None
    high: Figure | None

    def written(self, numbers: Numbers) -> str:
        """The range in words."""
        if self.low is None:
            return f"up to {self.high.written(numbers)}" if self.high else ""
        if self.high is None:
            return f"{self.low.written(numbers)} or more"
        return f"{Figure(self.low.value).written(numbers)} to {self.high.written(numbers)}"


def _figures_of(value: float) -> int:
    """How many figures a number was given with.

    >>> _figures_of(1.204), _figures_of(0.03), _figures_of(25_000.0)
    (4, 1, 5)
    """
    return len(f"{abs(value):.12g}".replace(".", "").lstrip("0"))


def read_figure(text: str) -> Figure | None:
    """The figure that a text is; None where it is none.

    >>> read_figure("0.61 %"), read_figure("25,000")
    (Figure(value=0.61, unit='%', signed=False), Figure(value=25000.0, unit='', signed=False))
    >>> read_figure("+290 %"), read_figure("many")
    (Figure(value=290.0, unit='%', signed=True), None)
    """
    found = _FIGURE.fullmatch(text)
    if found is None:
        return None
    sign, digits, unit = found.groups()
    value = float(digits.replace(",", ""))
    return Figure(-value if sign == "-" else value, unit or "", bool(sign))


def read_range(text: str) -> FigureRange | None:
    """The range that a text is; None where it is none.

    >>> read_range("1 to 3.7 %")
    FigureRange(low=Figure(value=1.0, unit='%', signed=False), high=Figure(value=3.7, unit='%', signed=False))
    """
    if text.startswith("up to "):
        high = read_figure(text.removeprefix("up to "))
        return FigureRange(None, high) if high else None
    if text.endswith(" or more"):
        low = read_figure(text.removesuffix(" or more"))
        return FigureRange(low, None) if low else None
    found = _TO.fullmatch(text)
    if found is None:
        return None
    low, high = read_figure(found[1]), read_figure(found[2])
    return FigureRange(Figure(low.value, high.unit, low.signed), high) if low and high else None
