"""The derive step: features of the training accounts, as they came and masked, and the fold of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from accounts.population import Population
from features.catalogue import CATALOGUE
from training.config import TrainingConfig
from training.labelled_rows import LabelledRows, labelled_rows
from training.masking import mask_tables, random_mask_plan
from training.organic import Organic
from training.progress import Progress, silent
from training.split import folds, groups

__all__ = ["TrainingRows", "derive_training_rows", "fold_of", "organic_rows", "training_rows"]


@dataclass(frozen=True)
class TrainingRows:
    """What heads, calibrations, peers and novelty are fitted to.

    Attributes
    ----------
    rows
        The simulated accounts, as they came and then masked, and the public sets' after them.
    fold
        Fold of each row; an account, its masked copies and the accounts of its campaign are in one.
    """

    rows: LabelledRows
    fold: NDArray[np.int64]

    def unmasked(self) -> LabelledRows:
        """Every account once, as it came."""
        return self.rows.pick(np.asarray(~self.rows.features.index.duplicated()))


def derive_training_rows(
    population: Population, organic: Sequence[Organic], config: TrainingConfig, progress: Progress = silent
) -> TrainingRows:
    """Derive the train split's rows and those of the public sets that train beside it.

    Parameters
    ----------
    population
        The train split.
    organic
        Public sets of real organic accounts.
    config
        ``seed``, ``folds`` and ``masked_copies``.
    progress
        Called after every masked copy.
    """
    rows = [training_rows(population, config, progress), *(organic_rows(one, config) for one in organic)]
    populations = [population, *(one.population for one in organic)]
    fold = [fold_of(part, owner, config) for part, owner in zip(rows, populations, strict=True)]
    return TrainingRows(LabelledRows.concat(rows), np.concatenate(fold))


def training_rows(
    population: Population, config: TrainingConfig, progress: Progress = silent
) -> LabelledRows:
    """The accounts as they came, and further copies with blocks and rows masked at random."""
    ids = population.labels["account_id"].to_list()
    copies = [labelled_rows(population)]
    for copy in range(1, config.masked_copies):
        seed = config.seed + copy
        masked = mask_tables(population.tables, random_mask_plan(ids, seed), seed)
        copies.append(labelled_rows(Population(masked, population.labels)))
        progress("deriving features of the train split", 0.02 + 0.4 * copy / config.masked_copies)
    return LabelledRows.concat(copies)


def organic_rows(organic: Organic, config: TrainingConfig) -> LabelledRows:
    """A public set's rows; accounts with less evidence are among them already."""
    rows = labelled_rows(organic.population)
    masked = [feature.name for feature in CATALOGUE if feature.family in organic.masked_families]
    return replace(rows, features=rows.features.assign(**dict.fromkeys(masked, np.nan)))


def fold_of(rows: LabelledRows, population: Population, config: TrainingConfig) -> NDArray[np.int64]:
    """Fold of each row: that of its account, so that copies and accounts of one campaign go together."""
    fold = folds(groups(population), config.folds, config.seed)
    by_account = dict(zip(population.labels["account_id"], fold.tolist(), strict=True))
    return np.array([by_account[account] for account in rows.features.index], dtype=np.int64)
