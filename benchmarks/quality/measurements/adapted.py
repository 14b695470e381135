"""Adapted to real accounts: what is found of fraud put into accounts of the same set that were left out.

Instagram accounts of the open part with at least five posts; each draw adapts to so many and tests on
the others. What was injected has the habits of the test regime. Intervals are over the draws: the
smallest and the largest. The YouTube channels are too few: adapting takes 100 accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.population import Population
from accounts.simulation.regimes.test import TEST
from accounts.tables import Tables
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from detector.arrays import Bools, Floats
from detector.bundle import Bundle
from detector.signals import SIGNALS
from training.adapt import adapt
from training.adapt_trial import WAYS
from training.datasets import instafake_posts
from training.datasets.base import data_folder, development
from training.injection import LEAST_POSTS, authentic, inject
from training.labelled_rows import labelled_rows
from training.metrics import rate, recall_at, two_sample_auc
from training.starter import some_accounts

__all__ = [
    "DRAWS",
    "PROMISED",
    "SIMULATED",
    "STRENGTHS",
    "DetectorScores",
    "figures_of",
    "inflated_copies",
    "measure",
    "with_posts",
]

DRAWS: Final = 4
SIMULATED: Final = 3_000
PROMISED: Final[Mapping[int, float]] = MappingProxyType({300: 0.01, 100: 0.05})
STRENGTHS: Final = MappingProxyType({"+100 %": (0.9, 1.1), "+400 %": (3.6, 4.4)})
OWN_SIGNAL: Final = MappingProxyType(
    {"likes": "likes", "followers": "followers_stock", "whole package": None}
)
FARS: Final = (0.01, 0.05)


def measure(size: int, progress: Progress) -> Result:
    """Adapt the detector to so many open accounts, and judge the others."""
    progress("reading, and simulating the starter's accounts", 0.0)
    tables = with_posts(development(instafake_posts.load(data_folder())))
    return evaluate(benchmarked_detector().bundle, tables, some_accounts(SIMULATED), size, DRAWS, progress)


def with_posts(tables: Tables) -> Tables:
    """The accounts with enough posts for anything to be seen in them."""
    counted = tables.posts.group_by("account_id").len().filter(pl.col("len") >= LEAST_POSTS)
    return tables.select(counted["account_id"].to_list())


def evaluate(  # noqa: PLR0913, PLR0917
    base: Bundle, tables: Tables, simulated: Population, size: int, draws: int, progress: Progress
) -> Result:
    """Adapt to so many accounts and test on the others, for several divisions.

    Returns
    -------
    dict
        ``far`` of the left-out accounts at the promised rate, pooled over the draws; and ``ways``: by way and
        strength the AUC of the suspicion, of the way's own signal, and the recalls, each with its mean,
        smallest and largest value.
    """
    found = []
    for draw in range(draws):
        progress(f"division {draw + 1}", draw / draws)
        found.append(evaluate_division(base, tables, simulated, size, draw))
    cells = found[0].cells
    return {
        "accounts": size,
        "draws": draws,
        "promised": PROMISED[size],
        "model": {"version": base.facts.version, "sha256": base.sha256},
        "far": rate(np.concatenate([one.accused for one in found])),
        "ways": {
            name: {
                figure: mean_and_range([one.cells[name][figure] for one in found]) for figure in cells[name]
            }
            for name in cells
        },
    }


@dataclass(frozen=True)
class Division:
    """One division: which left-out accounts are accused, and figures by way and strength."""

    accused: Bools
    cells: Mapping[str, Mapping[str, float]]


def evaluate_division(base: Bundle, tables: Tables, simulated: Population, size: int, draw: int) -> Division:
    """Adapt to a random part and judge the rest as it is and after each injection."""
    names = tables.accounts["account_id"].sort().to_list()
    mixed = np.random.default_rng(draw).permutation(np.array(names, dtype=object)).tolist()
    adapted = adapt(
        base, tables.select(mixed[:size]), simulated, created_at="2026-11-28T00:00:00Z",
        digest=f"{draw:08x}", alpha=PROMISED[size], seed=draw,
    ).bundle  # fmt: skip
    # Always the same number of left-out accounts, so that sizes can be compared.
    left_out = tables.select(mixed[max(PROMISED) :])
    honest = DetectorScores.of(adapted, authentic(left_out))
    cells = {
        f"{way} {band}": figures_of(
            honest, DetectorScores.of(adapted, inflated_copies(left_out, way, strength, draw)), way
        )
        for band, strength in STRENGTHS.items()
        for way in OWN_SIGNAL
    }
    return Division(honest.accused, cells)


def inflated_copies(tables: Tables, way: str, strength: tuple[float, float], seed: int) -> Population:
    """A copy of every account after one way of inflating."""
    schemes = {name: odds for name, odds in TEST.inflated.items() if name in WAYS[way]}
    return inject(tables, seed + 1_000, replace(TEST, inflated=schemes, automated={}), strength=strength)


@dataclass(frozen=True)
class DetectorScores:
    """A detector's suspicion of accounts, the scores of its signals, and whether it accuses each account."""

    suspicion: Floats
    signal_scores: Floats
    accused: Bools

    @classmethod
    def of(cls, bundle: Bundle, population: Population) -> DetectorScores:
        """The detector's scores of a population; where no signal is heard the suspicion is 0."""
        rows = labelled_rows(population)
        weighed = bundle.predict_proba(rows.features, rows.levels, rows.platforms)
        limits = bundle.levels.limits(rows.levels, rows.platforms).accuse_above
        suspicion = np.nan_to_num(weighed.suspicion, nan=0.0)
        return cls(suspicion, 1.0 - np.nan_to_num(weighed.p_values, nan=1.0), suspicion > limits)


def figures_of(honest: DetectorScores, fakes: DetectorScores, way: str) -> dict[str, float]:
    """AUC and recalls of one way at one strength."""
    found = {"auc": two_sample_auc(honest.suspicion, fakes.suspicion), "accused": float(fakes.accused.mean())}
    for far in FARS:
        found[f"recall_at_{100 * far:g}"] = recall_at(honest.suspicion, fakes.suspicion, far)
    if name := OWN_SIGNAL[way]:
        at = [signal.name for signal in SIGNALS].index(name)
        found["auc_of_own_signal"] = two_sample_auc(honest.signal_scores[:, at], fakes.signal_scores[:, at])
    return found


def mean_and_range(values: Sequence[float]) -> dict[str, float]:
    """Mean, smallest and largest.

    >>> mean_and_range([0.5, 0.75])
    {'mean': 0.625, 'low': 0.5, 'high': 0.75}
    """
    return {"mean": float(np.mean(values)), "low": float(min(values)), "high": float(max(values))}
