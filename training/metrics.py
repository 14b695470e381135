"""Metrics of scores and decisions, with 95 % intervals: one module for evaluation and benchmarks.

- *Rates* (false accusations, recall) have the exact interval of Clopper and Pearson: :class:`Rate`.
- *Scores* have bootstrap intervals. A draw is a weight for each row, and every :data:`Metric` a function of
  these weights. :func:`bootstrap` draws accounts one by one; :func:`with_intervals` draws whole groups of
  accounts, and so two models are compared in pairs on the same draws (:func:`difference`).
- *Thresholds* at a false-accusation rate, for comparing scores that have no calibrated threshold:
  :func:`threshold_at` and :func:`recall_at`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detector.arrays import Bools, Floats
from detector.decision import HEADS
from detector.threshold import clopper_pearson

__all__ = [
    "ACCUSING", "RESAMPLES", "Estimate", "Metric", "Rate", "accuracy", "auc", "average_precision",
    "bootstrap", "bootstrap_weights", "brier", "difference", "f1", "mean_metric", "mean_value", "rate",
    "recall_at", "recall_at_rate", "threshold_at", "two_sample_auc", "with_intervals",
]  # fmt: skip

ACCUSING: Final = tuple(head.value for head in HEADS)
"""The labels that accuse an account of something."""

RESAMPLES: Final = 500
"""Draws of groups."""
ACCOUNT_RESAMPLES: Final = 200
"""Draws of accounts one by one."""

Metric: TypeAlias = Callable[[Floats], float]
"""A metric as a function of the weights of the rows; ones give its plain value."""


@dataclass(frozen=True)
class Rate:
    """k of n, with the exact 95 % interval of the rate."""

    k: int
    n: int

    @classmethod
    def of(cls, happened: Bools) -> Rate:
        """How many of these are true.

        >>> Rate.of(np.array([True, False, False, False])).value
        0.25
        """
        return cls(int(np.count_nonzero(happened)), len(happened))

    @property
    def value(self) -> float | None:
        """The quotient of the two; None if n is 0."""
        return self.k / self.n if self.n else None

    def as_dict(self, digits: int | None = None) -> dict[str, Any]:
        """``k``, ``n``, ``rate`` and the ends of its interval, ``low`` and ``high``.

        Parameters
        ----------
        digits
            Of the rate and its interval; None: all.
        """
        low, high = clopper_pearson(self.k, self.n) if self.n else (0.0, 1.0)
        figures = {"rate": self.value, "low": low, "high": high}
        if digits is not None:
            figures = {
                name: None if value is None else round(value, digits) for name, value in figures.items()
            }
        return {"k": self.k, "n": self.n, **figures}


def rate(happened: Bools) -> dict[str, Any]:
    """How often something happened, as benchmarks store it: five digits, with the exact 95 % interval.

    >>> rate(np.array([True, False, False, False]))
    {'k': 1, 'n': 4, 'rate': 0.25, 'low': 0.00631, 'high': 0.80588}
    """
    return Rate.of(happened).as_dict(digits=5)


@dataclass(frozen=True)
class Estimate:
    """A metric's value with its 95 % interval."""

    value: float
    low: float
    high: float


def bootstrap(metric: Metric, accounts: int) -> Estimate:
    """A metric with its interval over accounts drawn with replacement; the same draws every time.

    Parameters
    ----------
    metric
        Of as many accounts. Draws of which it is NaN, such as those of one class only, are left out.
    accounts
        How many there are.

    Examples
    --------
    >>> truth, scores = np.array([False, False, True, True]), np.array([0.1, 0.2, 0.8, 0.9])
    >>> bootstrap(auc(truth, scores), 4)
    Estimate(value=1.0, low=1.0, high=1.0)
    """
    rng, drawn = np.random.default_rng(0), np.empty(ACCOUNT_RESAMPLES)
    for draw in range(ACCOUNT_RESAMPLES):
        rows = rng.integers(0, accounts, accounts)
        drawn[draw] = metric(np.bincount(rows, minlength=accounts).astype(np.float64))
    return Estimate(**middle_95_percent(metric(np.ones(accounts)), drawn))


