"""What becomes of simulated accounts drawn as people are: honest events and hard kinds as rare as they are.

False accusations at each level against the promise, and the labels that honest accounts get.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from benchmarks.quality.draws import rate
from benchmarks.quality.part import Progress, Result
from benchmarks.quality.pool import ACCOUNTS, ACCUSED, OTHER_REGIME, natural_pools
from benchmarks.quality.under_test import detector
from benchmarks.quality.writing import rate as written
from benchmarks.quality.writing import share, table
from detector.words import Label
from features.evidence import Level

__all__ = ["EVIDENCE", "SETTINGS", "measured", "page", "run", "with_evidence"]

SETTINGS: Final = {"accounts": ACCOUNTS, "other_regime": OTHER_REGIME, "version": 1}
FEWEST: Final = 100
MOST_LEVELS: Final = 12
LABELS: Final = tuple(label.value for label in Label)

EVIDENCE: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "any": frozenset(), "with posts": frozenset({"posts"}), "with history": frozenset({"history"}),
    "with posts and history": frozenset({"posts", "history"}),
    "with posts, comments and history": frozenset({"posts", "comments", "history"}),
})  # fmt: skip
"""Blocks that the accounts of a row have at least."""


def run(progress: Progress) -> Result:
    """Judge fresh accounts of both regimes."""
    pool, other = natural_pools(progress)
    natural = pool.filter(pl.col("shown") == "as it came")
    alpha = detector().bundle.facts.alpha
    return {"alpha": alpha, "regimes": {"train": measured(natural, alpha), "test": measured(other, alpha)}}


def with_evidence(accounts: pl.DataFrame, blocks: frozenset[str]) -> pl.DataFrame:
    """Accounts that have these blocks at least."""
    levels = [level for level in accounts["level"].unique() if blocks <= set(Level.of(level).blocks)]
    return accounts.filter(pl.col("level").is_in(levels))


def measured(accounts: pl.DataFrame, alpha: float) -> Result:
    """Figures of one regime.

    Parameters
    ----------
    accounts
        As :func:`benchmarks.quality.pool.scored` gives them.
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
        {"level": str(level), "far": accusations(part)}
        for (level,), part in judged.group_by("judged_by", maintain_order=True)
        if len(part) >= FEWEST
    ]
    return {
        "accounts": len(accounts),
        "far": accusations(judged),
        "levels": sorted(levels, key=lambda one: (-one["far"]["rate"], one["level"])),
        "over": sum(one["far"]["rate"] > alpha for one in levels),
        "surely_over": sum(one["far"]["low"] > alpha for one in levels),
        "labels": {name: labels_of(with_evidence(honest, blocks)) for name, blocks in EVIDENCE.items()},
    }


def accusations(part: pl.DataFrame) -> Result:
    """How many are accused, with the exact interval."""
    return rate(part["label"].is_in(ACCUSED).to_numpy())


def labels_of(part: pl.DataFrame) -> Result:
    """How many have each label."""
    return {"accounts": len(part)} | {label: rate((part["label"] == label).to_numpy()) for label in LABELS}


def page(result: Result) -> str:
    """The section in Markdown."""
    return "\n\n".join(
        text for name, one in result["regimes"].items() for text in of(name, one, result["alpha"])
    )


def of(regime: str, one: Mapping[str, Any], alpha: float) -> Iterable[str]:
    """One regime: the promise at each level, then the labels."""
    yield (
        f"**{regime.capitalize()} regime**, {one['accounts']:,} fresh accounts as they came. "
        f"Falsely accused: {written(one['far'])}; promised are at most {share(alpha, 0)} at each level. Of "
        f"{len(one['levels'])} levels with {FEWEST} honest accounts {one['over']} are over that, "
        f"{one['surely_over']} of them beyond chance (one in forty would be by chance). The worst:"
    )
    yield table(
        ("level whose thresholds speak", "falsely accused"),
        [(level["level"], written(level["far"])) for level in one["levels"][:MOST_LEVELS]],
    )
    yield "What honest accounts are called (aim with posts and history: 60 % `authentic`, 10 % `review`):"
    yield table(
        ("evidence", "accounts", *LABELS),
        [
            (name, f"{row['accounts']:,}", *(written(row[label], counts=False) for label in LABELS))
            for name, row in one["labels"].items()
        ],
    )
