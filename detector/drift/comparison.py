"""Two populations held against each other: scores as the alarm, labels by platform and evidence level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from scipy.special import chdtrc

from accounts.errors import WrongUsage
from detector.arrays import Floats
from detector.drift.distances import BINS, KsStatistic, bins_of, psi_of_counts
from detector.drift.limits import FEWEST, DriftLimits
from detector.drift.permutation import PermutedStatistic, Statistic, permutation_test
from detector.drift.scored import ScoredAccounts
from detector.labels import Label

__all__ = ["Comparison", "SliceShift", "compare"]

LABELS: Final = tuple(label.value for label in Label)


@dataclass(frozen=True)
class SliceShift:
    """The labels of one platform or evidence level, before and after.

    Attributes
    ----------
    kind, name
        ``platform`` or ``level``, and which.
    before, after
        How many accounts got each label.
    p_value
        Of a chi-squared test that their shares are the same, times the number of slices tested (Holm); None
        where either side has under 20 accounts. It is no part of the alarm.
    """

    kind: str
    name: str
    before: Mapping[str, int]
    after: Mapping[str, int]
    p_value: float | None


@dataclass(frozen=True)
class Comparison:
    """What a comparison of scores found.

    Attributes
    ----------
    sizes
        Accounts compared, before and after.
    statistics
        Distances, each with its null distribution: ``ks suspicion``, ``psi suspicion``, ``ks p-value``,
        ``psi p-value`` and ``psi label``.
    p_value
        Of all of them together.
    alarm
        Whether the p-value is at most the level, and a distance that is as rare is large enough.
    slices
        Labels by platform and by evidence level, the largest first.
    histograms
        Shares of the suspicion in twentieths, before and after; what had no suspicion stands last.
    """

    sizes: tuple[int, int]
    statistics: Mapping[str, PermutedStatistic]
    p_value: float
    alarm: bool
    slices: tuple[SliceShift, ...]
    histograms: tuple[tuple[float, ...], tuple[float, ...]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compare(before: ScoredAccounts, after: ScoredAccounts, limits: DriftLimits) -> Comparison:
    """Compare the scores of two populations.

    Raises
    ------
    WrongUsage
        If either has under 20 accounts.
    """
    for part, name in ((before, "reference"), (after, "current")):
        if len(part) < FEWEST:
            raise WrongUsage(f"Drift needs at least {FEWEST} accounts on either side. {name}: {len(part)}.")
    before, after = (part.sample(limits.most, limits.seed) for part in (before, after))
    sizes = len(before), len(after)
    tested, p_value = permutation_test(
        statistics_of(ScoredAccounts.concat([before, after])),
        sizes,
        level=limits.level,
        rounds=limits.rounds,
        seed=limits.seed,
    )
    floors = {"psi": limits.psi, "ks": limits.ks}
    large = [
        name
        for name, one in tested.items()
        if one.p_value <= limits.level and one.value >= floors[name.split()[0]]
    ]
    return Comparison(
        sizes=sizes,
        statistics=tested,
        p_value=p_value,
        alarm=bool(large),
        slices=tuple(slices_of(before, after)),
        histograms=(histogram(before.suspicion), histogram(after.suspicion)),
    )


def statistics_of(both: ScoredAccounts) -> dict[str, Statistic]:
    """The distances, as functions of a split."""
    found: dict[str, Statistic] = {}
    for name, values in (("suspicion", both.suspicion), ("p-value", both.p_value)):
        found[f"ks {name}"] = KsStatistic(values)
        found[f"psi {name}"] = _psi_statistic(bins_of(values), BINS + 1)
    codes = np.array([LABELS.index(label) for label in both.label], dtype=np.intp)
    found["psi label"] = _psi_statistic(codes, len(LABELS))
    return found


def _psi_statistic(codes: Any, bins: int) -> Statistic:
    whole = np.bincount(codes, minlength=bins)

    def statistic(is_before: Any) -> float:
        count = np.bincount(codes[is_before], minlength=bins)
        return psi_of_counts(count, whole - count)

    return statistic


def slices_of(before: ScoredAccounts, after: ScoredAccounts) -> Iterator[SliceShift]:
    """The labels of every platform and evidence level, the largest first; p-values by Holm's rule."""
    shifts: list[SliceShift] = []
    for kind in ("platform", "level"):
        both = [np.asarray(getattr(part, kind)) for part in (before, after)]
        for name in sorted({*both[0], *both[1]}):
            first, then = (
                {label: int(np.count_nonzero(part.label[place == name] == label)) for label in LABELS}
                for part, place in zip((before, after), both, strict=True)
            )
            shifts.append(SliceShift(kind, name, first, then, _chi_squared(first, then)))
    tested = sorted((one.p_value, place) for place, one in enumerate(shifts) if one.p_value is not None)
    largest = 0.0
    corrected: dict[int, float] = {}
    for rank, (p_value, place) in enumerate(tested):
        largest = max(largest, min(1.0, p_value * (len(tested) - rank)))
        corrected[place] = largest
    order = sorted(range(len(shifts)), key=lambda at: (shifts[at].kind != "platform", -_size(shifts[at])))
    for place in order:
        one = shifts[place]
        yield SliceShift(one.kind, one.name, one.before, one.after, corrected.get(place))


def _size(shift: SliceShift) -> int:
    return sum(shift.before.values()) + sum(shift.after.values())


def _chi_squared(before: Mapping[str, int], after: Mapping[str, int]) -> float | None:
    table: Floats = np.array([list(before.values()), list(after.values())], dtype=np.float64)
    table = table[:, table.sum(axis=0) > 0]
    sums = table.sum(axis=1, keepdims=True)
    if sums.min() < FEWEST:
        return None
    if table.shape[1] == 1:
        return 1.0
    expected = sums * table.sum(axis=0) / table.sum()
    return float(chdtrc(table.shape[1] - 1, ((table - expected) ** 2 / expected).sum()))


def histogram(suspicion: Floats) -> tuple[float, ...]:
    """Shares in twentieths of [0, 1], and last that of accounts without a suspicion.

    >>> histogram(np.array([0.01, 0.99, 1.0, np.nan]))[-2:]
    (0.5, 0.25)
    """
    known = suspicion[~np.isnan(suspicion)]
    count = np.histogram(known, bins=20, range=(0.0, 1.0))[0]
    return tuple(float(one) / len(suspicion) for one in (*count, len(suspicion) - len(known)))
