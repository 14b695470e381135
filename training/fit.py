"""A labelled population to a detector: pure, from values to values; no path, no clock, no tracking."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain, combinations
from typing import Final

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from accounts.errors import WrongUsage
from accounts.schema import TABLES
from accounts.simulation import Population
from detector.arrays import Bools, Floats
from detector.bundle import Bundle, build, judge
from detector.calibration import Calibrations
from detector.decision import HEADS, suspicion
from detector.heads import Scorer, fit_scorer
from detector.levels import LevelTable
from detector.manifest import Facts
from detector.peers import Peers
from detector.screening import accusable_by
from detector.strangeness import Strangeness
from features.catalogue import CATALOGUE, CATALOGUE_VERSION
from features.declaration import HIGH, NEITHER, Head
from features.derive import derive
from features.evidence import BLOCKS, Level, measure
from features.peers import tier
from features.views import Views
from training.added import Added, digest_of
from training.config import TrainingConfig
from training.datasets.labelled import Labelled
from training.split import folds, groups, parts
from training.thinning import AtLevels, random_plan, thin
from training.weights import row_weights

__all__ = [
    "Fitted",
    "Progress",
    "Stage",
    "as_came",
    "constraints_for",
    "data_digest",
    "fit",
    "fit_head",
    "peers_of",
    "pick",
    "training_rows",
]

Progress = Callable[[str, float], None]
CHUNK: Final = 1_000
GOLDEN: Final = 12
STRONG: Final = 0.5
MANNERS: Final = frozenset(
    {"emoji_only_share", "mention_only_share", "comment_length", "comment_length_spread"}
)
LEAST_ACCOUNTS: Final = 500
LIBRARIES: Final = ("lightgbm", "numpy", "pandas", "polars", "scipy")


@dataclass(frozen=True)
class Stage:
    """Rows of features with what is known of them.

    Attributes
    ----------
    numbers
        Features; the index names the account, several times where copies were masked.
    levels
        Evidence level of each row.
    labels
        The population's labels, row for row.
    """

    numbers: pd.DataFrame
    levels: list[str]
    labels: pl.DataFrame

    @property
    def authentic(self) -> Bools:
        """Rows of accounts that are neither inflated nor automated."""
        return ~(self.truth(Head.INFLATED) | self.truth(Head.AUTOMATED))

    def truth(self, head: Head) -> Bools:
        """Whether each row's account is what the head looks for."""
        return self.labels[head.value].to_numpy().astype(bool)


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
        Rows x heads, calibrated, each scored by models that never saw its group.
    test
        Accounts of the test part, as they came.
    test_population, part_of
        The same as tables, and the part that each account of the population fell into.
    """

    bundle: Bundle
    train: Stage
    out_of_fold: Floats
    test: Stage
    test_population: Population
    part_of: pl.DataFrame


def fit(
    population: Population,
    config: TrainingConfig,
    created_at: str,
    progress: Progress = lambda *_: None,
    sets: Sequence[Labelled] = (),
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
    """
    if len(population) < LEAST_ACCOUNTS:
        raise WrongUsage(f"Training needs at least {LEAST_ACCOUNTS} accounts. Got {len(population)}.")
    group = groups(population)
    part = parts(group, config.shares, config.seed)
    progress("deriving features of the training part", 0.02)
    train = training_rows(pick(population, part == "train"), config, progress)
    fold = _fold_of(
        train, population, folds(group[part == "train"], config.folds, config.seed), part == "train"
    )
    progress("fitting the heads", 0.45)
    scorers, raw = _fit_heads(train, fold, config, sets)
    calibrations = {
        head: Calibrations.fit(raw[:, at], train.truth(head), train.levels) for at, head in enumerate(HEADS)
    }
    natural = _natural(train)
    peers = Peers.fit(natural.numbers, *peers_of(natural), natural.authentic)
    strangeness = Strangeness.fit(
        train.numbers, train.levels, train.authentic, block_columns(), seed=config.seed
    )
    progress("setting the threshold of every evidence level", 0.60)
    sample = _threshold_sample(
        pick(population, part == "threshold"), scorers, calibrations, strangeness, config, progress
    )
    levels = LevelTable.fit(
        sample, alpha=config.alpha, most=config.most_cleared, confidence=config.confidence
    )
    progress("testing", 0.95)
    tested = pick(population, part == "test")
    test = stage(tested)
    golden = test.numbers.iloc[:GOLDEN]
    bundle = build(
        _facts(population, config, created_at, sets),
        scorers=scorers,
        calibrations=calibrations,
        levels=levels,
        peers=peers,
        strangeness=strangeness,
        golden=golden,
        golden_levels=test.levels[:GOLDEN],
    )
    calibrated = np.stack(
        [calibrations[head].apply(raw[:, at], train.levels) for at, head in enumerate(HEADS)], axis=1
    )
    names = population.labels.select("account_id").with_columns(part=pl.Series(part.astype(str)))
    return Fitted(bundle, train, calibrated, test, tested, names)


