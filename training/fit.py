"""The recipe from labelled accounts to a detector: values to values; no path, no clock, no tracking.

Split, derive, fit, calibrate, references, thresholds, assemble: each step is a module of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from accounts.errors import WrongUsage
from accounts.population import LabelledAccounts, Population
from detector.arrays import Floats
from detector.bundle import Bundle, build
from detector.comments.model import shipped
from training.assemble import GOLDEN_ACCOUNTS, SIMULATED_ORIGIN, Origin, Sources, facts_of
from training.calibrate import calibrate
from training.config import TrainingConfig
from training.datasets.labelled import Labelled
from training.fit_amounts import fit_amounts
from training.fit_heads import fit_heads
from training.fit_references import fit_novelty, fit_peers
from training.fit_thresholds import fit_thresholds
from training.labelled_rows import LabelledRows, labelled_rows
from training.organic import Organic
from training.progress import Progress, silent
from training.split import split_population
from training.training_rows import derive_training_rows
from training.workers import IN_PROCESS, Workers

__all__ = ["FEWEST_ACCOUNTS", "Fitted", "fit"]

FEWEST_ACCOUNTS: Final = 500


@dataclass(frozen=True)
class Fitted:
    """A detector, and the accounts that say what it is worth.

    Attributes
    ----------
    bundle
        The detector.
    train
        Training rows.
    out_of_fold
        Rows x signals, uncalibrated, each scored by heads that never saw its group.
    fold
        Of each training row: the one whose heads never saw it.
    test
        Accounts of the test split, as they came.
    test_population
        The same as tables.
    split_of
        ``account_id`` and ``split`` of every account of the population.
    """

    bundle: Bundle
    train: LabelledRows
    out_of_fold: Floats
    fold: NDArray[np.int64]
    test: LabelledRows
    test_population: Population
    split_of: pl.DataFrame


def fit(  # noqa: PLR0913, PLR0917
    population: LabelledAccounts,
    config: TrainingConfig,
    created_at: str,
    progress: Progress = silent,
    sets: Sequence[Labelled] = (),
    organic: Sequence[Organic] = (),
    origin: Origin = SIMULATED_ORIGIN,
    workers: Workers = IN_PROCESS,
) -> Fitted:
    """Fit heads to the train split, and set thresholds on the calibration split.

    Parameters
    ----------
    population
        Labelled accounts, 500 at least. Of those in a folder a few thousand at a time are in memory, and the
        test split.
    config
        The settings.
    created_at
        ISO time that the bundle shall carry: nothing here reads a clock.
    progress
        Called with what is being done and how much of the whole is done, 0 to 1.
    sets
        Labelled public sets whose open accounts are trained on too, each by the head of its labels;
        calibration, thresholds and figures stay with the population.
    organic
        Real organic accounts that train beside the population's, with the schemes put into copies of them:
        by all heads, and for what is usual on their platform; thresholds stay with the population.
    origin
        Whose accounts the population holds.
    workers
        Who derives features, a thousand accounts at a time; the bytes are the same whoever does.

    Raises
    ------
    WrongUsage
        If there are fewer than 500 accounts.
    """
    if len(population) < FEWEST_ACCOUNTS:
        raise WrongUsage(f"Training needs at least {FEWEST_ACCOUNTS} accounts. Got {len(population)}.")
    splits = split_population(population, config.shares, config.seed)
    progress("deriving features of the train split", 0.02)
    train = derive_training_rows(splits.train, organic, config, progress, workers)
    progress("fitting the heads", 0.45)
    heads, out_of_fold = fit_heads(train.rows, train.fold, config, sets)
    signal_models = calibrate(train.rows, heads, out_of_fold)
    amounts = fit_amounts(train.rows, train.fold, config)
    peers, novelty = fit_peers(train.unmasked()), fit_novelty(train.rows, config.seed)
    progress("setting the threshold of every evidence level", 0.60)
    levels = fit_thresholds(splits.calibration, signal_models, config, progress, workers)
    progress("testing", 0.95)
    test = labelled_rows(splits.test, workers)
    bundle = build(
        facts_of(population, config, created_at, Sources(origin, sets, organic)),
        signal_models=signal_models,
        amounts=amounts,
        comments=shipped(),
        levels=levels,
        peers=peers,
        novelty=novelty,
        golden=test.features.iloc[:GOLDEN_ACCOUNTS],
        golden_levels=test.levels[:GOLDEN_ACCOUNTS],
        golden_platforms=test.platforms[:GOLDEN_ACCOUNTS],
    )
    return Fitted(bundle, train.rows, out_of_fold, train.fold, test, splits.test, splits.split_of)
