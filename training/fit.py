"""A labelled population to a detector: pure, from values to values; no path, no clock, no tracking."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import chain, combinations
from typing import Final

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from accounts.errors import WrongUsage
from accounts.population import Population
from accounts.schema import TABLES
from detector.arrays import Bools, Floats
from detector.bundle import Bundle, build
from detector.comments.model import TRAINED_ON, shipped
from detector.levels import LevelTable
from detector.manifest import SIMULATED, Facts
from detector.novelty import Novelty
from detector.peers import Peers
from detector.signal_models import SignalModels
from detector.signals import served
from features.catalogue import CATALOGUE, catalogue_digest
from features.derive import derive
from features.evidence import BLOCKS, Level, measure
from features.peers import tier
from features.views import Views
from training.amounts import fit_amounts
from training.config import TrainingConfig
from training.datasets.labelled import Labelled
from training.heads import fit_heads, weights_of
from training.labelled_rows import CHUNK, LabelledRows, labelled_rows
from training.masking import MaskedToLevels, mask_tables, random_mask_plan
from training.organic import Organic
from training.public_rows import digest_of
from training.signal_targets import largest_dose
from training.split import folds, groups, parts

__all__ = [
    "Fitted",
    "Progress",
    "as_came",
    "data_digest",
    "fit",
    "fold_of",
    "organic_rows",
    "peers_of",
    "pick",
    "training_rows",
]

Progress = Callable[[str, float], None]
GOLDEN: Final = 12
STRONG: Final = 0.5
MANNERS: Final = frozenset(
    {"emoji_only_share", "mention_only_share", "comment_length", "comment_length_spread"}
)
LEAST_ACCOUNTS: Final = 500
LIBRARIES: Final = ("lightgbm", "numpy", "pandas", "polars", "scipy")


@dataclass(frozen=True)
class Fitted:
    """A detector and the parts of the population that it was not fitted on.

    Attributes
    ----------
    bundle
        The detector.
    train
        Training rows with their out-of-fold probabilities.
    out_of_fold
        Rows x signals, uncalibrated, each scored by heads that never saw its group.
    test
        Accounts of the test part, as they came.
    test_population, part_of
        The same as tables, and the part that each account of the population fell into.
    """

    bundle: Bundle
    train: LabelledRows
    out_of_fold: Floats
    test: LabelledRows
    test_population: Population
    part_of: pl.DataFrame


def fit(  # noqa: PLR0913, PLR0917
    population: Population,
    config: TrainingConfig,
    created_at: str,
    progress: Progress = lambda *_: None,
    sets: Sequence[Labelled] = (),
    organic: Sequence[Organic] = (),
) -> Fitted:
    """Train on one part, set thresholds on another, keep a third for testing, touch no fourth.

    Parameters
    ----------
    population
        Labelled accounts.
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
    """
    if len(population) < LEAST_ACCOUNTS:
        raise WrongUsage(f"Training needs at least {LEAST_ACCOUNTS} accounts. Got {len(population)}.")
    group = groups(population)
    part = parts(group, config.shares, config.seed)
    progress("deriving features of the training part", 0.02)
    own = pick(population, part == "train")
    train = training_rows(own, config, progress)
    fold = fold_of(train, own, config)
    for one in organic:
        more = organic_rows(one, config)
        train, fold = (
            LabelledRows.concat([train, more]),
            np.append(fold, fold_of(more, one.population, config)),
        )
    progress("fitting the heads", 0.45)
    scorers, raw = fit_heads(train, fold, config, sets)
    signal_models, amounts = weights_of(train, scorers, raw), fit_amounts(train, fold, config)
    natural = _natural(train)
    peers = Peers.fit(natural.features, *peers_of(natural), natural.authentic, natural.real)
    novelty = Novelty.fit(train.features, train.levels, train.authentic, block_columns(), seed=config.seed)
    progress("setting the threshold of every evidence level", 0.60)
    sample = _threshold_sample(pick(population, part == "threshold"), signal_models, config, progress)
    levels = LevelTable.fit(
        sample, alpha=config.alpha, most=config.most_cleared, confidence=config.confidence
    )
    progress("testing", 0.95)
    tested = pick(population, part == "test")
    test = labelled_rows(tested)
    golden = test.features.iloc[:GOLDEN]
    bundle = build(
        _facts(population, config, created_at, sets, organic),
        signal_models=signal_models,
        amounts=amounts,
        comments=shipped(),
        levels=levels,
        peers=peers,
        novelty=novelty,
        golden=golden,
        golden_levels=test.levels[:GOLDEN],
        golden_platforms=test.platforms[:GOLDEN],
    )
    names = population.labels.select("account_id").with_columns(part=pl.Series(part.astype(str)))
    return Fitted(bundle, train, raw, test, tested, names)


def pick(population: Population, chosen: Bools) -> Population:
    """Some accounts of a population, in order."""
    labels = population.labels.filter(pl.Series(chosen))
    return Population(population.tables.select(labels["account_id"].to_list()), labels)


def training_rows(
    population: Population, config: TrainingConfig, progress: Progress = lambda *_: None
) -> LabelledRows:
    """The part as it came, and further copies with blocks and rows dropped at random."""
    ids = population.labels["account_id"].to_list()
    stages = [labelled_rows(population)]
    for copy in range(1, config.copies):
        seed = config.seed + copy
        masked = mask_tables(population.tables, random_mask_plan(ids, seed), seed)
        stages.append(labelled_rows(Population(masked, population.labels)))
        progress("deriving features of the training part", 0.02 + 0.4 * copy / config.copies)
    return LabelledRows.concat(stages)


def organic_rows(one: Organic, config: TrainingConfig) -> LabelledRows:
    """A public set's rows; there are accounts with less evidence among them already."""
    rows = labelled_rows(one.population)
    hidden = [feature.name for feature in CATALOGUE if feature.family in one.masked_families]
    return replace(rows, features=rows.features.assign(**dict.fromkeys(hidden, np.nan)))


