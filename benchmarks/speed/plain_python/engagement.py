"""Likes, comments, views and shares of posts, and how they vary."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from statistics import median, stdev
from typing import Final

from benchmarks.speed.plain_python.account import Account, Number, Row
from benchmarks.speed.plain_python.statistics import (
    gini,
    known_values,
    log_counts,
    median_of,
    pearson,
    quantile,
    quotient,
    ranks,
    robust_z,
    share,
    spread,
    two_group_share,
    variation,
)
from features.peers import ENGAGEMENT, PEERS, VIEWS, Distribution, tier

PACKAGES = (100, 250, 500, 750, 1_000, 1_500, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000)


def _spearman(one: Account, left: str, right: str) -> Number:
    both = one.with_both(left, right)
    if len(both) < 8:
        return None
    ones, others = [post[left] for post in both], [post[right] for post in both]
    if len(set(ones)) == 1 < len(set(others)):
        return 0.0
    return pearson(ranks(ones), ranks(others))


def _engagement(one: Account) -> list[float]:
    return [post["likes"] + post["comments"] for post in one.with_both("likes", "comments")]


def _rate(one: Account) -> Number:
    earned = _engagement(one) if one.of("comments") else one.of("likes")
    return quotient(median(earned), one.profile["followers"] or 0) if len(earned) >= 5 else None


def _peers_distance(one: Account) -> Number:
    followers, platform, own = one.profile["followers"], one.profile["platform"], _rate(one)
    if followers is None or own is None:
        return None
    table = {(line.platform, line.tier): line.median for line in PEERS}
    typical = table.get((platform, tier(followers)))
    if platform == "instagram" and 0 < followers < 1_000:
        typical = 10 ** (-0.32 - 0.224 * math.log10(followers))
    return math.log10(max(own, 0.5 / followers) / typical) if typical else None


def _step(one: Account, name: str) -> Number:
    if len(one.of(name)) < 8:
        return None
    n = len(one.settled) - 1
    thirds = (range(math.ceil(n * 2 / 3), n + 1), range(math.floor(n / 3) + 1))
    newest, oldest = (known_values([one.settled[i] for i in third], name) for third in thirds)
    return math.log10((median(newest) + 1) / (median(oldest) + 1)) if newest and oldest else None


def _likes_gap(one: Account) -> Number:
    values = sorted(log_counts(one.of("likes")))
    if len(values) < 8:
        return None
    outer = math.ceil((len(values) - 1) / 20)
    rises = [b - a for a, b in pairwise(values[outer : len(values) - outer])]
    return quotient(max(rises), sum(rises))


def _lift(one: Account) -> Number:
    parts = [
        [p["likes"] for p in one.settled if p["likes"] is not None and p["is_sponsored"] is paid]
        for paid in (True, False)
    ]
    return quotient(median(parts[0]), median(parts[1])) if len(parts[0]) >= 2 and len(parts[1]) >= 5 else None


def _sums(one: Account, above: str) -> Number:
    both = one.with_both(above, "likes")
    return quotient(sum(p[above] for p in both), sum(p["likes"] for p in both)) if len(both) >= 5 else None


def _quotients(one: Account, above: str, below: str) -> list[float]:
    return [post[above] / post[below] for post in one.with_both(above, below) if post[below]]


def _replies_spread(one: Account) -> Number:
    values = [math.log10((p["comments"] + 1) / (p["likes"] + 1)) for p in one.with_both("comments", "likes")]
    return stdev(values) if len(values) >= 5 else None


def _exact(one: Account, name: str) -> list[float]:
    """Counts, without those of 1,000 and more where all of these end in 00."""
    large = [count for count in one.of(name) if count >= 1_000]
    rounded = len(large) >= 3 and len(set(large)) > 1 and all(count % 100 == 0 for count in large)
    return [count for count in one.of(name) if count < 1_000 or not rounded]


def _equal(one: Account, name: str) -> Number:
    counts = Counter(count for count in _exact(one, name) if count >= 20)
    if counts.total() < 5:
        return None
    most = max(counts.values())
    return most / counts.total() if most > 1 else 0.0


def _shares_equal(one: Account) -> Number:
    found = [value for name in ("shares", "saves") if (value := _equal(one, name)) is not None]
    return max(found, default=None)


def _round_likes(one: Account) -> Number:
    likes = [count for count in _exact(one, "likes") if count >= 100]
    return share(any(package <= count <= 1.01 * package for package in PACKAGES) for count in likes)


def _per(posts: Iterable[Row], below: str) -> list[float]:
    able = (post for post in posts if None not in (post["likes"], post[below]))
    return [
        math.log10((post["likes"] + 1) / (post[below] + 1))
        for post in able
        if below != "views" or post["views"]
    ]


def _likes_two_groups(one: Account) -> Number:
    per_view = _per(one.settled, "views")
    return two_group_share(per_view if len(per_view) >= 10 else _per(one.settled, "comments"))


def _one_kind(one: Account) -> list[Row]:
    kinds = [post["kind"] for post in one.settled]
    most = max(kinds, key=kinds.count, default=None)
    return [post for post in one.settled if post["kind"] == most]


def _deviations(one: Account, earned: Number, table: tuple[Distribution, ...]) -> Number:
    lines = {line.platform: line for line in table}
    line, followers = lines.get(one.profile["platform"]), one.profile["followers"]
    if earned is None or line is None or not followers:
        return None
    middle, wide = (
        _between([(math.log10(n), value) for n, value in points], math.log10(followers))
        for points in ([(n, math.log10(m)) for n, m in line.medians], line.deviations)
    )
    return (math.log10(max(earned, 0.5 / followers)) - middle) / wide


def _between(points: list[tuple[float, float]], at: float) -> float:
    """On straight lines between the points, and level outside them."""
    if at <= points[0][0]:
        return points[0][1]
    for (x, y), (further, then) in pairwise(points):
        if at <= further:
            return y + (then - y) * (at - x) / (further - x)
    return points[-1][1]


def _viewed_by(one: Account) -> list[float]:
    followers = one.profile["followers"]
    return [views / followers for views in one.of("views")] if followers else []


def _percentile(one: Account) -> Number:
    z = _deviations(one, _rate(one), ENGAGEMENT)
    return None if z is None else 50 * math.erfc(-z / math.sqrt(2))


def _likes_step_without_comments(one: Account) -> Number:
    likes, comments = _step(one, "likes"), _step(one, "comments")
    return None if likes is None or comments is None else likes - comments


FEATURES: Final[Mapping[str, Callable[[Account], Number]]] = {
    "engagement_rate": _rate,
    "engagement_spread": lambda a: spread(_engagement(a), 5),
    "engagement_above_peers": lambda a: None if (d := _peers_distance(a)) is None else max(d, 0.0),
    "engagement_below_peers": lambda a: None if (d := _peers_distance(a)) is None else max(-d, 0.0),
    "likes_per_view": lambda a: median_of(_quotients(a, "likes", "views")),
    "likes_per_view_spread": lambda a: spread(_quotients(a, "likes", "views"), 5),
    "more_likes_than_views_share": lambda a: share(
        p["likes"] > p["views"] for p in a.with_both("likes", "views") if p["views"]
    ),
    "comments_per_like": lambda a: _sums(a, "comments"),
    "saves_per_like": lambda a: _sums(a, "saves"),
    "comments_per_like_spread": _replies_spread,
    "likes_variation": lambda a: variation(a.of("likes")),
    "comments_variation": lambda a: variation(a.of("comments")),
    "views_variation": lambda a: variation(a.of("views")),
    "likes_gini": lambda a: gini(a.of("likes"), 5),
    "comments_gini": lambda a: gini(a.of("comments"), 5),
    "likes_comments_spearman": lambda a: _spearman(a, "likes", "comments"),
    "likes_views_spearman": lambda a: _spearman(a, "likes", "views"),
    "uncommented_share": lambda a: share(c == 0 for c in a.of("comments")),
    "likes_step": lambda a: _step(a, "likes"),
    "likes_step_without_comments": _likes_step_without_comments,
    "views_per_follower": lambda a: median_of(_viewed_by(a)),
    "likes_floor": lambda a: quotient(quantile(v, 0.1), median(v)) if len(v := a.of("likes")) >= 5 else None,
    "likes_outlier": lambda a: max(robust_z(log_counts(v), 0.05)) if len(v := a.of("likes")) >= 5 else None,
    "likes_gap": _likes_gap,
    "sponsored_lift": _lift,
    "engagement_z": lambda a: _deviations(a, _rate(a), ENGAGEMENT),
    "engagement_percentile": _percentile,
    "views_z": lambda a: _deviations(a, median_of(_viewed_by(a)), VIEWS),
    "likes_equal_share": lambda a: _equal(a, "likes"),
    "views_equal_share": lambda a: _equal(a, "views"),
    "shares_equal_share": _shares_equal,
    "likes_round_share": _round_likes,
    "likes_two_groups": _likes_two_groups,
    "likes_per_view_two_groups": lambda a: two_group_share(_per(_one_kind(a), "views")),
}
