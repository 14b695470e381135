"""What a detector is worth on accounts that somebody labelled: the whole of it, with its worst errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from accounts.population import Population
from detector.arrays import Bools, Floats
from detector.labels import Explain
from detector.predictions import Predictions
from detector.screening import Detector
from features.declaration import Head
from training.evaluate import Report, evaluate_on
from training.labelled_rows import labelled_rows
from training.metrics import ACCUSING, Estimate, Metric, Rate, auc, bootstrap, recall_at_rate

__all__ = ["CalibrationBin", "LabelledEvaluation", "WorstError", "evaluate_labelled"]

MIN_ACCOUNTS: Final = 10
"""Accounts of either class below which no AUC is given: with fewer its interval says nothing."""
BINS: Final = 10
WORST: Final = 10
SLICES: Final = ("platform", "tier", "language", "event")


@dataclass(frozen=True)
class CalibrationBin:
    """Accounts with probabilities that are alike.

    Attributes
    ----------
    given
        Mean probability, 0 to 1, that an account is not authentic.
    found
        How many of them are not.
    """

    given: float
    found: Rate


@dataclass(frozen=True)
class WorstError:
    """An account whose label the detector contradicts most.

    Attributes
    ----------
    account_id, truth, label
        Which, what it is called, and what the detector calls it.
    suspicion
        0 to 1.
    reasons
        What the detector says for its verdict, the first first.
    """

    account_id: str
    truth: str
    label: str
    suspicion: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LabelledEvaluation:
    """All figures.

    Attributes
    ----------
    report
        AUC of labels and signals, false accusations, recall, labels by truth.
    auc
        Of the suspicion, all fakes against the authentic; None with fewer than ten of either.
    recall
        Share of fakes above the score that at most ``alpha`` of these authentic accounts exceed.
    alpha
        The detector's promise.
    accused, falsely_accused
        By the detector's own thresholds, among fakes and authentic accounts.
    levels, slices
        Both rates by evidence level, and by slice such as ``platform: x``: falsely accused, accused.
    calibration
        Ten bins or fewer.
    calibration_error
        Mean distance of probability from truth over the bins, weighted by their accounts; 0 to 1.
    worst
        Authentic accounts accused, then fakes cleared, the worst first.
    """

    report: Report
    auc: Estimate | None
    recall: Estimate | None
    alpha: float
    accused: Rate
    falsely_accused: Rate
    levels: dict[str, tuple[Rate, Rate]]
    slices: dict[str, tuple[Rate, Rate]]
    calibration: tuple[CalibrationBin, ...]
    calibration_error: float
    worst: tuple[WorstError, ...]

    def as_dict(self) -> dict[str, Any]:
        """In JSON's own types."""
        both = {
            name: {
                key: {"falsely_accused": one.as_dict(), "accused": other.as_dict()}
                for key, (one, other) in getattr(self, name).items()
            }
            for name in ("levels", "slices")
        }
        return {
            "alpha": self.alpha,
            "auc": None if self.auc is None else asdict(self.auc),
            "recall": None if self.recall is None else asdict(self.recall),
            "accused": self.accused.as_dict(),
            "falsely_accused": self.falsely_accused.as_dict(),
            **both,
            "calibration": [{"given": one.given, "found": one.found.as_dict()} for one in self.calibration],
            "calibration_error": self.calibration_error,
            "worst": [asdict(one) for one in self.worst],
            **self.report.as_dict(),
        }


def evaluate_labelled(detector: Detector, population: Population) -> LabelledEvaluation:
    """Evaluate a detector, as it screens, on accounts with labels.

    Parameters
    ----------
    detector
        The detector. It must not have been trained on these accounts.
    population
        The accounts.
    """
    rows = labelled_rows(population)
    predictions = detector.predict(population.tables)
    suspicion = np.nan_to_num(predictions.suspicion, nan=0.0)
    accused = np.isin(predictions.decisions.labels.astype(str), ACCUSING)
    fake, alpha = ~rows.authentic, detector.bundle.facts.alpha
    enough = min(fake.sum(), rows.authentic.sum()) >= MIN_ACCOUNTS
    bins = tuple(calibration_bins(fake, chance_of_fake(predictions)))
    return LabelledEvaluation(
        report=evaluate_on(detector.bundle, rows, predictions, MIN_ACCOUNTS),
        auc=bootstrap(auc(fake, suspicion), len(fake)) if enough else None,
        recall=bootstrap(recall_at_rate(fake, suspicion, alpha), len(fake)) if enough else None,
        alpha=alpha,
        accused=Rate.of(accused[fake]),
        falsely_accused=Rate.of(accused[~fake]),
        levels=rates_by(pd.Series(rows.levels), fake, accused),
        slices={
            f"{name}: {key}": rates
            for name in SLICES
            for key, rates in rates_by(rows.labels[name].to_pandas(), fake, accused).items()
        },
        calibration=bins,
        calibration_error=calibration_error(bins),
        worst=tuple(worst_errors(detector, population, fake, predictions)),
    )


