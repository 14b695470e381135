"""The fastest growth over a few days, found by trying all pairs of counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from statistics import median
from typing import Final
from weakref import WeakKeyDictionary

from benchmarks.speed.plain_python.account import Account, Number, Row
from benchmarks.speed.plain_python.growth import gain_of, interest_by_day, rounding_unit
from benchmarks.speed.plain_python.statistics import quotient

WINDOW_DAYS: Final = (1, 2, 3, 5, 7, 10)


class Burst:
    """The fastest growth over up to ``window`` days, found by trying all pairs of counts."""

    def __init__(self, one: Account, window: int):
        self.window = window
        growths = [
            (_log_with_offset(b) - _log_with_offset(a)) / (b["date"] - a["date"]).days for a, b in one.steps
        ]  # fmt: skip
        usual = median(growths)
        usual_gain = median(
            (b["followers"] - a["followers"]) / (b["date"] - a["date"]).days for a, b in one.steps
        )
        joined = {b["date"] for _, b in one.steps}
        self.excess, self.span = -math.inf, (0, 0)
        for j, end in enumerate(one.counts):
            first = j
            while (
                first and one.counts[first]["date"] in joined and _days_between(one, first - 1, j) <= window
            ):
                first -= 1
            if first < j:
                days, before = _days_between(one, first, j), one.counts[first]
                expected = max(
                    _log_with_offset(before) + usual * days,
                    math.log(max(before["followers"] + usual_gain * days, 0) + 50),
                )
                found = _log_with_offset(end) - expected
                if found > self.excess:
                    self.excess, self.span = found, (first, j)


_LARGEST: Final[WeakKeyDictionary[Account, tuple[float, Burst]]] = WeakKeyDictionary()


def _log_with_offset(row: Row) -> float:
    return math.log(row["followers"] + 50)


def _days_between(one: Account, sooner: int, later: int) -> int:
    days: int = (one.counts[later]["date"] - one.counts[sooner]["date"]).days
    return days


def _largest_burst(one: Account) -> tuple[float, Burst] | None:
    """The largest excess over up to ten days, and the shortest window with nine tenths of it."""
    if len(one.gains) < 4:
        return None
    if one not in _LARGEST:
        bursts = [Burst(one, window) for window in WINDOW_DAYS]
        largest = max(burst.excess for burst in bursts)
        least = largest * 0.9 if largest > 0 else largest
        _LARGEST[one] = largest, next(burst for burst in bursts if burst.excess >= least)
    return _LARGEST[one]


def _in_burst(one: Account, value: Callable[[Burst, float], Number]) -> Number:
    """A value of the burst and of all its gains."""
    found = _largest_burst(one)
    if not found:
        return None
    first, last = (one.counts[place]["date"] for place in found[1].span)
    return value(found[1], sum(max(gain_of(s), 0) for s in one.steps if first < s[1]["date"] <= last))


def _enough(one: Account, burst: Burst, gains: float) -> bool:
    return gains >= 3 * rounding_unit(one, one.counts[burst.span[1]]["followers"])


def _burst_echo(one: Account) -> Number:
    def value(burst: Burst, gains: float) -> Number:
        start, end = (one.counts[place]["date"] for place in burst.span)
        after = [s for s in one.steps if s[0]["date"] >= end and (s[1]["date"] - end).days <= 7]
        days = sum((b["date"] - a["date"]).days for a, b in after)
        if days < 3 or not _enough(one, burst, gains):
            return None
        pace = sum(max(gain_of(s), 0) for s in after) / days
        found = quotient(pace, gains / (end - start).days)
        return None if found is None else min(found, 10.0)

    return _in_burst(one, value)


def _burst_kept(one: Account) -> Number:
    def value(burst: Burst, gains: float) -> Number:
        first, last = burst.span
        later = [r["followers"] for i, r in enumerate(one.counts) if 25 <= _days_between(one, last, i) <= 40]
        before, brought = one.counts[first]["followers"], one.counts[last]["followers"]
        if not later or not _enough(one, burst, gains) or brought == before:
            return None
        share = float(median(later) - before) / float(brought - before)
        return max(-1.0, min(3.0, share))

    return _in_burst(one, value)


def _month_size(one: Account) -> Number:
    return Burst(one, 30).excess if len(one.gains) >= 4 else None


def _burst_alone(one: Account) -> Number:
    found, earned = _largest_burst(one), interest_by_day(one)
    if not found or not earned:
        return None
    first, last = found[1].span
    after = one.counts[first + 1 : last + 1]
    usual = median(interest for _, interest in earned)
    hits = [day for day, interest in earned if interest > 3 * usual]
    if after[0]["date"] < min(day for day, _ in earned):
        return None
    near = any(-2 <= (row["date"] - day).days <= 7 for row in after for day in hits)
    return 0.0 if near else found[0]


FEATURES: Final[Mapping[str, Callable[[Account], Number]]] = {
    "burst_size": lambda a: found[0] if (found := _largest_burst(a)) else None,
    "burst_share": lambda a: _in_burst(a, lambda _, gains: quotient(gains, sum(max(g, 0) for g in a.gains))),
    "burst_days": lambda a: _in_burst(a, lambda burst, _: burst.window),
    "burst_echo": _burst_echo,
    "burst_kept": _burst_kept,
    "burst_alone": _burst_alone,
    "month_size": _month_size,
}
