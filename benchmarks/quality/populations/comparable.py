"""Simulated accounts made comparable with real ones, and how far the two are apart.

Of the simulated accounts those of the same platform and size are taken, and everything that the real set
does not hold is taken from them: tables, columns, posts and days beyond its depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
from sklearn.model_selection import StratifiedKFold

from accounts.tables import Tables
from benchmarks.quality.populations.organic_sets import without_columns
from detector.arrays import Floats, matrix
from detector.novelty import BlockReference, ordinary
from features.catalogue import CATALOGUE
from features.derive import derive
from features.views.people import profiled
from features.views.rows import to_floats
from training.metrics import two_sample_auc

__all__ = [
    "TREES",
    "FeaturePair",
    "comparable_accounts",
    "coverage_by_family",
    "cut_to_depth",
    "feature_pair",
    "real_against_simulated",
]

SIZES: Final = {"instagram": (100, 5_000), "youtube": (1_000, 1_000_000)}
BINS_A_DECADE: Final = 2
MOST_FOR_EACH_REAL: Final = 3
FOLDS: Final = 5
TREES: Final = {
    "objective": "binary", "num_leaves": 7, "learning_rate": 0.08, "min_data_in_leaf": 20, "lambda_l2": 5.0,
    "feature_fraction": 0.5, "num_threads": 1, "seed": 0, "verbosity": -1,
}  # fmt: skip


@dataclass(frozen=True)
class FeaturePair:
    """Features of real and of simulated accounts, accounts x features on both sides."""

    name: str
    real: pd.DataFrame
    simulated: pd.DataFrame


def comparable_accounts(simulated: Tables, real: Tables) -> Tables:
    """Simulated accounts of the real ones' platform and size, less what the real ones do not have."""
    platform = real.accounts["platform"][0]
    sized = simulated.accounts.filter(
        (pl.col("platform") == platform) & pl.col("followers").is_between(*SIZES[platform])
    )
    posting = sized.filter(pl.col("account_id").is_in(simulated.posts["account_id"].unique().implode()))
    return without_columns(simulated.select(posting["account_id"]).map(_described), real)


def _described(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Accounts with the lengths of their texts, which may be all that the real ones have."""
    return profiled(frame, to_floats(frame["as_of"])).select(frame.columns) if name == "accounts" else frame


def cut_to_depth(name: str, frame: pl.DataFrame, real: Tables) -> pl.DataFrame:
    """No more posts, and no more days of history, than a real account has: the deepest with the deepest."""
    order = {"posts": "published_at", "history": "date"}.get(name)
    if order is None or not real[name].height:
        return frame
    depths = real[name].group_by("account_id").len()["len"].sort()
    own = frame.group_by("account_id").len().sort("len", "account_id")
    place = pl.int_range(pl.len()) * len(depths) // pl.len()
    most = own.select("account_id", most=pl.lit(depths).gather(place))
    age = pl.col(order).rank("ordinal", descending=True).over("account_id")
    if name == "history":
        age = (pl.col(order).max() - pl.col(order)).over("account_id").dt.total_days() + 1
    return frame.join(most, on="account_id").filter(age <= pl.col("most")).drop("most")


def feature_pair(name: str, real: Tables, simulated: Tables, seed: int) -> FeaturePair:
    """Features of the real accounts in the range of sizes, and of as many simulated in every bin of sizes."""
    low, high = SIZES[real.accounts["platform"][0]]
    posting = pl.col("account_id").is_in(real.posts["account_id"].unique().implode())
    ours = real.accounts.filter(pl.col("followers").is_between(low, high) & posting)
    drawn = rows_matched_by_size(_bins(ours), _bins(simulated.accounts), np.random.default_rng(seed))
    theirs = simulated.accounts["account_id"].gather(drawn)
    return FeaturePair(name, derive(real.select(ours["account_id"])), derive(simulated.select(theirs)))


def _bins(accounts: pl.DataFrame) -> npt.NDArray[np.int64]:
    size = np.log10(accounts["followers"].to_numpy().astype(np.float64))
    return np.asarray(np.floor(size * BINS_A_DECADE), dtype=np.int64)


def rows_matched_by_size(
    real: npt.NDArray[np.int64], simulated: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Rows of simulated accounts whose sizes are spread as the real ones', none twice.

    Three for each real account, or in all bins as many fewer as the scarcest of the larger ones needs.
    """
    bins, counts = np.unique(real, return_counts=True)
    there = np.array([(simulated == one).sum() for one in bins])
    large = counts >= max(counts.sum() * 0.10, 1)
    times = min(MOST_FOR_EACH_REAL, (there[large] / counts[large]).min())
    wanted = np.minimum(np.round(counts * times).astype(int), there)
    drawn = [
        rng.choice(np.flatnonzero(simulated == one), n, replace=False)
        for one, n in zip(bins, wanted, strict=True)
    ]
    return np.sort(np.concatenate(drawn))


def real_against_simulated(two: FeaturePair) -> tuple[float, list[tuple[str, float]]]:
    """AUC of a classifier of real against simulated, over 5 folds, and its features by share of gain."""
    values, truth = _stacked(two)
    scores, gains = np.empty(len(truth)), np.zeros(values.shape[1])
    for fitted, held in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(values, truth):
        booster = lgb.train(TREES, lgb.Dataset(values[fitted], truth[fitted], params=TREES), 120)
        scores[held] = np.asarray(booster.predict(values[held]))
        gains += booster.feature_importance("gain")
    share = pd.Series(gains / gains.sum(), index=two.real.columns).nlargest(12)
    return two_sample_auc(scores[truth == 0], scores[truth == 1]), [
        (str(name), float(part)) for name, part in share.items()
    ]


def _stacked(two: FeaturePair) -> tuple[Floats, npt.NDArray[np.int64]]:
    return (
        np.concatenate([matrix(two.real), matrix(two.simulated)]),
        np.repeat([1, 0], [len(two.real), len(two.simulated)]),
    )


def coverage_by_family(two: FeaturePair) -> dict[str, tuple[float, int]]:
    """Share of real accounts no further out than 99 % of the simulated ones, per family, and its columns."""
    half = np.arange(len(two.simulated)) % 2 == 0
    found = {}
    for family in dict.fromkeys(feature.family for feature in CATALOGUE):
        names = [feature.name for feature in CATALOGUE if feature.family == family]
        names = [
            name for name in names if two.simulated[name].notna().mean() > 0.5 < two.real[name].notna().mean()
        ]
        if names:
            reference = BlockReference.fit(two.simulated[names], half)
            limit = ordinary(reference.distances(matrix(two.simulated.loc[~half, names])))
            found[family] = float((reference.distances(matrix(two.real[names])) <= limit).mean()), len(names)
    return found
