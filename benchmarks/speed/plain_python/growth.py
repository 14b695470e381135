"""The curve of followers, count by count."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from statistics import fmean, median
from typing import Final

from benchmarks.speed.plain_python.account import Account, Number, Row
from benchmarks.speed.plain_python.profile import log_ratio
from benchmarks.speed.plain_python.statistics import gini, quotient, robust_z, share, spread

__all__ = ["gain_of", "interest_by_day", "rounding_unit"]


def _growths(one: Account) -> list[float]:
    return [
        math.log((b["followers"] + 1) / (a["followers"] + 1)) / (b["date"] - a["date"]).days
        for a, b in one.steps
    ]


def rounding_unit(one: Account, followers: int) -> float:
    """In what unit the platform shows so many followers: YouTube three figures, others all."""
    figures = math.floor(math.log10(max(followers, 1))) - 2
    return 10.0**figures if one.profile["platform"] == "youtube" and figures > 0 else 1.0


def _moved(one: Account, value: Callable[[list[float], list[float]], Number], steps: int = 4) -> Number:
    gains = one.gains
    return value([max(g, 0) for g in gains], [max(-g, 0) for g in gains]) if len(gains) >= steps else None


def _best_tenth(gain: list[float], _: list[float]) -> Number:
    return quotient(sum(sorted(gain, reverse=True)[: math.ceil(len(gain) / 10)]), sum(gain))


def _spike_z(one: Account) -> Number:
    if len(one.gains) < 4:
        return None
    noise = median(rounding_unit(one, row["followers"]) / (row["followers"] + 1) for row in one.counts) + 1e-4
    return math.log10(max(0.0, *robust_z(_growths(one), noise)) + 1)


def _drip(one: Account) -> Number:
    if len(one.gains) < 4:
        return None
    gain = [max(g, 0) for g in one.gains]
    rounding = max(rounding_unit(one, row["followers"]) for row in one.counts)
    return spread(gain, 4) if median(gain) >= 3 * rounding else None


def _peak(one: Account) -> tuple[date, float, int] | None:
    """Day, size and followers before the first largest gain."""
    best = max(one.gains, default=0)
    if best <= 0:
        return None
    return next(
        (b["date"], best, a["followers"]) for a, b in one.steps if b["followers"] - a["followers"] == best
    )


def _kept(one: Account) -> Number:
    found = _peak(one)
    if len(one.gains) < 4 or not found:
        return None
    day, size, before = found
    later = [row["followers"] for row in one.counts if 25 <= (row["date"] - day).days <= 40]
    return max(-1.0, min(3.0, (median(later) - before) / size)) if later else None


def _jump(one: Account) -> tuple[list[tuple[Row, Row]], list[tuple[Row, Row]]] | None:
    """The steps of the largest jump, and those after it."""
    if len(one.gains) < 4 or max(one.gains) <= 0:
        return None
    at = one.gains.index(max(one.gains))
    own = [one.steps[at]]
    for before, step in pairwise(one.steps[at:]):
        days = (step[1]["date"] - own[0][1]["date"]).days
        follows = before[1]["date"] == step[0]["date"] and (len(own) == 1 or days <= 9)
        if not follows or gain_of(step) < max(one.gains) / 2 or len(own) == 10:
            break
        own.append(step)
    return own, one.steps[at + len(own) :]


def gain_of(step: tuple[Row, Row]) -> float:
    """Followers gained between two counts."""
    return float(step[1]["followers"] - step[0]["followers"])


def _tail(one: Account) -> Number:
    found = _jump(one)
    if not found:
        return None
    end = found[0][-1][1]["date"]
    if (one.counts[-1]["date"] - end).days < 60:
        return None
    late = [max(gain_of(step), 0) for step in one.steps if 31 <= (step[1]["date"] - end).days <= 92]
    return min(10.0, sum(late) / sum(map(gain_of, found[0])))


def _echo(one: Account) -> Number:
    found = _jump(one)
    if not found or len(found[1]) < 2:
        return None
    after = [found[0][-1][1], *(later for _, later in found[1][:2])]
    if [sooner for sooner, _ in found[1][:2]] != after[:2]:
        return None
    return fmean(max(gain_of(step), 0) for step in found[1][:2]) / max(one.gains)


def interest_by_day(one: Account) -> list[tuple[date, float]]:
    """Days of the settled, dated posts, and the interest in each."""
    found = []
    for post in one.dated:
        total = None if None in (post["likes"], post["comments"]) else post["likes"] + post["comments"]
        interest = next((v for v in (post["views"], total, post["likes"]) if v is not None), None)
        if interest is not None and post in one.settled:
            found.append((post["published_at"].date(), interest))
    return found


def _rhythm(one: Account) -> Number:
    """Largest autocorrelation over the counts as they stand, unknown changes left out."""
    inside = {b["date"]: b["followers"] - a["followers"] for a, b in one.steps}
    if len(inside) < 28:
        return None
    mean = fmean(inside.values())
    centred = [inside[row["date"]] - mean if row["date"] in inside else None for row in one.counts]
    power = sum(c * c for c in centred if c is not None)
    found = [
        sum(a * b for a, b in zip(centred, centred[lag:], strict=False) if a is not None and b is not None)
        for lag in (4, 5, 6, 7, 8, 10, 12, 14)
    ]
    return quotient(max(found), power)


def _churn(one: Account) -> Number:
    both = [
        (a["following"], b["following"]) for a, b in one.steps if None not in (a["following"], b["following"])
    ]
    if len(both) < 10:
        return None
    return quotient(
        sum(abs(b - a) for a, b in both),
        median(r["following"] for r in one.counts if r["following"] is not None),
    )


def _unexplained(one: Account) -> Number:
    earned = interest_by_day(one)
    if not earned or len(one.gains) < 4:
        return None
    usual, first = median(v for _, v in earned), min(day for day, _ in earned)
    if sum(row["date"] >= first for row in one.counts) < 10:
        return None
    hits = [day for day, v in earned if v > 3 * usual]
    noise = median(rounding_unit(one, row["followers"]) / (row["followers"] + 1) for row in one.counts) + 1e-4
    lonely = 0.0
    for (a, b), z in zip(one.steps, robust_z(_growths(one), noise), strict=True):
        near = any(-2 <= (b["date"] - day).days <= 7 for day in hits)
        lonely += max(b["followers"] - a["followers"], 0) * (z > 5 and b["date"] >= first and not near)
    return quotient(lonely, sum(max(g, 0) for g in one.gains))


def _spike_size(one: Account) -> Number:
    rises = [math.log((b["followers"] + 1) / (a["followers"] + 1)) for a, b in one.steps]
    return max(rises) if len(rises) >= 4 else None


def _largest_loss(one: Account) -> Number:
    if len(one.gains) < 4:
        return None
    return max(
        (max(-gain_of(s), 0) / s[0]["followers"] for s in one.steps if s[0]["followers"]), default=None
    )


FEATURES: Final[Mapping[str, Callable[[Account], Number]]] = {
    "spike_z": _spike_z,
    "spike_share": lambda a: _moved(a, lambda gain, _: quotient(max(gain), sum(gain))),
    "spike_kept": _kept,
    "gains_gini": lambda a: _moved(a, lambda gain, _: gini(gain, 4)),
    "best_tenth_share": lambda a: _moved(a, _best_tenth, 10),
    "rising_share": lambda a: share((g > 0 for g in a.gains), at_least=4),
    "loss_share": lambda a: _moved(a, lambda gain, loss: quotient(sum(loss), sum(gain) + sum(loss))),
    "followers_sawtooth": _rhythm,
    "following_churn": _churn,
    "drip_spread": _drip,
    "unexplained_gain_share": _unexplained,
    "tail_after_spike": _tail,
    "spike_echo": _echo,
    "spike_size": _spike_size,
    "largest_loss": _largest_loss,
    "growth_usual": lambda a: median(_growths(a)) if len(a.gains) >= 4 else None,
    "growth_total": lambda a: log_ratio(*(a.counts[i]["followers"] for i in (-1, 0))) if a.counts else None,
}
