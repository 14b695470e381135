"""From contributions to reasons: a value, what is ordinary, a sentence, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from detector.arrays import Floats
from detector.peers import Peers
from detector.verdict import Reason, Scalar
from features.catalogue import by_name
from features.declaration import HIGH, LOW, Feature, Head
from features.views import View, Views

__all__ = ["Explained", "Witness", "reasons_for"]

MOST_REASONS: Final = 5
MOST_COUNTER_REASONS: Final = 3
LEAST_CONTRIBUTION: Final = 0.02
PLUS_ONE: Final = frozenset({"log10 count", "log10 days"})
TIMES_TEN: Final = frozenset({"log10"}) | PLUS_ONE


@dataclass(frozen=True)
class Explained:
    """One account and what moved its probabilities.

    Attributes
    ----------
    account
        Its position in the views.
    platform, tier
        Its peers.
    values, percentiles
        Its features and where they stand among the peers, in the order of ``names``; NaN where absent.
    names
        The features' names.
    contributions
        For each head that is spoken of, log-odds per feature.
    """

    account: int
    platform: str
    tier: str | None
    values: Floats
    percentiles: Floats
    names: Sequence[str]
    contributions: Mapping[Head, Floats]


@dataclass
class Witness:
    """Fetches the rows that show a feature, and names comment authors without telling who they are.

    Attributes
    ----------
    views
        The accounts' views, as the features read them.
    """

    views: Views
    _owners: dict[View, npt.NDArray[np.uint32]] = field(default_factory=dict)

    def rows(self, feature: Feature, account: int, names: dict[str, str]) -> tuple[dict[str, Scalar], ...]:
        """The first rows of the feature's view by its own order; none where it shows none.

        ``names`` holds the authors already named in this verdict, and gains the new ones.
        """
        shown = feature.rows
        if shown is None:
            return ()
        part = self._of(feature.view, account)
        key = part[shown.by].to_physical().cast(pl.Float64).to_numpy()
        fit = ~np.isnan(key)
        if shown.where is not None:
            fit &= np.equal(part[shown.where].to_numpy(), True)
        rows = np.flatnonzero(fit)
        # A stable sort: ties stay in the view's own order, whichever way the rest is sorted.
        order = np.argsort(-key[rows] if shown.descending else key[rows], kind="stable")
        first = rows[order[: shown.most]]
        columns = [
            [series.item(row) for row in first.tolist()] for series in map(part.get_column, shown.show)
        ]
        return tuple(_plain(shown.show, row, names) for row in zip(*columns, strict=True))

    def _of(self, view: View, account: int) -> pl.DataFrame:
        frame = self.views[view]
        if view not in self._owners:
            self._owners[view] = frame["account"].to_numpy()
        start, end = np.searchsorted(self._owners[view], [account, account + 1])
        return frame.slice(int(start), int(end - start))


def reasons_for(
    one: Explained, peers: Peers, witness: Witness
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What speaks for the signals and what against them, the weightiest first.

    A feature is cited for the signals only where its value lies on the side that speaks for
    them: a contribution may also come from how features go together, and a sentence that
    says "barely differs" must be true by itself.
    """
    names: dict[str, str] = {}
    ranked = sorted(_weighed(one), key=lambda found: -abs(found[2]))
    speaking = [found for found in ranked if found[2] >= LEAST_CONTRIBUTION]
    against = [found for found in ranked if found[2] <= -LEAST_CONTRIBUTION]
    reasons = _written(speaking, one, peers, witness, names, supports=True)
    counter = _written(against, one, peers, witness, names, supports=False)
    return tuple(_first(reasons, MOST_REASONS)), tuple(_first(counter, MOST_COUNTER_REASONS))


def _weighed(one: Explained) -> Iterator[tuple[int, Head, float]]:
    present = np.flatnonzero(~np.isnan(one.values))
    for head, contributions in one.contributions.items():
        yield from ((int(column), head, float(contributions[column])) for column in present)


def _first(reasons: Iterable[Reason | None], most: int) -> Iterator[Reason]:
    left = most
    for reason in reasons:
        if left and reason is not None:
            left -= 1
            yield reason
        if not left:
            return


def _written(  # noqa: PLR0913
    found: Iterable[tuple[int, Head, float]],
    one: Explained,
    peers: Peers,
    witness: Witness,
    names: dict[str, str],
    *,
    supports: bool,
) -> Iterator[Reason | None]:
    for column, head, contribution in found:
        feature, value = by_name(one.names[column]), float(one.values[column])
        percentile = None if np.isnan(one.percentiles[column]) else float(one.percentiles[column])
        if supports and not _on_its_side(feature, head, percentile):
            continue
        typical = peers.typical(feature.name, one.platform, one.tier)
        yield Reason(
            feature=feature.name,
            family=feature.family,
            head=head,
            value=value,
            unit=feature.unit,
            typical=typical,
            percentile=percentile,
            contribution=contribution,
            sentence=sentence(feature, value, typical, supports=supports),
            rows=witness.rows(feature, one.account, names),
        )


def _on_its_side(feature: Feature, head: Head, percentile: float | None) -> bool:
    direction = feature.direction_for(head)
    if percentile is None or direction not in (HIGH, LOW):
        return True
    return percentile >= 75 if direction is HIGH else percentile <= 25


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


def _plain(shown: Sequence[str], row: Sequence[object], names: dict[str, str]) -> dict[str, Scalar]:
    return {
        "author" if name == "author_id" else name: _scalar(name, value, names)
        for name, value in zip(shown, row, strict=True)
    }


def _scalar(name: str, value: object, names: dict[str, str]) -> Scalar:
    if value is None or isinstance(value, bool | int | str):
        return (
            names.setdefault(value, f"author {len(names) + 1}")
            if name == "author_id" and isinstance(value, str)
            else value
        )
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
