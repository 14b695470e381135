"""Which evidence may clear anybody, and how much less suspicious it asks an account to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from detector.arrays import Bools, Floats
from features.evidence import Level

__all__ = ["clearable", "clearing_caution"]

HISTORY_ALONE: Final = 0.3
WITHOUT_CLOCK: Final = 0.7
_ENGAGEMENT: Final = ("engagement_rate", "views_per_follower")
_CLOCK: Final = ("posts_per_week",)
_WITHOUT_POSTS: Final = frozenset({"github", "twitch"})
"""Platforms on which no counts of posts are to be had: a history is all that can be bought."""


def clearable(features: pd.DataFrame, levels: Sequence[str]) -> Bools:
    """Accounts whose evidence would show the schemes: settled posts in relation to followers, or a history.

    Parameters
    ----------
    features
        Features, one row per account.
    levels
        Evidence level of each.

    Examples
    --------
    >>> posts = pd.DataFrame({"engagement_rate": [0.1, np.nan]})
    >>> clearable(posts, ["profile+posts30", "profile"]).tolist()
    [True, False]
    """
    history = np.array([Level.of(level).present("history") for level in levels], dtype=bool)
    return np.asarray(_any_known(features, _ENGAGEMENT) | history)


def clearing_caution(features: pd.DataFrame, platforms: Sequence[str | None] | None) -> Floats:
    """By which factor less suspicious an account must be to be cleared where whole schemes cannot show.

    In a history without posts nothing shows of bought likes, views and comments, and in posts without a
    clock nothing of programs. With these factors no more simulated fakes are cleared on them than on all that
    there is (docs/decisions/0028).

    Parameters
    ----------
    features
        Features, one row per account.
    platforms
        Platform of each; None: not known.

    Examples
    --------
    >>> posts = pd.DataFrame({"engagement_rate": [np.nan, 0.1, 0.1], "posts_per_week": [np.nan, np.nan, 3.0]})
    >>> clearing_caution(posts, ["x", "x", "x"]).tolist(), clearing_caution(posts[:1], ["github"]).tolist()
    ([0.3, 0.7, 1.0], [1.0])
    """
    postless = np.array([name in _WITHOUT_POSTS for name in platforms or [None] * len(features)], dtype=bool)
    on_posts = np.where(_any_known(features, _CLOCK), 1.0, WITHOUT_CLOCK)
    return np.where(_any_known(features, _ENGAGEMENT), on_posts, np.where(postless, 1.0, HISTORY_ALONE))


def _any_known(features: pd.DataFrame, names: Sequence[str]) -> Bools:
    known = features.reindex(columns=list(names)).notna().to_numpy()
    return np.asarray(known.any(axis=1), dtype=bool)