def pick(population: Population, chosen: Bools) -> Population:
    """Some accounts of a population, in order."""
    labels = population.labels.filter(pl.Series(chosen))
    return Population(population.tables.select(labels["account_id"].to_list()), labels)


def stage(population: Population) -> Stage:
    """Features and evidence of a population, in chunks of whole accounts."""
    ids = population.labels["account_id"].to_list()
    numbers, levels = [], []
    for at in range(0, len(ids), CHUNK):
        views = Views(population.tables.select(ids[at : at + CHUNK]))
        numbers.append(derive(views))
        levels += measure(views)["level"].tolist()
    return Stage(pd.concat(numbers), levels, _labels(population))


def _labels(population: Population) -> pl.DataFrame:
    """The labels, and the platform beside them."""
    platforms = population.tables.accounts.select("account_id", "platform")
    return population.labels.join(platforms, on="account_id", how="left", maintain_order="left")


def training_rows(
    population: Population, config: TrainingConfig, progress: Progress = lambda *_: None
) -> Stage:
    """The part as it came, and further copies with blocks and rows dropped at random."""
    ids = population.labels["account_id"].to_list()
    stages = [stage(population)]
    for copy in range(1, config.copies):
        seed = config.seed + copy
        masked = thin(population.tables, random_plan(ids, seed), seed)
        stages.append(stage(Population(masked, population.labels)))
        progress("deriving features of the training part", 0.02 + 0.4 * copy / config.copies)
    return Stage(
        pd.concat([one.numbers for one in stages]),
        [level for one in stages for level in one.levels],
        pl.concat([one.labels for one in stages]),
    )


def _fold_of(train: Stage, population: Population, fold: NDArray[np.int64], chosen: Bools) -> Floats:
    by_account = dict(zip(population.labels["account_id"].filter(pl.Series(chosen)), fold, strict=True))
    return np.array([by_account[account] for account in train.numbers.index])


def constraints_for(head: Head) -> list[int]:
    """Monotone constraints from the catalogue: 1 may only rise, -1 only fall, 0 free.

    Posting rhythm is left free: constraints hurt there on real data.
    """
    directions = [
        feature.direction_for(head) if feature.family != "posting" else NEITHER for feature in CATALOGUE
    ]
    return [0 if direction is NEITHER else 1 if direction is HIGH else -1 for direction in directions]


def block_columns() -> dict[str, list[str]]:
    """Features that may make an account strange, by block: those that need no other block.

    How fans put it (in emoji, in mentions, at what length) makes nobody strange.
    """
    watched = [feature for feature in CATALOGUE if feature.name not in MANNERS]
    return {block: [feature.name for feature in watched if feature.blocks == (block,)] for block in BLOCKS}


def fit_head(
    train: Stage, head: Head, config: TrainingConfig, rows: Bools, added: Added | None = None
) -> Scorer:
    """One head on some of the training rows, with the catalogue's constraints, weighted by what can be seen.

    Rows of public sets are added as they are, each for a whole row.
    """
    truth = train.truth(head)
    weights = row_weights(head, truth, train.labels, train.levels, config)
    numbers, truth, weights = train.numbers[rows], truth[rows], weights[rows]
    if added is not None:
        numbers = pd.concat([numbers, added.numbers])
        truth = np.concatenate([truth, added.truth])
        weights = np.concatenate([weights, np.ones(len(added.truth))])
    return fit_scorer(numbers, truth, weights, constraints=constraints_for(head), params=config.scorer)


def _fit_heads(
    train: Stage, fold: Floats, config: TrainingConfig, sets: Sequence[Labelled]
) -> tuple[dict[Head, Scorer], Floats]:
    """The heads on all rows, and every row's scores by heads that never saw its group.

    Each fit runs on one thread, so that its bytes repeat, and the fits run beside each other.
    """
    jobs = [(head, held) for head in HEADS for held in range(-1, config.folds)]
    added = {head: Added.of(sets, head, config) for head in HEADS}

    def fitted_without(job: tuple[Head, int]) -> Scorer:
        head, held = job
        more = added[head]
        return fit_head(train, head, config, fold != held, more.outside(held) if more else None)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        fits = pool.map(fitted_without, jobs)
        fitted = dict(zip(jobs, fits, strict=True))
    scores = np.empty((len(fold), len(HEADS)))
    for held in range(config.folds):
        rows = fold == held
        for at, head in enumerate(HEADS):
            scores[rows, at] = fitted[head, held].score(train.numbers[rows])
    return {head: fitted[head, -1] for head in HEADS}, scores


def _natural(train: Stage) -> Stage:
    first = ~train.numbers.index.duplicated()
    chosen = np.asarray(first)
    levels = [level for level, kept in zip(train.levels, chosen, strict=True) if kept]
    return Stage(train.numbers[chosen], levels, train.labels.filter(pl.Series(chosen)))


def peers_of(rows: Stage) -> tuple[list[str], list[str | None]]:
    """Platform and tier of each row; a tier is None where the number of followers is unknown."""
    size = rows.numbers["followers_size"].to_numpy()
    tiers = [None if np.isnan(value) else tier(round(10**value - 1)) for value in size]
    return rows.labels["platform"].to_list(), tiers


