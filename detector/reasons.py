"""From contributions to reasons: a value, what is ordinary, a sentence, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from detector.arrays import Bools, Floats
from detector.causes import grouping
from detector.json_result import anonymised_row
from detector.peers import Peers
from detector.signals import SIGNALS, Signal
from detector.verdict import Reason, Scalar
from detector.yardsticks.published import published_range
from features.catalogue import by_name
from features.declaration import HIGH, LOW
from features.sentences import RATHER_HIGH, RATHER_LOW, sentence
from features.supporting_rows import Row, supporting_rows
from features.views import Views
from features.views.rows import Index

__all__ = ["Explained", "Reasons", "reasons_for"]

Reasons: TypeAlias = tuple[tuple[Reason, ...], tuple[Reason, ...]]

MOST_REASONS: Final = 5
MOST_COUNTER_REASONS: Final = 3
LEAST_CONTRIBUTION: Final = 0.05
REAL, SIMULATED = "real creators", "simulated creators"
PUBLISHED: Final = "creators"
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
        Accounts x signals x features, in log-odds; NaN for a signal that is not reported.
    far_out
        Accounts x features: whether a yardstick that measures the feature is far out.
    accused
        Accounts that are accused.
    """

    accounts: npt.NDArray[np.int64]
    platforms: Sequence[str]
    tiers: Sequence[str | None]
    names: Sequence[str]
    values: Floats
    percentiles: Floats
    contributions: Floats
    far_out: Bools
    accused: Bools

    def followers_of(self, row: int) -> float | None:
        """The followers of one of the accounts; None where they are not known."""
        if "followers_size" not in self.names:
            return None
        size = float(self.values[row, self.names.index("followers_size")])
        return None if np.isnan(size) else float(np.rint(10.0**size - 1.0))


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
    """Reasons and counter-reasons of each account, the weightiest first; before them what a yardstick shows.

    An expert names first what can be measured: what a yardstick finds far out comes before other reasons.

    A contribution may also come from how features go together, and a reader must see by the
    sentence alone why it is a reason. So a feature supports a signal only if its value is in the
    suspicious outer part of its peers: at or above the 85th percentile for HIGH, at or below the
    15th for LOW, either for NEITHER. It is a counter-reason only if its value is outside that part
    (for NEITHER: between the 5th and the 95th percentile).
    """
    doublings = peers.doublings_outside(some.values, some.platforms, some.tiers)
    cited = list(_cited(some, doublings))
    shown = _cited_rows(cited, some, views)
    found: list[tuple[list[Reason], list[Reason]]] = [([], []) for _ in some.accounts]
    authors: list[dict[str, str]] = [{} for _ in some.accounts]
    for one in cited:
        rows = [anonymised_row(row, authors[one.row]) for row in shown[one.row, one.column]]
        found[one.row][not one.supports].append(_reason(one, some, peers, rows))
    return [(tuple(reasons), tuple(counter)) for reasons, counter in found]


def _cited(some: Explained, doublings: Floats) -> Iterator[_Cited]:
    """For each account the reasons by weight, then the counter-reasons: one for each cause.

    A cause moves a signal by all of its features together, and is cited by the plainest of those that speak
    for the same side; a reason by one that a yardstick finds far out, where there is one. A cause that moves
    one signal up and another one down stands on one side only: against an account that is accused, else on
    the side on which it weighs more.
    """
    moved = np.where(np.isnan(some.values)[:, None, :], np.nan, some.contributions)
    names = tuple(some.names)
    groups, (speaks, excuses) = grouping(names), _sayings(names, some.percentiles)
    together, signals = groups.sums(moved), len(SIGNALS)
    speaking, excusing = (moved > 0) & speaks & groups.citable, (moved < 0) & excuses & groups.citable
    measured = groups.plainest(speaking & some.far_out[:, None, :])
    supporting = np.where(measured >= 0, measured, groups.plainest(speaking))
    first = (measured >= 0).reshape(len(moved), -1)
    sides = (
        (supporting, together >= LEAST_CONTRIBUTION, MOST_REASONS, first),
        (groups.plainest(excusing), together <= -LEAST_CONTRIBUTION, MOST_COUNTER_REASONS, first & False),
    )
    outside = _outsideness(some.percentiles, doublings)
    one_sided = _one_sided([(cited >= 0) & enough for cited, enough, _, _ in sides], together, some.accused)
    for (cited, _, most, ahead), enough in zip(sides, one_sided, strict=True):
        columns = np.maximum(cited, 0)
        weight = np.abs(together) * np.take_along_axis(outside.repeat(signals, axis=1), columns, axis=2)
        weight = np.where(enough, weight, 0.0).reshape(len(moved), -1)
        for row, ranked in enumerate(np.lexsort((-weight, ~ahead))):
            yield from _heaviest(row, ranked[weight[row, ranked] > 0], cited[row], together[row], most)


