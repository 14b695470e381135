"""From contributions to reasons: a value, what is ordinary, a sentence, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from detector.arrays import Bools, Floats
from detector.peers import Peers
from detector.plain import shown_row
from detector.signals import SIGNALS, Signal
from detector.verdict import Reason, Scalar
from features.catalogue import by_name
from features.declaration import HIGH, LOW
from features.sentences import sentence
from features.showing import Row, rows_behind
from features.views import Views

__all__ = ["Explained", "Reasons", "reasons_for"]

Reasons: TypeAlias = tuple[tuple[Reason, ...], tuple[Reason, ...]]

MOST_REASONS: Final = 5
MOST_COUNTER_REASONS: Final = 3
LEAST_CONTRIBUTION: Final = 0.05
REAL, SIMULATED = "real creators", "simulated creators"
SIDES: Final = {HIGH: 1.0, LOW: -1.0}


@dataclass(frozen=True)
class Explained:
    """Some accounts and what moved their probabilities.

    Attributes
    ----------
    accounts
        Their positions in the views.
    platforms, tiers
        Their peers.
    names
        The features' names.
    values, percentiles
        Accounts x features, and where they stand among the peers; NaN where absent.
    contributions
        Accounts x signals x features, in log-odds; NaN for a signal that is not spoken of.
    """

    accounts: npt.NDArray[np.int64]
    platforms: Sequence[str]
    tiers: Sequence[str | None]
    names: Sequence[str]
    values: Floats
    percentiles: Floats
    contributions: Floats


@dataclass(frozen=True)
class _Cited:
    """A feature that is cited for one of the accounts."""

    row: int
    signal: Signal
    column: int
    contribution: float

    @property
    def supports(self) -> bool:
        return self.contribution > 0


def reasons_for(some: Explained, peers: Peers, views: Views) -> list[Reasons]:
    """What speaks for each account's signals and what against them, the weightiest first.

    A contribution may also come from how features go together, and a reader must see by the
    sentence alone why it is a reason. So a feature is cited for the signals only where its value
    lies in the peers' outer quarter that speaks for them (either, where no direction is
    declared), and against them only where it does not, nor is out of the ordinary in a way of
    which nobody has said that it is innocent.
    """
    cited = list(_cited(some))
    shown = _shown(cited, some, views)
    found: list[tuple[list[Reason], list[Reason]]] = [([], []) for _ in some.accounts]
    authors: list[dict[str, str]] = [{} for _ in some.accounts]
    for one in cited:
        rows = [shown_row(row, authors[one.row]) for row in shown[one.row, one.column]]
        found[one.row][not one.supports].append(_reason(one, some, peers, rows))
    return [(tuple(reasons), tuple(counter)) for reasons, counter in found]


def _cited(some: Explained) -> Iterator[_Cited]:
    """For each account the reasons by weight, then the counter-reasons."""
    moved = np.where(np.isnan(some.values)[:, None, :], np.nan, some.contributions)
    names = tuple(some.names)
    speaks, excuses = _sayings(names, some.percentiles)
    speaking = (moved >= LEAST_CONTRIBUTION) & speaks
    against = (moved <= -LEAST_CONTRIBUTION) & excuses
    flat = moved.reshape(len(moved), -1)
    weight = np.abs(moved * _outsideness(some.percentiles)).reshape(flat.shape)
    order = np.argsort(-weight, axis=1, kind="stable")
    for row, ranked in enumerate(order):
        for chosen, most in ((speaking, MOST_REASONS), (against, MOST_COUNTER_REASONS)):
            causes: set[str] = set()
            for place in ranked[chosen[row].ravel()[ranked]].tolist():
                signal, column = divmod(place, len(some.names))
                cause = cause_of(some.names[column])
                if cause not in causes and len(causes) < most:
                    causes.add(cause)
                    yield _Cited(row, SIGNALS[signal], column, float(flat[row, place]))


def _outsideness(percentiles: Floats) -> Floats:
    """How much more a value counts the further it lies outside its peers: 1 at the median, 2 at the ends."""
    outside: Floats = 1.0 + np.nan_to_num(np.abs(percentiles - 50.0) / 50.0, nan=0.5)
    return outside[:, None, :]


@cache
def cause_of(name: str) -> str:
    """What a feature is about, so that one cause is one reason.

    >>> cause_of("likes_gini"), cause_of("spike_share_weekly"), cause_of("emoji_only_share")
    ('spread of likes', 'jump', 'emoji_only_share')
    """
    plain = name.removesuffix("_weekly").removesuffix("_monthly")
    return next((cause for cause, names in CAUSES.items() if plain in names), plain)


CAUSES: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "engagement": frozenset({"engagement_rate", "engagement_above_peers", "engagement_below_peers",
                             "engagement_percentile", "engagement_z"}),
    "spread of likes": frozenset({"likes_variation", "likes_gini", "likes_floor", "engagement_spread",
                                  "likes_outlier", "likes_gap", "likes_equal_share"}),
    "spread of comments": frozenset({"comments_variation", "comments_gini"}),
    "spread of views": frozenset({"views_variation", "views_equal_share"}),
    "views to size": frozenset({"views_per_follower", "views_z"}),
    "likes to views": frozenset({"likes_per_view", "more_likes_than_views_share"}),
    "step of likes": frozenset({"likes_step", "likes_step_without_comments"}),
    "two groups": frozenset({"likes_two_groups", "likes_per_view_two_groups", "likes_per_view_spread",
                             "comments_per_like_spread"}),
    "jump": frozenset({"spike_z", "spike_share", "spike_size", "gains_gini", "best_tenth_share", "burst_size",
                       "burst_share", "month_size", "burst_alone", "unexplained_gain_share", "burst_days"}),
    "after the jump": frozenset({"spike_kept", "spike_echo", "tail_after_spike", "burst_echo", "burst_kept"}),
    "same texts": frozenset({"text_diversity", "distinct_texts", "shared_text_share", "similar_pairs_share",
                             "pair_similarity", "phrase_authors_share"}),
    "same authors": frozenset({"author_concentration", "returning_author_share", "core_author_share",
                               "same_first_share", "same_order", "returning_early_share"}),
    "early comments": frozenset({"early_share", "first_hour_share", "delay_spread"}),
    "hashtags": frozenset({"hashtags_per_post", "hashtags_deviation"}),
    "hours": frozenset({"hour_entropy", "hour_concentration", "quiet_hours_share", "minute_concentration"}),
    "gaps": frozenset({"gap_burstiness", "gap_memory", "equal_gap_share", "batch_share"}),
    "following": frozenset({"following_size", "following_ratio", "cap_share", "following_churn",
                            "following_sawtooth"}),
})  # fmt: skip
"""Features that tell the same story in other numbers."""


def _sayings(names: tuple[str, ...], percentiles: Floats) -> tuple[Bools, Bools]:
    """Accounts x signals x features: whether the value may be cited for the signal, and whether against."""
    side, percentile = _sides(names), percentiles[:, None, :]
    unknown, high, low = np.isnan(percentile), percentile >= 75, percentile <= 25
    speaks: Bools = unknown | ((side >= 0) & high) | ((side <= 0) & low)
    excuses: Bools = unknown | np.where(side == 0, np.abs(percentile - 50) <= 45, ~speaks)
    excuses &= (side != 0) | _shown_by_rows(names)
    return speaks, excuses


@cache
def _shown_by_rows(names: tuple[str, ...]) -> Bools:
    """Features that rows show; of the others an undirected one is context, and excuses nobody."""
    return np.array([by_name(name).rows is not None for name in names], dtype=bool)


@cache
def _sides(names: tuple[str, ...]) -> Floats:
    """Signals x features: 1 where high values speak for the signal, -1 where low ones do, else 0."""
    return np.array([[SIDES.get(signal.direction(name), 0.0) for name in names] for signal in SIGNALS])


def _shown(cited: Sequence[_Cited], some: Explained, views: Views) -> dict[tuple[int, int], list[Row]]:
    """The rows behind each citation, by its account and column; one pass for each feature."""
    rows_by_column: dict[int, list[int]] = {}
    for one in cited:
        rows_by_column.setdefault(one.column, []).append(one.row)
    return {
        (row, column): found
        for column, rows in rows_by_column.items()
        for row, found in zip(
            rows, rows_behind(by_name(some.names[column]), some.accounts[rows], views), strict=True
        )
    }


def _reason(one: _Cited, some: Explained, peers: Peers, rows: Sequence[dict[str, Scalar]]) -> Reason:
    feature, value = by_name(some.names[one.column]), float(some.values[one.row, one.column])
    rank = float(some.percentiles[one.row, one.column])
    percentile = None if np.isnan(rank) else rank
    group = some.platforms[one.row], some.tiers[one.row]
    typical = peers.typical(feature.name, *group)
    of = REAL if peers.are_real(feature.name, *group) else SIMULATED
    return Reason(
        feature=feature.name,
        family=feature.family,
        head=one.signal.label,
        signal=one.signal.name,
        value=value,
        unit=feature.unit,
        typical=typical,
        typical_of=None if typical is None else of,
        percentile=percentile,
        contribution=one.contribution,
        sentence=sentence(feature, value, typical, percentile, of),
        rows=tuple(rows),
    )


def written_time(value: datetime) -> str:
    """A time in UTC as ISO 8601 with a Z.

    >>> written_time(datetime(2026, 11, 1, tzinfo=UTC))
    '2026-11-01T00:00:00Z'
    """
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
