"""Heads fitted without one thing at a time, and the blends of their scores with the untrained one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from detector.arrays import Bools, Floats
from detector.directed import directed_rank
from detector.heads import Scorer, fit_scorer
from detector.peers import Peers
from features.catalogue import CATALOGUE
from features.declaration import HIGH, LOW, Head
from training.config import TrainingConfig
from training.fit import Stage, constraints_for, peers_of
from training.weights import row_weights

__all__ = ["EVERYTHING", "Fits", "blended", "fits"]

EVERYTHING: Final = "everything"
FAMILIES: Final = tuple(dict.fromkeys(feature.family for feature in CATALOGUE))
BLENDS: Final = {0.25: "a quarter directed rank", 0.5: "half directed rank", 1.0: "directed rank alone"}
Constraints = Callable[[Head], list[int]]


@dataclass(frozen=True)
class Fits:
    """Heads by what they were fitted without, and what the untrained score needs.

    Attributes
    ----------
    heads
        By variant and head.
    peers
        Ranks features among the simulated authentic accounts.
    usual
        By head: sorted scores of the simulated authentic accounts, as everything and untrained.
    """

    heads: Mapping[str, Mapping[Head, Scorer]]
    peers: Peers
    usual: Mapping[Head, tuple[Floats, Floats]]

    def scores(self, rows: pd.DataFrame, head: Head, untrained: Floats) -> dict[str, Floats]:
        """Scores of all variants, the blends among them."""
        found = {variant: heads[head].score(rows) for variant, heads in self.heads.items()}
        blends = {
            name: blended(found[EVERYTHING], untrained, self.usual[head], weight)
            for weight, name in BLENDS.items()
        }
        return found | blends

    def untrained(
        self, rows: pd.DataFrame, head: Head, platforms: list[str], tiers: list[str | None]
    ) -> Floats:
        """The directed-rank score."""
        directions = {feature.name: feature.direction_for(head).value for feature in CATALOGUE}
        return directed_rank(self.peers.percentiles(rows, platforms, tiers), directions)


def blended(trained: Floats, untrained: Floats, usual: tuple[Floats, Floats], weight: float) -> Floats:
    """Ranks among simulated authentic accounts, averaged; the trained one alone where there is no other."""
    first, second = (
        np.searchsorted(known, scores, side="right") / len(known)
        for known, scores in zip(usual, (trained, untrained), strict=True)
    )
    # Beyond all authentic accounts ranks are equal: the score itself decides there.
    first = first + 1e-3 * trained
    return np.where(np.isnan(untrained), first, (1 - weight) * first + weight * second)


def hidden(train: Stage, family: str) -> Stage:
    """The rows without a family's features."""
    columns = [feature.name for feature in CATALOGUE if feature.family == family]
    return replace(train, numbers=train.numbers.assign(**dict.fromkeys(columns, np.nan)))


def constrained(head: Head) -> list[int]:
    """Every declared direction as a constraint, posting rhythm too."""
    signs = {HIGH: 1, LOW: -1}
    return [signs.get(feature.direction_for(head), 0) for feature in CATALOGUE]


def free(_: Head) -> list[int]:
    """No constraint."""
    return [0] * len(CATALOGUE)


def variants(
    train: Stage, config: TrainingConfig
) -> Iterator[tuple[str, Stage, Constraints, TrainingConfig]]:
    """What is fitted: a name, the rows, the constraints and the settings."""
    yield EVERYTHING, train, constraints_for, config
    yield "another seed", train, constraints_for, replace(config, scorer=replace(config.scorer, seed=1))
    yield from ((f"without {family}", hidden(train, family), constraints_for, config) for family in FAMILIES)
    yield "without constraints", train, free, config
    yield "posting constrained too", train, constrained, config
    alike = replace(config, weak_weight=1.0, unseen_weight=1.0)
    yield "every fake a whole row", train, constraints_for, alike


def fit_one(train: Stage, head: Head, constraints: Constraints, config: TrainingConfig) -> Scorer:
    """A head as training fits it, but for the constraints (a test holds that it is)."""
    truth = train.truth(head)
    weights = row_weights(head, truth, train.labels, train.levels, config)
    return fit_scorer(train.numbers, truth, weights, constraints=constraints(head), params=config.scorer)


def fits(train: Stage, config: TrainingConfig) -> Fits:
    """All variants, each fit on one thread and all beside each other."""
    jobs = [(name, head, rows, how, own) for name, rows, how, own in variants(train, config) for head in Head]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        scorers = list(pool.map(lambda job: fit_one(job[2], job[1], job[3], job[4]), jobs))
    heads: dict[str, dict[Head, Scorer]] = {}
    for (name, head, *_), scorer in zip(jobs, scorers, strict=True):
        heads.setdefault(name, {})[head] = scorer
    natural = ~np.asarray(train.numbers.index.duplicated())
    platforms, tiers = peers_of(train)
    peers = Peers.fit(train.numbers, platforms, tiers, train.authentic & natural)
    bare = Fits(heads, peers, {})
    return replace(bare, usual={head: usual(bare, train, head, train.authentic) for head in Head})


def usual(bare: Fits, train: Stage, head: Head, honest: Bools) -> tuple[Floats, Floats]:
    """Sorted scores of the simulated authentic accounts, trained and untrained."""
    platforms, tiers = peers_of(train)
    untrained = bare.untrained(train.numbers, head, platforms, tiers)[honest]
    trained = bare.heads[EVERYTHING][head].score(train.numbers[honest])
    return np.sort(trained), np.sort(untrained[~np.isnan(untrained)])
