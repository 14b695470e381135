"""Statistics of plain lists; None where one is not defined."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from statistics import fmean, median, stdev
from typing import Any

from benchmarks.speed.plain_python.account import Number, Row

__all__ = [
    "gini",
    "known_values",
    "log_counts",
    "median_of",
    "pearson",
    "quantile",
    "quotient",
    "ranks",
    "robust_z",
    "share",
    "spread",
    "two_group_share",
    "variation",
]


def quantile(values: Sequence[float], at: float) -> float:
    """A quantile, on a straight line between neighbouring values.

    >>> quantile([1, 2, 4], 0.75)
    3.0
    """
    ordered, place = sorted(values), at * (len(values) - 1)
    low = math.floor(place)
    return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def known_values(rows: Iterable[Row], name: str) -> list[Any]:
    """A field of the rows that have it."""
    return [row[name] for row in rows if row[name] is not None]


def quotient(above: float, below: float) -> Number:
    """A quotient; None for a divisor of 0."""
    return above / below if below else None


def share(conditions: Iterable[bool], at_least: int = 5) -> Number:
    """How many of the conditions hold, of so many at least.

    >>> share([True, False], 2), share([True, False])
    (0.5, None)
    """
    outcomes = list(conditions)
    return sum(outcomes) / len(outcomes) if len(outcomes) >= at_least else None


def spread(values: Sequence[float], at_least: int) -> Number:
    """The interquartile range over the median, of so many at least."""
    if len(values) < at_least:
        return None
    return quotient(quantile(values, 0.75) - quantile(values, 0.25), median(values))


def variation(values: Sequence[float]) -> Number:
    """The coefficient of variation of five values or more."""
    return quotient(stdev(values), fmean(values)) if len(values) >= 5 else None


def gini(values: Sequence[float], at_least: int) -> Number:
    """The mean absolute difference of all pairs over twice the mean, of so many values at least.

    >>> gini([1, 1, 1], 3), gini([0, 0, 3], 3)
    (0.0, 1.0)
    """
    if len(values) < at_least or not sum(values):
        return None
    return fmean(abs(a - b) for a, b in combinations(values, 2)) / (2 * fmean(values))


def ranks(values: Sequence[float]) -> list[float]:
    """The ranks of values, from 1; ties share their mean rank.

    >>> ranks([5, 3, 5])
    [2.5, 1.0, 2.5]
    """
    return [sum(o < v for o in values) + (sum(o == v for o in values) + 1) / 2 for v in values]


def pearson(left: Sequence[float], right: Sequence[float]) -> Number:
    """The linear correlation; None where one side does not vary."""
    a, b = fmean(left), fmean(right)
    above = sum((x - a) * (y - b) for x, y in zip(left, right, strict=True))
    below = math.sqrt(sum((x - a) ** 2 for x in left) * sum((y - b) ** 2 for y in right))
    return above / below if below > 1e-12 else None


def robust_z(values: Sequence[float], noise: float) -> list[float]:
    """Distances from the median in robust standard deviations, to which ``noise`` is added."""
    centre = median(values)
    scale = 1.4826 * median(abs(value - centre) for value in values) + noise
    return [(value - centre) / scale for value in values]


def log_counts(values: Iterable[float]) -> list[float]:
    """Log10 of counts, 1 added."""
    return [math.log10(value + 1) for value in values]


def median_of(values: Sequence[float], at_least: int = 5) -> Number:
    """The median of so many values at least."""
    return median(values) if len(values) >= at_least else None


def two_group_share(values: list[float]) -> Number:
    """The largest share of the variance that a cut into two groups explains, each a fifth or more of all."""
    if len(values) < 10:
        return None
    values = sorted(round(value * 2**32) / 2**32 for value in values)
    n, mean = len(values), fmean(values)
    whole = sum((value - mean) ** 2 for value in values)
    if whole <= n * 1e-12:
        return 0.0
    cuts = range(math.ceil(n / 5), n - math.ceil(n / 5) + 1)
    parts = [(fmean(values[:cut]), cut) for cut in cuts], [(fmean(values[cut:]), n - cut) for cut in cuts]
    return (
        max((m - mean) ** 2 * k + (o - mean) ** 2 * j for (m, k), (o, j) in zip(*parts, strict=True)) / whole
    )
