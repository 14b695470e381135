"""The catalogue against plain Python: one account at a time, lists and loops, from the docstrings."""

from __future__ import annotations

import cmath
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from statistics import fmean, median, pstdev, stdev
from typing import Any

import numpy as np
import pytest

from accounts.tables import Tables
from features.catalogue import by_name
from features.derive import derive
from features.evidence import BLOCKS, measure
from features.peers import ENGAGEMENT, PEERS, VIEWS, Distribution, tier

Row = dict[str, Any]
Number = float | None
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
PLACEHOLDERS = {"nan", "none", "null", "n/a", "undefined", "-"} | {
    f"[{name}]" for name in ("no caption", "no text", "deleted", "removed")
}
UNSPACED = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
PACKAGES = (100, 250, 500, 750, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000)
STRIPPED = " \t\r\n\u00a0\u200b!\"'#()*+,-./:;<=>?[]^_`{|}~…“”‘’«»¡¿。、！？，।؟،"


class Account:
    """One account as plain rows, with the few lists that several features look at."""

    def __init__(
        self, profile: Row, posts: list[Row], comments: list[Row], history: list[Row], audience: list[Row]
    ):
        self.profile, self.audience = profile, audience
        aged = [post for post in posts if settled(post, profile["as_of"])]
        enough = len(aged) >= 5
        self.settled = (
            sorted(aged, key=lambda post: (post["published_at"] or FIRST, post["post_id"])) if enough else []
        )
        self.dated = in_time([post for post in posts if post["published_at"]]) if len(posts) >= 5 else []
        self.published = {post["post_id"]: post["published_at"] for post in posts}
        self.comments = sorted(comments, key=total_key) if len(comments) >= 15 else []
        self.fans = [comment for comment in self.comments if not comment["by_creator"]]
        self.sample = evenly([comment for comment in self.fans if said(comment["text"])], 100)
        self.worded = [comment for comment in self.sample if said_in_words(comment["text"])]
        self.words = [normalised(comment["text"]) for comment in self.worded]
        self.counts = counted(history)

    def of(self, name: str) -> list[float]:
        return [post[name] for post in self.settled if post[name] is not None]

    def with_both(self, one: str, other: str) -> list[Row]:
        return [post for post in self.settled if post[one] is not None and post[other] is not None]

    @property
    def steps(self) -> list[tuple[Row, Row]]:
        """Neighbouring daily counts at most two days apart, where it is counted about daily."""
        gaps = [(later["date"] - sooner["date"]).days for sooner, later in pairwise(self.counts)]
        if not gaps or median(gaps) > 2:
            return []
        return [pair for pair, gap in zip(pairwise(self.counts), gaps, strict=True) if gap <= 2]

    @property
    def gains(self) -> list[float]:
        return [later["followers"] - sooner["followers"] for sooner, later in self.steps]

    @property
    def gaps(self) -> list[float]:
        return [(b["published_at"] - a["published_at"]) / timedelta(hours=1) for a, b in pairwise(self.dated)]

    @property
    def delays(self) -> list[float]:
        found = []
        for comment in self.fans:
            posted = self.published.get(comment["post_id"])
            if posted and comment["published_at"] and comment["published_at"] >= posted:
                found.append((comment["published_at"] - posted) / timedelta(minutes=1))
        return found

    @property
    def authors(self) -> dict[str, list[Row]]:
        by: dict[str, list[Row]] = {}
        for comment in self.fans:
            if comment["author_id"]:
                by.setdefault(comment["author_id"], []).append(comment)
        return by


def settled(post: Row, as_of: datetime) -> bool:
    return post["published_at"] is None or as_of - post["published_at"] >= timedelta(hours=48)


def in_time(posts: list[Row]) -> list[Row]:
    return sorted(posts, key=lambda post: post["published_at"])


def total_key(comment: Row) -> tuple[Any, ...]:
    names = ("post_id", "author_id", "text", "likes", "by_creator")
    return (
        comment["published_at"] or FIRST,
        *((comment[name] is not None, 0 if comment[name] is None else comment[name]) for name in names),
    )


def evenly(rows: list[Row], size: int) -> list[Row]:
    n = len(rows)
    return [row for i, row in enumerate(rows) if n <= size or i == 0 or i * size // n > (i - 1) * size // n]


def said(text: str | None) -> bool:
    return text not in (None, "") and str(text).strip().lower() not in PLACEHOLDERS


def said_in_words(text: str) -> bool:
    return any(unicodedata.category(char)[0] in "LN" for char in text)


def normalised(text: str) -> str:
    lower = unicodedata.normalize("NFKC", text).lower()
    return lower.strip(STRIPPED) or lower


def counted(history: list[Row]) -> list[Row]:
    rows = sorted((row for row in history if row["followers"] is not None), key=lambda row: row["date"])
    return rows if len(rows) >= 5 and (rows[-1]["date"] - rows[0]["date"]).days >= 14 else []


def quantile(values: Sequence[float], at: float) -> float:
    ordered, place = sorted(values), at * (len(values) - 1)
    low = math.floor(place)
    return ordered[low] + (place - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low])


