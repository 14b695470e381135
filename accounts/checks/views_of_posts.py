"""Views that were not counted, or counted in two ways within one account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.checks.arrays import Arrays, Flags, Floats, Index, TableArrays
from accounts.checks.finding import (
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)
from accounts.checks.hidden_likes import zeros_alone
from accounts.checks.times import SECOND

__all__ = ["COUNTER_CHANGES", "changed_view_counter", "split_view_counter", "uncounted_views"]

COUNTER_CHANGES: Final = MappingProxyType({
    ("youtube", "short"): dt.datetime(2025, 3, 31, tzinfo=dt.UTC),
    ("instagram", "reel"): dt.datetime(2024, 8, 1, tzinfo=dt.UTC),
    ("instagram", "video"): dt.datetime(2024, 8, 1, tzinfo=dt.UTC),
})  # fmt: skip
"""From when a platform counts views of a kind of post otherwise: every start of a Short (YouTube, announced
2025-03-26); "views" instead of plays (Instagram, August 2024)."""

DIFFERENT: Final = 1.5
FEWEST: Final = 3


OF_VIDEOS: Final = frozenset({"tiktok", "youtube"})
"""Platforms on which views are public, and come before every other count."""
SMALL: Final = 12
"""The largest view count that a program writes where it knows none."""
TENFOLD: Final = 10


AUDIENCE: Final = 100
"""Followers of whom somebody sees something of what is posted."""


def _liked_unseen(rows: TableArrays) -> Flags:
    """Accounts with likes on posts that nobody, or always the same few, have seen, or with several unseen."""
    views, likes = rows.floats("views"), rows.floats("likes")
    small = (views >= 1) & (views <= SMALL) & (likes >= TENFOLD * views)
    several: Flags = (rows.count(small) >= FEWEST + 1) | (rows.count(views == 0) >= FEWEST)
    return several | rows.any((views == 0) & (likes > 0))


def _unseen() -> pl.Expr:
    """Whether a post has likes with 0 views, or with a small count that many with ten times those have."""
    views, likes = pl.col("views"), pl.col("likes")
    small = views.is_between(1, SMALL)
    often = (small & (likes >= TENFOLD * views)).sum().over("account_id", "views")
    many = pl.max_horizontal(FEWEST + 1, 0.2 * pl.len().over("account_id"))
    return (likes > 0) & ((views == 0) | (small & (often >= many)))


@check("posts", _liked_unseen)
def uncounted_views(evidence: Evidence) -> Outcome:
    """Zero views of a post with likes were not counted: whoever likes a post has seen it.

    Nor was one small count of views that stands on four posts, and a fifth, which have ten times the likes;
    it is none on the account's other posts, either.
    Nor were zeros on three posts or more that are all of them, over a hundred followers, or likes, or
    comments, or that stand alone beside what the others have. Where all of a channel of videos are so, nobody
    is cleared: views are what is sold there.

    >>> from accounts.tables import Tables
    >>> post = {"account_id": "a", "post_id": "p", "likes": 10_060, "views": 0}
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "youtube"}], posts=[post]))
    >>> uncounted_views.examine(one).findings[0].sentence
    '1 post has likes with 0 views, such as p (10,060 likes): its views are taken as absent.'
    """
    followers = dict(evidence.accounts.select("account_id", "followers").iter_rows())
    platforms = dict(evidence.accounts.select("account_id", "platform").iter_rows())
    known = evidence.columns("posts", "account_id", "post_id", "likes", "comments", "views").filter(
        pl.col("views").is_not_null()
    )
    rows, findings = [], []
    for name, part in findings_by_account(known.with_columns(liked=_unseen().fill_null(value=False))):
        wrong, what = _uncounted(part, followers[name] or 0)
        if wrong.is_empty():
            continue
        rows.append(wrong[ROW])
        findings.append(
            Finding(
                name, "uncounted_views", "posts.views", wrong.height,
                f"{what}: {'its' if wrong.height == 1 else 'their'} views are taken as absent.",
                ("posts.views",),
                bars_clearing=wrong.height == part.height and platforms[name] in OF_VIDEOS,
            )
        )  # fmt: skip
    return without_values("posts", "views", rows, findings)


def _uncounted(posts: pl.DataFrame, followers: int) -> tuple[pl.DataFrame, str]:
    """The posts of one account whose views were not counted, and how that shows."""
    zeros = posts["views"] == 0
    if zeros.sum() >= FEWEST and _not_collected(posts, followers):
        wrong = posts.filter(zeros | posts["liked"])
        return wrong, f"{wrong.height} of {posts.height} posts say 0 views over a real audience"
    wrong = posts.filter("liked").sort("likes", descending=True)
    if wrong.is_empty():
        return wrong, ""
    likes, views, most = wrong["likes"][0], wrong["views"][0], wrong["post_id"][0]
    count = "1 post has" if wrong.height == 1 else f"{wrong.height} posts have"
    return wrong, f"{count} likes with {views} views, such as {most} ({likes:,} likes)"


def _not_collected(posts: pl.DataFrame, followers: int) -> bool:
    """Whether the posts of one account that say 0 views are all, over an audience, or stand alone."""
    if (posts["views"] > 0).any():
        return zeros_alone(posts["views"].cast(pl.Float64).to_numpy())
    return followers >= AUDIENCE or bool(((posts["likes"] > 0) | (posts["comments"] > 0)).any())


def _with_both_sides(arrays: Arrays) -> Collection[str]:
    """Accounts with enough posts from either side, whose own platform changed that counter."""
    posts = arrays["posts"]
    return posts.names(_on_both_sides(posts, [arrays.platforms[name] for name in posts.owners]))


def _apart(rows: TableArrays, before: Flags, after: Flags, accounts: Flags) -> Flags:
    """Of some accounts those whose likes a view are different on the two sides."""
    likes, views = rows.floats("likes"), rows.floats("views")

    def differ(at: int) -> bool:
        own = rows.rows_of(at)
        rates = [likes[own][side[own]] / views[own][side[own]] for side in (before, after)]
        if any(np.isnan(side).all() for side in rates):
            return False
        low, high = sorted(float(np.nanmedian(side)) for side in rates)
        return 0 < DIFFERENT * low <= high

    return rows.where(accounts, differ)


def _on_both_sides(rows: TableArrays, platforms: Sequence[str] | None = None) -> Flags:
    """Accounts with enough posts of one kind from before and from after a platform changed its counter.

    Whichever platform that is, or only their own.
    """
    viewed, times = rows.floats("views") > 0, rows.floats("published_at")
    found = rows.nobody
    for (platform, kind), changed in COUNTER_CHANGES.items():
        day = changed.timestamp() * SECOND
        before, after = viewed & (times < day), viewed & (times >= day)
        both = (rows.count(before) >= FEWEST) & (rows.count(after) >= FEWEST)
        if platforms is not None:
            both &= np.array(platforms) == platform
        if both.any():
            of_kind = (rows.frame["kind"] == kind).fill_null(value=False).to_numpy()
            before, after = before & of_kind, after & of_kind
            both &= (rows.count(before) >= FEWEST) & (rows.count(after) >= FEWEST)
            found = found | (both if platforms is None else _apart(rows, before, after, both))
    return found


@check("posts", _on_both_sides, _with_both_sides)
def changed_view_counter(evidence: Evidence) -> Outcome:
    """Views of one kind from before and after its platform changed the counter are not compared.

    Those of the side with fewer posts are left out, where either side has three or more and a view brought
    1.5 times as many likes on one side as on the other.
    """
    counted = pl.DataFrame(
        [(platform, kind, day) for (platform, kind), day in COUNTER_CHANGES.items()],
        schema={"platform": pl.String, "kind": pl.String, "changed": pl.Datetime("us", "UTC")}, orient="row",
    )  # fmt: skip
    known = (
        evidence.posts.filter((pl.col("views") > 0) & pl.col("published_at").is_not_null())
        .join(evidence.accounts.select("account_id", "platform"), on="account_id", maintain_order="left")
        .join(counted, on=["platform", "kind"], maintain_order="left")
    )
    sides = known.group_by(
        "account_id",
        "platform",
        "kind",
        "changed",
        after=pl.col("published_at") >= pl.col("changed"),
        maintain_order=True,
    ).agg(rate=(pl.col("likes") / pl.col("views")).median(), posts=pl.len(), rows=pl.col(ROW))
    keys = ["account_id", "platform", "kind", "changed"]
    both = sides.filter(~pl.col("after")).join(sides.filter(pl.col("after")), on=keys, maintain_order="left")
    rates, posts = ("rate", "rate_right"), ("posts", "posts_right")
    apart = both.filter(
        (pl.min_horizontal(*posts) >= FEWEST)
        & (pl.min_horizontal(*rates) > 0)
        & (pl.max_horizontal(*rates) >= DIFFERENT * pl.min_horizontal(*rates))
    ).with_columns(earlier=pl.col("posts") <= pl.col("posts_right"))
    fewer = apart.select(
        *keys,
        "earlier",
        rows=pl.when("earlier").then("rows").otherwise("rows_right"),
        posts=pl.min_horizontal(*posts),
    )
    findings = tuple(
        Finding(
            name, "changed_view_counter", "posts.views", count,
            f"{platform} counts views of a {kind} otherwise since {changed:%Y-%m-%d}: those of {count} posts"
            f" from {'before' if earlier else 'after'} are left out, not compared.", ("posts.views",),
        )
        for name, platform, kind, changed, earlier, _, count in fewer.iter_rows()
    )  # fmt: skip
    return Outcome((Change("posts", fewer["rows"].explode(), ("views",)),) if fewer.height else (), findings)


SPLIT: Final = 1.7
"""How many times as many likes a view brings on one side of a day."""
SIDE: Final = 3
LIKED: Final = 5
"""Likes from which on those of a view can be told."""
CLEAN: Final = 0.9
SURE: Final = 3.0
"""Standard errors by which ranks of likes a view differ."""
WHOLLY: Final = 0.98
"""Share of pairs from which on few posts are enough: of six against six no such leap is surer."""
MOST_COMPARED: Final = 1_000
"""Posts of each side that are compared with each other: a million pairs."""
_RATED: Final = (pl.col("views") > 0) & (pl.col("likes") >= LIKED) & pl.col("published_at").is_not_null()
_RATE: Final = pl.col("likes").log() - pl.col("views").log()


def _rated(rows: TableArrays) -> Flags:
    """Accounts with enough posts whose likes a view can be told."""
    rated = (rows.floats("views") > 0) & (rows.floats("likes") >= LIKED) & rows.is_known("published_at")
    return np.greater_equal(rows.count(rated), 2 * SIDE)


def _with_split(arrays: Arrays) -> Collection[str]:
    """Accounts for whose likes a view :func:`_split_at` may give a place."""
    posts = arrays["posts"]
    views, likes, times = posts.floats("views"), posts.floats("likes"), posts.floats("published_at")
    rated = posts.in_order(np.where((views > 0) & (likes >= LIKED), times, np.nan))
    if not len(rated):
        return ()
    rates = np.log(likes[rated]) - np.log(views[rated])
    leaping = np.zeros(len(views), np.bool_)
    leaping[rated] = _leaping(posts.account[rated], _kinds(posts.frame["kind"])[rated], rates)
    return posts.names(posts.any(leaping))


def _kinds(kind: pl.Series) -> Index:
    """A number for each kind of post, 0 where it is not known."""
    if kind.null_count() == kind.len():
        return np.zeros(kind.len(), np.int64)
    numbers = kind.cast(pl.Categorical).to_physical().cast(pl.Int64) + 1
    return numbers.fill_null(0).to_numpy()


@check("posts", _rated, _with_split)
def split_view_counter(evidence: Evidence) -> Outcome:
    """Views before and after a day on which likes a view leap, and stay, are two counters, and not compared.

    Posts of one kind are held against each other, three rated ones or more on either side: of one before and
    one after, the one before has more likes a view (or fewer) in nine of ten pairs, by three standard errors
    of the rank sum, or in all but one of fifty; the medians are 1.7 times apart. The views of the smaller
    side are left out. As views that were paid for from a day on look the same, nobody is cleared.
    """
    rows, findings = [], []
    kind = pl.col("kind").fill_null("").rank("dense")
    posts = evidence.columns("posts", "account_id", "published_at", "likes", "views", "kind")
    rated = posts.filter(_RATED).with_columns(rate=_RATE, kind=kind)
    for name, part in findings_by_account(rated.sort("account_id", "published_at", ROW)):
        rates = part["rate"].to_numpy()
        at = _split_at(rates, part["kind"].to_numpy())
        if at is None or _largest_leap(rates) < 1:
            continue
        fewer = part.head(at) if at * 2 < part.height else part.tail(part.height - at)
        rows.append(fewer[ROW])
        findings.append(
            Finding(
                name, "split_view_counter", "posts.views", fewer.height,
                f"Likes a view leap on {part['published_at'][at]:%Y-%m-%d} and stay: views are counted in two"
                f" ways; those of {fewer.height} posts are left out.", ("posts.views",), bars_clearing=True,
            )
        )  # fmt: skip
    return without_values("posts", "views", rows, findings)


_NOISE: Final = 1e-9
"""What sums of one account may differ by when they are taken from sums over all accounts."""


def _leaping(account: Index, kind: Index, rates: Floats) -> Flags:
    """Which posts are of accounts for which :func:`_split_at` may give a place: all accounts in one pass.

    The posts stand by account and time. A post moves what lies between the sides by its distance from the
    mean of its kind, the pairs of a post before and one after by the posts of its kind that come less those
    that were, and the pairs in which the one before has more likes a view by its rank among its kind.
    """
    starts, of_kind = _starts(account), _OfKind.of(account * (kind.max() + 1) + kind, rates)
    pairs = of_kind.size - 2.0 * of_kind.nth + 1
    moved, weight, above, pairs, error = (
        _running(each, starts)
        for each in (
            rates - of_kind.mean, pairs / of_kind.size, of_kind.rank - of_kind.nth, pairs,
            pairs * (of_kind.size + 1) / 12,
        )
    )  # fmt: skip
    counts = np.diff(starts, append=len(rates))
    before = np.arange(1, len(rates) + 1) - np.repeat(starts, counts)
    inside = (before >= SIDE) & (before <= np.repeat(counts, counts) - SIDE)
    leap = np.where(inside & (weight > _NOISE), np.abs(moved) / np.sqrt(np.maximum(weight, _NOISE)), 0.0)
    largest = leap >= np.repeat(np.maximum.reduceat(leap, starts), counts) * (1 - _NOISE) - _NOISE
    ranked = np.maximum(above, pairs - above) / np.maximum(pairs, 1)
    sure = np.abs(above - pairs / 2) >= SURE * np.sqrt(np.maximum(error, 0)) - _NOISE
    clean = (sure & (ranked >= CLEAN - _NOISE)) | (ranked >= WHOLLY - _NOISE)
    return np.repeat(np.logical_or.reduceat(largest & inside & clean, starts), counts)


@dataclass(frozen=True)
class _OfKind:
    """Where posts stand among those of their account and kind.

    Attributes
    ----------
    size
        How many these are.
    nth
        Which one a post is in time, from 1.
    mean
        Their mean rate.
    rank
        The rank of a post's rate, the mean one of equal rates.
    """

    size: Index
    nth: Index
    mean: Floats
    rank: Floats

    @classmethod
    def of(cls, group: Index, rates: Floats) -> _OfKind:
        """Of posts in time, each of a group.

        >>> one = _OfKind.of(np.array([7, 7, 9, 7]), np.array([3.0, 1.0, 5.0, 3.0]))
        >>> one.size, one.nth, one.rank
        (array([3, 3, 1, 3]), array([1, 2, 1, 3]), array([2.5, 1. , 1. , 2.5]))
        """
        order, ranked = np.argsort(group, kind="stable"), np.lexsort((rates, group))
        starts = _starts(group[order])
        counts = np.diff(starts, append=len(group))
        size, nth, mean, rank = (np.empty(len(group)) for _ in range(4))
        size[order] = np.repeat(counts, counts)
        nth[order] = np.arange(len(group)) - np.repeat(starts, counts) + 1
        mean[order] = np.repeat(np.add.reduceat(rates[order], starts) / counts, counts)
        ties = _starts(rates[ranked], group[ranked])
        tied = np.diff(ties, append=len(group))
        rank[ranked] = np.repeat(ties + (tied + 1) / 2, tied) - np.repeat(starts, counts)
        return cls(size.astype(np.int64), nth.astype(np.int64), mean, rank)


def _starts(*keys: npt.NDArray[np.generic]) -> Index:
    """The rows in which any of the keys differs from the row before, and the first one."""
    changes = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.flatnonzero(np.append(True, changes))


def _running(values: npt.NDArray[np.float64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Running sums that begin anew at each of ``starts``.

    >>> _running(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 2]))
    array([1., 3., 3., 7.])
    """
    sums = np.cumsum(values)
    found: npt.NDArray[np.float64] = sums - np.repeat(
        (sums - values)[starts], np.diff(starts, append=len(sums))
    )
    return found


