"""Numbers and ranges as a person reads them."""

from __future__ import annotations

from math import expm1, isinf, isnan

from detector.yardsticks.declaration import Unit

__all__ = ["spelled", "usual_range"]


def spelled(value: float, unit: Unit) -> str:
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
        return f"{_bare(value / length, 'count')} {name}"
    return _bare(value, unit) + _ENDINGS.get(unit, "")


def usual_range(low: float, high: float, unit: Unit) -> str:
    """A range with its unit once; a bound that is infinite or unknown bounds nothing.

    >>> usual_range(0.015, 0.05, "share"), usual_range(-float("inf"), 0.45, "share")
    ('1.5 to 5 %', 'up to 45 %')
    >>> usual_range(0.24, float("inf"), "share")
    '24 % or more'
    """
    if isnan(low) or isinf(low):
        return f"up to {spelled(high, unit)}"
    if isnan(high) or isinf(high):
        return f"{spelled(low, unit)} or more"
    return f"{_bare(low, unit)} to {spelled(high, unit)}"


_ENDINGS = {"share": " %", "growth": " %", "times": " times", "per week": " a week"}
_HOURS = ((1.0, 1.0 / 60.0, "minutes"), (48.0, 1.0, "hours"), (float("inf"), 24.0, "days"))


def _bare(value: float, unit: Unit) -> str:
    if unit == "share":
        return _per_cent(100.0 * value)
    if unit == "growth":
        return f"{_figures(100.0 * expm1(value), 2):+,.0f}"
    if value < 9.5:
        return f"{_figures(value, 2):,.10g}"
    return f"{value:,.0f}"


def _per_cent(value: float) -> str:
    """Two figures, one under .1, and never 100 % of what is less."""
    if 99 < value < 100:
        return f"{min(value, 99.9):.3g}"
    return f"{_figures(value, 1 if value < 0.1 else 2):,.10g}"


def _figures(value: float, figures: int) -> float:
    """Rounded to so many significant figures."""
    return float(f"{value:.{figures - 1}e}")