def known(rows: Iterable[Row], name: str) -> list[Any]:
    return [row[name] for row in rows if row[name] is not None]


def over(above: float, below: float) -> Number:
    return above / below if below else None


def share(conditions: Iterable[bool], at_least: int = 5) -> Number:
    found = list(conditions)
    return sum(found) / len(found) if len(found) >= at_least else None


def spread(values: Sequence[float], at_least: int) -> Number:
    if len(values) < at_least:
        return None
    return over(quantile(values, 0.75) - quantile(values, 0.25), median(values))


def variation(values: Sequence[float]) -> Number:
    return over(stdev(values), fmean(values)) if len(values) >= 5 else None


def gini(values: Sequence[float], at_least: int) -> Number:
    """Mean absolute difference of all pairs over twice the mean."""
    if len(values) < at_least or not sum(values):
        return None
    return fmean(abs(a - b) for a, b in combinations(values, 2)) / (2 * fmean(values))


def ranks(values: Sequence[float]) -> list[float]:
    return [sum(o < v for o in values) + (sum(o == v for o in values) + 1) / 2 for v in values]


def pearson(left: Sequence[float], right: Sequence[float]) -> Number:
    a, b = fmean(left), fmean(right)
    above = sum((x - a) * (y - b) for x, y in zip(left, right, strict=True))
    below = math.sqrt(sum((x - a) ** 2 for x in left) * sum((y - b) ** 2 for y in right))
    return above / below if below > 1e-12 else None


def spearman(one: Account, left: str, right: str) -> Number:
    both = one.with_both(left, right)
    if len(both) < 8:
        return None
    return pearson(ranks([post[left] for post in both]), ranks([post[right] for post in both]))


def robust_z(values: Sequence[float], noise: float) -> list[float]:
    middle = median(values)
    scale = 1.4826 * median(abs(value - middle) for value in values) + noise
    return [(value - middle) / scale for value in values]


def level(values: Iterable[float]) -> list[float]:
    return [math.log10(value + 1) for value in values]


def engagement(one: Account) -> list[float]:
    return [post["likes"] + post["comments"] for post in one.with_both("likes", "comments")]


def rate(one: Account) -> Number:
    earned = engagement(one)
    return over(median(earned), one.profile["followers"] or 0) if len(earned) >= 5 else None


def peers_distance(one: Account) -> Number:
    followers, platform, own = one.profile["followers"], one.profile["platform"], rate(one)
    if followers is None or not own:
        return None
    table = {(line.platform, line.tier): line.median for line in PEERS}
    typical = table.get((platform, tier(followers)))
    if platform == "instagram" and 0 < followers < 1_000:
        typical = 10 ** (-0.32 - 0.224 * math.log10(followers))
    return math.log10(own / typical) if typical else None


def step(one: Account, name: str) -> Number:
    if len(one.of(name)) < 8:
        return None
    n = len(one.settled) - 1
    parts = []
    for third in (range(math.ceil(n * 2 / 3), n + 1), range(math.floor(n / 3) + 1)):
        values = [one.settled[i][name] for i in third if one.settled[i][name] is not None]
        parts.append(math.log10(median(values) + 1) if values else None)
    return None if None in parts else parts[0] - parts[1]


def likes_gap(one: Account) -> Number:
    values = sorted(level(one.of("likes")))
    if len(values) < 8:
        return None
    outer = math.ceil((len(values) - 1) / 20)
    rises = [b - a for a, b in pairwise(values[outer : len(values) - outer])]
    return over(max(rises), sum(rises))


def lift(one: Account) -> Number:
    parts = [
        [p["likes"] for p in one.settled if p["likes"] is not None and p["is_sponsored"] is paid]
        for paid in (True, False)
    ]
    return over(median(parts[0]), median(parts[1])) if len(parts[0]) >= 2 and len(parts[1]) >= 5 else None


def sums(one: Account, above: str) -> Number:
    both = one.with_both(above, "likes")
    return over(sum(p[above] for p in both), sum(p["likes"] for p in both)) if len(both) >= 5 else None


def quotients(one: Account, above: str, below: str) -> list[float]:
    return [post[above] / post[below] for post in one.with_both(above, below) if post[below]]


def middle(values: Sequence[float], at_least: int = 5) -> Number:
    return median(values) if len(values) >= at_least else None


