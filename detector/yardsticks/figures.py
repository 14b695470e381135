"""Numbers and ranges as a person reads them."""

from __future__ import annotations

from math import expm1, isfinite, isinf, isnan
from typing import Final

from detector.yardsticks.declaration import Unit

__all__ = ["spelled", "spelled_beside", "usual_range"]

FIGURES: Final = 2
MOST_FIGURES: Final = 8
"""More of them than a value and a bound that differ ever need."""


def spelled_beside(value: float, low: float, high: float, unit: Unit) -> tuple[str, str]:
    """A value and its usual range with as many figures as it takes to see on which side of it the value lies.

    >>> spelled_beside(0.1004, -float("inf"), 0.1, "share"), spelled_beside(0.1, -float("inf"), 0.1, "share")
    (('10.04 %', 'up to 10 %'), ('10 %', 'up to 10 %'))
    >>> spelled_beside(0.01204, 0.01213, 0.042, "share")
    ('1.2 %', '1.21 to 4.2 %')

    Beside a value within or below it, a range of shares that ends above the whole has no end to speak of.

    >>> spelled_beside(0.02, 0.012, 3.02, "share"), spelled_beside(3.5, 0.012, 3.02, "share")
    (('2 %', '1.2 % or more'), ('350 %', '1.2 to 300 %'))
    """
    if unit == "share" and high > 1.0 and not value > high:
        high = float("inf")
    for figures in range(FIGURES, MOST_FIGURES):
        shown, *ends = (_as_printed(one, unit, figures) for one in (value, low, high))
        if (shown < ends[0], shown > ends[1]) == (value < low, value > high):
            return spelled(value, unit, figures), usual_range(low, high, unit, figures)
    return spelled(value, unit), usual_range(low, high, unit)


def _as_printed(value: float, unit: Unit, figures: int) -> float:
    return float(_bare(value, unit, figures).replace(",", "")) if isfinite(value) else value


def spelled(value: float, unit: Unit, figures: int = FIGURES) -> str:
    """A value with its unit; whole hours are told in minutes or days where that is shorter.

    >>> spelled(0.00032, "share"), spelled(0.9961, "share"), spelled(0.0155, "share"), spelled(0.0, "share")
    ('0.03 %', '99.6 %', '1.6 %', '0 %')
    >>> spelled(1.5696, "growth"), spelled(24_999.6, "count"), spelled(0.5, "count"), spelled(400.0, "times")
    ('+380 %', '25,000', '0.5', '400 times')
    >>> spelled(0.25, "hours"), spelled(100.0, "hours")
    ('15 minutes', '4.2 days')
    """
    if unit == "hours":
        length, name = next((length, name) for limit, length, name in _HOURS if value < limit)
        shown = _bare(value / length, "count", figures)
        return f"{shown} {name.removesuffix('s') if shown == '1' else name}"
    return _bare(value, unit, figures) + _ENDINGS.get(unit, "")


def usual_range(low: float, high: float, unit: Unit, figures: int = FIGURES) -> str:
    """A range with its unit once; a bound that is infinite or unknown bounds nothing.

    >>> usual_range(0.015, 0.05, "share"), usual_range(-float("inf"), 0.45, "share")
    ('1.5 to 5 %', 'up to 45 %')
    >>> usual_range(0.24, float("inf"), "share")
    '24 % or more'
    """
    if isnan(low) or isinf(low):
        return f"up to {spelled(high, unit, figures)}"
    if isnan(high) or isinf(high):
        return f"{spelled(low, unit, figures)} or more"
    return f"{_bare(low, unit, figures)} to {spelled(high, unit, figures)}"


_ENDINGS = {"share": " %", "growth": " %", "times": " times", "per week": " a week"}
_HOURS = ((1.0, 1.0 / 60.0, "minutes"), (48.0, 1.0, "hours"), (float("inf"), 24.0, "days"))


def _bare(value: float, unit: Unit, figures: int = FIGURES) -> str:
    if unit == "share":
        return _per_cent(100.0 * value, figures)
    if unit == "growth":
        return f"{_figures(100.0 * expm1(value), figures):+,.10g}"
    if value < 9.5 or figures > FIGURES:
        return f"{_figures(value, figures):,.10g}"
    return f"{value:,.0f}"


def _per_cent(value: float, figures: int) -> str:
    """Two figures, one under .1, and never 100 % of what is less."""
    if 99 < value < 100:
        return f"{min(value, 99.9):.{figures + 1}g}"
    return f"{_figures(value, figures - 1 if value < 0.1 else figures):,.10g}"


def _figures(value: float, figures: int) -> float:
    """Rounded to so many significant figures."""
    return float(f"{value:.{figures - 1}e}")
