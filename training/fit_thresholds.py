"""The step that sets the thresholds of every evidence level, on the calibration split.

Each of its accounts stands at the evidence that it came with, and, masked, at every level below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, islice
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import polars as pl

from accounts.population import LabelledAccounts, Population
from accounts.tables import Tables
from detector.arrays import Bools
from detector.levels import LevelTable
from detector.signal_models import SignalModels
from detector.signals import signals_heard
from features.derive import derive
from features.evidence import BLOCKS, Level, measure
from features.views import Views
from training.config import TrainingConfig
from training.labelled_rows import CHUNK
from training.masking import MaskedToLevels, mask_features
from training.progress import Progress, silent
from training.signal_targets import Purchases, largest_dose
from training.workers import IN_PROCESS, Workers

__all__ = [
    "STRONG_DOSE", "AtLevel", "fit_thresholds", "piece_sample", "suspicion_sample", "unmasked_levels",
]  # fmt: skip

STRONG_DOSE: Final = 0.5
"""Added over honest from which on a fake is strong: clearing it is an error that is bounded."""


class AtLevel(NamedTuple):
    """Accounts that stand in one row of the level table.

    Attributes
    ----------
    row
        Key of the row: of an evidence level, or of a set of blocks at any depth.
    features
        Accounts x catalogue; the index names the account.
    levels
        Evidence level of each account.
    """

    row: str
    features: pd.DataFrame
    levels: list[str]


def fit_thresholds(
    population: LabelledAccounts,
    signal_models: SignalModels,
    config: TrainingConfig,
    progress: Progress = silent,
    workers: Workers = IN_PROCESS,
) -> LevelTable:
    """Thresholds, tails and expected recall of every evidence level.

    The accusation threshold comes to be in three steps: here the sample of suspicions
    (:func:`suspicion_sample`), in :func:`detector.levels.fit_level` a row for each level, and in
    :func:`detector.threshold.accusation_threshold` the threshold whose exact bound holds.

    Parameters
    ----------
    population
        The calibration split: accounts that neither heads nor calibrations saw.
    signal_models
        Says how suspicious they are.
    config
        The promise, and how many accounts are masked.
    progress
        Called after every thousand accounts.
    workers
        Who derives and judges.
    """
    return LevelTable.fit(
        suspicion_sample(population, signal_models, config, progress, workers),
        alpha=config.alpha,
        most=config.max_cleared_share,
        confidence=config.confidence,
    )


def suspicion_sample(
    population: LabelledAccounts,
    signal_models: SignalModels,
    config: TrainingConfig,
    progress: Progress = silent,
    workers: Workers = IN_PROCESS,
) -> pd.DataFrame:
    """Suspicion of the accounts at every evidence level that they can be masked down to.

    Beyond ``config.masked_accounts`` of them, rounded up to a thousand, at the level that they came with.

    Returns
    -------
    The columns that :meth:`LevelTable.fit` reads.
    """
    accounts = population.pieces(CHUNK)
    masked = islice(accounts, -(-config.masked_accounts // CHUNK))
    samples = chain(
        workers.map(piece_sample, masked, signal_models, config.seed),
        workers.map(piece_sample, accounts, signal_models, None),
    )
    pieces: list[pd.DataFrame] = []
    for number, found in enumerate(samples, start=1):
        pieces += found
        done = min(number * CHUNK / len(population), 1)
        progress("setting the threshold of every evidence level", 0.60 + 0.35 * done)
    return pd.concat(pieces, ignore_index=True)


def piece_sample(piece: Population, signal_models: SignalModels, seed: int | None) -> list[pd.DataFrame]:
    """The sample of some accounts, masked with that seed; None: as they came only."""
    return list(_samples(piece.tables, piece.labels, signal_models, seed))


def _samples(
    tables: Tables, labels: pl.DataFrame, signal_models: SignalModels, seed: int | None
) -> Iterator[pd.DataFrame]:
    """The samples of each row of the level table."""
    views, truth = Views(tables), _Truth.of(labels)
    features, came_with = derive(views), measure(views)["level"]
    platforms = dict(tables.accounts.select("account_id", "platform").iter_rows())
    stands = unmasked_levels(features, came_with)
    if seed is not None:
        stands = chain(_masked(tables, seed), _pooled(features, came_with))
    for one in stands:
        suspicion = signal_models.suspicion(
            one.features, one.levels, [platforms[account] for account in one.features.index]
        )
        yield _sample_rows(one, came_with, truth).assign(suspicion=suspicion)


def _masked(tables: Tables, seed: int) -> Iterator[AtLevel]:
    """The accounts masked down to every level that they reach."""
    for level, features in MaskedToLevels(tables, seed):
        yield AtLevel(level.key, features, [level.key] * len(features))


def _pooled(features: pd.DataFrame, came_with: pd.Series[str]) -> Iterator[AtLevel]:
    """Every set of blocks at the depth that each account came with, for levels too rare by themselves."""
    levels = [Level.of(key) for key in came_with]
    for size in range(2, len(BLOCKS) + 1):
        for blocks in combinations(BLOCKS, size):
            rows = np.array([set(blocks) <= set(level.blocks) for level in levels], dtype=bool)
            if rows.any():
                keys = [levels[row].within(blocks).key for row in np.flatnonzero(rows).tolist()]
                yield AtLevel("+".join(blocks), mask_features(features[rows], blocks), keys)


def unmasked_levels(features: pd.DataFrame, came_with: pd.Series[str]) -> Iterator[AtLevel]:
    """Every account at its own level, and among those with the same blocks at any depth.

    Parameters
    ----------
    features
        Accounts x catalogue.
    came_with
        Evidence level of each, under the same index.
    """
    levels = {key: Level.of(key) for key in came_with.unique()}
    own = {key: key for key, level in levels.items() if level.blocks}
    pooled = {key: level.pooled for key, level in levels.items() if len(level.blocks) > 1}
    for names in (came_with.map(own), came_with.map(pooled)):
        for row, places in names.groupby(names).indices.items():
            yield AtLevel(str(row), features.iloc[places], came_with.iloc[places].tolist())


@dataclass(frozen=True)
class _Truth:
    """What the labels of some accounts say, by place."""

    place: Mapping[str, int]
    fake: Bools
    purchases: Purchases

    @classmethod
    def of(cls, labels: pl.DataFrame) -> _Truth:
        place = {account: row for row, account in enumerate(labels["account_id"].to_list())}
        fake = (labels["inflated"] | labels["automated"]).to_numpy().astype(bool)
        return cls(place, fake, Purchases.of(labels))


def _sample_rows(one: AtLevel, came_with: pd.Series[str], truth: _Truth) -> pd.DataFrame:
    """The sample's columns but for the suspicion."""
    accounts = one.features.index.to_list()
    rows = [truth.place[account] for account in accounts]
    fake, unmasked = truth.fake[rows], came_with.loc[one.features.index].tolist()
    heard = signals_heard(one.features, one.levels)
    dose = largest_dose(heard, truth.purchases.pick(rows), one.levels, unmasked)
    return pd.DataFrame(
        {
            "account_id": accounts,
            "level": one.row,
            "authentic": ~fake,
            "strong": fake & (dose >= STRONG_DOSE),
            "natural": [one.row in (level, Level.of(level).pooled) for level in unmasked],
        }
    )
