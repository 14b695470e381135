"""From contributions to reasons: a value, what is ordinary, a sentence, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from detector.arrays import Bools, Floats
from detector.peers import Peers
from detector.verdict import Reason, Scalar
from features.catalogue import by_name
from features.declaration import HIGH, LOW, Feature, Head
from features.views import Views
from features.views.rows import numbers

__all__ = ["Explained", "Reasons", "reasons_for", "rows_behind"]

Reasons: TypeAlias = tuple[tuple[Reason, ...], tuple[Reason, ...]]
Row: TypeAlias = dict[str, Any]

HEADS: Final = tuple(Head)
MOST_REASONS: Final = 5
MOST_COUNTER_REASONS: Final = 3
LEAST_CONTRIBUTION: Final = 0.02
SIDES: Final = {HIGH: 1.0, LOW: -1.0}
PLUS_ONE: Final = frozenset({"log10 count", "log10 days"})
TIMES_TEN: Final = frozenset({"log10"}) | PLUS_ONE


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
        Accounts x heads x features, in log-odds; NaN for a head that is not spoken of.
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
    head: Head
    column: int
    contribution: float

    @property
    def supports(self) -> bool:
        return self.contribution > 0


def reasons_for(some: Explained, peers: Peers, views: Views) -> list[Reasons]:
    """What speaks for each account's signals and what against them, the weightiest first.

    A feature is cited for the signals only where its value lies on the side that speaks for
    them: a contribution may also come from how features go together, and a sentence that
    says "barely differs" must be true by itself.
    """
    cited = list(_cited(some))
    shown = _shown(cited, some, views)
    found: list[tuple[list[Reason], list[Reason]]] = [([], []) for _ in some.accounts]
    authors: list[dict[str, str]] = [{} for _ in some.accounts]
    for one in cited:
        rows = [_plain(row, authors[one.row]) for row in shown[one.row, one.column]]
        found[one.row][not one.supports].append(_reason(one, some, peers, rows))
    return [(tuple(reasons), tuple(counter)) for reasons, counter in found]


def _cited(some: Explained) -> Iterator[_Cited]:
    """For each account the reasons by weight, then the counter-reasons."""
    moved = np.where(np.isnan(some.values)[:, None, :], np.nan, some.contributions)
    speaking = (moved >= LEAST_CONTRIBUTION) & _on_its_side(tuple(some.names), some.percentiles)
    against = moved <= -LEAST_CONTRIBUTION
    flat = moved.reshape(len(moved), -1)
    order = np.argsort(-np.abs(flat), axis=1, kind="stable")
    for row, ranked in enumerate(order):
        for chosen, most in ((speaking, MOST_REASONS), (against, MOST_COUNTER_REASONS)):
            for place in ranked[chosen[row].ravel()[ranked]][:most].tolist():
                head, column = divmod(place, len(some.names))
                yield _Cited(row, HEADS[head], column, float(flat[row, place]))


def _on_its_side(names: tuple[str, ...], percentiles: Floats) -> Bools:
    """Accounts x heads x features: whether the value lies on the side that speaks for the head."""
    side, percentile = _sides(names), percentiles[:, None, :]
    outside = np.where(side > 0, percentile >= 75, percentile <= 25)
    found: Bools = outside | (side == 0) | np.isnan(percentile)
    return found


@cache
def _sides(names: tuple[str, ...]) -> Floats:
    """Heads x features: 1 where high values speak for the head, -1 where low ones do, else 0."""
    features = [by_name(name) for name in names]
    return np.array([[SIDES.get(one.direction_for(head), 0.0) for one in features] for head in HEADS])


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


def rows_behind(feature: Feature, accounts: npt.NDArray[np.int64], views: Views) -> list[list[Row]]:
    """For each account the first rows of the feature's view by its own order; none where it shows none.

    Parameters
    ----------
    feature
        Its declaration says which rows and columns.
    accounts
        Positions in the views.
    views
        The accounts' views, as the features read them.
    """
    shown, found = feature.rows, [list[Row]() for _ in accounts]
    if shown is None:
        return found
    frame = views[feature.view]
    owner = frame["account"].to_numpy()
    start, end = owner.searchsorted(accounts), owner.searchsorted(accounts, side="right")
    rows = np.concatenate([np.arange(first, last) for first, last in zip(start, end, strict=True)])
    whose = np.repeat(np.arange(accounts.size), end - start)
    key = numbers(frame[shown.by][rows])
    fit = ~np.isnan(key)
    if shown.where is not None:
        fit &= numbers(frame[shown.where][rows]) == 1.0
    rows, whose, key = rows[fit], whose[fit], key[fit]
    # A stable sort: ties stay in the view's own order, whichever way the rest is sorted.
    order = np.lexsort((-key if shown.descending else key, whose))
    place = np.arange(order.size) - whose.searchsorted(whose)
    first = order[place < shown.most]
    for account, row in zip(
        whose[first].tolist(), frame[list(shown.show)][rows[first]].iter_rows(named=True), strict=True
    ):
        found[account].append(row)
    return found


def _reason(one: _Cited, some: Explained, peers: Peers, rows: Sequence[dict[str, Scalar]]) -> Reason:
    feature, value = by_name(some.names[one.column]), float(some.values[one.row, one.column])
    percentile = float(some.percentiles[one.row, one.column])
    typical = peers.typical(feature.name, some.platforms[one.row], some.tiers[one.row])
    return Reason(
        feature=feature.name,
        family=feature.family,
        head=one.head,
        value=value,
        unit=feature.unit,
        typical=typical,
        percentile=None if np.isnan(percentile) else percentile,
        contribution=one.contribution,
        sentence=sentence(feature, value, typical, supports=one.supports),
        rows=tuple(rows),
    )


def sentence(feature: Feature, value: float, typical: tuple[float, float] | None, *, supports: bool) -> str:
    """The feature in words: its own sentence where it speaks for the signals, else a plain one.

    >>> sentence(by_name("likes_variation"), 0.05, (0.24, 1.05), supports=False)
    'coefficient of variation of likes over settled posts: 0.05 (creators of its size: 0.24 to 1.05)'
    """
    low, high = (written(bound, feature.unit) for bound in typical) if typical else ("unknown", "unknown")
    if supports:
        return feature.sentence.format(value=written(value, feature.unit), low=low, high=high)
    subject = feature.about.strip().split("\n", 1)[0].split(":", 1)[0].rstrip(".")
    if feature.unit in TIMES_TEN:
        subject = subject.removeprefix("Log10 of ").removeprefix("Decimal logarithm of ")
        subject = subject.removesuffix(" + 1").removesuffix(", plus one")
    ordinary = f" (creators of its size: {low} to {high})" if typical else ""
    return f"{subject[:1].lower()}{subject[1:]}: {written(value, feature.unit)}{ordinary}"


def written(value: float, unit: str) -> str:
    """A number as a reader wants it, by its unit; logarithms are turned back.

    >>> written(0.6204, "share"), written(1.5, "log10"), written(0.0512, "ratio"), written(0.693, "log")
    ('62 %', '31.6', '0.0512', '+100 %')
    """
    if unit == "share":
        return f"{100 * value:.3g} %"
    if unit in TIMES_TEN:
        return _number(10.0**value - (unit in PLUS_ONE))
    if unit == "log":
        return f"{100 * np.expm1(value):+.3g} %"
    return _number(value)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _plain(row: Row, authors: dict[str, str]) -> dict[str, Scalar]:
    """The row in JSON's types; authors are numbered within the verdict and never named."""
    return {
        "author" if name == "author_id" else name: (
            authors.setdefault(value, f"author {len(authors) + 1}")
            if name == "author_id" and value is not None
            else _scalar(value)
        )
        for name, value in row.items()
    }


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return written_time(value)
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, float)
    return value if np.isfinite(value) else None


def written_time(value: datetime) -> str:
    """A time in UTC as ISO 8601 with a Z.

    >>> written_time(datetime(2026, 11, 1, tzinfo=UTC))
    '2026-11-01T00:00:00Z'
    """
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