def _one_sided(citable: Sequence[Bools], together: Floats, accused: Bools) -> tuple[Bools, Bools]:
    """What may be cited against and for, accounts x signals x causes, each cause on one side only."""
    against, in_favour = citable
    above, below = (
        np.where(able, np.abs(together), 0.0).max(axis=1, keepdims=True, initial=0.0)
        for able in (against, in_favour)
    )
    speaks = (above > 0) & (accused[:, None, None] | (above >= below))
    return against & speaks, in_favour & ~speaks


def _heaviest(row: int, ranked: Index, cited: Index, together: Floats, most: int) -> Iterator[_Cited]:
    """The first so many causes, each once, whichever signal it moves most."""
    seen: set[int] = set()
    for place in ranked.tolist():
        signal, cause = divmod(place, cited.shape[1])
        if cause not in seen and len(seen) < most:
            seen.add(cause)
            yield _Cited(row, SIGNALS[signal], int(cited[signal, cause]), float(together[signal, cause]))


def _outsideness(percentiles: Floats, doublings: Floats) -> Floats:
    """How much more a value counts the further it lies outside its peers.

    1 at the median, 2 at the ends, and 1 more for each time that its ratio to their range doubles.
    """
    outside: Floats = 1.0 + np.nan_to_num(np.abs(percentiles - 50.0) / 50.0, nan=0.5) + doublings
    return outside[:, None, :]


def _sayings(names: tuple[str, ...], percentiles: Floats) -> tuple[Bools, Bools]:
    """Accounts x signals x features: whether the value may be cited for the signal, and whether against."""
    side, percentile = _sides(names), percentiles[:, None, :]
    unknown, high, low = np.isnan(percentile), percentile >= RATHER_HIGH, percentile <= RATHER_LOW
    speaks: Bools = unknown | ((side >= 0) & high) | ((side <= 0) & low)
    excuses: Bools = unknown | np.where(side == 0, np.abs(percentile - 50) <= 45, ~speaks)
    excuses &= (side != 0) | _shown_by_rows(names)
    return speaks, excuses


@cache
def _shown_by_rows(names: tuple[str, ...]) -> Bools:
    """Features that rows show; of the others an undirected one is context, and no counter-reason."""
    return np.array([by_name(name).rows is not None for name in names], dtype=bool)


@cache
def _sides(names: tuple[str, ...]) -> Floats:
    """Signals x features: 1 where high values speak for the signal, -1 where low ones do, else 0."""
    return np.array([[SIDES.get(signal.direction(name), 0.0) for name in names] for signal in SIGNALS])


def _cited_rows(cited: Sequence[_Cited], some: Explained, views: Views) -> dict[tuple[int, int], list[Row]]:
    """The rows behind each citation, by its account and column; one pass for each feature."""
    rows_by_column: dict[int, list[int]] = {}
    for one in cited:
        rows_by_column.setdefault(one.column, []).append(one.row)
    return {
        (row, column): found
        for column, rows in rows_by_column.items()
        for row, found in zip(
            rows, supporting_rows(by_name(some.names[column]), some.accounts[rows], views), strict=True
        )
    }


def _reason(one: _Cited, some: Explained, peers: Peers, rows: Sequence[dict[str, Scalar]]) -> Reason:
    feature, value = by_name(some.names[one.column]), float(some.values[one.row, one.column])
    rank = float(some.percentiles[one.row, one.column])
    percentile = None if np.isnan(rank) else rank
    group = some.platforms[one.row], some.tiers[one.row]
    typical = peers.typical(feature.name, *group)
    of, source = (REAL if peers.are_real(feature.name, *group) else SIMULATED), None
    if known := published_range(feature.name, group[0], some.followers_of(one.row)):
        outside = not known.low <= value <= known.high
        if outside is one.supports:  # else it would be said to be usual and a reason, or the reverse
            typical, of, source, percentile = (known.low, known.high), PUBLISHED, known.source, None
    return Reason(
        feature=feature.name,
        family=feature.family,
        head=one.signal.label,
        signal=one.signal.name,
        value=value,
        unit=feature.unit,
        typical=typical,
        typical_of=None if typical is None else of,
        typical_source=source,
        percentile=percentile,
        contribution=one.contribution,
        sentence=sentence(feature, value, typical, percentile, of, sized=group[1] is not None),
        rows=tuple(rows),
    )


def iso_time(value: datetime) -> str:
    """A time in UTC as ISO 8601 with a Z.

    >>> iso_time(datetime(2026, 11, 1, tzinfo=UTC))
    '2026-11-01T00:00:00Z'
    """
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