def chance_of_fake(predictions: Predictions) -> Floats:
    """Probability that an account is inflated or automated: the larger of both, 0 where nothing was seen."""
    chance: Floats = np.nan_to_num(predictions.probabilities, nan=0.0).max(axis=1)
    return chance


def rates_by(keys: pd.Series[str], fake: Bools, accused: Bools) -> dict[str, tuple[Rate, Rate]]:
    """Rates of false and of right accusations by a key of each account; without a key it is left out."""
    return {
        str(key): (Rate.of(accused[rows][~fake[rows]]), Rate.of(accused[rows][fake[rows]]))
        for key, rows in sorted(keys.groupby(keys).indices.items())
    }


def calibration_bins(truth: Bools, chances: Floats) -> Iterator[CalibrationBin]:
    """Ten equally filled bins by probability; fewer where there are fewer accounts.

    >>> [one.found.k for one in calibration_bins(np.array([False, True]), np.array([0.1, 0.8]))]
    [0, 1]
    """
    for rows in np.array_split(np.argsort(chances, kind="stable"), BINS):
        if len(rows):
            yield CalibrationBin(float(chances[rows].mean()), Rate.of(truth[rows]))


def calibration_error(bins: Sequence[CalibrationBin]) -> float:
    """Mean distance of what was given from what was found, weighted by accounts.

    >>> calibration_error([CalibrationBin(0.2, Rate(0, 10)), CalibrationBin(0.9, Rate(10, 10))])
    0.15
    """
    total = sum(one.found.n for one in bins)
    distance = sum(one.found.n * abs(one.given - (one.found.value or 0.0)) for one in bins)
    return round(distance / total, 12) if total else 0.0


def calibration_metric(truth: Bools, chances: Floats) -> Metric:
    """The calibration error as a function of the accounts' weights; its bins are those of all accounts.

    >>> metric = calibration_metric(np.array([False, True]), np.array([0.25, 0.75]))
    >>> metric(np.ones(2)), metric(np.array([2.0, 0.0]))
    (0.25, 0.25)
    """
    bin_of = np.empty(len(chances), dtype=np.intp)
    for at, rows in enumerate(np.array_split(np.argsort(chances, kind="stable"), BINS)):
        bin_of[rows] = at
    gap = chances - truth
    return lambda weights: float(np.abs(np.bincount(bin_of, weights * gap)).sum() / weights.sum())


def worst_errors(
    detector: Detector, population: Population, fake: Bools, predictions: Predictions
) -> Iterator[WorstError]:
    """Authentic accounts accused, the most suspicious first, then fakes cleared, the least first."""
    labels = predictions.decisions.labels.astype(str)
    suspicion = np.nan_to_num(predictions.suspicion, nan=0.0)
    accused = np.flatnonzero(~fake & np.isin(labels, ACCUSING))
    cleared = np.flatnonzero(fake & (labels == "authentic"))
    rows = [
        *accused[np.argsort(-suspicion[accused])][:WORST].tolist(),
        *cleared[np.argsort(suspicion[cleared])][:WORST].tolist(),
    ]
    ids = population.labels["account_id"].to_list()
    chosen = population.tables.select([ids[row] for row in rows])
    verdicts = {one.account_id: one for one in detector.screen(chosen, explain=Explain.ALL)} if rows else {}
    for row in rows:
        verdict = verdicts[ids[row]]
        reasons = verdict.reasons if not fake[row] else verdict.counter_reasons
        truth = "authentic" if not fake[row] else truth_of(population, row)
        yield WorstError(
            ids[row], truth, str(labels[row]), float(suspicion[row]), tuple(one.sentence for one in reasons)
        )


def truth_of(population: Population, row: int) -> str:
    """The label of a fake."""
    return next(head.value for head in Head if population.labels[head.value][row])
