"""Yardsticks read off accounts: who lies far out, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Final

import numpy as np
import pandas as pd

from accounts.plurals import singular
from detector.arrays import Bools, Floats
from detector.json_result import JsonResult, Scalar, anonymised_row
from detector.yardsticks import comments, engagement, growth, people, rhythm
from detector.yardsticks.declaration import (
    PLATFORMS,
    Yardstick,
    YardstickInput,
    YardstickOutcome,
    YardstickValues,
)
from detector.yardsticks.figures import spelled, spelled_beside
from features.catalogue import CATALOGUE
from features.supporting_rows import Row, supporting_rows
from features.views import Views
from features.views.rows import Index

__all__ = [
    "FAMILIES",
    "YARDSTICKS",
    "YardstickReading",
    "far_out",
    "far_out_features",
    "outcomes",
    "read_yardsticks",
]

FAMILIES: Final = (engagement, growth, comments, people, rhythm)


def _declared(families: Iterable[ModuleType]) -> Iterator[Yardstick]:
    for family in families:
        yield from (value for value in vars(family).values() if isinstance(value, Yardstick))


YARDSTICKS: Final[tuple[Yardstick, ...]] = tuple(_declared(FAMILIES))

_SEVERITY: Final = (YardstickOutcome.IN, YardstickOutcome.OUT, YardstickOutcome.FAR_OUT)
_FEATURES: Final = {feature.name: feature for feature in CATALOGUE}


@dataclass(frozen=True, kw_only=True)
class YardstickReading(JsonResult):
    """Where an account lies on one yardstick.

    Attributes
    ----------
    name
        The yardstick's.
    signal
        The signal that it agrees with where it is out.
    value, usual
        The account's value and the usual range, as a person reads them.
    source
        Who published the figure.
    outcome
        in, out, or far out.
    sentence
        All of it in words.
    rows
        The account's own rows that show it; none where the outcome is in.
    """

    name: str
    signal: str
    value: str
    usual: str
    source: str
    outcome: YardstickOutcome
    sentence: str
    rows: tuple[Mapping[str, Scalar], ...] = ()


def outcomes(measured: YardstickValues) -> Index:
    """0 in, 1 out, 2 far out for each account; -1 where the yardstick cannot be applied.

    >>> outcomes(YardstickValues(np.array([0.1, 0.5, 0.9, np.nan]), high=0.45, far_high=0.75)).tolist()
    [0, 1, 2, -1]
    """
    value = measured.value
    out = (value < measured.low) | (value > measured.high)
    return np.where(np.isnan(value), -1, np.where(_far(measured), 2, out.astype(np.int64)))


def _far(measured: YardstickValues) -> Bools:
    """Which accounts are far out; nobody by a bound that is absent or infinite."""
    found: Bools = (measured.value <= measured.far_low) | (measured.value >= measured.far_high)
    return found


def far_out(features: pd.DataFrame, platforms: Sequence[str]) -> Bools:
    """Whether any yardstick is far out, for each account.

    Parameters
    ----------
    features
        Accounts by features; a feature that has no column is absent.
    platforms
        One per account.

    Examples
    --------
    >>> features = pd.DataFrame({"followers_size": [4.398] * 2, "engagement_rate": [0.00032, 0.02]})
    >>> far_out(features, ["instagram", "instagram"])
    array([ True, False])
    """
    found = np.zeros(len(features), bool)
    for _, far in _far_by_yardstick(features, platforms):
        found |= far
    return found


def _far_by_yardstick(features: pd.DataFrame, platforms: Sequence[str]) -> Iterator[tuple[Yardstick, Bools]]:
    """Each yardstick with the accounts that it finds far out."""
    known = YardstickInput(features, platforms)
    return ((one, _far(one.measure(known))) for one in YARDSTICKS)


def far_out_features(features: pd.DataFrame, platforms: Sequence[str]) -> Bools:
    """Accounts x features: whether a yardstick that measures the feature is far out.

    Parameters
    ----------
    features, platforms
        As for :func:`far_out`.

    Examples
    --------
    >>> features = pd.DataFrame({"followers_size": [4.398] * 2, "engagement_rate": [0.00032, 0.02]})
    >>> far_out_features(features, ["instagram", "instagram"]).tolist()
    [[False, True], [False, False]]
    """
    place = {name: at for at, name in enumerate(features.columns)}
    found = np.zeros(features.shape, bool)
    for one, far in _far_by_yardstick(features, platforms):
        if one.reads[0] in place:
            found[:, place[one.reads[0]]] |= far
    return found


def read_yardsticks(
    features: pd.DataFrame,
    platforms: Sequence[str],
    views: Views,
    rows: Sequence[int],
    authors: Sequence[dict[str, str]] | None = None,
) -> list[tuple[YardstickReading, ...]]:
    """All yardsticks that could be applied to some of the accounts, those far out first.

    Parameters
    ----------
    features
        Accounts by features.
    platforms
        One per account.
    views
        The accounts' views, as the features read them.
    rows
        Positions of the accounts to read; one tuple comes back for each.
    authors
        For each of these the numbers that its verdict has given to authors so far, by author; new ones
        are added. None: each account's begin at one.
    """
    chosen = np.array(rows, np.int64)
    known = YardstickInput(features.iloc[chosen], [platforms[row] for row in rows])
    numbered = [{} for _ in rows] if authors is None else authors
    found: list[list[tuple[int, YardstickReading]]] = [[] for _ in rows]
    for one in YARDSTICKS:
        for place, severity, reading in _readings(one, known, views, chosen, numbered):
            found[place].append((severity, reading))
    return [tuple(reading for _, reading in sorted(each, key=lambda pair: -pair[0])) for each in found]


def _readings(
    one: Yardstick, known: YardstickInput, views: Views, chosen: Index, authors: Sequence[dict[str, str]]
) -> Iterator[tuple[int, int, YardstickReading]]:
    """Place among the chosen, severity and reading of all accounts that the yardstick applies to."""
    measured = one.measure(known)
    severities = outcomes(measured)
    behind = _rows(one, known, views, chosen, np.flatnonzero(severities > 0)) if severities.any() else {}
    for place, severity in enumerate(severities.tolist()):
        if severity >= 0:
            rows = tuple(anonymised_row(row, authors[place]) for row in behind.get(place, ()))
            value, usual, sentence = _spoken(one, measured, place, known.platforms[place], rows)
            yield place, severity, YardstickReading(
                name=one.name, signal=one.signal, value=value, usual=usual, source=one.source,
                outcome=_SEVERITY[severity], sentence=sentence, rows=rows,
            )  # fmt: skip


def _spoken(
    one: Yardstick, measured: YardstickValues, place: int, platform: str, rows: Sequence[Mapping[str, Scalar]]
) -> tuple[str, str, str]:
    """Value, usual range and sentence."""
    low, high = (_at(bound, place) for bound in (measured.low, measured.high))
    value, usual = spelled_beside(float(measured.value[place]), low, high, one.unit)
    fields = {
        name: spelled(float(features[place]), unit)
        for name, (features, unit) in measured.sentence_values.items()
    }
    if one.example:
        fields["example"] = _example(one.example, rows)
    named = PLATFORMS.get(platform, PLATFORMS["other"])
    return value, usual, singular(one.sentence.format(value=value, usual=usual, platform=named, **fields))


def _example(column: str, rows: Sequence[Mapping[str, Scalar]]) -> str:
    """The count in the first row, after a comma; nothing where there is none."""
    value = rows[0].get(column) if rows else None
    return f", {value:,}" if isinstance(value, int) else ""


def _at(bound: Floats | float, place: int) -> float:
    return float(bound[place]) if isinstance(bound, np.ndarray) else bound


def _rows(
    one: Yardstick,
    known: YardstickInput,
    views: Views,
    chosen: Index,
    places: Index,
) -> dict[int, list[Row]]:
    """The rows behind the accounts at these places: of the first feature that shows any."""
    found: dict[int, list[Row]] = {}
    for name in one.shows:
        left = np.array([place for place in places.tolist() if place not in found], np.int64)
        left = left[~np.isnan(known[name][left])]
        if left.size and name in _FEATURES:
            shown = supporting_rows(_FEATURES[name], chosen[left], views)
            found.update({place: rows for place, rows in zip(left.tolist(), shown, strict=True) if rows})
    return found