def fold_of(train: LabelledRows, population: Population, config: TrainingConfig) -> NDArray[np.int64]:
    """Fold of each row: that of its account, so that copies and whoever shares its campaign go together."""
    fold = folds(groups(population), config.folds, config.seed)
    by_account = dict(zip(population.labels["account_id"], fold.tolist(), strict=True))
    return np.array([by_account[account] for account in train.features.index], dtype=np.int64)


def block_columns() -> dict[str, list[str]]:
    """Features that may make an account unfamiliar, by block: those that need no other block.

    How fans put it (in emoji, in mentions, at what length) makes nobody unfamiliar.
    """
    watched = [feature for feature in CATALOGUE if feature.name not in MANNERS]
    return {block: [feature.name for feature in watched if feature.blocks == (block,)] for block in BLOCKS}


def _natural(train: LabelledRows) -> LabelledRows:
    return train.pick(np.asarray(~train.features.index.duplicated()))


def peers_of(rows: LabelledRows) -> tuple[list[str], list[str | None]]:
    """Platform and tier of each row; a tier is None where the number of followers is unknown."""
    size = rows.features["followers_size"].to_numpy()
    tiers = [None if np.isnan(value) else tier(round(10**value - 1)) for value in size]
    return rows.platforms, tiers


def _threshold_sample(
    population: Population, signal_models: SignalModels, config: TrainingConfig, progress: Progress
) -> pd.DataFrame:
    """Suspicion of the part's accounts at every evidence level that they can be masked down to.

    Beyond ``config.masked`` of them, at the level that they came with.
    """
    ids = population.labels["account_id"].to_list()
    platforms = dict(population.tables.accounts.select("account_id", "platform").iter_rows())
    pieces: list[pd.DataFrame] = []
    for at in range(0, len(ids), CHUNK):
        tables = population.tables.select(ids[at : at + CHUNK])
        views = Views(tables)
        features, natural = derive(views), measure(views)["level"]
        labels = population.labels[at : at + CHUNK]
        masked = (
            (level.key, frame, [level.key] * len(frame))
            for level, frame in MaskedToLevels(tables, config.seed)
        )
        shown = (
            chain(masked, _pooled(features, natural)) if at < config.masked else as_came(features, natural)
        )
        for level, frame, keys in shown:
            suspected = signal_models.suspicion(frame, keys, [platforms[account] for account in frame.index])
            pieces.append(_suspected(frame, level, keys, suspected, natural, labels))
        done = 0.60 + 0.35 * min((at + CHUNK) / len(ids), 1)
        progress("setting the threshold of every evidence level", done)
    return pd.concat(pieces, ignore_index=True)


