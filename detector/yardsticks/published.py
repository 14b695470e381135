"""Published ranges, smooth in the size of an account where medians are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np

from detector.arrays import Floats
from features.peers import PEERS, TIERS, typical_engagement

__all__ = ["FAR_OF_LOW", "LIKES_PER_VIEW", "Range", "engagement_range"]

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
