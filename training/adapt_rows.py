"""The rows that a detector is adapted with: a customer's own accounts, altered copies, and simulated ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accounts.population import Population
from accounts.simulation.regimes.train import TRAIN
from accounts.tables import Tables
from detector.arrays import Bools, Floats
from training.config import TrainingConfig
from training.datasets.base import owner_of
from training.injection import authentic, inject
from training.labelled_rows import LabelledRows
from training.split import folds
from training.training_rows import fold_of, training_rows
from training.verified_accounts import VerifiedAccounts

__all__ = ["AdaptRows", "adapt_rows", "copies_for"]

STRENGTH: Final = (0.2, 60.0)
"""Bounds of what is added to copies over what is there. Up to 4 instead of 20, of 106 Instagram accounts left
out 18 instead of 45 % are accused after likes of +400 %, at AUC .96 and .97."""
COPIES_IN_ALL: Final = 2_000
MOST_COPIES: Final = 6
OWN_SHARE: Final = 0.8
"""Of the rows' whole weight, what the customer's accounts and their copies have."""


@dataclass(frozen=True)
class AdaptRows:
    """Training rows with what keeps them apart.

    Attributes
    ----------
    labelled
        The customer's accounts as they came, in order, then everything else.
    fold
        Of each row; an account, its masked rows and its altered copies are in one.
    own
        Rows of the customer's accounts and of their copies.
    originals
        How many accounts the customer gave.
    importance
        How much each row counts.
    """

    labelled: LabelledRows
    fold: NDArray[np.int64]
    own: Bools
    originals: int
    importance: Floats

    @property
    def verified_accounts(self) -> VerifiedAccounts:
        """The customer's accounts, unaltered."""
        first = self.first(self.originals)
        return VerifiedAccounts(first.features, first.levels, first.platforms)

    def first(self, count: int) -> LabelledRows:
        """So many of the rows, from the first one on."""
        return self.labelled.pick(np.arange(len(self.fold)) < count)

    @property
    def held_in(self) -> dict[str, int]:
        """Fold of each of the customer's accounts by its owner's name."""
        names = self.labelled.features.index[: self.originals]
        return {
            owner_of(name): int(fold) for name, fold in zip(names, self.fold[: self.originals], strict=True)
        }


def copies_for(accounts: int) -> int:
    """How many altered copies of each account: enough in all, and few of many.

    >>> copies_for(100), copies_for(500), copies_for(20_000)
    (6, 4, 1)
    """
    return min(max(COPIES_IN_ALL // max(accounts, 1), 1), MOST_COPIES)


def adapt_rows(tables: Tables, simulated: Population, config: TrainingConfig) -> AdaptRows:
    """Derive everything that the heads are refitted on.

    Parameters
    ----------
    tables
        Authentic accounts of a customer's.
    simulated
        Labelled accounts of the detector's own kind.
    config
        ``seed``, ``folds``, and ``masked_copies``: rows per account, all but the first with evidence dropped.
    """
    altered = inject(tables, config.seed, TRAIN, copies=copies_for(len(tables)), strength=STRENGTH)
    own_rows = training_rows(Population.concat([authentic(tables), altered]), config)
    simulated_rows = training_rows(simulated, config)
    fold = np.concatenate([_own_folds(own_rows, config), fold_of(simulated_rows, simulated, config)])
    own = np.arange(len(fold)) < len(own_rows.levels)
    rows = LabelledRows.concat([own_rows, simulated_rows])
    return AdaptRows(rows, fold, own, len(tables), importance_of(own))


def importance_of(own: Bools) -> Floats:
    """Weights by which the customer's rows have :data:`OWN_SHARE` of the whole, 1 in the mean.

    >>> importance_of(np.array([True, False, False, False])).round(3).tolist()
    [3.2, 0.267, 0.267, 0.267]
    """
    share = np.where(own, OWN_SHARE / max(int(own.sum()), 1), (1 - OWN_SHARE) / max(int((~own).sum()), 1))
    weights: Floats = share / share.mean()
    return weights


def _own_folds(rows: LabelledRows, config: TrainingConfig) -> NDArray[np.int64]:
    """By account alone: commenters that a customer's creators share do not tie them."""
    owners = [owner_of(name) for name in rows.features.index]
    number = np.unique(owners, return_inverse=True)[1].astype(np.int64)
    return folds(number, config.folds, config.seed)