def _split_at(rates: npt.NDArray[np.float64], kinds: npt.NDArray[np.uint32]) -> int | None:
    """The place that splits the rates cleanly in two, each kind by itself; None where none does.

    >>> rates = np.array([0.0, 0.1, 0.2, 0.1, 0.0, 0.2, 1.4, 1.3, 1.2, 1.4, 1.3, 1.2])
    >>> _split_at(rates, np.ones(12)), _split_at(np.zeros(12), np.ones(12))
    (6, None)
    """
    places = np.arange(SIDE, len(rates) - SIDE + 1)
    of_kind = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    if not len(places):
        return None
    at = int(places[_weighted_leaps(rates, of_kind, places).argmax()])
    sides = [(_thinned(rates[own[own < at]]), _thinned(rates[own[own >= at]])) for own in of_kind]
    differences = np.concatenate([np.subtract.outer(before, after).ravel() for before, after in sides])
    if not differences.size or abs(float(np.median(differences))) < np.log(SPLIT):
        return None
    above = float((np.sign(differences) + 1).sum() / 2)
    sizes = [(len(before), len(after)) for before, after in sides]
    error = np.sqrt(sum(m * n * (m + n + 1) / 12 for m, n in sizes))
    share = max(above, differences.size - above) / differences.size
    sure = abs(above - differences.size / 2) >= SURE * error and share >= CLEAN
    return at if sure or share >= WHOLLY else None