def replies_spread(one: Account) -> Number:
    values = [math.log10((p["comments"] + 1) / (p["likes"] + 1)) for p in one.with_both("comments", "likes")]
    return stdev(values) if len(values) >= 5 else None


def diversity(one: Account) -> Number:
    n = len(one.words)
    return 1 - sum(u * (u - 1) for u in Counter(one.words).values()) / (n * (n - 1)) if n >= 15 else None


def distinct(one: Account) -> Number:
    n = len(one.words)
    if n < 15:
        return None
    return sum(1 - math.comb(n - u, 15) / math.comb(n, 15) for u in Counter(one.words).values())


def shared_texts(one: Account) -> Number:
    known = [(w, c["author_id"]) for w, c in zip(one.words, one.worded, strict=True) if c["author_id"]]
    writers: dict[str, set[str]] = {}
    for words, author in known:
        writers.setdefault(words, set()).add(author)
    several = [len(words.split(" ")) >= 3 and len(writers[words]) > 1 for words, _ in known]
    return share(several, at_least=15)


def concentration(one: Account) -> Number:
    sizes = [len(rows) for rows in one.authors.values()]
    n = sum(sizes)
    return sum(u * (u - 1) for u in sizes) / (n * (n - 1)) if n >= 15 else None


def regulars(one: Account, enough: Callable[[int, int], bool]) -> Number:
    under = {author: {row["post_id"] for row in rows} - {None} for author, rows in one.authors.items()}
    posts = set().union(*under.values()) if under else set()
    total = sum(len(rows) for rows in one.authors.values())
    if len(posts) < 5 or total < 15:
        return None
    return sum(len(rows) for a, rows in one.authors.items() if enough(len(under[a]), len(posts))) / total


def delay_spread(one: Account) -> Number:
    delays = one.delays
    return (
        math.log10((quantile(delays, 0.75) + 1) / (quantile(delays, 0.25) + 1)) if len(delays) >= 15 else None
    )


def growths(one: Account) -> list[float]:
    return [
        math.log((b["followers"] + 1) / (a["followers"] + 1)) / (b["date"] - a["date"]).days
        for a, b in one.steps
    ]


def unit(one: Account, followers: int) -> float:
    figures = math.floor(math.log10(max(followers, 1))) - 2
    return 10.0**figures if one.profile["platform"] == "youtube" and figures > 0 else 1.0


def spike_z(one: Account) -> Number:
    if len(one.gains) < 4:
        return None
    noise = median(unit(one, row["followers"]) / (row["followers"] + 1) for row in one.counts) + 1e-4
    return math.log10(max(0.0, *robust_z(growths(one), noise)) + 1)


def moved(one: Account, value: Callable[[list[float], list[float]], Number], steps: int = 4) -> Number:
    gains = one.gains
    return value([max(g, 0) for g in gains], [max(-g, 0) for g in gains]) if len(gains) >= steps else None


def best_tenth(gain: list[float], _: list[float]) -> Number:
    return over(sum(sorted(gain, reverse=True)[: math.ceil(len(gain) / 10)]), sum(gain))


def drip(one: Account) -> Number:
    if len(one.gains) < 4:
        return None
    gain = [max(g, 0) for g in one.gains]
    rounding = max(unit(one, row["followers"]) for row in one.counts)
    return spread(gain, 4) if median(gain) >= 3 * rounding else None


def peak(one: Account) -> tuple[date, float, int] | None:
    """Day, size and followers before the first largest gain."""
    best = max(one.gains, default=0)
    if best <= 0:
        return None
    return next(
        (b["date"], best, a["followers"]) for a, b in one.steps if b["followers"] - a["followers"] == best
    )


def kept(one: Account) -> Number:
    found = peak(one)
    if len(one.gains) < 4 or not found:
        return None
    day, size, before = found
    later = [row["followers"] for row in one.counts if 25 <= (row["date"] - day).days <= 40]
    return max(-1.0, min(3.0, (median(later) - before) / size)) if later else None


def jump(one: Account) -> tuple[list[tuple[Row, Row]], list[tuple[Row, Row]]] | None:
    """The steps of the largest jump, and those after it."""
    if len(one.gains) < 4 or max(one.gains) <= 0:
        return None
    at = one.gains.index(max(one.gains))
    own = [one.steps[at]]
    for before, step in pairwise(one.steps[at:]):
        days = (step[1]["date"] - own[0][1]["date"]).days
        follows = before[1]["date"] == step[0]["date"] and (len(own) == 1 or days <= 9)
        if not follows or gained(step) < max(one.gains) / 2 or len(own) == 10:
            break
        own.append(step)
    return own, one.steps[at + len(own) :]


