"""The rhythm of dated posts."""

from __future__ import annotations

import cmath
import math
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise
from statistics import fmean, median, pstdev, stdev
from typing import Final

from benchmarks.speed.plain_python.account import Account, Number, is_text, word_count
from benchmarks.speed.plain_python.statistics import known_values, pearson, quotient, share


def _burstiness(one: Account) -> Number:
    n = len(one.gaps)
    if n < 5 or not fmean(one.gaps):
        return None
    r = pstdev(one.gaps) / fmean(one.gaps)
    return (math.sqrt(n + 1) * r - math.sqrt(n - 1)) / ((math.sqrt(n + 1) - 2) * r + math.sqrt(n - 1))


def _hour_entropy(one: Account) -> Number:
    n = len(one.dated)
    if n < 10:
        return None
    hours = Counter(post["published_at"].hour for post in one.dated)
    return sum(-u / n * math.log2(u / n) for u in hours.values()) + (len(hours) - 1) / (2 * n) / math.log(2)


def _quiet(one: Account) -> Number:
    hours = Counter(post["published_at"].hour for post in one.dated)
    fewest = min(sum(hours[(start + k) % 24] for k in range(6)) for start in range(24))
    return fewest / len(one.dated) if len(one.dated) >= 20 else None


def _gathered(one: Account, seconds: int) -> Number:
    turns = [post["published_at"].timestamp() % seconds / seconds for post in one.dated]
    return abs(sum(cmath.exp(2j * math.pi * t) for t in turns)) / len(turns) if len(turns) >= 8 else None


def _repeated(one: Account) -> Number:
    captions = [
        post["caption"].strip().lower() for post in one.dated if is_text((post["caption"] or "").strip())
    ]
    weights = [
        max(0.0, min(1.0, (word_count(caption) - 2) / 3)) if captions.count(caption) > 1 else 0.0
        for caption in captions
    ]
    return fmean(weights) if len(weights) >= 5 else None


def _hashtags(one: Account) -> list[float]:
    return [float(count) for count in known_values(one.dated, "hashtags")]


def _equal_run(one: Account) -> Number:
    if len(one.gaps) < 5:
        return None
    longest = run = 0
    for before, gap in pairwise(one.gaps):
        run = run + 1 if gap > 1 / 60 and abs(gap - before) <= 0.02 * gap else 0
        longest = max(longest, run)
    return (longest + 1 if longest > 1 else 0) / len(one.gaps)


FEATURES: Final[Mapping[str, Callable[[Account], Number]]] = {
    "hashtags_per_post": lambda a: min(fmean(_hashtags(a)), 6.0) if len(_hashtags(a)) >= 5 else None,
    "hashtags_deviation": lambda a: stdev(_hashtags(a)) if len(_hashtags(a)) >= 5 else None,
    "posts_per_week": lambda a: quotient(168 * len(a.gaps), sum(a.gaps)) if len(a.gaps) >= 4 else None,
    "gap_burstiness": _burstiness,
    "gap_memory": lambda a: pearson(a.gaps[:-1], a.gaps[1:]) if len(a.gaps) >= 7 else None,
    "equal_gap_share": lambda a: share(abs(g - median(a.gaps)) <= 0.02 * median(a.gaps) for g in a.gaps),
    "equal_run_share": _equal_run,
    "batch_share": lambda a: share(g <= 1 / 60 for g in a.gaps),
    "hour_entropy": _hour_entropy,
    "hour_concentration": lambda a: _gathered(a, 86_400),
    "minute_concentration": lambda a: _gathered(a, 3_600),
    "quiet_hours_share": _quiet,
    "repeated_caption_share": _repeated,
}
