"""Yardsticks on what posts earn: for its size, per view, per like, and from post to post."""

from __future__ import annotations

from typing import Final

import numpy as np

from detector.arrays import Floats
from detector.yardsticks.declaration import YardstickInput, YardstickValues, yardstick
from detector.yardsticks.published import FAR_OF_LOW, LIKES_PER_VIEW, engagement_range

__all__: list[str] = []

FEWEST_LIKES: Final = 20.0
"""Likes a post from which they may be called nearly equal: of fewer, chance alone makes equal ones."""

FEWEST_EXPECTED: Final = 5.0
"""Likes and comments a post that the lower end of the range must come to: of fewer, chance makes none."""


@yardstick(
    signal="followers_stock",
    reads=("engagement_rate", "followers_size"),
    unit="share",
    usual="by platform and size, 1.5 to 5 % at 32,000 followers on Instagram",
    far="a tenth of the low end or less (X: a hundredth), where the low end makes five likes and comments a "
    "post; never for being high",
    sentence="{interactions} likes and comments a post on {followers} followers: {value}; creators of that "
    "size on {platform} get {usual}",
    source="features.peers: Markerly, TIDES (ICWSM 2024), PlayerSells (CC BY 4.0), 227 YouTube channels",
)
def engagement(n: YardstickInput) -> YardstickValues:
    """Likes and comments of the median post over followers, against the range for platform and size.

    Bought followers do not engage, bought likes come on top. High engagement alone is never far
    out: small and beloved accounts have it too. A low end of less than five likes and comments a
    post makes nobody far out either, for then none at all are ordinary.
    """
    usual = engagement_range(n.platforms, n.size)
    far = n.by_platform(FAR_OF_LOW) * usual.low
    far = np.where(usual.low * n.followers >= FEWEST_EXPECTED, far, np.nan)
    value = np.where(np.isnan(usual.low), np.nan, n["engagement_rate"])
    return YardstickValues(value, usual.low, usual.high, far_low=far, sentence_values={
        "interactions": (n.interactions, "count"), "followers": (n.followers, "count"),
    })  # fmt: skip


@yardstick(
    signal="likes",
    reads=("likes_variation", "engagement_rate", "followers_size"),
    unit="share",
    usual="24 % or more: 95 of 100 organic accounts",
    far="5 % or less, with 20 likes a post or more",
    sentence="from post to post its likes differ by {value} of their mean; among organic accounts it is "
    "{usual}",
    source="424 organic Instagram accounts and 4,136 listed YouTube channels, 5 %: .23 and .24; Sen et al. "
    "2018, WebSci",
)
def constant_likes(n: YardstickInput) -> YardstickValues:
    """Standard deviation of likes over their mean: likes bought for each post make it small."""
    return YardstickValues(_with_likes(n, "likes_variation"), low=0.24, far_low=0.05)


@yardstick(
    signal="likes",
    reads=("likes_equal_share",),
    unit="share",
    usual="up to 30 %",
    far="half of the posts or more",
    sentence="{value} of its posts have exactly the same number of likes{example}; usual is {usual}",
    example="likes",
    source="chance: of ten posts with 20 likes or more, five never agree; orders come in "
    "packages (Dagster 2023)",
)
def equal_likes(n: YardstickInput) -> YardstickValues:
    """Share of settled posts with the most common number of likes, of 20 or more."""
    return YardstickValues(n["likes_equal_share"], high=0.3, far_high=0.5)


SPREAD: Final = 0.5
"""Standard deviation of log10 comments per like, from which on comments do not go along with likes."""


@yardstick(
    signal="likes",
    reads=("likes_two_groups", "comments_per_like_spread", "engagement_rate", "followers_size"),
    unit="share",
    usual="up to 75 %",
    far="over that; asked where comments per like differ by a factor of three from post to post",
    sentence="two groups of its posts, liked much and liked little for the comments or views they have, "
    "explain {value} of how they differ; usual is {usual}",
    source="likes are bought for some posts, comments are not; beyond it lie 4 of 550 organic Instagram "
    "accounts, none of 45 of press and politics, and 2 of 93 YouTube channels",
)
def posts_in_two_groups(n: YardstickInput) -> YardstickValues:
    """How well two groups of posts explain likes per view or comment, where comments do not go along.

    Likes that were bought for some of the posts make two groups of them.
    """
    apart = n["comments_per_like_spread"] >= SPREAD
    value = np.where(apart, _with_likes(n, "likes_two_groups"), np.nan)
    return YardstickValues(value, high=_MOST_EXPLAINED, far_high=_MOST_EXPLAINED)


_MOST_EXPLAINED: Final = 0.75


def _with_likes(n: YardstickInput, name: str) -> Floats:
    return np.where(n.interactions >= FEWEST_LIKES, n[name], np.nan)


@yardstick(
    signal="likes",
    reads=("more_likes_than_views_share",),
    unit="share",
    usual="none, up to 5 % where views are counted late",
    far="a fifth of the posts or more",
    sentence="{value} of its posts have more likes than views; usual is {usual}",
    source="who likes has seen: none on 67 real YouTube channels; Sen et al. 2018, WebSci",
)
def more_likes_than_views(n: YardstickInput) -> YardstickValues:
    """Share of settled posts with more likes than views."""
    return YardstickValues(n["more_likes_than_views_share"], high=0.05, far_high=0.2)


