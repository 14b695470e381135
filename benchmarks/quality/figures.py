"""Figures of scores against the truth, with 95 % intervals over groups of accounts.

A bootstrap draws groups with replacement; here a draw is a weight for each row, so that every measure
is a weighted one, and two models measured on the same draws can be compared in pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detector.arrays import Bools, Floats

__all__ = ["Measure", "accuracy", "auc", "average_precision", "brier", "draws", "f1", "figure", "figures"]

RESAMPLES: Final = 500

Measure: TypeAlias = Callable[[Floats], float]


class Ranked:
    """Scores sorted once, for any number of weights.

    Parameters
    ----------
    truth
        What is so.
    scores
        Higher for more suspicion; without NaN.
    """

    def __init__(self, truth: Bools, scores: Floats) -> None:
        # Twelve digits: sums in another order may differ in the last ones, and would break ties.
        _, self.place = np.unique(np.round(scores, 12), return_inverse=True)
        self.truth = truth

    def counted(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weight of what is so and of what is not at each score, ascending."""
        size = int(self.place.max()) + 1
        yes: Floats = np.bincount(self.place, weights * self.truth, size).astype(np.float64)
        no: Floats = np.bincount(self.place, weights * ~self.truth, size).astype(np.float64)
        return yes, no

    def auc(self, weights: Floats) -> float:
        """Chance that one that is so scores above one that is not; ties count half."""
        yes, no = self.counted(weights)
        total = yes.sum() * no.sum()
        return float((yes * (no.cumsum() - no / 2)).sum() / total) if total else np.nan

    def average_precision(self, weights: Floats) -> float:
        """Mean precision over what is so, as scikit-learn has it."""
        yes, no = (one[::-1] for one in self.counted(weights))
        found, asked = yes.cumsum(), (yes + no).cumsum()
        precision = np.divide(found, asked, out=np.zeros_like(found), where=asked > 0)
        return float((yes * precision).sum() / yes.sum()) if yes.sum() else np.nan


def auc(truth: Bools, scores: Floats) -> Measure:
    """The area under the ROC curve, as a function of the rows' weights.

    >>> auc(np.array([True, False, True]), np.array([0.9, 0.2, 0.2]))(np.ones(3))
    0.75
    """
    return Ranked(truth, scores).auc


def average_precision(truth: Bools, scores: Floats) -> Measure:
    """The area under the curve of precision over recall."""
    return Ranked(truth, scores).average_precision


def brier(truth: Bools, scores: Floats) -> Measure:
    """The mean squared distance of a probability from the truth."""
    squared = (scores - truth) ** 2
    return lambda weights: float(weights @ squared / weights.sum())


def accuracy(truth: NDArray[np.generic], said: NDArray[np.generic]) -> Measure:
    """The share of right answers, of any number of classes."""
    right = (truth == said).astype(np.float64)
    return lambda weights: float(weights @ right / weights.sum())


def f1(truth: Bools, said: Bools) -> Measure:
    """The harmonic mean of precision and recall.

    >>> f1(np.array([True, True, False]), np.array([True, False, False]))(np.ones(3))
    0.6666666666666666
    """
    both, either = (truth & said).astype(np.float64), truth.astype(np.float64) + said

    def measure(weights: Floats) -> float:
        total = float(weights @ either)
        return float(2 * (weights @ both) / total) if total else np.nan

    return measure


def mean(measures: Sequence[Measure]) -> Measure:
    """The mean of a measure over repeats: the figure of one run, less its luck."""
    return lambda weights: float(np.mean([measure(weights) for measure in measures]))


def draws(groups: Sequence[Hashable], resamples: int = RESAMPLES) -> Iterator[Floats]:
    """Weights of the rows, for each resample of the groups with replacement; alike every time."""
    names, of_row = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    rng = np.random.default_rng(0)
    for _ in range(resamples):
        yield np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[of_row].astype(float)


def figures(measures: Mapping[str, Measure], groups: Sequence[Hashable]) -> dict[str, dict[str, float]]:
    """Each measure's value with its interval, all on the same draws.

    Returns
    -------
    By name ``value``, ``low`` and ``high``.
    """
    ones, found = np.ones(len(groups)), {name: list[float]() for name in measures}
    for weights in draws(groups):
        for name, measure in measures.items():
            found[name].append(measure(weights))
    return {
        name: figure(measure(ones), np.array(found[name], dtype=np.float64))
        for name, measure in measures.items()
    }


def figure(value: float, drawn: Floats) -> dict[str, float]:
    """A value and the middle 95 % of what was drawn."""
    known = drawn[~np.isnan(drawn)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    return {"value": value, "low": float(low), "high": float(high)}


def difference(first: Measure, second: Measure) -> Measure:
    """How much better the first is, draw by draw."""
    return lambda weights: first(weights) - second(weights)
