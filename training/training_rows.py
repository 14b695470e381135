"""The derive step: features of the training accounts, as they came and masked, and the fold of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from accounts.population import LabelledAccounts, Population
from features.catalogue import CATALOGUE
from training.config import TrainingConfig
from training.labelled_rows import CHUNK, LabelledRows, labelled_rows, rows_of_piece
from training.masking import mask_tables, random_mask_plan
from training.organic import Organic
from training.progress import Progress, silent
from training.split import folds, groups
from training.workers import IN_PROCESS, Workers

__all__ = [
    "TrainingRows", "derive_training_rows", "fold_of", "organic_rows", "rows_and_copies", "training_rows",
]  # fmt: skip


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
    population: LabelledAccounts,
    organic: Sequence[Organic],
    config: TrainingConfig,
    progress: Progress = silent,
    workers: Workers = IN_PROCESS,
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
        Called after every thousand accounts.
    workers
        Who derives.
    """
    own = training_rows(population, config, progress, workers)
    rows = [own, *(organic_rows(one, config) for one in organic)]
    populations: list[LabelledAccounts] = [population, *(one.population for one in organic)]
    fold = [fold_of(part, owner, config) for part, owner in zip(rows, populations, strict=True)]
    return TrainingRows(LabelledRows.concat(rows), np.concatenate(fold))


def training_rows(
    population: LabelledAccounts,
    config: TrainingConfig,
    progress: Progress = silent,
    workers: Workers = IN_PROCESS,
) -> LabelledRows:
    """The accounts as they came, and further copies with blocks and rows masked at random.

    All accounts as they came stand first, then all of the first copy, and so on, whoever derived them.
    """
    copies: list[list[LabelledRows]] = [[] for _ in range(config.masked_copies)]
    done = 0
    for rows in workers.map(rows_and_copies, population.pieces(CHUNK), config.seed, config.masked_copies):
        for copy, part in zip(copies, rows, strict=True):
            copy.append(part)
        done += len(rows[0].levels)
        progress("deriving features of the train split", 0.02 + 0.4 * done / len(population))
    return LabelledRows.concat([part for copy in copies for part in copy])


def rows_and_copies(piece: Population, seed: int, copies: int) -> list[LabelledRows]:
    """The rows of some accounts as they came, and of each masked copy: names and seed say what it shows."""
    ids = piece.labels["account_id"].to_list()
    found = [rows_of_piece(piece)]
    for drawn in range(seed + 1, seed + copies):
        masked = mask_tables(piece.tables, random_mask_plan(ids, drawn), drawn)
        found.append(rows_of_piece(Population(masked, piece.labels)))
    return found


def organic_rows(organic: Organic, config: TrainingConfig) -> LabelledRows:
    """A public set's rows; accounts with less evidence are among them already."""
    rows = labelled_rows(organic.population)
    masked = [feature.name for feature in CATALOGUE if feature.family in organic.masked_families]
    return replace(rows, features=rows.features.assign(**dict.fromkeys(masked, np.nan)))


def fold_of(rows: LabelledRows, population: LabelledAccounts, config: TrainingConfig) -> NDArray[np.int64]:
    """Fold of each row: that of its account, so that copies and accounts of one campaign go together."""
    fold = folds(groups(population), config.folds, config.seed)
    by_account = dict(zip(population.labels["account_id"], fold.tolist(), strict=True))
    return np.array([by_account[account] for account in rows.features.index], dtype=np.int64)
