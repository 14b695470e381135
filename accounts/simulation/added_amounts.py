"""Bought amounts over honest ones, by count: measured on the finished account, not taken from the plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from accounts.simulation.draft import DAY, Draft
from accounts.simulation.parameters import Floats

__all__ = ["AddedAmounts", "added_amounts"]


@dataclass(frozen=True)
class AddedAmounts:
    """Bought amounts over honest ones, by count; 0 where nothing was bought.

    Attributes
    ----------
    followers
        Bought followers that are still there at ``as_of``, over the honest ones.
    likes, views, comments
        Bought over honest, summed over the posts; the honest sum counts as at least one per post.
    followers_shown
        The part of ``followers`` that arrived between the first and the last day of the exported
        history; 0 where no history is exported.
    """

    followers: float = 0.0
    likes: float = 0.0
    views: float = 0.0
    comments: float = 0.0
    followers_shown: float = 0.0


def added_amounts(draft: Draft, history: Floats | None = None) -> AddedAmounts:
    """Measure the bought amounts of an account.

    ``history`` holds the dates of its exported history in days since 1970; None: no history is exported.

    >>> from accounts.simulation.draw_account import draw_account
    >>> from accounts.simulation.regimes.train import TRAIN
    >>> honest = next(draft for draft, _, truth in (
    ...     draw_account(TRAIN, 1, at, frozenset()) for at in range(20)) if not truth.inflated)
    >>> added_amounts(honest)
    AddedAmounts(followers=0.0, likes=0.0, views=0.0, comments=0.0, followers_shown=0.0)
    """
    honest = max(float(draft.curve.honest_followers()[-1]), 1.0)
    followers = max(float(draft.curve.bought_followers()[-1]), 0.0) / honest
    return AddedAmounts(
        followers=followers,
        likes=_added_on_posts(draft, "likes"),
        views=_added_on_posts(draft, "views"),
        comments=_added_on_posts(draft, "comments"),
        followers_shown=min(_added_in_history(draft, history) / honest, followers),
    )


def _added_on_posts(draft: Draft, name: str) -> float:
    honest = max(float(draft.posts.honest_counts[name].sum()), float(len(draft.posts)), 1.0)
    return float(draft.posts.added_counts[name].sum()) / honest


def _added_in_history(draft: Draft, history: Floats | None) -> float:
    """Bought followers that came, less those that went, after the history's first day."""
    if history is None or len(history) < 2:
        return 0.0
    days = draft.curve.days - 1 - (draft.now // DAY - np.array([history[0], history[-1]])).astype(int)
    return max(float(draft.curve.bought_gains[days[0] + 1 : days[1] + 1].sum()), 0.0)