def gained(step: tuple[Row, Row]) -> float:
    return step[1]["followers"] - step[0]["followers"]


def tail(one: Account) -> Number:
    found = jump(one)
    if not found:
        return None
    end = found[0][-1][1]["date"]
    if (one.counts[-1]["date"] - end).days < 60:
        return None
    late = [max(gained(step), 0) for step in one.steps if 31 <= (step[1]["date"] - end).days <= 92]
    return min(10.0, sum(late) / sum(map(gained, found[0])))


def echo(one: Account) -> Number:
    found = jump(one)
    if not found or len(found[1]) < 2:
        return None
    after = [found[0][-1][1], *(later for _, later in found[1][:2])]
    if [sooner for sooner, _ in found[1][:2]] != after[:2]:
        return None
    return fmean(max(gained(step), 0) for step in found[1][:2]) / max(one.gains)


class Burst:
    """The fastest growth over up to ``window`` days, found by trying all pairs of counts."""

    def __init__(self, one: Account, window: int):
        self.one, self.window = one, window
        growths = [
            (level50(b) - level50(a)) / (b["date"] - a["date"]).days for a, b in one.steps
        ]  # fmt: skip
        usual = median(growths)
        joined = {b["date"] for _, b in one.steps}
        self.excess, self.span = -math.inf, (0, 0)
        for j, end in enumerate(one.counts):
            first = j
            while first and one.counts[first]["date"] in joined and days_between(one, first - 1, j) <= window:
                first -= 1
            if first < j:
                found = level50(end) - level50(one.counts[first]) - usual * days_between(one, first, j)
                if found > self.excess:
                    self.excess, self.span = found, (first, j)


def level50(row: Row) -> float:
    return math.log(row["followers"] + 50)


def days_between(one: Account, sooner: int, later: int) -> int:
    return (one.counts[later]["date"] - one.counts[sooner]["date"]).days


def bursts(one: Account) -> tuple[float, Burst] | None:
    """The largest excess over up to ten days, and the shortest window with nine tenths of it."""
    if len(one.gains) < 4:
        return None
    if not hasattr(one, "_bursts"):
        all_ = [Burst(one, window) for window in (1, 2, 3, 5, 7, 10)]
        largest = max(each.excess for each in all_)
        least = largest * 0.9 if largest > 0 else largest
        one._bursts = largest, next(each for each in all_ if each.excess >= least)  # type: ignore[attr-defined]
    return one._bursts  # type: ignore[attr-defined, no-any-return]


def in_burst(one: Account, value: Callable[[Burst, float], Number]) -> Number:
    """A value of the burst and of all its gains."""
    found = bursts(one)
    if not found:
        return None
    first, last = (one.counts[place]["date"] for place in found[1].span)
    return value(found[1], sum(max(gained(s), 0) for s in one.steps if first < s[1]["date"] <= last))


def enough(one: Account, burst: Burst, gains: float) -> bool:
    return gains >= 3 * unit(one, one.counts[burst.span[1]]["followers"])


def burst_echo(one: Account) -> Number:
    def value(burst: Burst, gains: float) -> Number:
        start, end = (one.counts[place]["date"] for place in burst.span)
        after = [s for s in one.steps if s[0]["date"] >= end and (s[1]["date"] - end).days <= 7]
        days = sum((b["date"] - a["date"]).days for a, b in after)
        if days < 3 or not enough(one, burst, gains):
            return None
        pace = sum(max(gained(s), 0) for s in after) / days
        found = over(pace, gains / (end - start).days)
        return None if found is None else min(found, 10.0)

    return in_burst(one, value)


def burst_kept(one: Account) -> Number:
    def value(burst: Burst, gains: float) -> Number:
        first, last = burst.span
        later = [r["followers"] for i, r in enumerate(one.counts) if 25 <= days_between(one, last, i) <= 40]
        before, brought = one.counts[first]["followers"], one.counts[last]["followers"]
        if not later or not enough(one, burst, gains) or brought == before:
            return None
        return max(-1.0, min(3.0, (median(later) - before) / (brought - before)))

    return in_burst(one, value)


def month_size(one: Account) -> Number:
    return Burst(one, 30).excess if len(one.gains) >= 4 else None


def interests(one: Account) -> list[tuple[date, float]]:
    """Days of the settled, dated posts, and the interest in each."""
    found = []
    for post in one.dated:
        total = None if None in (post["likes"], post["comments"]) else post["likes"] + post["comments"]
        interest = next((v for v in (post["views"], total, post["likes"]) if v is not None), None)
        if interest is not None and post in one.settled:
            found.append((post["published_at"].date(), interest))
    return found