def _threshold_sample(  # noqa: PLR0913, PLR0917
    population: Population,
    scorers: Mapping[Head, Scorer],
    calibrations: Mapping[Head, Calibrations],
    strangeness: Strangeness,
    config: TrainingConfig,
    progress: Progress,
) -> pd.DataFrame:
    """Suspicion of the part's accounts at every evidence level that they can be masked down to.

    Beyond ``config.masked`` of them, at the level that they came with.
    """
    ids = population.labels["account_id"].to_list()
    facts = {row["account_id"]: row for row in population.labels.iter_rows(named=True)}
    pieces: list[pd.DataFrame] = []
    for at in range(0, len(ids), CHUNK):
        tables = population.tables.select(ids[at : at + CHUNK])
        views = Views(tables)
        numbers, natural = derive(views), measure(views)["level"]
        masked = (
            (level.key, frame, [level.key] * len(frame)) for level, frame in AtLevels(tables, config.seed)
        )
        shown = chain(masked, _pooled(numbers, natural)) if at < config.masked else as_came(numbers, natural)
        for level, frame, keys in shown:
            chances = judge(scorers, calibrations, frame, keys)
            odd = np.array([bool(blocks) for blocks in strangeness.strange(frame, keys)], dtype=bool)
            suspected = suspicion(chances, accusable_by(keys), odd)
            pieces.append(_suspected(frame.index, level, suspected, natural, facts))
        done = 0.60 + 0.35 * min((at + CHUNK) / len(ids), 1)
        progress("setting the threshold of every evidence level", done)
    return pd.concat(pieces, ignore_index=True)


def _pooled(numbers: pd.DataFrame, natural: pd.Series[str]) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Every set of blocks at the depth that each account came with, for levels too rare by themselves."""
    levels = [Level.of(key) for key in natural]
    for size in range(2, len(BLOCKS) + 1):
        for blocks in combinations(BLOCKS, size):
            rows = np.array([set(blocks) <= set(level.blocks) for level in levels], dtype=bool)
            if rows.any():
                keys = [
                    level.within(blocks).key for level, chosen in zip(levels, rows, strict=True) if chosen
                ]
                yield "+".join(blocks), masked_to(numbers[rows], blocks), keys


def as_came(numbers: pd.DataFrame, natural: pd.Series[str]) -> Iterator[tuple[str, pd.DataFrame, list[str]]]:
    """Every account at its own level, and among those with the same blocks at any depth."""
    levels = {key: Level.of(key) for key in natural.unique()}
    own = {key: key for key, level in levels.items() if level.blocks}
    pooled = {key: level.pooled for key, level in levels.items() if len(level.blocks) > 1}
    for names in (natural.map(own), natural.map(pooled)):
        for level, rows in names.groupby(names).indices.items():
            yield str(level), numbers.iloc[rows], natural.iloc[rows].tolist()


def masked_to(numbers: pd.DataFrame, blocks: Collection[str]) -> pd.DataFrame:
    """The features that can be read from these blocks, the others absent."""
    hidden = [not set(feature.blocks) <= set(blocks) for feature in CATALOGUE]
    values = numbers.to_numpy(copy=True)
    values[:, hidden] = np.nan
    return pd.DataFrame(values, index=numbers.index, columns=numbers.columns)


def _suspected(
    accounts: pd.Index,
    level: str,
    suspected: Floats,
    natural: pd.Series[str],
    facts: Mapping[str, dict[str, object]],
) -> pd.DataFrame:
    known = [facts[account] for account in accounts]
    strength = np.array(
        [row["strength"] if row["strength"] is not None else np.nan for row in known], dtype=np.float64
    )
    guilty = np.array([bool(row["inflated"] or row["automated"]) for row in known], dtype=bool)
    return pd.DataFrame({
        "account_id": list(accounts), "level": level, "suspicion": suspected, "authentic": ~guilty,
        "strong": guilty & ~(strength < STRONG),
        "natural": [level in (natural[account], Level.of(natural[account]).pooled) for account in accounts],
    })  # fmt: skip


def data_digest(population: Population) -> str:
    """SHA-256 of a population's content, the same whatever file it lay in."""
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update(population.tables[name].write_csv().encode())
    digest.update(population.labels.write_csv().encode())
    return digest.hexdigest()


def _facts(
    population: Population, config: TrainingConfig, created_at: str, sets: Sequence[Labelled]
) -> Facts:
    digest = digest_of(data_digest(population), sets)
    return Facts(
        name=config.name,
        version=f"{created_at[:10]}-{digest[:8]}",
        created_at=created_at,
        catalogue=CATALOGUE_VERSION,
        training=config.as_dict(),
        data_sha256=digest,
        trained_on=("simulated", *(one.about.name for one in sets)),
        calibrated_on="simulated",
        alpha=config.alpha,
        confidence=config.confidence,
        libraries={name: version(name) for name in LIBRARIES},
    )