class RankedScores:
    """Scores sorted once, for any number of weights.

    Parameters
    ----------
    truth
        Whether each row is positive.
    scores
        Higher for more suspicion; without NaN.
    """

    def __init__(self, truth: Bools, scores: Floats) -> None:
        # Twelve digits: sums in another order may differ in the last ones, and would break ties.
        _, self.place = np.unique(np.round(scores, 12), return_inverse=True)
        self.truth = truth

    def weights_by_score(self, weights: Floats) -> tuple[Floats, Floats]:
        """Weight of the positives and of the negatives at each score, ascending."""
        size = int(self.place.max()) + 1
        positives: Floats = np.bincount(self.place, weights * self.truth, size).astype(np.float64)
        negatives: Floats = np.bincount(self.place, weights * ~self.truth, size).astype(np.float64)
        return positives, negatives

    def auc(self, weights: Floats) -> float:
        """Probability that a positive scores above a negative; ties count half. NaN with one class only."""
        positives, negatives = self.weights_by_score(weights)
        total = positives.sum() * negatives.sum()
        wins = positives * (negatives.cumsum() - negatives / 2)
        return float(wins.sum() / total) if total else np.nan

    def average_precision(self, weights: Floats) -> float:
        """Mean precision over the positives, as scikit-learn defines it. NaN without positives."""
        positives, negatives = (one[::-1] for one in self.weights_by_score(weights))
        true, predicted = positives.cumsum(), (positives + negatives).cumsum()
        precision = np.divide(true, predicted, out=np.zeros_like(true), where=predicted > 0)
        return float((positives * precision).sum() / positives.sum()) if positives.sum() else np.nan


def auc(truth: Bools, scores: Floats) -> Metric:
    """The area under the ROC curve.

    >>> auc(np.array([True, False, True]), np.array([0.9, 0.2, 0.2]))(np.ones(3))
    0.75
    """
    return RankedScores(truth, scores).auc


def average_precision(truth: Bools, scores: Floats) -> Metric:
    """The area under the curve of precision over recall.

    >>> average_precision(np.array([True, False, True]), np.array([0.9, 0.5, 0.2]))(np.ones(3))
    0.8333333333333333
    """
    return RankedScores(truth, scores).average_precision


def brier(truth: Bools, probabilities: Floats) -> Metric:
    """The mean squared distance of a probability from the truth: calibration and sharpness in one.

    >>> brier(np.array([True, False]), np.array([0.5, 0.5]))(np.ones(2))
    0.25
    """
    squared = (probabilities - truth) ** 2
    return lambda weights: float(weights @ squared / weights.sum())


def accuracy(truth: NDArray[np.generic], predicted: NDArray[np.generic]) -> Metric:
    """The share of right predictions, among any number of classes.

    >>> accuracy(np.array(["fake", "real"]), np.array(["fake", "fake"]))(np.ones(2))
    0.5
    """
    right = (truth == predicted).astype(np.float64)
    return lambda weights: float(weights @ right / weights.sum())


def f1(truth: Bools, predicted: Bools) -> Metric:
    """The harmonic mean of precision and recall. NaN where nothing is positive or predicted to be.

    >>> f1(np.array([True, True, False]), np.array([True, False, False]))(np.ones(3))
    0.6666666666666666
    """
    both, either = (truth & predicted).astype(np.float64), truth.astype(np.float64) + predicted

    def metric(weights: Floats) -> float:
        total = float(weights @ either)
        return float(2 * (weights @ both) / total) if total else np.nan

    return metric


def mean_value(values: Floats) -> Metric:
    """The mean of a value per row.

    >>> mean_value(np.array([1.0, 0.0, 0.0, -1.0]))(np.array([2.0, 1.0, 1.0, 0.0]))
    0.5
    """
    return lambda weights: float(weights @ values / weights.sum())


def mean_metric(metrics: Sequence[Metric]) -> Metric:
    """The mean of a metric over repeats of a fit: the figure of one run, less its luck.

    >>> mean_metric([lambda weights: 0.5, lambda weights: 1.0])(np.ones(2))
    0.75
    """
    return lambda weights: float(np.mean([metric(weights) for metric in metrics]))