@yardstick(
    signal="views",
    reads=("likes_per_view", "views_per_follower", "followers_size"),
    unit="share",
    usual="YouTube 0.34 to 12.9 %, TikTok 1.2 to 13.4 %, X 0.33 to 7 %",
    far="a fifth of the low end or less, where the low end makes five likes a post; never for being high",
    sentence="{value} of the views of a usual post lead to a like; usual on {platform} is {usual}",
    source="5 to 95 % of 65,398 listed YouTube videos (MIT), 5,074 TikTok videos, posts of 675 X accounts",
)
def likes_for_views(n: YardstickInput) -> YardstickValues:
    """Likes over views of the median post: bought views bring no likes.

    Views of which the low end makes less than five likes make nobody far out.
    """
    low = n.by_platform({platform: low for platform, (low, _) in LIKES_PER_VIEW.items()})
    high = n.by_platform({platform: high for platform, (_, high) in LIKES_PER_VIEW.items()})
    value = np.where(np.isnan(low), np.nan, n["likes_per_view"])
    far = np.where(low * n.views >= FEWEST_EXPECTED, 0.2 * low, np.nan)
    return YardstickValues(value, low, high, far_low=far)


FEWEST_VIEWS: Final = 1_000.0


@yardstick(
    signal="views",
    reads=("views_variation", "views_per_follower", "followers_size"),
    unit="share",
    usual="24 % or more: 95 of 100 channels",
    far="10 % or less, with 1,000 views a post or more",
    sentence="from post to post its views differ by {value} of their mean; on real channels it is {usual}",
    source="4,136 listed YouTube channels (MIT), 5 %: .24; TIDES, ICWSM 2024",
)
def constant_views(n: YardstickInput) -> YardstickValues:
    """Standard deviation of views over their mean: views bought for each post make it small."""
    return YardstickValues(_with_views(n, "views_variation"), low=0.24, far_low=0.1)


@yardstick(
    signal="views",
    reads=("views_equal_share", "views_per_follower", "followers_size"),
    unit="share",
    usual="up to 20 %",
    far="half of the posts or more, with 1,000 views a post or more",
    sentence="{value} of its posts have exactly the same number of views{example}; usual is {usual}",
    example="views",
    source="chance: of thousands of views hardly two posts have the same; orders come in packages "
    "(Dagster 2023)",
)
def equal_views(n: YardstickInput) -> YardstickValues:
    """Share of settled posts with the most common number of views; of five posts each has a fifth."""
    return YardstickValues(_with_views(n, "views_equal_share"), high=0.2, far_high=0.5)


def _with_views(n: YardstickInput, name: str) -> Floats:
    return np.where(n.views >= FEWEST_VIEWS, n[name], np.nan)


ENOUGH_LIKES: Final = 300.0


@yardstick(
    signal="likes",
    reads=("comments_per_like", "engagement_rate", "followers_size"),
    unit="share",
    usual="0.33 to 32 %; on TikTok from 0.25 %",
    far="never: some audiences do not write",
    sentence="its posts earn {value} as many comments as likes; usual is {usual}",
    source="KOLens: under .0033 is suspicious; 95 % of Instagram posts: .32; TikTok 5 %: .0025",
)
def comments_for_likes(n: YardstickInput) -> YardstickValues:
    """All comments over all likes, with 300 likes and comments a post or more."""
    value = np.where(n.interactions >= ENOUGH_LIKES, n["comments_per_like"], np.nan)
    return YardstickValues(value, low=n.by_platform({"tiktok": 0.0025}, 0.0033), high=0.32)


@yardstick(
    signal="likes",
    reads=("sponsored_lift", "engagement_rate", "followers_size"),
    unit="times",
    usual="up to 3 times: few posts, and some with paid reach",
    far="10 times or more",
    sentence="its sponsored posts earn {value} the likes of its others; usual is {usual}",
    source="Popular Pays: sponsored posts are what is inflated, and earn rather less than others; range "
    "assumed",
)
def sponsored_posts(n: YardstickInput) -> YardstickValues:
    """Median likes of sponsored posts over that of the others."""
    return YardstickValues(_with_likes(n, "sponsored_lift"), high=3.0, far_high=10.0)


@yardstick(
    signal="likes",
    reads=("likes_in_block_share",),
    unit="share",
    usual="up to 10 % of posts seen several times",
    far="never: nobody has published how often this happens to honest posts",
    sentence="{value} of its posts seen several times gained a third or more of their likes in one step that "
    "brought a tenth or less of their views and comments; usual is {usual}",
    source="our own bounds; De Cristofaro et al. 2014, IMC: bot-run farms deliver likes in bursts",
)
def likes_in_a_block(n: YardstickInput) -> YardstickValues:
    """Share of posts, three or more seen several times, whose likes came without views and comments."""
    return YardstickValues(n["likes_in_block_share"], high=0.1)
