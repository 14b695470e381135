"""The signals: one small head for each kind of evidence, and which features each of them reads.

A head for all ways of inflating sees little on real accounts: bought followers push engagement
down, bought likes push it up, and over a wide population the two cancel. So each signal reads
the features of its own blocks, is trained on its own kind of purchase against authentic accounts
alone, and is heard only where the evidence can show that kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from detector.arrays import Bools, matrix
from features.catalogue import CATALOGUE, by_name
from features.declaration import AUTOMATED, HIGH, INFLATED, LOW, NEITHER, Direction, Feature, Head
from features.evidence import DEPTHS, Level

__all__ = ["SIGNALS", "Signal", "cells_of", "signal_named", "signals_heard"]


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One kind of evidence, and the head that weighs it.

    Attributes
    ----------
    name
        What verdicts and reasons call it.
    label
        The accusation that it supports.
    blocks
        Blocks whose features it reads, in the order of ``BLOCKS``.
    families
        Families of features that it reads, as far as they speak to its label.
    context
        Further features that it reads, whatever they speak to.
    needs
        Sets of blocks; the evidence must hold all of one of them.
    known
        Features, one of which must be known; none named: the blocks are enough.
    anchors
        Blocks whose presence and depth say with which authentic accounts a score is compared; none named:
        all of ``blocks``. The others hardly change the score, and each depth more makes the cells thinner.
    beside
        Further blocks of which only matters whether they are there.
    smaller_than
        Heard only for accounts with fewer followers; None: for all.
    directions
        Directions that differ from the catalogue's, because the same value supports one kind of
        purchase and contradicts another.
    without
        Features of these families that it leaves out, because what is usual of them on real accounts differs
        from what is on simulated ones by more than a purchase moves them.
    inherits
        Families whose features keep the catalogue's direction; those of the others are free.
    weight
        How much it weighs in the suspicion of a detector for all creators
        (:func:`detector.decision.signal_suspicion`): less where real people score as if by chance, or where
        what it sees stands out so far that it is noticed all the same.
    """

    name: str
    label: Head
    blocks: tuple[str, ...]
    families: frozenset[str]
    needs: tuple[frozenset[str], ...]
    context: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    smaller_than: int | None = None
    directions: Mapping[str, Direction] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    without: frozenset[str] = frozenset()
    inherits: frozenset[str] = frozenset()
    weight: float = 1.0

    def reads(self, one: Feature) -> bool:
        """Whether the head reads a feature."""
        if one.name in self.without or not set(one.blocks) <= set(self.blocks):
            return False
        return one.name in self.context or (one.family in self.families and self.label in one.speaks_to)

    @property
    def features(self) -> tuple[str, ...]:
        """The features it reads, in the catalogue's order."""
        return _features(self, CATALOGUE.features)

    def direction(self, name: str) -> Direction:
        """Which values of a feature support the signal.

        >>> signal_named("followers_stock").direction("engagement_rate")
        <Direction.LOW: 'low'>
        """
        if name in self.directions:
            return self.directions[name]
        one = by_name(name)
        return one.direction_for(self.label) if one.family in self.inherits else NEITHER

    @property
    def constraints(self) -> list[int]:
        """Monotone constraints of the head: 1 may only rise with the feature, -1 only fall, 0 free."""
        return [_CONSTRAINT[self.direction(name)] for name in self.features]

    def heard_at(self, level: str) -> bool:
        """Whether the blocks of an evidence level can show this kind.

        >>> [signal_named("likes").heard_at(level) for level in ("profile", "profile+posts30")]
        [False, True]
        """
        return any(blocks <= set(Level.of(level).blocks) for blocks in self.needs)

    def cell(self, level: str) -> str:
        """The part of an evidence level that says with whom a score is compared.

        >>> signal_named("followers_flow").cell("profile+posts30+comments50+history90")
        'posts5+history90'
        """
        whole = Level.of(level)
        depth = dict(zip(whole.blocks, whole.depths, strict=True))
        shown = depth | {block: DEPTHS[block][0] for block in self.beside}
        compared = {*(self.anchors or self.blocks), *self.beside}
        return "+".join(shown[block] for block in whole.blocks if block in compared) or "none"


_CONSTRAINT: Final = MappingProxyType({HIGH: 1, LOW: -1, NEITHER: 0})


@cache
def _features(signal: Signal, catalogue: tuple[Feature, ...]) -> tuple[str, ...]:
    return tuple(one.name for one in catalogue if signal.reads(one))


def _sets(*choices: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(choice.split("+")) for choice in choices)


_LITTLE: Final[Mapping[str, Direction]] = MappingProxyType({
    "engagement_rate": LOW, "engagement_above_peers": LOW, "engagement_below_peers": HIGH,
    "engagement_percentile": LOW, "engagement_z": LOW, "views_per_follower": LOW, "views_z": LOW,
})  # fmt: skip
"""Directions that show followers who do not answer."""

_MUCH: Final[Mapping[str, Direction]] = MappingProxyType({
    "engagement_rate": HIGH, "engagement_above_peers": HIGH, "engagement_below_peers": LOW,
    "engagement_percentile": HIGH, "engagement_z": HIGH,
})  # fmt: skip
"""More likes than such an audience gives."""

_OLD_AND_NEW: Final = frozenset({"likes_step", "likes_gap", "likes_step_without_comments"})
"""How the newest posts compare with the oldest: honest accounts rise and fall more than simulated ones."""