def burst_alone(one: Account) -> Number:
    found, earned = bursts(one), interests(one)
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


def rhythm(one: Account) -> Number:
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
    return over(max(found), power)


def churn(one: Account) -> Number:
    both = [
        (a["following"], b["following"]) for a, b in one.steps if None not in (a["following"], b["following"])
    ]
    if len(both) < 10:
        return None
    return over(
        sum(abs(b - a) for a, b in both),
        median(r["following"] for r in one.counts if r["following"] is not None),
    )


def unexplained(one: Account) -> Number:
    earned = interests(one)
    if not earned or len(one.gains) < 4:
        return None
    usual, first = median(v for _, v in earned), min(day for day, _ in earned)
    if sum(row["date"] >= first for row in one.counts) < 10:
        return None
    hits = [day for day, v in earned if v > 3 * usual]
    noise = median(unit(one, row["followers"]) / (row["followers"] + 1) for row in one.counts) + 1e-4
    lonely = 0.0
    for (a, b), z in zip(one.steps, robust_z(growths(one), noise), strict=True):
        near = any(-2 <= (b["date"] - day).days <= 7 for day in hits)
        lonely += max(b["followers"] - a["followers"], 0) * (z > 5 and b["date"] >= first and not near)
    return over(lonely, sum(max(g, 0) for g in one.gains))


def burstiness(one: Account) -> Number:
    n = len(one.gaps)
    if n < 5 or not fmean(one.gaps):
        return None
    r = pstdev(one.gaps) / fmean(one.gaps)
    return (math.sqrt(n + 1) * r - math.sqrt(n - 1)) / ((math.sqrt(n + 1) - 2) * r + math.sqrt(n - 1))


def hour_entropy(one: Account) -> Number:
    n = len(one.dated)
    if n < 10:
        return None
    hours = Counter(post["published_at"].hour for post in one.dated)
    return sum(-u / n * math.log2(u / n) for u in hours.values()) + (len(hours) - 1) / (2 * n) / math.log(2)


def quiet(one: Account) -> Number:
    hours = Counter(post["published_at"].hour for post in one.dated)
    fewest = min(sum(hours[(start + k) % 24] for k in range(6)) for start in range(24))
    return fewest / len(one.dated) if len(one.dated) >= 20 else None


def gathered(one: Account, seconds: int) -> Number:
    turns = [post["published_at"].timestamp() % seconds / seconds for post in one.dated]
    return abs(sum(cmath.exp(2j * math.pi * t) for t in turns)) / len(turns) if len(turns) >= 8 else None