def difference(first: Metric, second: Metric) -> Metric:
    """The first metric less the second, draw by draw.

    >>> difference(lambda weights: 0.75, lambda weights: 0.5)(np.ones(2))
    0.25
    """
    return lambda weights: first(weights) - second(weights)


def bootstrap_weights(groups: Sequence[Hashable], resamples: int = RESAMPLES) -> Iterator[Floats]:
    """Weights of the rows, for each resample of the groups with replacement; the same ones every time.

    >>> next(bootstrap_weights(["a", "a", "b"])).tolist()
    [0.0, 0.0, 2.0]
    """
    names, of_row = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    rng = np.random.default_rng(0)
    for _ in range(resamples):
        yield np.bincount(rng.integers(0, len(names), len(names)), minlength=len(names))[of_row].astype(float)


def with_intervals(metrics: Mapping[str, Metric], groups: Sequence[Hashable]) -> dict[str, dict[str, float]]:
    """Each metric's value with its interval, all on the same draws.

    Parameters
    ----------
    metrics
        By name.
    groups
        The group of each row: rows of one group are drawn together.

    Returns
    -------
    By name ``value``, ``low`` and ``high``; the ends are NaN where no draw has a value.
    """
    ones, drawn = np.ones(len(groups)), {name: list[float]() for name in metrics}
    for weights in bootstrap_weights(groups):
        for name, metric in metrics.items():
            drawn[name].append(metric(weights))
    return {
        name: middle_95_percent(metric(ones), np.array(drawn[name], dtype=np.float64))
        for name, metric in metrics.items()
    }


def middle_95_percent(value: float, drawn: Floats) -> dict[str, float]:
    """A value with the ends of the middle 95 % of its draws, NaN left out."""
    known = drawn[~np.isnan(drawn)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    return {"value": value, "low": float(low), "high": float(high)}


def recall_at_rate(truth: Bools, scores: Floats, alpha: float) -> Metric:
    """Recall where at most a share ``alpha`` of the rows that are not positive would be accused.

    NaN with one class only.

    >>> recall_at_rate(np.arange(103) >= 100, np.r_[np.arange(100.0), 98, 99, 100], 0.01)(np.ones(103))
    0.6666666666666666
    """
    authentic, fakes = scores[~truth], scores[truth]
    order = np.argsort(-authentic, kind="stable")

    def metric(weights: Floats) -> float:
        honest, fake = weights[~truth][order], weights[truth]
        if not honest.sum() or not fake.sum():
            return np.nan
        allowed = np.searchsorted(honest.cumsum(), alpha * honest.sum(), side="right")
        limit = authentic[order][min(int(allowed), len(order) - 1)]
        return float(fake @ (fakes > limit) / fake.sum())

    return metric


def two_sample_auc(negatives: Floats, positives: Floats) -> float:
    """Probability that a positive scores above a negative; ties count half.

    NaN where a score is NaN, or where one of the two has none.

    >>> two_sample_auc(np.array([0.1, 0.2]), np.array([0.2, 0.3]))
    0.875
    """
    if not len(negatives) or not len(positives) or np.isnan(negatives).any() or np.isnan(positives).any():
        return np.nan
    ordered = np.sort(negatives)
    below, not_above = (np.searchsorted(ordered, positives, side) for side in ("left", "right"))
    return float((below + not_above).sum() / (2 * len(negatives) * len(positives)))


def threshold_at(authentic: Floats, alpha: float) -> float:
    """The lowest of the authentic accounts' scores that at most a share ``alpha`` of them exceed.

    >>> threshold_at(np.arange(100.0), 0.05)
    94.0
    """
    return float(np.sort(authentic)[len(authentic) - 1 - int(alpha * len(authentic))])


def recall_at(authentic: Floats, fakes: Floats, alpha: float) -> float:
    """Share of fakes above the score that at most a share ``alpha`` of the authentic accounts exceed.

    >>> recall_at(np.arange(100.0), np.array([98.0, 99.0, 100.0]), 0.01)
    0.6666666666666666
    """
    return float((fakes > threshold_at(authentic, alpha)).mean())
