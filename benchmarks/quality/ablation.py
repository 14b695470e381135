"""What each family of features, the constraints, a blend with the untrained score and strangeness are worth.

The heads are fitted again without one of them on one fixed simulated population, by the functions of
training, and tested on fresh accounts of the other regime and, zero-shot, on the development rows of the
public sets. The population is smaller than the starter's, so "everything" is a little under the starter.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from typing import Final

import numpy as np
import pandas as pd
import polars as pl

from accounts.simulation import simulate
from accounts.simulation.population import RegimeName
from benchmarks.quality import figures as f
from benchmarks.quality.ablation_page import page
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.pool import in_processes
from benchmarks.quality.sets import NAMES, PLATFORMS, about, development
from benchmarks.quality.strange import on_rows, on_set
from benchmarks.quality.variants import EVERYTHING, Fits, fits
from detector.arrays import Bools, Floats
from features.declaration import Head
from training.config import TrainingConfig
from training.fit import Stage, peers_of, training_rows

__all__ = ["PART", "compared", "rows_of"]

ACCOUNTS: Final = 6_000
TESTED: Final = 4_000
SIZE: Final = 500
SEED, TEST_SEED = 35_000_000, 36_000_000
RESAMPLES: Final = 300
CONFIG: Final = TrainingConfig(copies=2)


def rows_of(seed: int, regime: RegimeName) -> Stage:
    """Training rows of one piece: accounts as they came, and a masked copy of each."""
    return training_rows(simulate(SIZE, seed, regime=regime), CONFIG)


def staged(accounts: int, seed: int, regime: RegimeName) -> Stage:
    """The rows of many pieces."""
    pieces = list(in_processes(rows_of, [(seed + number, regime) for number in range(accounts // SIZE)]))
    levels = [level for piece in pieces for level in piece.levels]
    return Stage(
        pd.concat([piece.numbers for piece in pieces]), levels, pl.concat([piece.labels for piece in pieces])
    )


@cache
def fits_of_run() -> Fits:
    """The variants on the fixed population, fitted once in a run."""
    return fits(staged(ACCOUNTS, SEED, "train"), CONFIG)


def compared(truth: Bools, scores: Mapping[str, Floats], groups: list[str]) -> Result:
    """AUC of every variant with its interval, and how much it is over that of everything."""
    aucs = {variant: f.auc(truth, values) for variant, values in scores.items()}
    weights = [np.ones(len(truth)), *f.draws(groups, RESAMPLES)]
    drawn = {variant: np.array([auc(one) for one in weights]) for variant, auc in aucs.items()}
    leads = {variant: values - drawn[EVERYTHING] for variant, values in drawn.items()}
    return {
        variant: {
            "auc": f.figure(values[0], values[1:]),
            "lead": f.figure(leads[variant][0], leads[variant][1:]),
        }
        for variant, values in drawn.items()
    }


def on_simulated(progress: Progress) -> Result:
    """Each head on the other regime, as accounts came and masked; and strangeness."""
    progress("fitting the heads without one thing after the other", 0.1)
    made, test = fits_of_run(), staged(TESTED, TEST_SEED, "test")
    platforms, tiers = peers_of(test)
    accounts = [str(name) for name in test.numbers.index]
    result: Result = {"rows": len(accounts), "accounts": len(set(accounts)), "heads": {}}
    for head in Head:
        progress(f"comparing, {head.value}", 0.7)
        untrained = made.untrained(test.numbers, head, platforms, tiers)
        scores = made.scores(test.numbers, head, untrained)
        result["heads"][head.value] = compared(test.truth(head), scores, accounts)
    return result | {"strangeness": on_rows(test)}


def on_public(name: str, progress: Progress) -> Result:
    """The set's head, zero-shot, on its development rows; and strangeness."""
    progress("fitting the heads without one thing after the other", 0.1)
    data, made = development(name), fits_of_run()
    known = pl.DataFrame({"platform": [PLATFORMS[name]] * len(data)})
    platforms, tiers = peers_of(Stage(data.numbers, list(data.levels), known))
    progress("comparing", 0.5)
    untrained = made.untrained(data.numbers, data.head, platforms, tiers)
    scores = made.scores(data.numbers, data.head, untrained)
    return {
        "head": data.head.value,
        "rows": len(data),
        "heads": {data.head.value: compared(data.truth, scores, list(data.groups))},
        "strangeness": on_set(data),
    }


PART: Final = Part(
    "Ablation",
    {"simulated": Task(on_simulated)}
    | {name: Task(partial(on_public, name), (about(name),)) for name in NAMES},
    page,
    {"accounts": ACCOUNTS, "tested": TESTED, "copies": CONFIG.copies, "version": 2},
)  # fmt: skip
