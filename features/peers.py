"""Typical engagement as published, by platform and tier, with the sources.

Vendors disagree, so each line keeps a range and says where it is from. Beside the tiers stand
distributions whose median goes smoothly with followers, so that no account jumps at a tier's bound.
A change of any figure is a change of the catalogue's version.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = [
    "ENGAGEMENT",
    "PEERS",
    "TIERS",
    "VIEWS",
    "Distribution",
    "Typical",
    "spread_of",
    "tier",
    "tiers_of",
    "typical_engagement",
]

Floats = npt.NDArray[np.float64]

TIERS: Final = ("nano", "micro", "mid", "macro", "mega")
_BOUNDS: Final = (10_000, 100_000, 500_000, 1_000_000)


def tier(followers: int) -> str:
    """Size class of an account; agencies also call 1,000-100,000 followers "micro".

    >>> [tier(n) for n in (0, 9_999, 10_000, 100_000, 500_000, 1_000_000)]
    ['nano', 'nano', 'micro', 'mid', 'macro', 'mega']
    """
    return TIERS[bisect_right(_BOUNDS, followers)]


def tiers_of(followers: Sequence[int | None]) -> list[str | None]:
    """Tier of each account by followers; None where their number is unknown."""
    return [None if number is None else tier(number) for number in followers]


@dataclass(frozen=True)
class Typical:
    """Engagement per post over followers (shares, not per cent) of one platform and tier.

    ``low`` and ``high`` span what the sources call ordinary; ``definition`` says what is
    counted and ``source`` who measured it.
    """

    platform: str
    tier: str
    low: float
    median: float
    high: float
    definition: str
    source: str


_IG = "(likes + comments) per post / followers"
_IG_SOURCE = "Markerly; seed article 2020; untapper (vendor): ranges differ, widest kept"
_TT = "lifetime likes per video / followers"
_TT_SOURCE = "TIDES, ICWSM 2024; 5, 50, 95 % measured on it"
_YT = "(likes + comments) per video / subscribers"
_YT_SOURCE = "227 real channels, medians; range of 4 times to either side assumed"
_X = "median interactions per original post / followers"
_X_SOURCE = "PlayerSells open data, CC BY 4.0, n = 152,291; quartiles"

PEERS: Final[tuple[Typical, ...]] = (
    Typical("instagram", "nano", 0.022, 0.040, 0.215, _IG, _IG_SOURCE),
    Typical("instagram", "micro", 0.015, 0.024, 0.050, _IG, _IG_SOURCE),
    Typical("instagram", "mid", 0.010, 0.018, 0.035, _IG, _IG_SOURCE),
    Typical("instagram", "macro", 0.0085, 0.017, 0.025, _IG, _IG_SOURCE),
    Typical("instagram", "mega", 0.007, 0.012, 0.018, _IG, _IG_SOURCE),
    Typical("tiktok", "nano", 0.012, 0.132, 3.02, _TT, _TT_SOURCE),
    Typical("tiktok", "micro", 0.011, 0.066, 0.85, _TT, _TT_SOURCE),
    Typical("tiktok", "mid", 0.0055, 0.032, 0.22, _TT, _TT_SOURCE),
    Typical("tiktok", "macro", 0.0053, 0.027, 0.18, _TT, _TT_SOURCE),
    Typical("tiktok", "mega", 0.0053, 0.024, 0.115, _TT, _TT_SOURCE),
    Typical("youtube", "nano", 0.0039, 0.0154, 0.062, _YT, _YT_SOURCE),
    Typical("youtube", "micro", 0.00125, 0.0050, 0.020, _YT, _YT_SOURCE),
    Typical("youtube", "mid", 0.0010, 0.0040, 0.016, _YT, _YT_SOURCE),
    Typical("youtube", "macro", 0.0010, 0.0040, 0.016, _YT, _YT_SOURCE),
    Typical("youtube", "mega", 0.0007, 0.0028, 0.011, _YT, _YT_SOURCE),
    Typical("x", "nano", 0.00067, 0.00327, 0.0134, _X, _X_SOURCE),
    Typical(
        "x", "micro", 0.0012, 0.0040, 0.0121, _X, _X_SOURCE + "; 10-50k and 50-100k averaged on the log scale"
    ),
    Typical("x", "mid", 0.00012, 0.00065, 0.0027, _X, _X_SOURCE),
    Typical("x", "macro", 0.00005, 0.00033, 0.0014, _X, _X_SOURCE),
    Typical("x", "mega", 0.00003, 0.0002, 0.0008, _X, _X_SOURCE + "; 1-5M"),
)


def typical_engagement(
    platforms: Sequence[str], followers: Sequence[int | None], column: str = "median"
) -> Floats:
    """Typical engagement rate of each account's peers; NaN where no source covers them.

    Small Instagram accounts follow the line fitted on real ones, log10(rate) = -.32 - .224
    log10(followers) (up to 1,000 followers; 558 organic accounts): the published tiers begin
    above them and would call every small account inflated.

    >>> typical_engagement(["x", "github"], [20_000, 5])
    array([0.004,   nan])
    """
    known: dict[tuple[str, str | None], float] = {
        (line.platform, line.tier): getattr(line, column) for line in PEERS
    }
    pairs = zip(platforms, tiers_of(followers), strict=True)
    published = np.array([known.get(pair, np.nan) for pair in pairs], np.float64)
    number = np.array(followers, np.float64)  # NaN where unknown
    small = (np.array(platforms) == "instagram") & (number < 1_000) & (number > 0)
    published[small] = 10.0 ** (-0.32 + _SPREAD[column] - 0.224 * np.log10(number[small]))
    return published


# Residual standard deviation .29 of the same fit; 1.645 of them span 5 to 95 %.
_SPREAD: Final = {"low": -1.645 * 0.29, "median": 0.0, "high": 1.645 * 0.29}


@dataclass(frozen=True)
class Distribution:
    """Distribution of a rate over a platform's accounts: log-normal, its median falling with their size.

    Attributes
    ----------
    platform
        One of the schema's platforms.
    medians
        Followers and the median there (a share); between them a straight line on log scales, beyond
        the outermost ones their value.
    deviations
        Followers and the standard deviation of log10 there, likewise.
    source
        Who measured the medians, and who the deviations.
    """

    platform: str
    medians: tuple[tuple[float, float], ...]
    deviations: tuple[tuple[float, float], ...]
    source: str


def _line(followers: float) -> tuple[float, float]:
    """A point on the line fitted on small Instagram accounts."""
    return followers, 10.0 ** (-0.32 - 0.224 * float(np.log10(followers)))


# A tier's median stands at its middle on a log scale: 3,162 for 1,000 to 10,000, and so on.
ENGAGEMENT: Final[tuple[Distribution, ...]] = (
    Distribution(
        "instagram",
        (
            _line(1),
            _line(1_000),
            (3_162, 0.040),
            (31_623, 0.024),
            (223_607, 0.018),
            (707_107, 0.017),
            (3_162_278, 0.012),
        ),
        ((1_000, 0.29), (3_162, 0.33)),
        _IG_SOURCE + "; deviation: 558 organic accounts up to 1,000 followers, wider above",
    ),
    Distribution(
        "tiktok",
        ((3_162, 0.132), (31_623, 0.066), (223_607, 0.032), (707_107, 0.027), (3_162_278, 0.024)),
        ((1, 0.50),),
        _TT_SOURCE + "; deviation from its 5 and 95 % in the middle tiers",
    ),
    Distribution(
        "youtube",
        ((3_162, 0.0154), (31_623, 0.0050), (316_228, 0.0040), (3_162_278, 0.0028)),
        ((1, 0.45),),
        "227 real channels, medians; deviation assumed",
    ),
    Distribution(
        "x",
        ((993, 0.00607), (9_593, 0.00236), (73_185, 0.00084), (228_920, 0.00034), (1_812_733, 0.00009)),
        ((1, 0.42),),
        "PlayerSells open data, CC BY 4.0, medians of 60,892 accounts; deviation assumed "
        "for accounts that post (quartiles of all, dormant ones too, are twice as wide)",
    ),
)

VIEWS: Final[tuple[Distribution, ...]] = (
    Distribution(
        "x",
        ((993, 0.2763), (9_593, 0.1153), (73_185, 0.0532), (228_920, 0.0330), (1_812_733, 0.0120)),
        ((1, 0.65),),
        "PlayerSells open data, CC BY 4.0, 60,892 accounts: medians, and the mean distance of the quartiles "
        "over 1.349",
    ),
)


def spread_of(
    table: Sequence[Distribution], platforms: Sequence[str], followers: Sequence[int | None]
) -> tuple[Floats, Floats]:
    """Log10 of the median, and the deviation of log10, for each account; NaN where no source covers it.

    >>> level, deviation = spread_of(ENGAGEMENT, ["x", "tiktok", "github"], [993, 10_000, 5])
    >>> (10**level).round(5), deviation
    (array([0.00607, 0.09334,     nan]), array([0.42, 0.5 ,  nan]))
    """
    names, size = (
        np.array(platforms, dtype=object),
        np.log10(np.maximum(np.array(followers, np.float64), 1.0)),
    )
    level, deviation = np.full((2, size.size), np.nan)
    for one in table:
        own = names == one.platform
        at, median = np.log10(one.medians).T
        level[own] = np.interp(size[own], at, median)
        at, wide = np.array(one.deviations).T
        deviation[own] = np.interp(size[own], np.log10(at), wide)
    return level, deviation
