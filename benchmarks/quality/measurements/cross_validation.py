"""Models trained and tested inside one labelled set, or trained on one and tested on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detector.arrays import Bools, Floats, matrix
from detector.heads import ScorerParams, fit_scorer
from detector.signals import SIGNALS
from features.catalogue import CATALOGUE
from features.declaration import Head
from training.datasets.labelled import Labelled
from training.split import folds

__all__ = [
    "FOLDS",
    "INNER",
    "LEAST",
    "MODELS",
    "PLAIN",
    "PLAIN_TREES",
    "THREADS",
    "Predictions",
    "best_f1_threshold",
    "cross_validated",
    "cross_validated_classes",
    "fit_and_predict",
    "params_for",
    "predict_classes",
]

FOLDS: Final = 5
THREADS: Final = 2
INNER: Final = 4
LEAST: Final = (5, 40)

Scores: TypeAlias = Callable[[pd.DataFrame], Floats]
Fit: TypeAlias = Callable[[pd.DataFrame, Bools, Head], Scores]

# Usual parameters, for the set's own columns.
PLAIN: Final[dict[str, Any]] = {
    "objective": "binary", "num_leaves": 15, "learning_rate": 0.05, "min_data_in_leaf": 10,
    "feature_fraction": 0.8, "bagging_fraction": 0.8, "bagging_freq": 1, "deterministic": True,
    "force_row_wise": True, "num_threads": 1, "seed": 0, "verbosity": -1,
}  # fmt: skip
PLAIN_TREES: Final = 200


@dataclass(frozen=True)
class Model:
    """A way to learn a set's labels: what it features, and how it is fitted."""

    features: Callable[[Labelled], pd.DataFrame]
    fit: Fit


@dataclass(frozen=True)
class Predictions:
    """Predictions for accounts that the model was not fitted on.

    Attributes
    ----------
    scores
        One per account.
    predicted
        Whether the score is over the threshold that was best, by F1, inside the training accounts.
    """

    scores: Floats
    predicted: Bools


