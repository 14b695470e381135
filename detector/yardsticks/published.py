"""Published ranges, smooth in the size of an account where medians are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np

from detector.arrays import Floats
from features.peers import PEERS, TIERS, tier, typical_engagement

__all__ = ["FAR_OF_LOW", "LIKES_PER_VIEW", "Published", "Range", "engagement_range", "published_range"]

CENTRES: Final = (3.5, 4.5, 5.35, 5.85, 6.3)
"""Where a tier's figures hold, in log10 followers: its middle; of the smallest, published from 1,000 on."""

SMALL: Final = (0.0, 3.0)
"""Ends of the line fitted on real small Instagram accounts (features.peers), which goes before the tiers."""

PUBLISHED: Final = frozenset(line.platform for line in PEERS)

WIDTH: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({"youtube": (0.4, 2.0)})
"""By what the low and the high end of features.peers are multiplied. YouTube's were assumed there, a factor
of four about the median; 90 of 100 of 67 real channels (newest 20 videos) lie from a tenth to seven times."""

FAR_OF_LOW: Final[Mapping[str, float]] = MappingProxyType(
    {"instagram": 0.1, "tiktok": 0.1, "youtube": 0.1, "x": 0.01, "other": 0.3}
)
"""Far out at this much of the low end. Instagram: four standard deviations (.29 of log10, 558 organic
accounts) under the median. YouTube: none of 67 real channels. X, whose low end is a quartile: a fortieth of
it is what a quarter of 8,082 posts of one topic had, each counted within a day. Other networks: a third of
the lowest of all."""

LIKES_PER_VIEW: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "youtube": (0.0034, 0.129),
        "tiktok": (0.012, 0.134),
        "x": (0.0033, 0.070),
    }
)
"""5 to 95 % of posts. YouTube: 65,398 listed videos under 100,000 views, youtube_trending (MIT; larger ones
.3-.5 % at the low end); TikTok: 5,074 videos; X: posts of 675 accounts under 10,000 followers."""


LIKES_SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "youtube": "65,398 listed YouTube videos (MIT): 5 to 95 %",
        "tiktok": "5,074 TikTok videos: 5 to 95 %",
        "x": "posts of 675 X accounts under 10,000 followers: 5 to 95 %",
    }
)
"""Who measured :data:`LIKES_PER_VIEW`."""

SMALL_SOURCE: Final = (
    "558 organic Instagram accounts of up to 1,000 followers (Akyon & Kalfaoglu 2019): 5 to 95 %"
)


@dataclass(frozen=True)
class Range:
    """Lowest and highest usual value of each account; NaN where nothing is published."""

    low: Floats
    high: Floats


def engagement_range(platforms: Sequence[str], size: Floats) -> Range:
    """Usual likes and comments per post over followers, by platform and log10 followers.

    Between the middles of two tiers the figures go over into each other (linear in logarithms);
    beyond the outermost they stay as they are. For networks without figures of their own the range is that of
    all others together.

    Parameters
    ----------
    platforms
        One per account.
    size
        Log10 of followers, NaN where unknown.

    Examples
    --------
    >>> found = engagement_range(["instagram", "github"], np.array([4.5, 4.5]))
    >>> found.low.round(4), found.high.round(4)
    (array([0.015,   nan]), array([0.05,  nan]))
    """
    found = np.full((2, size.size), np.nan)
    named = np.array(platforms, dtype=object)
    for platform in set(platforms) & PUBLISHED:
        here = named == platform
        at, levels = _knots(platform)
        found[:, here] = [
            width * np.power(10.0, np.interp(size[here], at, level))
            for level, width in zip(levels, WIDTH.get(platform, (1.0, 1.0)), strict=True)
        ]
    elsewhere = named == "other"
    if elsewhere.any():
        every = [engagement_range([platform] * elsewhere.sum(), size[elsewhere]) for platform in PUBLISHED]
        found[:, elsewhere] = (
            np.min([one.low for one in every], axis=0), np.max([one.high for one in every], axis=0),
        )  # fmt: skip
    return Range(*found)


@dataclass(frozen=True)
class Published:
    """The usual range of one account's number, and who published or measured it."""

    low: float
    high: float
    source: str


def published_range(feature: str, platform: str, followers: float | None) -> Published | None:
    """What is usual of a feature on a platform, for so many followers; None where nothing is published.

    The ranges are those of the yardsticks `engagement` and `likes_for_views`.

    Parameters
    ----------
    feature
        Its name in the catalogue.
    platform
        The account's.
    followers
        How many; None where unknown.

    Examples
    --------
    >>> one = published_range("engagement_rate", "instagram", 31_622)
    >>> round(one.low, 4), round(one.high, 4), one.source
    (0.015, 0.05, 'Markerly; seed article 2020; untapper (vendor): ranges differ, widest kept')
    >>> published_range("likes_per_view", "instagram", None)
    """
    if feature == "likes_per_view" and platform in LIKES_PER_VIEW:
        return Published(*LIKES_PER_VIEW[platform], LIKES_SOURCES[platform])
    if feature != "engagement_rate" or followers is None or platform not in PUBLISHED:
        return None
    size = float(np.log10(max(followers, 1.0)))
    found = engagement_range([platform], np.array([size]))
    lines = {line.tier: line.source for line in PEERS if line.platform == platform}
    source = SMALL_SOURCE if platform == "instagram" and followers < 1_000 else lines[tier(int(followers))]
    return Published(float(found.low[0]), float(found.high[0]), source)


@cache
def _knots(platform: str) -> tuple[Floats, Floats]:
    """Sizes and, for each of low and high, the log10 rate there."""
    lines = sorted((p for p in PEERS if p.platform == platform), key=lambda line: TIERS.index(line.tier))
    at = list(CENTRES)
    columns = [[getattr(line, column) for line in lines] for column in ("low", "high")]
    if platform == "instagram":
        at = [*SMALL, *at]
        ends = [1, 999]
        columns = [
            [*typical_engagement(["instagram"] * 2, ends, name).tolist(), *column]
            for name, column in zip(("low", "high"), columns, strict=True)
        ]
    return np.array(at), np.log10(np.array(columns))
