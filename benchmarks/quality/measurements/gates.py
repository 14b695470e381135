"""The simulator's gates: whether simulated authentic accounts are like the real organic ones.

Real accounts are the development part only; :mod:`benchmarks.quality.gap` makes the simulated ones
comparable: of the same platform and sizes, less what the real set does not hold. Four things are asked:

- *marginals*: the median of every feature lies within the real 5-95 % range, and most simulated
  accounts do;
- *coverage*: of the real accounts at least 95 % lie inside the simulated 99 % region, in every family;
- *missingness*: which fields are absent tells nothing of what was bought;
- how well a classifier tells real from simulated, which is for reading only: it does not track transfer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl

from accounts.population import Population
from accounts.schema import LISTS
from accounts.simulation import simulate
from accounts.simulation.simulator import RegimeName
from accounts.tables import Tables
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.populations.authentic import authentic_part
from benchmarks.quality.populations.comparable import (
    TREES,
    FeaturePair,
    comparable_accounts,
    coverage_by_family,
    cut_to_depth,
    feature_pair,
    real_against_simulated,
)
from benchmarks.quality.populations.organic_sets import set_named
from benchmarks.quality.populations.simulated_pool import run_in_processes
from detector.arrays import Bools, Floats
from features.catalogue import CATALOGUE
from features.declaration import Head
from training.datasets.base import data_folder, development
from training.metrics import auc, rate, with_intervals

__all__ = [
    "ACCOUNTS",
    "MASKED",
    "auc_of_mask",
    "development_accounts",
    "empty_tables_filled",
    "marginals",
    "measure_missingness",
    "measure_set",
    "missingness_mask",
    "nothing_to_show",
]

ACCOUNTS: Final = 20_000
MASKED: Final = 4_000
SEED: Final = 33_000_000
SIZE: Final = 500
AT_LEAST: Final = 50
FOLDS: Final = 4
ROUNDS: Final = 60
NOTHING: Final = "nothing there"
TOLD: Final = (NOTHING, *(head.value for head in Head))


def compare_with_real(real: Tables, simulated: Tables, seed: int) -> Result:
    """Everything that is asked of one set of real accounts and the simulated ones made comparable."""
    deep = simulated.map(lambda name, frame: cut_to_depth(name, frame, real))
    two = feature_pair("", real, deep, seed)
    area, by = real_against_simulated(two)
    rows = marginals(two)
    return {
        "real": len(two.real),
        "simulated": len(two.simulated),
        "marginals": rows,
        "medians_outside": [row["feature"] for row in rows if not row["median_inside"]],
        "inside": float(np.mean([row["inside"] for row in rows])),
        "coverage": coverage_rates(two),
        "real_against_simulated": {"auc": area, "by": dict(by)},
    }


def marginals(two: FeaturePair) -> list[Result]:
    """Where each feature's simulated values lie in the range of the real ones, the worst first.

    A feature is asked about where both sides have it often enough.
    """
    rows = [
        marginal(
            feature.name, feature.family, *(side[feature.name].dropna() for side in (two.real, two.simulated))
        )
        for feature in CATALOGUE
        if min(two.real[feature.name].count(), two.simulated[feature.name].count()) >= AT_LEAST
    ]
    return sorted(rows, key=lambda row: (row["median_inside"], row["inside"]))


def marginal(name: str, family: str, real: pd.Series[float], simulated: pd.Series[float]) -> Result:
    """One feature: 5, 50 and 95 % of both sides, and the share of simulated accounts in the real range."""
    ranges = {
        side: [float(value) for value in np.quantile(values, [0.05, 0.5, 0.95])]
        for side, values in (("real", real.to_numpy()), ("simulated", simulated.to_numpy()))
    }
    low, _, high = ranges["real"]
    return {
        "feature": name,
        "family": family,
        **ranges,
        "inside": float(simulated.between(low, high).mean()),
        "median_inside": bool(low <= ranges["simulated"][1] <= high),
    }


def coverage_rates(two: FeaturePair) -> Result:
    """Real accounts inside the simulated 99 % region, by family, with the exact interval."""
    count = len(two.real)
    return {
        family: rate(np.arange(count) < round(share * count)) | {"features": columns}
        for family, (share, columns) in coverage_by_family(two).items()
    }


def missingness_mask(population: Population) -> pl.DataFrame:
    """Per account: which profile fields are null, which tables are empty, which columns are all null."""
    accounts = population.tables.accounts
    masks = accounts.select("account_id", pl.exclude("account_id").is_null())
    for name in LISTS:
        absent = population.tables[name].group_by("account_id").agg(pl.exclude("account_id").is_null().all())
        absent = absent.rename({column: f"{name}.{column}" for column in absent.columns[1:]})
        masks = masks.join(absent, on="account_id", how="left", maintain_order="left")
    return masks.drop("account_id").with_columns(pl.all().fill_null(True).cast(pl.Float64))


def auc_of_mask(pattern: Floats, truth: Bools) -> Result:
    """AUC of guessing what was bought from what is missing, by boosted trees on folds they did not see."""
    fold = np.random.default_rng(0).integers(0, FOLDS, len(truth))
    scores = np.empty(len(truth))
    for held in range(FOLDS):
        fitted = lgb.Dataset(pattern[fold != held], truth[fold != held].astype(float), params=TREES)
        booster = lgb.train(TREES, fitted, ROUNDS)
        scores[fold == held] = np.asarray(booster.predict(pattern[fold == held], num_threads=1))
    return with_intervals({"auc": auc(truth, scores)}, range(len(truth)))["auc"]


def nothing_to_show(population: Population) -> pl.Series:
    """Accounts whose tables are empty because there is nothing to show: no posts, or no comments on any."""
    comment_counts = population.tables.posts.group_by("account_id").agg(
        comments=pl.col("comments").sum(), known=pl.col("comments").is_not_null().any()
    )
    both = population.tables.accounts.select("account_id", "posts").join(
        comment_counts, on="account_id", how="left", maintain_order="left"
    )
    silent = (pl.col("comments") == 0) & pl.col("known")
    return both.select(((pl.col("posts") == 0) | silent).fill_null(False).alias(NOTHING)).to_series()


def empty_tables_filled(masks: pl.DataFrame) -> pl.DataFrame:
    """The masks, where a table is empty for want of anything as that of another account of the export.

    An account that nobody has commented on has an empty table, and not one that was left out.
    The other is drawn, of any class, among those with the same profile, history and audience fields.
    """
    empty = masks[NOTHING].to_numpy()
    shown = [name for name in masks.columns if name.startswith(("posts.", "comments."))]
    values = masks.select(shown).to_numpy().copy()
    alike = masks.select(pl.struct(pl.exclude(*shown, *TOLD)).rank("dense").alias("alike")).to_series()
    rng, export = np.random.default_rng(0), alike.to_numpy()
    for one in np.unique(export[empty]):
        rows = np.flatnonzero(empty & (export == one))
        donors = np.flatnonzero(~empty & (export == one))
        donors = donors if len(donors) else np.flatnonzero(~empty)
        values[rows] = values[rng.choice(donors, len(rows))]
    return masks.with_columns(pl.Series(name, values[:, at]) for at, name in enumerate(shown))


def simulate_masks(seed: int, regime: RegimeName) -> pl.DataFrame:
    """The masks of one piece, with the labels beside them."""
    population = simulate(SIZE, seed, regime=regime)
    truth = population.labels.select(head.value for head in Head)
    return missingness_mask(population).hstack(truth).with_columns(nothing_to_show(population))


def measure_missingness(progress: Progress) -> Result:
    """AUC of predicting each head's truth from what is missing, in both regimes."""
    regimes: tuple[RegimeName, ...] = ("train", "test")
    found: Result = {}
    for at, regime in enumerate(regimes):
        progress("looking at what is missing", at / len(regimes))
        jobs = [(SEED + number, regime) for number in range(MASKED // SIZE)]
        masks = pl.concat(run_in_processes(simulate_masks, jobs))
        found[regime] = {
            head.value: {
                "auc": auc_by_missing_fields(empty_tables_filled(masks), head),
                "counting_empty": auc_by_missing_fields(masks, head),
            }
            for head in Head
        }
    return {"accounts": MASKED, "regimes": found}


def auc_by_missing_fields(masks: pl.DataFrame, head: Head) -> Result:
    """AUC of predicting one head's truth from the fields that are missing in some accounts."""
    pattern = masks.drop(TOLD)
    varying = pattern.select(name for name in pattern.columns if pattern[name].n_unique() > 1)
    return auc_of_mask(varying.to_numpy(), masks[head.value].to_numpy())


def simulate_comparable(seed: int, name: str) -> Tables:
    """Simulated authentic accounts of one piece that are comparable with a set's."""
    return comparable_accounts(authentic_part(simulate(SIZE, seed)).tables, development_accounts(name))


@cache
def development_accounts(name: str) -> Tables:
    """The development part of a set, read once in each process."""
    return development(set_named(name).load(data_folder()))


def measure_set(name: str, progress: Progress) -> Result:
    """Figures of simulated authentic accounts against the development accounts of a set."""
    return compare_with_real(development_accounts(name), Tables.concat(list(pieces(name, progress))), SEED)


def pieces(name: str, progress: Progress) -> Iterator[Tables]:
    """Comparable accounts, piece by piece."""
    jobs = [(SEED + 1_000 + number, name) for number in range(ACCOUNTS // SIZE)]
    for number, tables in enumerate(run_in_processes(simulate_comparable, jobs)):
        progress("simulating accounts to compare", number / len(jobs))
        yield tables
