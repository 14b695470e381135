"""Fitting how much was added to each count, and how wide the interval must be."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.amounts import COUNTS, QUANTILES, Amount, Amounts, features_of, widening_of
from detector.arrays import Bools, Floats
from detector.heads import Scorer, ScorerParams, fit_scorer
from detector.signals import signal_named
from training.config import TrainingConfig
from training.labelled_rows import LabelledRows

__all__ = ["fit_amounts", "shares_of"]

MIN_ACCOUNTS: Final = 40
"""Accounts to which something was added, below which nothing is estimated."""


def shares_of(train: LabelledRows, count: str) -> Floats:
    """Share of each row's count that was added; 0 where no signal is heard, or nobody knows how much."""
    dose = np.max([train.doses(signal_named(name)) for name in COUNTS[count]], axis=0)
    dose = np.where(train.labels["scheme"].str.starts_with("given:").fill_null(False).to_numpy(), 0.0, dose)
    shares: Floats = dose / (1.0 + dose)
    return shares


def fit_amounts(train: LabelledRows, fold: NDArray[np.int64], config: TrainingConfig) -> Amounts:
    """The heads of every count to which enough training accounts show that something was added.

    Parameters
    ----------
    train
        Training rows.
    fold
        Of each row; widenings are measured on rows whose group the heads did not see.
    config
        Folds, and the size of the heads.
    """
    params = replace(config.scorer, trees=max(config.scorer.trees // 3, 1), leaves=8)
    shown = {count: shares_of(train, count) for count in COUNTS}
    enough = [count for count, share in shown.items() if _accounts(train, share > 0) >= MIN_ACCOUNTS]
    jobs = [(count, held, at) for count in enough for held in range(-1, config.folds) for at in QUANTILES]

    def fitted(job: tuple[str, int, float]) -> Scorer:
        count, held, at = job
        rows = (shown[count] > 0) & (fold != held)
        return _fit_quantile(train, count, rows, shown[count], params, at)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        heads = dict(zip(jobs, pool.map(fitted, jobs), strict=True))
    found = {}
    for count in enough:
        low, high, truth = [], [], []
        for held in range(config.folds):
            rows = (shown[count] > 0) & (fold == held)
            part = train.features[rows]
            ends = np.sort([heads[count, held, at].score(part) for at in QUANTILES], axis=0)
            low.append(ends[0])
            high.append(ends[-1])
            truth.append(shown[count][rows])
        widening = widening_of(np.concatenate(low), np.concatenate(high), np.concatenate(truth))
        one, two, three = (heads[count, -1, at] for at in QUANTILES)
        found[count] = Amount((one, two, three), widening)
    return Amounts(found)


def _accounts(train: LabelledRows, rows: Bools) -> int:
    return int(train.features.index[rows].nunique())


def _fit_quantile(  # noqa: PLR0913, PLR0917
    train: LabelledRows, count: str, rows: Bools, share: Floats, params: ScorerParams, quantile: float
) -> Scorer:
    names = list(features_of(count))
    features, free = train.features.loc[rows, names], [0] * len(names)
    return fit_scorer(features, share[rows], constraints=free, params=params, quantile=quantile)
