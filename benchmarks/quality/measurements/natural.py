"""Verdicts on simulated accounts in which honest events and hard kinds of people have natural frequencies.

False accusations at each level against the promise, and the labels that honest accounts get.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import polars as pl

from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.populations.simulated_pool import natural_pools
from detector.labels import Label
from features.evidence import Level
from training.metrics import ACCUSING, rate

__all__ = [
    "EVIDENCE",
    "FEWEST",
    "LABELS",
    "accusation_rate",
    "evaluate",
    "label_rates",
    "measure",
    "with_evidence",
]

FEWEST: Final = 100
LABELS: Final = tuple(label.value for label in Label)

EVIDENCE: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "any": frozenset(), "with posts": frozenset({"posts"}), "with history": frozenset({"history"}),
    "with posts and history": frozenset({"posts", "history"}),
    "with posts, comments and history": frozenset({"posts", "comments", "history"}),
})  # fmt: skip
"""Blocks that the accounts of a row have at least."""


def measure(progress: Progress) -> Result:
    """Judge fresh accounts of both regimes."""
    pool, other = natural_pools(progress)
    natural = pool.filter(pl.col("shown") == "as it came")
    alpha = benchmarked_detector().bundle.facts.alpha
    return {"alpha": alpha, "regimes": {"train": evaluate(natural, alpha), "test": evaluate(other, alpha)}}


def with_evidence(accounts: pl.DataFrame, blocks: frozenset[str]) -> pl.DataFrame:
    """Accounts that have these blocks at least."""
    levels = [level for level in accounts["level"].unique() if blocks <= set(Level.of(level).blocks)]
    return accounts.filter(pl.col("level").is_in(levels))


def evaluate(accounts: pl.DataFrame, alpha: float) -> Result:
    """Figures of one regime.

    Parameters
    ----------
    accounts
        As :func:`benchmarks.quality.populations.simulated_pool.score_population` gives them.
    alpha
        What is promised.

    Returns
    -------
    dict
        ``far`` of all, ``levels`` with the rate of each, the worst first, and ``labels`` of honest accounts
        by evidence.
    """
    honest = accounts.filter("authentic")
    judged = honest.filter("can_accuse")
    levels: list[Result] = [
        {"level": str(level), "far": accusation_rate(part)}
        for (level,), part in judged.group_by("judged_by", maintain_order=True)
        if len(part) >= FEWEST
    ]
    return {
        "accounts": len(accounts),
        "far": accusation_rate(judged),
        "levels": sorted(levels, key=lambda one: (-one["far"]["rate"], one["level"])),
        "over": sum(one["far"]["rate"] > alpha for one in levels),
        "surely_over": sum(one["far"]["low"] > alpha for one in levels),
        "labels": {name: label_rates(with_evidence(honest, blocks)) for name, blocks in EVIDENCE.items()},
    }


def accusation_rate(part: pl.DataFrame) -> Result:
    """How many are accused, with the exact interval."""
    return rate(part["label"].is_in(ACCUSING).to_numpy())


def label_rates(part: pl.DataFrame) -> Result:
    """How many have each label."""
    return {"accounts": len(part)} | {label: rate((part["label"] == label).to_numpy()) for label in LABELS}