def _thinned(rates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """At most ``MOST_COMPARED`` of the rates, evenly many from each part: each is compared with each.

    >>> _thinned(np.arange(3.0)), len(_thinned(np.arange(10.0 * MOST_COMPARED))) == MOST_COMPARED
    (array([0., 1., 2.]), True)
    """
    if len(rates) <= MOST_COMPARED:
        return rates
    return rates[np.linspace(0, len(rates) - 1, MOST_COMPARED).round().astype(np.intp)]


def _largest_leap(rates: npt.NDArray[np.float64]) -> float:
    """The largest leap of the mean rate between places in time, all kinds together, in standard errors.

    >>> round(_largest_leap(np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])), 2)
    2.24
    """
    before = np.arange(SIDE, len(rates) - SIDE + 1)
    after = len(rates) - before
    sums = np.cumsum(rates)
    gaps = sums[before - 1] / before - (sums[-1] - sums[before - 1]) / after
    errors = np.sqrt(1 / before + 1 / after)
    return float(np.max(np.abs(gaps) / errors) / np.std(rates, ddof=1))


def _weighted_leaps(
    rates: npt.NDArray[np.float64], of_kind: Sequence[npt.NDArray[np.intp]], places: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """How far the mean rates before and after each place lie apart within the kinds, in standard errors.

    >>> rates = np.array([0.0, 0.0, 1.0, 1.0])
    >>> _weighted_leaps(rates, [np.arange(4)], np.array([1, 2, 3])).round(3)
    array([0.577, 1.   , 0.577])
    """
    leap, weight = np.zeros(len(places)), np.zeros(len(places))
    for own in of_kind:
        before = np.searchsorted(own, places)
        after = len(own) - before
        sums = np.concatenate([[0.0], np.cumsum(rates[own])])
        share = before * after / len(own)
        gap = sums[before] / np.maximum(before, 1) - (sums[-1] - sums[before]) / np.maximum(after, 1)
        leap, weight = leap + share * gap, weight + share
    found: npt.NDArray[np.float64] = np.abs(leap) / np.sqrt(np.where(weight > 0, weight, np.inf))
    return found
