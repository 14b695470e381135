"""Equal counts: posts that earn the same or a vendor's number, and likes that came to some posts only."""

from __future__ import annotations

from functools import partial
from typing import Final

import polars as pl

from features.declaration import HIGH, INFLATED, Rows, feature
from features.views import posts

FAMILY: Final = "engagement"
_ORDERS = "orders of one size, placed for every post"
_SOME = "likes bought for some of the posts; Sen et al. 2018, WebSci"
_from_posts = partial(feature, posts, unit="share", speaks_to=INFLATED, direction=HIGH)


@_from_posts(
    known={"likes_equal": 5},
    sentence="{value} of its posts have one and the same number of likes",
    rows=Rows("likes", ("published_at", "likes", "comments"), among=pl.col("likes_equal") == 1),
    source=_ORDERS,
    excuses={"scale": "equal counts under 20 say nothing"},
)
def likes_equal_share() -> pl.Expr:
    """Share of settled posts with the most common like count, of counts of 20 or more; 0 where all differ.

    >>> from features.example import derive_one
    >>> derive_one("likes_equal_share", likes=[150, 150, 150, 90, 80])
    0.6
    """
    return pl.col("likes_equal").mean()


@_from_posts(
    known={"views_equal": 5},
    sentence="{value} of its posts have one and the same number of views",
    rows=Rows("views", ("published_at", "views", "likes"), among=pl.col("views_equal") == 1),
    source=_ORDERS,
    excuses={"scale": "equal counts under 20 say nothing"},
)
def views_equal_share() -> pl.Expr:
    """Share of settled posts with the most common view count, of counts of 20 or more; 0 where all differ.

    >>> from features.example import derive_one
    >>> derive_one("views_equal_share", views=[1_010, 1_010, 3_456, 789, 81])
    0.4
    """
    return pl.col("views_equal").mean()


@_from_posts(
    sentence="{value} of its posts have one and the same number of shares or of saves",
    rows=Rows(
        "shares",
        ("published_at", "shares", "saves"),
        among=(pl.col("shares_equal") == 1) | (pl.col("saves_equal") == 1),
    ),
    source=_ORDERS,
    excuses={
        "scale": "equal counts under 20 say nothing",
        "gaps": "a post without shares may have saves, and the other way round",
    },
)
def shares_equal_share() -> pl.Expr:
    """Share of settled posts with the most common count of shares or saves, whichever is more.

    Of counts of 20 or more, of which five must be known; 0 where all differ.

    >>> from features.example import derive_one
    >>> derive_one("shares_equal_share", shares=[25, 25, 40, 41, 42], saves=[30] * 5)
    1.0
    """
    either = (pl.col("shares_equal"), pl.col("saves_equal"))
    return pl.max_horizontal(pl.when(equal.count() >= 5).then(equal.mean()) for equal in either)


@_from_posts(
    known={"likes_round": 5},
    sentence="{value} of its posts have as many likes as a common package brings, or up to 1 % more",
    rows=Rows("likes", ("published_at", "likes", "comments"), among=pl.col("likes_round") == 1),
    source="packages of 100 to 50,000 as vendors list them; by chance about 2 %",
    excuses={"scale": "packages are a matter of size"},
)
def likes_round_share() -> pl.Expr:
    """Share of settled posts whose likes, of 100 or more, lie at most 1 % above a vendor's package.

    Packages: 100, 250, 500, 750, 1,000, 1,500, 2,000, 2,500, 5,000, 10,000, 20,000 and 50,000.

    >>> from features.example import derive_one
    >>> derive_one("likes_round_share", likes=[502, 1_003, 251, 640, 888])
    0.6
    """
    return pl.col("likes_round").mean()


@_from_posts(
    known={"likes_against": 10},
    sentence="two groups of its posts explain {value} of how its likes per view (per comment, where views "
    "are unknown) vary (chance: about 65 %)",
    rows=Rows("likes_against", ("published_at", "likes", "views", "comments"), most=10, across=True),
    source=_SOME,
    excuses={
        "scale": "one is added to both, which matters for small counts",
        "gaps": "likes are held against comments where too few views are known",
    },
)
def likes_two_groups() -> pl.Expr:
    """Share of the variance of log10 likes per view, or per comment, that the best split in two explains.

    Each group has a fifth of the posts or more. A normal distribution gives .64, an even one .75.

    >>> from features.example import derive_one
    >>> derive_one("likes_two_groups", likes=[99] * 6 + [999] * 4, comments=[9] * 10)
    1.0
    """
    return pl.col("groups").first()


@_from_posts(
    known={"likes_against_views": 10},
    sentence="two groups of its posts of one kind explain {value} of how its likes per view vary (chance: "
    "about 65 %)",
    rows=Rows("likes_against_views", ("published_at", "kind", "likes", "views"), most=10, across=True),
    source=_SOME,
    excuses={
        "scale": "one is added to both, which matters for small counts",
        "gaps": "posts without likes or views still count for which kind most are of",
    },
)
def likes_per_view_two_groups() -> pl.Expr:
    """Share of the variance of log10 likes per view that the best split in two groups explains.

    Among settled posts of the kind that most are of; each group has a fifth of them or more.

    >>> from features.example import derive_one
    >>> derive_one("likes_per_view_two_groups", likes=[99] * 5 + [999] * 5, views=[9999] * 10)
    1.0
    """
    return pl.col("groups_against_views").first()
