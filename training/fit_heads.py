"""The fit step: the head of each signal, fitted to its own kind of purchase, and out-of-fold scores."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detector.arrays import Bools, Floats
from detector.heads import Scorer, fit_scorer
from detector.signals import SIGNALS, Signal
from training.config import TrainingConfig
from training.datasets.labelled import Labelled
from training.labelled_rows import LabelledRows
from training.public_rows import PublicRows
from training.signal_targets import history_is_masked

__all__ = ["fit_each", "fit_head", "fit_heads", "out_of_fold", "rows_of"]

NOTHING: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


def rows_of(signal: Signal, train: LabelledRows) -> tuple[Bools, Bools]:
    """Which rows a head is fitted to, and which of all rows show its kind.

    Authentic accounts whose evidence can serve the signal, and accounts that show its kind. Of the
    history's own signal a copy whose history was cut is neither: whether its purchase still lies in
    what is shown is not known, and authentic ones alone would teach that little history is innocent.
    """
    shows = train.doses(signal) > 0
    heard = train.heard[:, SIGNALS.index(signal)]
    if signal.name == "followers_flow":
        heard = heard & ~history_is_masked(train.levels, train.unmasked_levels)
    return heard & (train.authentic | shows), shows


def fit_head(  # noqa: PLR0913, PLR0917
    signal: Signal,
    train: LabelledRows,
    config: TrainingConfig,
    within: Bools,
    added: PublicRows | None = None,
    importance: Floats | None = None,
    further: Sequence[str] = (),
) -> Scorer:
    """One head on some of the training rows, with the signal's constraints.

    Parameters
    ----------
    signal
        Whose head it is.
    train
        All training rows.
    config
        ``weak_weight`` is the sample weight of an account to which less than ``weak_below_strength`` was
        added, ``organic_weight`` that of a real one.
    within
        Which rows may be used.
    added
        Rows of public sets, each for a whole row.
    importance
        How much each row counts besides; None: all alike.
    further
        Features that it reads besides the signal's own, free of constraints.
    """
    rows, truth = rows_of(signal, train)
    rows = rows & within
    sample_weight = np.where(
        truth & (train.doses(signal) < config.weak_below_strength), config.weak_weight, 1.0
    )
    sample_weight = np.where(train.real, config.organic_weight, 1.0) * sample_weight
    sample_weight = sample_weight if importance is None else sample_weight * importance
    names = [*signal.features, *(name for name in further if name not in signal.features)]
    features, truth, sample_weight = train.features.loc[rows, names], truth[rows], sample_weight[rows]
    if added is not None:
        features = pd.concat([features, added.features[names]])
        truth = np.concatenate([truth, added.truth])
        sample_weight = np.concatenate([sample_weight, np.ones(len(added.truth))])
    constraints = signal.constraints + [0] * (len(names) - len(signal.features))
    return fit_scorer(features, truth, sample_weight, constraints=constraints, params=config.scorer)


def fit_each(  # noqa: PLR0913, PLR0917
    train: LabelledRows,
    fold: NDArray[np.int64],
    config: TrainingConfig,
    sets: Sequence[Labelled] = (),
    importance: Floats | None = None,
    further: Mapping[str, Sequence[str]] = NOTHING,
) -> dict[tuple[str, int], Scorer]:
    """Every signal's head without each fold; the one on all rows stands under fold -1.

    Further features are those of :func:`fit_head`, by the signal's name. Each fit runs on one thread, so
    that its bytes repeat, and the fits run beside each other.
    """
    jobs = [(signal, held) for signal in SIGNALS for held in range(-1, config.folds)]
    added = {signal.name: PublicRows.of(sets, signal, config) for signal in SIGNALS}

    def fitted_without(job: tuple[Signal, int]) -> Scorer:
        signal, held = job
        more = added[signal.name]
        outside, reads = more.outside(held) if more else None, further.get(signal.name, ())
        return fit_head(signal, train, config, fold != held, outside, importance, reads)

    _ = train.heard  # computed once, before the threads ask for it
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        scorers = pool.map(fitted_without, jobs)
        return {(signal.name, held): one for (signal, held), one in zip(jobs, scorers, strict=True)}


def out_of_fold(
    heads: Mapping[tuple[str, int], Scorer], rows: LabelledRows, fold: NDArray[np.int64]
) -> Floats:
    """Rows x signals: every row's uncalibrated scores by the heads that never saw its fold."""
    scores = np.empty((len(fold), len(SIGNALS)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for held in sorted(set(fold.tolist())):
            chosen = rows.features[fold == held]
            found = pool.map(lambda signal, held=held, X=chosen: heads[signal.name, held].score(X), SIGNALS)
            scores[fold == held] = np.stack(list(found), axis=1)
    return scores


def fit_heads(
    train: LabelledRows, fold: NDArray[np.int64], config: TrainingConfig, sets: Sequence[Labelled] = ()
) -> tuple[dict[str, Scorer], Floats]:
    """The heads on all rows, and every row's scores by heads that never saw its group.

    Returns
    -------
    The head of each signal by name, and rows x signals of uncalibrated scores.
    """
    heads = fit_each(train, fold, config, sets)
    return {signal.name: heads[signal.name, -1] for signal in SIGNALS}, out_of_fold(heads, train, fold)