def _pooled(features: pd.DataFrame, natural: pd.Series[str]) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Every set of blocks at the depth that each account came with, for levels too rare by themselves."""
    levels = [Level.of(key) for key in natural]
    for size in range(2, len(BLOCKS) + 1):
        for blocks in combinations(BLOCKS, size):
            rows = np.array([set(blocks) <= set(level.blocks) for level in levels], dtype=bool)
            if rows.any():
                keys = [
                    level.within(blocks).key for level, chosen in zip(levels, rows, strict=True) if chosen
                ]
                yield "+".join(blocks), mask_features(features[rows], blocks), keys


def as_came(features: pd.DataFrame, natural: pd.Series[str]) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Every account at its own level, and among those with the same blocks at any depth."""
    levels = {key: Level.of(key) for key in natural.unique()}
    own = {key: key for key, level in levels.items() if level.blocks}
    pooled = {key: level.pooled for key, level in levels.items() if len(level.blocks) > 1}
    for names in (natural.map(own), natural.map(pooled)):
        for level, rows in names.groupby(names).indices.items():
            yield str(level), features.iloc[rows], natural.iloc[rows].tolist()


def mask_features(features: pd.DataFrame, blocks: Collection[str]) -> pd.DataFrame:
    """The features that can be read from these blocks, the others absent."""
    hidden = [not set(feature.blocks) <= set(blocks) for feature in CATALOGUE]
    values = features.to_numpy(copy=True)
    values[:, hidden] = np.nan
    return pd.DataFrame(values, index=features.index, columns=features.columns)


def _suspected(  # noqa: PLR0913, PLR0917
    frame: pd.DataFrame,
    level: str,
    keys: Sequence[str],
    suspected: Floats,
    natural: pd.Series[str],
    labels: pl.DataFrame,
) -> pd.DataFrame:
    """The rows of one level as :meth:`LevelTable.fit` reads them."""
    place = {account: at for at, account in enumerate(labels["account_id"].to_list())}
    known = labels[[place[account] for account in frame.index]]
    guilty = (known["inflated"] | known["automated"]).to_numpy()
    whole = natural.loc[frame.index].tolist()
    dose = largest_dose(served(frame, keys), known, keys, whole)
    return pd.DataFrame({
        "account_id": frame.index.to_list(), "level": level, "suspicion": suspected, "authentic": ~guilty,
        "strong": guilty & (dose >= STRONG),
        "natural": [level in (own, Level.of(own).pooled) for own in whole],
    })  # fmt: skip


def data_digest(population: Population) -> str:
    """SHA-256 of a population's content, the same whatever file it lay in."""
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update(population.tables[name].write_csv().encode())
    digest.update(population.labels.write_csv().encode())
    return digest.hexdigest()


def _facts(
    population: Population,
    config: TrainingConfig,
    created_at: str,
    sets: Sequence[Labelled],
    organic: Sequence[Organic],
) -> Facts:
    digest = digest_of(data_digest(population), sets)
    public = [*(one.about.name for one in sets), *(one.about.name for one in organic)]
    for one in organic:
        digest = hashlib.sha256(f"{digest}{data_digest(one.population)}".encode()).hexdigest()
    return Facts(
        name=config.name,
        version=f"{created_at[:10]}-{digest[:8]}",
        created_at=created_at,
        catalogue=catalogue_digest(),
        training=config.as_dict(),
        data_sha256=digest,
        trained_on=("simulated", *public, *TRAINED_ON),
        calibrated_on=SIMULATED,
        alpha=config.alpha,
        confidence=config.confidence,
        libraries={name: version(name) for name in LIBRARIES},
    )
