"""A detector fitted again without some kinds of people, events or schemes, from features derived once.

Everything is what training does, by the same functions: heads, calibration on out-of-fold scores,
strangeness, thresholds at every evidence level; only the deriving of features is not done again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

import numpy as np
import pandas as pd
import polars as pl

from accounts.simulation import Population, simulate
from accounts.simulation.population import RegimeName
from benchmarks.quality.pool import in_processes
from detector.arrays import Bools, Floats
from detector.bundle import judge
from detector.calibration import Calibrations
from detector.decision import HEADS, decide_all, suspicion
from detector.heads import Scorer
from detector.levels import LevelTable
from detector.screening import accusable_by
from detector.strangeness import Strangeness
from features.declaration import Head
from features.derive import derive
from features.evidence import measure
from features.views import Views
from training import fit as fitting
from training.config import TrainingConfig
from training.fit import Stage, fit_head, pick, training_rows
from training.split import folds, groups, parts
from training.thinning import AtLevels

__all__ = ["Judged", "Material", "holds", "prepared", "refitted", "staged"]

PIECE: Final = 500

Progress = fitting.Progress
Judge = Callable[[pd.DataFrame, Sequence[str]], tuple[Floats, Bools]]


@dataclass(frozen=True)
class AtLevel:
    """Accounts of the threshold part at one evidence level.

    Attributes
    ----------
    level
        The row of the table that they set.
    numbers, keys
        Their features, and the level that each is judged at.
    known
        Their rows of the sample that thresholds are set on, without a suspicion yet.
    """

    level: str
    numbers: pd.DataFrame
    keys: list[str]
    known: pd.DataFrame


@dataclass(frozen=True)
class Material:
    """Everything that is derived once.

    Attributes
    ----------
    config
        The settings of every fit.
    train, fold
        Training rows, and the fold of each.
    threshold, at_levels
        Labels of the threshold part, and its accounts at each level.
    """

    config: TrainingConfig
    train: Stage
    fold: Floats
    threshold: pl.DataFrame
    at_levels: Sequence[AtLevel]


@dataclass(frozen=True)
class Judged:
    """Verdicts on test accounts.

    Attributes
    ----------
    labels
        One for each.
    can_accuse
        Whether its level has a threshold.
    """

    labels: np.ndarray[tuple[int], np.dtype[np.str_]]
    can_accuse: Bools


def simulated(accounts: int, seed: int, regime: RegimeName, progress: Progress) -> Population:
    """A population made in pieces, in all processes."""
    jobs = [(seed + number, regime) for number in range(max(accounts // PIECE, 1))]
    pieces = []
    for made in in_processes(piece, jobs):
        pieces.append(made)
        progress(f"simulating to {regime}", len(pieces) / len(jobs))
    return Population.concat(pieces)


def piece(seed: int, regime: RegimeName) -> Population:
    """So many accounts of a seed of their own."""
    return simulate(PIECE, seed, regime=regime)


def staged(accounts: int, seed: int, progress: Progress) -> Stage:
    """Accounts of the regime that is written to test with, as they come."""
    return fitting.stage(simulated(accounts, seed, "test", progress))


def prepared(population: Population, config: TrainingConfig, levels: Collection[str]) -> Material:
    """Split, and derive what every fit needs.

    Parameters
    ----------
    population
        Labelled accounts; those outside the training and the threshold part are not looked at.
    config
        The settings.
    levels
        Evidence levels that may get thresholds of their own; the others are judged by the same
        blocks at any depth, as levels with too few accounts are.
    """
    group = groups(population)
    part = parts(group, config.shares, config.seed)
    chosen = part == "train"
    train = training_rows(pick(population, chosen), config)
    names = population.labels["account_id"].filter(pl.Series(chosen)).to_list()
    fold_of = dict(zip(names, folds(group[chosen], config.folds, config.seed).tolist(), strict=True))
    fold = np.array([fold_of[name] for name in train.numbers.index])
    held = pick(population, part == "threshold")
    return Material(config, train, fold, held.labels, list(at_levels(held, config, levels)))


def at_levels(held: Population, config: TrainingConfig, levels: Collection[str]) -> Iterator[AtLevel]:
    """The threshold part at each of the levels, and at each set of blocks, at whatever depth it came with."""
    views = Views(held.tables)
    numbers, natural = derive(views), measure(views)["level"]
    facts: Mapping[str, dict[str, object]] = {
        row["account_id"]: row for row in held.labels.iter_rows(named=True)
    }
    masked = (
        (level.key, frame, [level.key] * len(frame)) for level, frame in AtLevels(held.tables, config.seed)
    )
    wanted = (one for one in masked if one[0] in levels)
    for level, frame, keys in chain(wanted, fitting._pooled(numbers, natural)):
        unsaid = np.full(len(frame), np.nan)
        yield AtLevel(level, frame, keys, fitting._suspected(frame.index, level, unsaid, natural, facts))


def holds(labels: pl.DataFrame, kinds: Collection[str]) -> Bools:
    """Accounts that any of the kinds has part in, as person, event, scheme or program.

    >>> labels = pl.DataFrame({"person": ["brand"], "event": [None], "scheme": ["pod+content_bot"]})
    >>> holds(labels, {"pod"}).tolist(), holds(labels, {"purge"}).tolist()
    ([True], [False])
    """
    wanted = list(kinds)
    schemes = pl.col("scheme").str.split("+").list.eval(pl.element().is_in(wanted)).list.any()
    people = pl.col("person").is_in(wanted) | pl.col("event").is_in(wanted).fill_null(False)
    found = labels.select(people | schemes.fill_null(False)).to_series().to_numpy()
    return np.asarray(found, dtype=bool)


def refitted(material: Material, without: Collection[str], test: Stage) -> Judged:
    """Fit, calibrate and set thresholds without some kinds, and judge the test accounts."""
    kept = ~holds(material.train.labels, without)
    train, config = some(material.train, kept), material.config
    scorers, raw = heads_of(train, material.fold[kept], config)
    calibrations = {
        head: Calibrations.fit(raw[:, at], train.truth(head), train.levels) for at, head in enumerate(HEADS)
    }
    strangeness = Strangeness.fit(
        train.numbers, train.levels, train.authentic, fitting.block_columns(), seed=config.seed
    )

    def judged(numbers: pd.DataFrame, keys: Sequence[str]) -> tuple[Floats, Bools]:
        chances = judge(scorers, calibrations, numbers, keys)
        return chances, np.array([bool(blocks) for blocks in strangeness.strange(numbers, keys)], dtype=bool)

    levels = LevelTable.fit(
        pd.concat(sample(material, without, judged), ignore_index=True),
        alpha=config.alpha, most=config.most_cleared, confidence=config.confidence,
    )  # fmt: skip
    chances, odd = judged(test.numbers, test.levels)
    limits = levels.limits(test.levels)
    seen = np.array([level != "none" for level in test.levels], dtype=bool)
    labels = decide_all(chances, accusable_by(test.levels), odd, seen, limits).labels
    return Judged(labels.astype(str), ~np.isnan(limits.threshold))


def heads_of(train: Stage, fold: Floats, config: TrainingConfig) -> tuple[dict[Head, Scorer], Floats]:
    """The heads on all rows, and every row's scores by heads that never saw its group."""
    jobs = [(head, held) for head in HEADS for held in range(-1, config.folds)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        fits = pool.map(lambda job: fit_head(train, job[0], config, fold != job[1]), jobs)
        fitted = dict(zip(jobs, fits, strict=True))
    raw = np.empty((len(fold), len(HEADS)))
    for at, head in enumerate(HEADS):
        for held in range(config.folds):
            raw[fold == held, at] = fitted[head, held].score(train.numbers[fold == held])
    return {head: fitted[head, -1] for head in HEADS}, raw


def some(rows: Stage, kept: Bools) -> Stage:
    """Some of the rows."""
    levels = [level for level, chosen in zip(rows.levels, kept.tolist(), strict=True) if chosen]
    return replace(
        rows, numbers=rows.numbers[kept], levels=levels, labels=rows.labels.filter(pl.Series(kept))
    )


def sample(material: Material, without: Collection[str], judged: Judge) -> Iterator[pd.DataFrame]:
    """Suspicion of the threshold part's accounts at every level, less those of the kinds left out."""
    absent = material.threshold["account_id"].filter(pl.Series(holds(material.threshold, without))).to_list()
    for one in material.at_levels:
        kept = ~one.known["account_id"].isin(absent).to_numpy()
        keys = [key for key, chosen in zip(one.keys, kept.tolist(), strict=True) if chosen]
        if keys:
            chances, odd = judged(one.numbers[kept], keys)
            yield one.known[kept].assign(suspicion=suspicion(chances, accusable_by(keys), odd))


def often(levels: Iterable[str], fewest: int) -> set[str]:
    """Levels that at least so many accounts come with.

    >>> often(["profile", "none", "profile"], 2)
    {'profile'}
    """
    counted = pl.Series("level", list(levels), dtype=pl.String).value_counts()
    return set(counted.filter(pl.col("count") >= fewest)["level"])
