"""Which evidence may clear anybody, and how much less suspicious it asks an account to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from detector.arrays import Bools, Floats, feature_values
from detector.yardsticks.published import engagement_range
from features.evidence import Level

__all__ = ["clearable", "clearing_caution"]

HISTORY_ALONE: Final = 0.3
WITHOUT_CLOCK: Final = 0.7
WITHOUT_HISTORY: Final = 0.9
LEAST_OF_LOW: Final[Mapping[str, float]] = MappingProxyType({"instagram": 0.7, "tiktok": 0.7, "youtube": 0.7})
"""Part of the low end of the usual engagement under which nobody is cleared: of 363 real accounts that were
cleared on posts none falls under it. Not on X, where a quarter of real accounts have a fortieth of it."""
WITHOUT_COUNTS: Final = 0.7
_FACES: Final = ("audience_pictureless_share", "audience_digit_name_share", "audience_age_spread")
_COUNTED: Final = ("audience_lopsided_share", "audience_mass_follower_share")
_ENGAGEMENT: Final = ("engagement_rate", "views_per_follower")
_CLOCK: Final = ("posts_per_week",)
_HISTORY: Final = ("growth_total",)
_WITHOUT_POSTS: Final = frozenset({"github", "twitch"})
"""Platforms on which no counts of posts are to be had: a history is all that can be bought."""


def clearable(
    features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None] | None = None
) -> Bools:
    """Accounts whose evidence would show the schemes, and of whom none shows in how little posts earn.

    Settled posts in relation to followers, or a history; and where likes and comments a post are known, not
    less of them than nearly all creators of that size on that platform get: an audience that does not answer
    clears nobody, and accuses nobody by itself.

    Parameters
    ----------
    features
        Features, one row per account.
    levels
        Evidence level of each.
    platforms
        Platform of each; None: not known.

    Examples
    --------
    >>> posts = pd.DataFrame({"engagement_rate": [0.1, np.nan]})
    >>> clearable(posts, ["profile+posts30", "profile"]).tolist()
    [True, False]
    >>> posts = pd.DataFrame({"engagement_rate": [0.001, 0.02], "followers_size": 4.4})
    >>> clearable(posts, ["profile+posts30"] * 2, ["instagram"] * 2).tolist()
    [False, True]
    """
    history = np.array([Level.of(level).present("history") for level in levels], dtype=bool)
    shown = _any_known(features, _ENGAGEMENT) | history
    return np.asarray(shown & ~_hardly_answered(features, platforms or [None] * len(features)))


def _hardly_answered(features: pd.DataFrame, platforms: Sequence[str | None]) -> Bools:
    """Accounts whose posts earn less than nearly all creators of their size get, by what is published."""
    followers = feature_values("followers_size", features)
    usual = engagement_range([name or "" for name in platforms], followers)
    least = usual.low * np.array([LEAST_OF_LOW.get(name or "", 0.0) for name in platforms])
    return np.asarray(feature_values("engagement_rate", features) < least)


def clearing_caution(features: pd.DataFrame, platforms: Sequence[str | None] | None) -> Floats:
    """By which factor less suspicious an account must be to be cleared where whole schemes cannot show.

    In a history without posts nothing shows of bought likes, views and comments, in posts without a clock
    nothing of programs, without a history little of how followers came, and in a sample of followers without
    their counts hardly anything of who they are. With these factors no more simulated fakes are cleared on
    them than on all that there is (docs/decisions/0028).

    Parameters
    ----------
    features
        Features, one row per account.
    platforms
        Platform of each; None: not known.

    Examples
    --------
    >>> posts = pd.DataFrame({"engagement_rate": [np.nan, 0.1, 0.1], "posts_per_week": [np.nan, np.nan, 3.0]})
    >>> posts["growth_total"] = [0.5, 0.5, 0.5]
    >>> clearing_caution(posts, ["x", "x", "x"]).tolist(), clearing_caution(posts[:1], ["github"]).tolist()
    ([0.3, 0.7, 1.0], [1.0])
    >>> clearing_caution(posts.drop(columns="growth_total"), ["x", "x", "x"])[2:].tolist()
    [0.9]
    """
    postless = np.array([name in _WITHOUT_POSTS for name in platforms or [None] * len(features)], dtype=bool)
    on_posts = np.where(_any_known(features, _CLOCK), 1.0, WITHOUT_CLOCK)
    on_posts *= np.where(_any_known(features, _HISTORY), 1.0, WITHOUT_HISTORY)
    shown = np.where(_any_known(features, _ENGAGEMENT), on_posts, np.where(postless, 1.0, HISTORY_ALONE))
    uncounted = _any_known(features, _FACES) & ~_any_known(features, _COUNTED)
    return np.where(uncounted, WITHOUT_COUNTS * shown, shown)


def _any_known(features: pd.DataFrame, names: Sequence[str]) -> Bools:
    known: Bools = np.logical_or.reduce([~np.isnan(feature_values(name, features)) for name in names])
    return known
