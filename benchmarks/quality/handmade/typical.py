"""Median engagement of creators by platform and size, from published figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["PLATFORMS", "TIERS", "typical"]

PLATFORMS: Final = ("instagram", "tiktok", "youtube", "x")

TIERS: Final[Mapping[str, int]] = MappingProxyType(
    {"nano": 4_000, "micro": 25_000, "mid": 220_000, "macro": 700_000, "mega": 3_000_000}
)
"""A follower count in the middle of each tier."""

_LEAST: Final = (0, 10_000, 100_000, 500_000, 1_000_000)
"""Followers at which each tier begins."""


@dataclass(frozen=True)
class Typical:
    """Medians of one platform and tier, as ratios.

    Attributes
    ----------
    likes
        Likes per post over followers.
    comments
        Comments over likes.
    shares
        Shares or reposts over likes.
    views
        Views per post over followers; None where a source gives none.
    kind
        Sort of post.
    """

    likes: float
    comments: float
    shares: float | None
    views: float | None
    kind: str


# Instagram: likes and comments per follower, Markerly, untapper, Statista 2023; comments per 100 likes 2.1
# (Brazilian opinion makers 2020-21, n = 115).
# TikTok: lifetime likes per video over followers, TIDES (ICWSM 2024); likes per view 5 % (KOLens).
# YouTube: likes and comments over subscribers of 227 channels; likes per view 3.5 % (Tubular: 4; trending
# 2025-26: 2 to 4); comments over likes 6 % (trending 2025-26).
# X: interactions and views over followers, PlayerSells open data (CC BY 4.0, n = 152,291).
_LIKES: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType({
    "instagram": (0.045, 0.022, 0.016, 0.012, 0.009),
    "tiktok": (0.132, 0.066, 0.032, 0.027, 0.024),
    "youtube": (0.0145, 0.0047, 0.0038, 0.0032, 0.0026),
    "x": (0.0025, 0.0045, 0.0005, 0.00025, 0.00016),
})  # fmt: skip
_VIEWS: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType({
    "tiktok": (2.6, 1.3, 0.64, 0.54, 0.48),
    "youtube": (0.41, 0.134, 0.109, 0.091, 0.074),
    "x": (0.115, 0.09, 0.033, 0.02, 0.012),
})  # fmt: skip
_REST: Final[Mapping[str, tuple[float, float | None, str]]] = MappingProxyType({
    "instagram": (0.021, None, "image"),
    "tiktok": (0.012, 0.04, "video"),
    "youtube": (0.06, None, "video"),
    "x": (0.08, 0.2, "text"),
})  # fmt: skip


def typical(platform: str, followers: int) -> Typical:
    """Medians for an account of that size.

    >>> typical("instagram", 25_000).likes
    0.022
    >>> typical("instagram", 25_000).views is None
    True
    """
    tier = sum(followers >= least for least in _LEAST) - 1
    comments, shares, kind = _REST[platform]
    views = _VIEWS[platform][tier] if platform in _VIEWS else None
    return Typical(_LIKES[platform][tier], comments, shares, views, kind)
