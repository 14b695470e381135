"""Causes: features that tell one story in several numbers, of which a reader is given the plainest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np

from detector.arrays import Bools, Floats
from features.catalogue import CATALOGUE
from features.views.rows import Index

__all__ = ["CAUSES", "CONTEXT", "Grouping", "cause_of", "grouping"]

CAUSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "engagement": ("engagement_rate", "engagement_below_peers", "engagement_above_peers",
                   "engagement_percentile", "engagement_z"),
    "spread of likes": ("likes_equal_share", "likes_variation", "likes_gini", "engagement_spread",
                        "likes_floor", "likes_outlier", "likes_gap"),
    "spread of comments": ("comments_variation", "comments_gini"),
    "spread of views": ("views_equal_share", "views_variation"),
    "views to size": ("views_per_follower", "views_z"),
    "likes to views": ("likes_per_view", "more_likes_than_views_share"),
    "step of likes": ("likes_step", "likes_step_without_comments"),
    "two groups": ("likes_per_view_spread", "comments_per_like_spread", "likes_two_groups",
                   "likes_per_view_two_groups"),
    "jump": ("burst_size", "month_size", "spike_size", "spike_share", "best_tenth_share", "burst_share",
             "unexplained_gain_share", "burst_alone", "gains_gini", "spike_z", "burst_days"),
    "after the jump": ("burst_echo", "spike_echo", "tail_after_spike", "burst_kept", "spike_kept"),
    "same texts": ("shared_text_share", "phrase_authors_share", "text_diversity", "distinct_texts",
                   "similar_pairs_share", "pair_similarity"),
    "same authors": ("same_first_share", "returning_author_share", "core_author_share",
                     "author_concentration", "same_order", "returning_early_share"),
    "early comments": ("first_hour_share", "early_share", "delay_spread"),
    "hashtags": ("hashtags_per_post", "hashtags_deviation"),
    "hours": ("quiet_hours_share", "hour_concentration", "hour_entropy", "minute_concentration"),
    "gaps": ("equal_gap_share", "equal_run_share", "batch_share", "gap_burstiness", "gap_memory"),
    "following": ("following_size", "following_ratio", "cap_share", "following_churn", "following_sawtooth"),
    "what followers are": ("audience_lopsided_share", "audience_mass_follower_share",
                           "audience_follow_ratio"),
})  # fmt: skip
"""By name of the cause, the feature that a reader understands at once first."""

CONTEXT: Final = frozenset({"growth_total", "growth_usual", "followers_size", "posts_per_follower"})
"""Features that say what the others are to be held against, and are no reason themselves."""


def cause_of(name: str) -> str:
    """What a feature is about: as :data:`CAUSES` says, else as it was declared, else itself.

    >>> cause_of("likes_gini"), cause_of("spike_share_weekly"), cause_of("emoji_only_share")
    ('spread of likes', 'jump', 'emoji_only_share')
    """
    plain = _plain(name)
    if plain in _CAUSE:
        return _CAUSE[plain]
    declared = CATALOGUE.by_name.get(name)
    return declared.cause or plain if declared else plain


_CAUSE: Final = MappingProxyType({name: cause for cause, names in CAUSES.items() for name in names})


def _plain(name: str) -> str:
    return name.removesuffix("_weekly").removesuffix("_monthly")


@dataclass(frozen=True)
class Grouping:
    """Columns by cause.

    Attributes
    ----------
    order
        Columns, those of one cause together, the plainest first.
    first
        Where each cause begins in that order.
    citable
        Columns that may be cited.
    """

    order: Index
    first: Index
    citable: Bools

    def sums(self, values: Floats) -> Floats:
        """Values summed over the columns (the last axis) of each cause; NaN counts as nothing."""
        totals: Floats = np.add.reduceat(np.nan_to_num(values)[..., self.order], self.first, axis=-1)
        return totals

    def plainest(self, able: Bools) -> Index:
        """The plainest column of each cause that is able, along the last axis; -1 where none is."""
        columns = self.order.size
        place = np.where(able[..., self.order], np.arange(columns), columns)
        found = np.minimum.reduceat(place, self.first, axis=-1)
        return np.where(found < columns, self.order[np.minimum(found, columns - 1)], -1)


def grouping(names: tuple[str, ...]) -> Grouping:
    """The columns of these features by cause; in one cause those that :data:`CAUSES` names come first."""
    return _grouping(names, tuple(map(cause_of, names)))


@cache
def _grouping(names: tuple[str, ...], causes: tuple[str, ...]) -> Grouping:
    """As :func:`grouping`, by names and causes: a file from outside may declare a name with another cause."""
    place = {cause: at for at, cause in enumerate(dict.fromkeys(causes))}

    def key(column: int) -> tuple[int, int, int]:
        plain, cause = _plain(names[column]), causes[column]
        own = CAUSES.get(cause, (plain,))
        return place[cause], own.index(plain) if plain in own else len(own), column

    order = sorted(range(len(names)), key=key)
    owner = np.array([place[causes[column]] for column in order])
    first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    citable = np.array([_plain(name) not in CONTEXT for name in names], dtype=bool)
    return Grouping(np.array(order, dtype=np.int64), first, citable)