def params_for(rows: int) -> ScorerParams:
    """The starter's own size and regularisation, with leaves that a small set can fill.

    The ridge is in units of what a leaf sums up, so it shrinks with the fewest accounts of a leaf. The
    rule is one for all sets, and was chosen on development accounts.
    """
    low, high = LEAST
    least = int(np.clip(rows // 50, low, high))
    return ScorerParams(least_accounts=least, l2=ScorerParams().l2 * least / high)


def constraints_for(head: Head) -> list[int]:
    """Monotone constraints of one head for a whole label: where all its signals that read a feature agree.

    >>> names = [feature.name for feature in CATALOGUE]
    >>> signs = dict(zip(names, constraints_for(Head.AUTOMATED), strict=True))
    >>> signs["following_ratio"], signs["account_age"], signs["posts_per_week"]
    (1, -1, 0)
    """
    signs: dict[str, set[int]] = {}
    for signal in SIGNALS:
        if signal.label is head:
            for name, sign in zip(signal.features, signal.constraints, strict=True):
                signs.setdefault(name, set()).add(sign)
    return [one.pop() if len(one := signs.get(feature.name, {0})) == 1 else 0 for feature in CATALOGUE]


def fit_assay(numbers: pd.DataFrame, truth: Bools, head: Head) -> Scores:
    """A head as the detector's are: the catalogue's features, and constraints where signals agree on them."""
    scorer = fit_scorer(numbers, truth, constraints=constraints_for(head), params=params_for(len(truth)))
    return scorer.score


def fit_plain(raw: pd.DataFrame, truth: Bools, _: Head) -> Scores:
    """LightGBM as it comes."""
    booster = lgb.train(PLAIN, lgb.Dataset(matrix(raw), truth.astype(float), params=PLAIN), PLAIN_TREES)
    return lambda rows: np.asarray(booster.predict(matrix(rows), num_threads=1), dtype=np.float64)


MODELS: Final = {
    "assay": Model(lambda data: data.features, fit_assay),
    "raw": Model(lambda data: data.raw, fit_plain),
}


def cross_validated(
    data: Labelled, model: Model, repeats: int, *, tune_threshold: bool = True
) -> list[Predictions]:
    """Out-of-fold predictions, for every repeat of the five folds; whole groups are in one fold."""
    fold = [folds(group_codes(data.groups), FOLDS, repeat) for repeat in range(repeats)]
    jobs = [(repeat, held) for repeat in range(repeats) for held in range(FOLDS)]

    def predict_fold(job: tuple[int, int]) -> Predictions:
        repeat, held = job
        inside = fold[repeat] != held
        return fit_and_predict(data.pick(inside), data.pick(~inside), model, tune_threshold=tune_threshold)

    predictions = [Predictions(np.empty(len(data)), np.empty(len(data), dtype=bool)) for _ in range(repeats)]
    for (repeat, held), tested in zip(jobs, in_threads(predict_fold, jobs), strict=True):
        predictions[repeat].scores[fold[repeat] == held] = tested.scores
        predictions[repeat].predicted[fold[repeat] == held] = tested.predicted
    return predictions


def fit_and_predict(
    known: Labelled, unknown: Labelled, model: Model, *, tune_threshold: bool = True
) -> Predictions:
    """Fit on some accounts, predict others.

    The threshold comes from folds of the former; without ``tune_threshold`` it is one half.
    """
    numbers = model.features(known)
    threshold = best_f1_threshold(known.truth, inner_scores(known, numbers, model)) if tune_threshold else 0.5
    scores = model.fit(numbers, known.truth, known.head)(model.features(unknown))
    return Predictions(scores, scores > threshold)


def inner_scores(known: Labelled, numbers: pd.DataFrame, model: Model) -> Floats:
    """Scores of training accounts by models that saw only the others of them."""
    fold, found = folds(group_codes(known.groups), INNER, 0), np.empty(len(known))
    for held in range(INNER):
        rest = fold != held
        found[~rest] = model.fit(numbers[rest], known.truth[rest], known.head)(numbers[~rest])
    return found


def best_f1_threshold(truth: Bools, scores: Floats) -> float:
    """The threshold with the best F1: scores strictly above it are predicted positive.

    Halfway to the next score below, as scores on other accounts fall in between.

    >>> best_f1_threshold(np.array([False, True, True]), np.array([0.2, 0.4, 0.9]))
    0.30000000000000004
    """
    order = np.argsort(-scores, kind="stable")
    ranked, found = scores[order], truth[order].cumsum()
    quality = 2 * found / (np.arange(1, len(order) + 1) + truth.sum())
    ends = np.append(ranked[1:] < ranked[:-1], True)  # only between different scores
    at = int(np.where(ends, quality, -1.0).argmax())
    below = ranked[at + 1] if at + 1 < len(ranked) else 0.0
    return float((ranked[at] + below) / 2)


def cross_validated_classes(data: Labelled, numbers: pd.DataFrame, **how: Any) -> NDArray[np.object_]:
    """Out-of-fold predictions among all classes of a set."""
    fold = folds(group_codes(data.groups), FOLDS, 0)

    def predict_fold(held: int) -> NDArray[np.object_]:
        return predict_classes(data.pick(fold != held), numbers[fold != held], numbers[fold == held], **how)

    predicted = np.empty(len(data), dtype=object)
    for held, found in enumerate(in_threads(predict_fold, range(FOLDS))):
        predicted[fold == held] = found
    return predicted


def predict_classes(
    known: Labelled, numbers: pd.DataFrame, others: pd.DataFrame, **how: Any
) -> NDArray[np.object_]:
    """The most probable class of other accounts."""
    names, codes = np.unique(np.asarray(known.classes, dtype=str), return_inverse=True)
    params = PLAIN | {"objective": "multiclass", "num_class": len(names)} | how
    data = lgb.Dataset(matrix(numbers), codes.astype(float), params=params)
    probabilities = np.asarray(lgb.train(params, data, PLAIN_TREES).predict(matrix(others), num_threads=1))
    likeliest: NDArray[np.object_] = names.astype(object)[probabilities.argmax(axis=1)]
    return likeliest


def in_threads(function: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
    """Results in order; each fit runs on one thread, so that it repeats, and the fits beside each other."""
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(function, jobs)


def group_codes(groups: Sequence[str]) -> NDArray[np.int64]:
    """Groups as integers from 0."""
    return np.unique(np.asarray(groups, dtype=str), return_inverse=True)[1].astype(np.int64)