def word_count(text: str) -> int:
    """Words between white space; two letters of a script without spaces are one."""
    marks = "".join("z" if unspaced(char) else " " if char.isspace() else "a" for char in text)
    return sum(-(-len(run) // 2) if run[0] == "z" else 1 for run in re.findall("z+|a+", marks))


def unspaced(char: str) -> bool:
    return unicodedata.name(char, "").startswith(UNSPACED)


def repeated(one: Account) -> Number:
    captions = [
        post["caption"].strip().lower() for post in one.dated if said((post["caption"] or "").strip())
    ]
    weights = [
        max(0.0, min(1.0, (word_count(caption) - 2) / 3)) if captions.count(caption) > 1 else 0.0
        for caption in captions
    ]
    return fmean(weights) if len(weights) >= 5 else None


def exact(one: Account, name: str) -> list[float]:
    """Counts, without those of 1,000 and more where all of these end in 00."""
    large = [count for count in one.of(name) if count >= 1_000]
    rounded = len(large) >= 3 and len(set(large)) > 1 and all(count % 100 == 0 for count in large)
    return [count for count in one.of(name) if count < 1_000 or not rounded]


def equal(one: Account, name: str) -> Number:
    counts = Counter(count for count in exact(one, name) if count >= 20)
    if counts.total() < 5:
        return None
    most = max(counts.values())
    return most / counts.total() if most > 1 else 0.0


def shares_equal(one: Account) -> Number:
    found = [value for name in ("shares", "saves") if (value := equal(one, name)) is not None]
    return max(found, default=None)


def round_likes(one: Account) -> Number:
    likes = [count for count in exact(one, "likes") if count >= 100]
    return share(any(package <= count <= 1.01 * package for package in PACKAGES) for count in likes)


def two_groups(values: list[float]) -> Number:
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


def per(posts: Iterable[Row], below: str) -> list[float]:
    able = (post for post in posts if None not in (post["likes"], post[below]))
    return [
        math.log10((post["likes"] + 1) / (post[below] + 1))
        for post in able
        if below != "views" or post["views"]
    ]


def likes_two_groups(one: Account) -> Number:
    per_view = per(one.settled, "views")
    return two_groups(per_view if len(per_view) >= 10 else per(one.settled, "comments"))


def one_kind(one: Account) -> list[Row]:
    kinds = [post["kind"] for post in one.settled]
    most = max(kinds, key=kinds.count, default=None)
    return [post for post in one.settled if post["kind"] == most]


def deviations(one: Account, earned: Number, table: tuple[Distribution, ...]) -> Number:
    lines = {line.platform: line for line in table}
    line, followers = lines.get(one.profile["platform"]), one.profile["followers"]
    if earned is None or line is None or not followers:
        return None
    middle, wide = (
        between([(math.log10(n), value) for n, value in points], math.log10(followers))
        for points in ([(n, math.log10(m)) for n, m in line.medians], line.deviations)
    )
    return (math.log10(max(earned, 0.5 / followers)) - middle) / wide


def between(points: list[tuple[float, float]], at: float) -> float:
    """On straight lines between the points, and level outside them."""
    if at <= points[0][0]:
        return points[0][1]
    for (x, y), (further, then) in pairwise(points):
        if at <= further:
            return y + (then - y) * (at - x) / (further - x)
    return points[-1][1]


def viewed_by(one: Account) -> list[float]:
    followers = one.profile["followers"]
    return [views / followers for views in one.of("views")] if followers else []


def percentile(one: Account) -> Number:
    z = deviations(one, rate(one), ENGAGEMENT)
    return None if z is None else 50 * math.erfc(-z / math.sqrt(2))


def in_turn(one: Account) -> list[list[tuple[datetime, str]]]:
    """For each post of three known fans or more: when each first came, in the order of its first comment."""
    under: dict[str, list[Row]] = {}
    for comment in one.comments:
        if comment["post_id"]:
            under.setdefault(comment["post_id"], []).append(comment)
    found = []
    for rows in under.values():
        first: dict[str, datetime] = {}
        for row in rows:
            if not row["by_creator"] and row["author_id"] and row["published_at"]:
                first.setdefault(row["author_id"], row["published_at"])
        if len(first) >= 3:
            found.append([(time, author) for author, time in first.items()])
    return found


def same_first(one: Account) -> Number:
    posts = [turn for turn in in_turn(one) if len(turn) == 3 or turn[2][0] < turn[3][0]]
    if len(posts) < 5:
        return None
    under = Counter(author for turn in posts for _, author in turn[:3])
    often = {author for author, n in under.items() if n >= 2 and 3 * n >= len(posts)}
    return share(sum(author in often for _, author in turn[:3]) >= 2 for turn in posts)


def same_order(one: Account) -> Number:
    found = []
    for turn, then in pairwise(in_turn(one)):
        left, right = ({author: time for time, author in post} for post in (turn, then))
        shared = sorted(left.keys() & right.keys())
        if len(shared) >= 3:
            times = ([post[author].timestamp() for author in shared] for post in (left, right))
            found.append(pearson(*map(ranks, times)))
    known_ = [value for value in found if value is not None]
    return fmean(known_) if len(known_) >= 2 else None


def returning_early(one: Account) -> Number:
    rows = []
    for comment in one.fans:
        posted, came = one.published.get(comment["post_id"]), comment["published_at"]
        if posted and came and 0 <= (came - posted).total_seconds() <= 3_600 and comment["author_id"]:
            rows.append((comment["author_id"], comment["post_id"]))
    posts = {post for _, post in rows}
    if len(rows) < 10 or len(posts) < 5:
        return None
    under = Counter(author for author, _ in set(rows))
    return share(under[author] * 2 >= len(posts) for author, _ in rows)


def phrase_authors(one: Account) -> Number:
    said_by = [(w, c["author_id"]) for w, c in zip(one.words, one.worded, strict=True) if c["author_id"]]
    if len(one.words) < 15:
        return None
    writers: dict[str, set[str]] = {}
    for words, author in said_by:
        writers.setdefault(words, set()).add(author)
    return share((word_count(w) >= 2 and len(writers[w]) >= 3 for w, _ in said_by), at_least=15)


def sampled(one: Account, name: str, condition: Callable[[Any], bool]) -> Number:
    rows = one.audience if len(one.audience) >= 30 else []
    return share((condition(row[name]) for row in rows if row[name] is not None), at_least=30)


def followed_both(one: Account) -> list[tuple[int, int]]:
    rows = [(row["following"], row["followers"]) for row in one.audience]
    return [row for row in rows if None not in row] if len(rows) >= 30 else []


def lopsided(one: Account) -> list[bool]:
    return [following + 1 >= 20 * (followers + 1) for following, followers in followed_both(one)]


def follow_ratios(one: Account) -> list[float]:
    return [math.log10((following + 1) / (followers + 1)) for following, followers in followed_both(one)]


def age_spread(one: Account) -> Number:
    ages = level(
        (one.profile["as_of"] - born) / timedelta(days=1) for born in known(one.audience, "created_at")
    )
    return quantile(ages, 0.75) - quantile(ages, 0.25) if len(ages) >= 30 else None


def profile(one: Account, *names: str) -> list[Any]:
    return [one.profile[name] for name in names]


def log_ratio(above: Number, below: Number) -> Number:
    return None if above is None or below is None else math.log10((above + 1) / (below + 1))


def stand_in(given: int | None, text: str | None, derive_it: Callable[[str], int]) -> int | None:
    return derive_it(text) if given is None and text is not None else given


def completeness(one: Account) -> Number:
    row = one.profile
    words = stand_in(row["full_name_words"], row["full_name"], lambda name: len(name.split()))
    length = stand_in(row["bio_length"], row["bio"], len)
    counts = (words, length, None if row["external_url"] is None else len(row["external_url"]))
    parts = [row["has_picture"], *(None if count is None else count > 0 for count in counts)]
    known = [part for part in parts if part is not None]
    return sum(known) / len(known) if len(known) >= 2 else None


ORACLE: dict[str, Callable[[Account], Number]] = {
    "following_ratio": lambda a: log_ratio(*profile(a, "following", "followers")),
    "posts_per_follower": lambda a: log_ratio(*profile(a, "posts", "followers")),
    "profile_completeness": completeness,
    "engagement_rate": rate,
    "engagement_spread": lambda a: spread(engagement(a), 5),
    "engagement_above_peers": lambda a: None if (d := peers_distance(a)) is None else max(d, 0.0),
    "engagement_below_peers": lambda a: None if (d := peers_distance(a)) is None else max(-d, 0.0),
    "likes_per_view": lambda a: middle(quotients(a, "likes", "views")),
    "likes_per_view_spread": lambda a: spread(quotients(a, "likes", "views"), 5),
    "more_likes_than_views_share": lambda a: share(
        p["likes"] > p["views"] for p in a.with_both("likes", "views") if p["views"]
    ),
    "comments_per_like": lambda a: sums(a, "comments"),
    "saves_per_like": lambda a: sums(a, "saves"),
    "comments_per_like_spread": replies_spread,
    "likes_variation": lambda a: variation(a.of("likes")),
    "comments_variation": lambda a: variation(a.of("comments")),
    "views_variation": lambda a: variation(a.of("views")),
    "likes_gini": lambda a: gini(a.of("likes"), 5),
    "comments_gini": lambda a: gini(a.of("comments"), 5),
    "likes_comments_spearman": lambda a: spearman(a, "likes", "comments"),
    "likes_views_spearman": lambda a: spearman(a, "likes", "views"),
    "uncommented_share": lambda a: share(c == 0 for c in a.of("comments")),
    "likes_step": lambda a: step(a, "likes"),
    "likes_floor": lambda a: over(quantile(v, 0.1), median(v)) if len(v := a.of("likes")) >= 5 else None,
    "likes_outlier": lambda a: max(robust_z(level(v), 0.05)) if len(v := a.of("likes")) >= 5 else None,
    "likes_gap": likes_gap,
    "sponsored_lift": lift,
    "text_diversity": diversity,
    "distinct_texts": distinct,
    "shared_text_share": shared_texts,
    "author_concentration": concentration,
    "returning_author_share": lambda a: regulars(a, lambda own, _: own >= 3),
    "core_author_share": lambda a: regulars(a, lambda own, posts: own * 2 >= posts),
    "comment_length": lambda a: middle([len(c["text"]) for c in a.sample], 15),
    "comment_length_spread": lambda a: spread([len(c["text"]) for c in a.sample], 15),
    "early_share": lambda a: share((d <= 10 for d in a.delays), at_least=15),
    "first_hour_share": lambda a: share((d <= 60 for d in a.delays), at_least=15),
    "delay_spread": delay_spread,
    "creator_reply_share": lambda a: share(known(a.comments, "by_creator"), 15),
    "liked_comment_share": lambda a: share((n > 0 for n in known(a.fans, "likes")), 15),
    "spike_z": spike_z,
    "spike_share": lambda a: moved(a, lambda gain, _: over(max(gain), sum(gain))),
    "spike_kept": kept,
    "gains_gini": lambda a: moved(a, lambda gain, _: gini(gain, 4)),
    "best_tenth_share": lambda a: moved(a, best_tenth, 10),
    "rising_share": lambda a: share((g > 0 for g in a.gains), at_least=4),
    "loss_share": lambda a: moved(a, lambda gain, loss: over(sum(loss), sum(gain) + sum(loss))),
    "followers_sawtooth": rhythm,
    "following_churn": churn,
    "drip_spread": drip,
    "unexplained_gain_share": unexplained,
    "tail_after_spike": tail,
    "spike_echo": echo,
    "burst_size": lambda a: found[0] if (found := bursts(a)) else None,
    "burst_share": lambda a: in_burst(a, lambda _, gains: over(gains, sum(max(g, 0) for g in a.gains))),
    "burst_days": lambda a: in_burst(a, lambda burst, _: burst.window),
    "burst_echo": burst_echo,
    "burst_kept": burst_kept,
    "burst_alone": burst_alone,
    "month_size": month_size,
    "engagement_z": lambda a: deviations(a, rate(a), ENGAGEMENT),
    "engagement_percentile": percentile,
    "views_z": lambda a: deviations(a, middle(viewed_by(a)), VIEWS),
    "likes_equal_share": lambda a: equal(a, "likes"),
    "views_equal_share": lambda a: equal(a, "views"),
    "shares_equal_share": shares_equal,
    "likes_round_share": round_likes,
    "likes_two_groups": likes_two_groups,
    "likes_per_view_two_groups": lambda a: two_groups(per(one_kind(a), "views")),
    "same_first_share": same_first,
    "same_order": same_order,
    "returning_early_share": returning_early,
    "phrase_authors_share": phrase_authors,
    "growth_usual": lambda a: median(growths(a)) if len(a.gains) >= 4 else None,
    "growth_total": lambda a: log_ratio(*(a.counts[i]["followers"] for i in (-1, 0))) if a.counts else None,
    "posts_per_week": lambda a: over(168 * len(a.gaps), sum(a.gaps)) if len(a.gaps) >= 4 else None,
    "gap_burstiness": burstiness,
    "gap_memory": lambda a: pearson(a.gaps[:-1], a.gaps[1:]) if len(a.gaps) >= 7 else None,
    "equal_gap_share": lambda a: share(abs(g - median(a.gaps)) <= 0.02 * median(a.gaps) for g in a.gaps),
    "batch_share": lambda a: share(g <= 1 / 60 for g in a.gaps),
    "hour_entropy": hour_entropy,
    "hour_concentration": lambda a: gathered(a, 86_400),
    "minute_concentration": lambda a: gathered(a, 3_600),
    "quiet_hours_share": quiet,
    "repeated_caption_share": repeated,
    "audience_mass_follower_share": lambda a: sampled(a, "following", lambda n: n > 1_500),
    "audience_postless_share": lambda a: sampled(a, "posts", lambda n: n == 0),
    "audience_pictureless_share": lambda a: sampled(a, "has_picture", lambda has: not has),
    "audience_lopsided_share": lambda a: share(lopsided(a), 30),
    "audience_follow_ratio": lambda a: middle(follow_ratios(a), 30),
    "audience_age_spread": age_spread,
}  # fmt: skip


@pytest.fixture(scope="module")
def plain(tables: Tables) -> list[Account]:
    parts = {
        name: {key[0]: frame.to_dicts() for key, frame in tables[name].group_by("account_id")}
        for name in ("posts", "comments", "history", "audience")
    }
    return [
        Account(row, *(parts[name].get(row["account_id"], []) for name in parts))
        for row in tables.accounts.to_dicts()
    ]


@pytest.fixture(scope="module")
def derived(tables: Tables) -> dict[str, list[float]]:
    return {name: column.tolist() for name, column in derive(tables).items()}


@pytest.fixture(scope="module")
def seen(tables: Tables) -> list[set[str]]:
    """Blocks of each account that reach their floor; their counts are tested by themselves."""
    return [{block for block in BLOCKS if row[block]} for row in measure(tables).to_dict("records")]


# Counted in whole steps of a fine grid, so that sums are the same in any partitioning.
ON_A_GRID = {"likes_two_groups", "likes_per_view_two_groups"}


@pytest.mark.parametrize("name", ORACLE)
def test_the_catalogue_agrees_with_plain_python(
    name: str, plain: list[Account], derived: dict[str, list[float]], seen: list[set[str]]
) -> None:
    needed = set(by_name(name).blocks)
    values = [ORACLE[name](one) if needed <= shown else None for one, shown in zip(plain, seen, strict=True)]
    expected = [math.nan if value is None else float(value) for value in values]
    near = 1e-6 if name in ON_A_GRID else 1e-9
    np.testing.assert_allclose(derived[name], expected, rtol=near, atol=near, equal_nan=True)
    assert sum(not math.isnan(value) for value in expected) >= 10, (
        "too few accounts have it to prove anything"
    )
