"""Engagement: what posts earn, how it varies, and how it compares with peers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import polars as pl

from features.declaration import HIGH, INFLATED, LOW, Change, Rows, feature
from features.expressions import (
    gini,
    logarithm,
    median,
    quantile,
    quotient,
    relative_spread,
    variation,
)
from features.views import account, posts

_LIKES, _COMMENTS, _VIEWS = (pl.col(name) for name in ("likes", "comments", "views"))
_BY_LIKES = Rows("likes", ("published_at", "likes", "comments", "views"), across=True)
_BY_COMMENTS = Rows("comments", ("published_at", "comments", "likes"), across=True)
_LIKES_PER_VIEW = Rows("likes_per_view", ("published_at", "likes", "views", "likes_per_view"), across=True)
_COMMENTS_PER_LIKE = Rows(
    "comments_per_like", ("published_at", "likes", "comments", "comments_per_like"), across=True
)
_OLD_OR_NEW = pl.col("oldest") | pl.col("newest")
_OLD_AND_NEW = Rows("age_rank", ("published_at", "likes", "comments"), most=8, across=True, among=_OLD_OR_NEW)
_LEAST: Final = 0.5
_SEN = "Sen et al. 2018, WebSci"
_AKYON = "Akyon & Kalfaoglu 2019, ASYU"
LIKES_ALONE: Final[Mapping[Change, str]] = {"gaps": "likes stand alone where no post's comments are counted"}
_from_posts = partial(feature, posts, speaks_to=INFLATED)
_from_account = partial(feature, account, unit="log10", speaks_to=INFLATED, direction=HIGH)


@_from_posts(
    blocks=("profile", "posts"),
    unit="share",
    known={"rate": 5},
    sentence="the likes and comments of a usual post equal {value} of its followers",
    rows=Rows("rate", ("published_at", "likes", "comments", "rate"), across=True),
    source="Purba et al. 2020, IJECE 10(3)",
    excuses=LIKES_ALONE,
    version=2,
)
def engagement_rate() -> pl.Expr:
    """Median over settled posts of likes and comments over followers; of likes where none counts comments.

    >>> from features.example import derive_one
    >>> derive_one("engagement_rate", followers=1000, likes=[48, 40, 60, 45, 50], comments=[2, 0, 0, 5, 1])
    0.05
    >>> derive_one("engagement_rate", followers=1000, likes=[50] * 5)
    0.05
    """
    return median(pl.col("rate"))


@_from_posts(
    unit="ratio",
    direction=LOW,
    known={"interactions": 5},
    sentence="the middle half of its posts lie as far apart in likes and comments as {value} times a usual "
    "one has",
    rows=Rows("interactions", ("published_at", "likes", "comments", "interactions"), across=True),
    source=_SEN,
)
def engagement_spread() -> pl.Expr:
    """Interquartile range over median of likes and comments of settled posts.

    >>> from features.example import derive_one
    >>> derive_one("engagement_spread", likes=[10, 20, 30, 40, 50], comments=[0] * 5)
    0.666...
    """
    return relative_spread(pl.col("interactions"))


@_from_account(
    blocks=("profile", "posts"),
    sentence="its engagement rate exceeds the benchmark for its platform and size by a factor of {value} (1: "
    "not at all)",
    source="design of peers' table; HypeAuditor's and others' published tiers",
    excuses={"scale": "the account moves to another tier of peers", **LIKES_ALONE},
    version=2,
)
def engagement_above_peers() -> pl.Expr:
    """Decimal logarithm of the engagement rate over the peers' typical one, where it is above.

    >>> from features.example import derive_one
    >>> derive_one("engagement_above_peers", platform="youtube", followers=1000, likes=[154] * 5,
    ...     comments=[0] * 5)
    1.0
    """
    return _distance().clip(lower_bound=0.0)


@_from_account(
    blocks=("profile", "posts"),
    sentence="its engagement rate falls short of the benchmark for its platform and size by a factor of "
    "{value} (1: not at all)",
    source="HypeAuditor, Popular Pays: bought followers do not engage",
    excuses={"scale": "the account moves to another tier of peers", **LIKES_ALONE},
    version=2,
)
def engagement_below_peers() -> pl.Expr:
    """Decimal logarithm of the peers' typical engagement rate over the account's, where it is below.

    No engagement at all counts as half an interaction on the median post.

    >>> from features.example import derive_one
    >>> round(derive_one("engagement_below_peers", platform="x", followers=20_000, likes=[8] * 5,
    ...     comments=[0] * 5), 9)
    1.0
    """
    return -_distance().clip(upper_bound=0.0)


def _distance() -> pl.Expr:
    return logarithm(quotient(at_least_half("engagement_rate"), pl.col("typical_rate")))


def at_least_half(earned: str) -> pl.Expr:
    """A rate per follower, of which none at all counts as half an interaction or view; null stays null."""
    least = quotient(pl.lit(_LEAST), pl.col("followers").cast(pl.Float64))
    value = pl.when(pl.col(earned) > least).then(earned).otherwise(least)
    return pl.when(pl.col(earned).is_not_null()).then(value)


@_from_posts(
    unit="ratio",
    known={"likes_per_view": 5},
    sentence="a usual post earns {value} likes per view",
    rows=_LIKES_PER_VIEW,
    source=_SEN,
)
def likes_per_view() -> pl.Expr:
    """Median over settled posts of likes over views.

    >>> from features.example import derive_one
    >>> derive_one("likes_per_view", likes=[4, 5, 6, 5, 5], views=[100] * 5)
    0.05
    """
    return median(pl.col("likes_per_view"))


@_from_posts(
    unit="share",
    direction=HIGH,
    known={"likes_per_view": 5},
    sentence="{value} of its posts have more likes than views",
    rows=Rows("likes_per_view", ("published_at", "likes", "views")),
    source=_SEN,
)
def more_likes_than_views_share() -> pl.Expr:
    """Share of settled posts with more likes than views, of those with any: some sources count no views.

    >>> from features.example import derive_one
    >>> derive_one("more_likes_than_views_share", likes=[4, 5, 6, 5, 50], views=[10] * 5)
    0.2
    """
    return (pl.col("likes_per_view") > 1.0).mean()


@_from_posts(
    unit="ratio",
    known={"likes_per_view": 5},
    sentence="the middle half of its posts lie as far apart in likes per view as {value} times a usual one "
    "has",
    rows=_LIKES_PER_VIEW,
    source=_SEN,
)
def likes_per_view_spread() -> pl.Expr:
    """Interquartile range over median of likes per view.

    >>> from features.example import derive_one
    >>> derive_one("likes_per_view_spread", likes=[1, 2, 3, 4, 5], views=[100] * 5)
    0.666...
    """
    return relative_spread(pl.col("likes_per_view"))


@_from_posts(
    unit="ratio",
    direction=LOW,
    known={"interactions": 5},
    sentence="its posts earn {value} comments per like",
    rows=_COMMENTS_PER_LIKE,
    source="KOLens: under .0033 is suspicious; HypeAuditor",
)
def comments_per_like() -> pl.Expr:
    """All comments over all likes of settled posts for which both are known.

    >>> from features.example import derive_one
    >>> derive_one("comments_per_like", likes=[100] * 5, comments=[1, 2, 3, 4, 0])
    0.02
    """
    both = pl.col("interactions").is_not_null()
    return quotient(_COMMENTS.filter(both).sum(), _LIKES.filter(both).sum())


@_from_posts(
    unit="log10",
    direction=HIGH,
    known={"comments_per_like_level": 5},
    sentence="from post to post its comments per like typically differ by a factor of {value}",
    rows=_COMMENTS_PER_LIKE,
    source="bought likes on some posts only; Sen et al. 2018",
    excuses={"scale": "one is added to both, which matters for small counts"},
)
def comments_per_like_spread() -> pl.Expr:
    """Standard deviation over settled posts of log10 of (comments + 1) over (likes + 1).

    >>> from features.example import derive_one
    >>> derive_one("comments_per_like_spread", likes=[99] * 5, comments=[0] * 5)
    0.0
    """
    return pl.col("comments_per_like_level").std()


@_from_posts(
    blocks=("profile", "posts"),
    unit="ratio",
    known={"views_per_follower": 5},
    sentence="a usual post is viewed {value} times per follower",
    rows=Rows("views_per_follower", ("published_at", "views", "views_per_follower"), across=True),
    source="PlayerSells open data; TIDES 2024",
)
def views_per_follower() -> pl.Expr:
    """Median over settled posts of views over followers.

    >>> from features.example import derive_one
    >>> derive_one("views_per_follower", followers=100, views=[40, 50, 60, 50, 50])
    0.5
    """
    return median(pl.col("views_per_follower"))


@_from_posts(
    unit="ratio",
    direction=LOW,
    known={"likes": 5},
    sentence="its likes vary from post to post by {value} times their mean",
    rows=_BY_LIKES,
    source=_SEN,
)
def likes_variation() -> pl.Expr:
    """Coefficient of variation of likes over settled posts: standard deviation over mean.

    >>> from features.example import derive_one
    >>> derive_one("likes_variation", likes=[100, 101, 99, 100, 100])
    0.007071...
    """
    return variation(_LIKES)


@_from_posts(
    unit="gini",
    direction=LOW,
    known={"likes": 5},
    sentence="on a scale from 0 (evenly) to 1 (all on one post) its likes are spread over its posts at "
    "{value}",
    rows=_BY_LIKES,
    source="Gini 1912; Sen et al. 2018",
)
def likes_gini() -> pl.Expr:
    """Gini coefficient of likes over settled posts: 0 all alike, 1 one post has all.

    >>> from features.example import derive_one
    >>> derive_one("likes_gini", likes=[0, 0, 0, 0, 9])
    1.0
    """
    return gini(_LIKES, pl.col("likes_standing"))


@_from_posts(
    unit="ratio",
    direction=LOW,
    known={"comments": 5},
    sentence="its comment counts vary from post to post by {value} times their mean",
    rows=_BY_COMMENTS,
    source=_AKYON,
)
def comments_variation() -> pl.Expr:
    """Coefficient of variation of comment counts over settled posts.

    >>> from features.example import derive_one
    >>> derive_one("comments_variation", comments=[4, 4, 4, 4, 4])
    0.0
    """
    return variation(_COMMENTS)


@_from_posts(
    unit="gini",
    direction=LOW,
    known={"comments": 5},
    sentence="on a scale from 0 (evenly) to 1 (all under one post) its comments are spread over its posts at "
    "{value}",
    rows=_BY_COMMENTS,
    source="Gini 1912; Akyon & Kalfaoglu 2019",
)
def comments_gini() -> pl.Expr:
    """Gini coefficient of comment counts over settled posts.

    >>> from features.example import derive_one
    >>> derive_one("comments_gini", comments=[2, 2, 2, 2, 2])
    0.0
    """
    return gini(_COMMENTS, pl.col("comments_standing"))


@_from_posts(
    unit="ratio",
    direction=LOW,
    known={"views": 5},
    sentence="its view counts vary from post to post by {value} times their mean",
    rows=Rows("views", ("published_at", "views", "likes"), across=True),
    source="TIDES, ICWSM 2024",
)
def views_variation() -> pl.Expr:
    """Coefficient of variation of views over settled posts.

    >>> from features.example import derive_one
    >>> derive_one("views_variation", views=[1, 2, 3, 4, 5])
    0.527...
    """
    return variation(_VIEWS)


@_from_posts(
    unit="correlation",
    direction=LOW,
    known={"likes_rank": 8},
    sentence="on a scale from 0 (not at all) to 1 (always) the likes and comments of its posts rise and fall "
    "together at {value}",
    rows=Rows("likes_rank", ("published_at", "likes", "comments"), most=8, across=True),
    source="Sen et al. 2018, WebSci; median .32 on 700 organic accounts",
    version=2,
)
def likes_comments_spearman() -> pl.Expr:
    """Spearman correlation of likes with comments over settled posts, at least 8; 0 where likes never change.

    >>> from features.example import derive_one
    >>> likes = [1, 2, 3, 4, 5, 6, 7, 8]
    >>> derive_one("likes_comments_spearman", likes=likes, comments=[1, 2, 3, 4, 5, 6, 7, 9])
    1.0
    """
    return _follows("likes_rank", "comments_rank")


@_from_posts(
    unit="correlation",
    direction=LOW,
    known={"viewed_likes_rank": 8},
    sentence="on a scale from 0 (not at all) to 1 (always) the likes and views of its posts rise and fall "
    "together at {value}",
    rows=Rows("viewed_likes_rank", ("published_at", "likes", "views"), most=8, across=True),
    source="TIDES, ICWSM 2024",
    version=2,
)
def likes_views_spearman() -> pl.Expr:
    """Spearman correlation of likes with views over settled posts, at least 8; 0 where likes never change.

    >>> from features.example import derive_one
    >>> derive_one("likes_views_spearman", likes=[1, 2, 3, 4, 5, 6, 7, 8], views=[9, 8, 7, 6, 5, 4, 3, 2])
    -1.0
    >>> derive_one("likes_views_spearman", likes=[500] * 8, views=[9, 8, 7, 6, 5, 4, 3, 2])
    0.0
    """
    return _follows("viewed_likes_rank", "views_rank")


def _follows(likes: str, other: str) -> pl.Expr:
    """Correlation of two ranks; 0 where the other changes and likes do not, null where it does not either."""
    still, changes = pl.col(likes).min() == pl.col(likes).max(), pl.col(other).min() < pl.col(other).max()
    return pl.when(still & changes).then(0.0).otherwise(pl.corr(likes, other))


@_from_posts(
    unit="share",
    known={"comments": 5},
    sentence="{value} of its posts have no comment",
    rows=Rows("comments", ("published_at", "comments", "likes"), descending=False),
    source=_AKYON,
)
def uncommented_share() -> pl.Expr:
    """Share of settled posts without a comment, of those whose comments are counted.

    >>> from features.example import derive_one
    >>> derive_one("uncommented_share", comments=[0, 1, 2, 0, 3])
    0.4
    """
    return (_COMMENTS == 0).mean()


@_from_posts(
    unit="log10",
    known={"likes": 8},
    sentence="its newest third of posts earns {value} times the likes of its oldest third",
    rows=_OLD_AND_NEW,
    source="bought likes on the newest posts",
    excuses={
        "scale": "one is added, which matters for small counts",
        "gaps": "a post without likes still has its place among the oldest and the newest third",
    },
)
def likes_step() -> pl.Expr:
    """Log10 of median likes of the newest third of settled posts over that of the oldest third.

    >>> from features.example import derive_one
    >>> derive_one("likes_step", likes=[9, 9, 9, 9, 9, 99, 99, 99])
    1.0
    """
    return _step(_LIKES)


@_from_posts(
    unit="log10",
    known={"likes": 8, "comments": 8},
    sentence="its newest third of posts earns {value} times as many likes per comment as its oldest third",
    rows=_OLD_AND_NEW,
    source="bought likes on the newest posts",
    excuses={
        "scale": "one is added, which matters for small counts",
        "gaps": "a post without likes or comments still has its place among the oldest and the newest third",
    },
)
def likes_step_without_comments() -> pl.Expr:
    """The step of likes less that of comments, between the oldest and the newest third of posts.

    >>> from features.example import derive_one
    >>> derive_one("likes_step_without_comments", likes=[9] * 5 + [99] * 3, comments=[9] * 8)
    1.0
    """
    return _step(_LIKES) - _step(_COMMENTS)


def _step(value: pl.Expr) -> pl.Expr:
    newest = (median(value.filter(pl.col("newest"))) + 1.0).log10()
    oldest = (median(value.filter(pl.col("oldest"))) + 1.0).log10()
    return newest - oldest


@_from_posts(
    unit="ratio",
    direction=HIGH,
    known={"likes": 5},
    sentence="nine in ten of its posts earn at least {value} times the likes of a usual one",
    rows=Rows("likes", ("published_at", "likes", "comments"), descending=False, most=8, across=True),
    source="bought likes add a constant; Dagster 2023",
)
def likes_floor() -> pl.Expr:
    """The tenth percentile of likes over their median: a constant added to all posts lifts it.

    >>> from features.example import derive_one
    >>> derive_one("likes_floor", likes=[50, 100, 100, 100, 100])
    0.7
    """
    return quotient(quantile(_LIKES, 0.1), median(_LIKES))


@_from_posts(
    unit="z",
    known={"likes": 5},
    sentence="its most liked post stands out from a usual one by {value} times what posts usually differ by",
    rows=Rows("likes_z", ("published_at", "likes", "comments"), across=True),
    source="robust z, Iglewicz & Hoaglin 1993",
    excuses={"scale": "one is added, which matters for small counts"},
)
def likes_outlier() -> pl.Expr:
    """Largest robust z of log10 likes among settled posts.

    >>> from features.example import derive_one
    >>> derive_one("likes_outlier", likes=[99, 99, 99, 99, 999])
    20.0
    """
    return pl.col("likes_z").max()


@_from_posts(
    unit="share",
    direction=HIGH,
    known={"likes": 8},
    sentence="with its posts in order of likes, the widest step from one to the next takes up {value} of the "
    "way from the least to the most liked, counted in doublings",
    rows=Rows("likes", ("published_at", "likes", "comments"), most=10, across=True),
    source="likes bought for a part of the posts",
    excuses={"scale": "one is added, which matters for small counts"},
)
def likes_gap() -> pl.Expr:
    """Widest gap between neighbours among the middle 90 % of sorted log10 likes, over their range.

    >>> from features.example import derive_one
    >>> derive_one("likes_gap", likes=[9, 9, 9, 9, 9, 99, 99, 99, 99, 99])
    1.0
    """
    rise = pl.col("likes_rise")
    return quotient(rise.max(), rise.sum())


@_from_posts(
    unit="ratio",
    sentence="its sponsored posts earn {value} times the likes of its others",
    rows=Rows("is_sponsored", ("published_at", "likes", "is_sponsored"), most=10),
    source="sponsored posts are what is paid for and so what is inflated; Popular Pays",
)
def sponsored_lift() -> pl.Expr:
    """Median likes of sponsored posts over that of the others; at least 2 and 5 of them.

    >>> from features.example import derive_one
    >>> derive_one("sponsored_lift", likes=[10] * 5 + [20] * 2, is_sponsored=[False] * 5 + [True] * 2)
    2.0
    """
    paid, free = _LIKES.filter(pl.col("is_sponsored")), _LIKES.filter(~pl.col("is_sponsored"))
    return pl.when((paid.count() >= 2) & (free.count() >= 5)).then(quotient(median(paid), median(free)))


@_from_posts(
    unit="ratio",
    direction=LOW,
    sentence="its posts earn {value} saves per like",
    rows=Rows("likes", ("published_at", "likes", "saves"), across=True, among=pl.col("saves").is_not_null()),
    source="saves are seldom sold with likes",
)
def saves_per_like() -> pl.Expr:
    """All saves over all likes of settled posts for which both are known, five at least.

    >>> from features.example import derive_one
    >>> derive_one("saves_per_like", likes=[10] * 5, saves=[1] * 5)
    0.1
    """
    both = _LIKES.is_not_null() & pl.col("saves").is_not_null()
    return pl.when(both.sum() >= 5).then(
        quotient(pl.col("saves").filter(both).sum(), _LIKES.filter(both).sum())
    )


@_from_account(
    blocks=("posts", "history"),
    sentence="measured against the likes of its posts, its followers grew by a factor of {value}",
    source="HypeAuditor, Popular Pays: a spike with falling engagement",
    excuses={
        "scale": "it builds on the step of likes",
        "gaps": "a post without likes still has its place among the oldest and the newest third",
    },
)
def growth_without_engagement() -> pl.Expr:
    """Log10 growth of followers over the whole history less the step of likes from old to new posts.

    >>> from features.example import derive_one
    >>> derive_one("growth_without_engagement", posts={"likes": [99] * 8},
    ...     history={"followers": [99] * 10 + [999] * 10})
    1.0
    """
    return pl.col("growth_total") - pl.col("likes_step")