_COMMENTS: Final = frozenset({"comments_variation", "comments_gini", "uncommented_share"})
"""How comments differ from post to post: a matter of what is posted, hardly of bought likes."""

_TOGETHER: Final = frozenset({"likes_comments_spearman", "likes_views_spearman"})
"""How likes go with comments and views from post to post: looser among real posts than simulated ones."""

_SHAPE: Final = frozenset({"likes_outlier", "likes_floor", "likes_two_groups"})
"""How likes differ from post to post: followers who do not answer leave it as it is."""

SIGNALS: Final[tuple[Signal, ...]] = (
    Signal(
        name="followers_stock", label=INFLATED, blocks=("profile", "posts"),
        families=frozenset({"engagement", "profile"}), context=("followers_size",),
        needs=_sets("profile+posts"), known=("engagement_rate", "views_per_follower"),
        directions=_LITTLE, without=_OLD_AND_NEW | _COMMENTS | _SHAPE,
    ),
    Signal(
        name="audience", label=INFLATED, blocks=("profile", "audience"), families=frozenset({"audience"}),
        context=("followers_size",), needs=_sets("audience+posts", "audience+history"),
        anchors=("audience",), inherits=frozenset({"audience"}),
    ),
    Signal(
        name="followers_flow", label=INFLATED, blocks=("profile", "posts", "history"),
        families=frozenset({"growth"}), context=("followers_size",), needs=_sets("history"),
        known=("growth_total",), anchors=("history",), beside=("posts",), inherits=frozenset({"growth"}),
        weight=0.6,
    ),
    Signal(
        name="likes", label=INFLATED, blocks=("profile", "posts"),
        families=frozenset({"engagement"}), context=("followers_size",), needs=_sets("posts"),
        known=("likes_gini",), directions=_MUCH, without=_OLD_AND_NEW | _COMMENTS | _TOGETHER,
        inherits=frozenset({"engagement"}),
    ),
    Signal(
        name="views", label=INFLATED, blocks=("profile", "posts"),
        families=frozenset({"engagement"}), context=("followers_size",), needs=_sets("posts"),
        known=("views_variation",),
        directions={"views_per_follower": HIGH, "likes_per_view": LOW, "views_variation": LOW,
                    "views_equal_share": HIGH, "views_z": HIGH},
        without=_OLD_AND_NEW | _COMMENTS | _TOGETHER,
    ),
    Signal(
        name="comments", label=INFLATED, blocks=("profile", "posts", "comments"),
        families=frozenset({"comments"}),
        context=("followers_size", "comments_per_like", "comments_per_like_spread", "comments_variation",
                 "comments_gini", "uncommented_share", "likes_comments_spearman"),
        needs=_sets("comments"), anchors=("comments",), inherits=frozenset({"comments"}),
    ),
    Signal(
        name="rhythm", label=AUTOMATED, blocks=("profile", "posts", "comments", "history"),
        families=frozenset({"posting", "growth", "comments"}), context=("posts_per_follower",),
        needs=_sets("posts", "comments", "history"),
        known=("posts_per_week", "repeated_caption_share", "hashtags_per_post", "following_churn",
               "following_sawtooth", "creator_reply_share"),
        anchors=("posts", "history"), beside=("comments",), weight=0.6,
        inherits=frozenset({"growth", "comments"}),
    ),
    Signal(
        name="fake_account", label=AUTOMATED, blocks=("profile",), families=frozenset({"profile"}),
        needs=_sets("profile"), smaller_than=10_000, inherits=frozenset({"profile"}),
    ),
    Signal(
        name="inflation", label=INFLATED, blocks=("profile", "posts", "history"),
        families=frozenset({"engagement", "growth"}), context=("followers_size",),
        needs=_sets("posts+history"), known=("likes_gini", "views_variation"),
        anchors=("posts", "history"), without=_OLD_AND_NEW | _COMMENTS, inherits=frozenset({"growth"}),
        weight=0.1,
    ),
)  # fmt: skip


@cache
def signal_named(name: str) -> Signal:
    """The signal of that name; KeyError where there is none."""
    return {signal.name: signal for signal in SIGNALS}[name]


def cells_of(signal: Signal, levels: Sequence[str]) -> list[str]:
    """:meth:`Signal.cell` of many accounts' levels."""
    known = {level: signal.cell(level) for level in set(levels)}
    return [known[level] for level in levels]


def signals_heard(
    features: pd.DataFrame, levels: Sequence[str], signals: Sequence[Signal] = SIGNALS
) -> Bools:
    """Accounts x signals: which signals the evidence can serve.

    Parameters
    ----------
    features
        Features, one row per account, NaN where absent.
    levels
        Evidence level of each.
    """
    values, place = matrix(features), {name: at for at, name in enumerate(features.columns)}
    heard = np.empty((len(features), len(signals)), dtype=bool)
    for at, signal in enumerate(signals):
        at_level = {level: signal.heard_at(level) for level in set(levels)}
        heard[:, at] = [at_level[level] for level in levels]
        columns = [place[name] for name in signal.known if name in place]
        if signal.known:
            heard[:, at] &= ~np.isnan(values[:, columns]).all(axis=1)
        if signal.smaller_than is not None:
            heard[:, at] &= values[:, place["followers_size"]] < np.log10(signal.smaller_than + 1.0)
    return heard
