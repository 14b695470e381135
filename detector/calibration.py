"""From scores to probabilities: beta calibration, per evidence level where there are accounts enough.

Source: Kull, Silva Filho and Flach 2017, "Beta calibration", AISTATS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from detector.arrays import Bools, Floats

__all__ = ["BetaCalibration", "Calibrations"]

# The spacing of floats just below 1: nearer to 0 or 1 than this no probability goes.
MARGIN: Final = 2.0**-52


@dataclass(frozen=True)
class BetaCalibration:
    """logit(p) = a ln(s) - b ln(1 - s) + c, with a and b at least 0, so that p never falls as s rises.

    Examples
    --------
    >>> BetaCalibration(a=1.0, b=1.0, c=0.0).apply([0.25, 0.5])
    array([0.25, 0.5 ])
    """

    a: float
    b: float
    c: float

    def __post_init__(self) -> None:
        if not (self.a >= 0 and self.b >= 0):
            raise ValueError(f"a and b must be at least 0, got {self.a} and {self.b}")

    @classmethod
    def fit(
        cls, scores: ArrayLike, labels: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> BetaCalibration:
        """Fit by weighted log-loss.

        The labels are softened as in Platt 1999 ((n+ + 1)/(n+ + 2) for a yes), which keeps
        the parameters finite where the scores separate the classes.

        Parameters
        ----------
        scores
            Uncalibrated scores in (0, 1).
        labels
            Whether each is a yes.
        sample_weight
            How much each counts; None: all alike.
        """
        from scipy.optimize import minimize

        low, high = log_terms(scores)
        yes = np.asarray(labels, dtype=bool)
        shares = np.ones(len(yes)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        targets = soften(yes, shares)
        shares = shares / shares.sum()

        # JsonResult sums, no matrix products: those change in the last bit with the number of threads.
        def loss(parameters: Floats) -> tuple[float, Floats]:
            a, b, c = parameters
            logit = a * low + b * high + c
            slope = shares * (sigmoid(logit) - targets)
            gradient = np.array([np.sum(slope * low), np.sum(slope * high), np.sum(slope)])
            return float(np.sum(shares * (np.logaddexp(0.0, logit) - targets * logit))), gradient

        best = minimize(
            loss,
            x0=np.array([1.0, 1.0, 0.0]),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None), (0, None), (None, None)],
            options={"ftol": 1e-13, "gtol": 1e-9, "maxiter": 1000},
        )
        a, b, c = (float(value) for value in best.x)
        return cls(a, b, c)

    def apply(self, scores: ArrayLike) -> Floats:
        """Probabilities strictly between 0 and 1, never falling as the scores rise."""
        return beta(scores, self.a, self.b, self.c)


def beta(scores: ArrayLike, a: ArrayLike, b: ArrayLike, c: ArrayLike) -> Floats:
    """The calibration's formula; the parameters are single numbers or one per score."""
    low, high = log_terms(scores)
    logit = np.asarray(a) * low + np.asarray(b) * high + np.asarray(c)
    probabilities: Floats = np.clip(sigmoid(logit), MARGIN, 1 - MARGIN)
    return probabilities


def log_terms(scores: ArrayLike) -> tuple[Floats, Floats]:
    """ln(s) and -ln(1 - s); scores of exactly 0 or 1 are moved inside by one spacing."""
    inside = np.clip(np.asarray(scores, dtype=np.float64), MARGIN, 1 - MARGIN)
    return np.log(inside), -np.log1p(-inside)


def sigmoid(logit: Floats) -> Floats:
    """1 / (1 + exp(-x)) without overflow."""
    small = np.exp(-np.abs(logit))
    probabilities: Floats = np.where(logit >= 0, 1.0, small) / (1 + small)
    return probabilities


def soften(yes: Bools, sample_weight: Floats) -> Floats:
    """Platt's targets; the weights are first scaled so that they sum to the number of rows."""
    counts = sample_weight * (len(sample_weight) / sample_weight.sum())
    n_yes, n_no = counts[yes].sum(), counts[~yes].sum()
    targets: Floats = np.where(yes, (n_yes + 1) / (n_yes + 2), 1 / (n_no + 2))
    return targets


@dataclass(frozen=True)
class Calibrations:
    """One calibration for all levels pooled, and one for each level that has accounts enough.

    Attributes
    ----------
    pooled
        Used where a level has none of its own.
    by_level
        Keyed by evidence level.
    """

    pooled: BetaCalibration
    by_level: Mapping[str, BetaCalibration] = field(default_factory=dict)

    @classmethod
    def fit(  # noqa: PLR0913
        cls,
        scores: ArrayLike,
        labels: ArrayLike,
        levels: Sequence[str],
        sample_weight: ArrayLike | None = None,
        *,
        at_least: int = 1000,
        each_class: int = 50,
    ) -> Calibrations:
        """Fit on out-of-fold scores, one row per account and level.

        Parameters
        ----------
        scores, labels, sample_weight
            As for :meth:`BetaCalibration.fit`.
        levels
            Evidence level of each row.
        at_least, each_class
            Fewest rows, and fewest of either class, for a level to get its own.
        """
        scored = np.asarray(scores, dtype=np.float64)
        yes = np.asarray(labels, dtype=bool)
        shares = np.ones(len(yes)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        named = np.asarray(levels, dtype=object)
        by_level = {}
        for level in sorted(set(levels)):
            here = named == level
            n_yes = int(yes[here].sum())
            n_no = int(here.sum()) - n_yes
            if n_yes + n_no >= at_least and min(n_yes, n_no) >= each_class:
                by_level[level] = BetaCalibration.fit(scored[here], yes[here], shares[here])
        return cls(BetaCalibration.fit(scored, yes, shares), by_level)

    def at(self, level: str) -> BetaCalibration:
        """The calibration that the level uses."""
        return self.by_level.get(level, self.pooled)

    def apply(self, scores: ArrayLike, levels: Sequence[str]) -> Floats:
        """Probabilities of rows at the given levels."""
        used = [self.at(level) for level in levels]
        a, b, c = np.array([(one.a, one.b, one.c) for one in used], dtype=np.float64).reshape(-1, 3).T
        return beta(scores, a, b, c)
