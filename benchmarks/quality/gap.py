"""Where simulated authentic accounts differ from real organic ones, for whoever widens the simulator.

    .venv/bin/python -m benchmarks.quality.gap --accounts 6000

Real accounts are the development part only. Of the simulated ones those of the same platform and
size are taken, and everything that the real set does not hold is taken from them: tables, columns,
posts and days beyond its depth. A classifier of real against simulated is for reading only: it does
not track transfer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
import typer
from rich.console import Console
from rich.table import Table
from scipy.stats import ks_2samp

from accounts.simulation import simulate_chunks
from accounts.tables import Tables
from benchmarks.quality.populations.organic_sets import SETS, Organic, without_columns
from detector.arrays import Floats, matrix
from detector.strangeness import BlockReference, ordinary
from features.catalogue import CATALOGUE
from features.derive import derive
from features.views.people import profiled
from features.views.rows import numbers
from training.datasets.base import data_folder, development

__all__ = ["TREES", "Pair", "as_deep", "coverage", "like", "pair", "told_apart"]

SIZES: Final = {"instagram": (100, 5_000), "youtube": (1_000, 1_000_000)}
BINS_A_DECADE: Final = 2
MOST_FOR_EACH_REAL: Final = 3
FOLDS: Final = 5
TREES: Final = {
    "objective": "binary", "num_leaves": 7, "learning_rate": 0.08, "min_data_in_leaf": 20, "lambda_l2": 5.0,
    "feature_fraction": 0.5, "num_threads": 1, "seed": 0, "verbosity": -1,
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """The same features of real and of simulated accounts."""

    name: str
    real: pd.DataFrame
    simulated: pd.DataFrame


def main(
    accounts: Annotated[int, typer.Option(help="Accounts to simulate.")] = 6_000,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 20_261,
    worst: Annotated[int, typer.Option(help="Features to show.")] = 25,
    posts: Annotated[int, typer.Option(help="Newest posts to compare at most; 0: all.")] = 0,
) -> None:
    """Print, for each real set, the features in which simulated accounts differ most."""
    console = Console(width=150)
    sets = {one.name: (one, newest(development(one.load(data_folder())), posts)) for one in SETS}
    chosen: dict[str, list[Tables]] = {name: [] for name in sets}
    for tables in authentic_chunks(accounts, seed):
        for name, (_, real) in sets.items():
            chosen[name].append(like(newest(tables, posts), real))
    for name, (one, real) in sets.items():
        simulated = Tables.concat(chosen[name]).map(partial(as_deep, real=real))
        report(console, one, pair(name, real, simulated, seed), worst)


def authentic_chunks(accounts: int, seed: int) -> Iterator[Tables]:
    """Simulated accounts that are neither inflated nor automated."""
    for population in simulate_chunks(accounts, seed):
        honest = population.labels.filter(~pl.col("inflated") & ~pl.col("automated"))
        yield population.tables.select(honest["account_id"])


def newest(tables: Tables, posts: int) -> Tables:
    """At most so many of each account's posts."""
    if not posts:
        return tables
    ranked = tables.posts.sort("account_id", "published_at", descending=[False, True], nulls_last=True)
    kept = ranked.group_by("account_id", maintain_order=True).head(posts)
    return tables.map(lambda name, frame: kept if name == "posts" else frame)


def like(simulated: Tables, real: Tables) -> Tables:
    """Simulated accounts of the real ones' platform and size, less what the real ones do not have."""
    platform = real.accounts["platform"][0]
    sized = simulated.accounts.filter(
        (pl.col("platform") == platform) & pl.col("followers").is_between(*SIZES[platform])
    )
    posting = sized.filter(pl.col("account_id").is_in(simulated.posts["account_id"].unique().implode()))
    return without_columns(simulated.select(posting["account_id"]).map(_described), real)


def _described(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Accounts with the lengths of their texts, which may be all that the real ones have."""
    return profiled(frame, numbers(frame["as_of"])).select(frame.columns) if name == "accounts" else frame


def as_deep(name: str, frame: pl.DataFrame, real: Tables) -> pl.DataFrame:
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


def pair(name: str, real: Tables, simulated: Tables, seed: int) -> Pair:
    """Features of the real accounts in the range of sizes, and of as many simulated in every bin of sizes."""
    low, high = SIZES[real.accounts["platform"][0]]
    posting = pl.col("account_id").is_in(real.posts["account_id"].unique().implode())
    ours = real.accounts.filter(pl.col("followers").is_between(low, high) & posting)
    drawn = matched(_bins(ours), _bins(simulated.accounts), np.random.default_rng(seed))
    theirs = simulated.accounts["account_id"].gather(drawn)
    return Pair(name, derive(real.select(ours["account_id"])), derive(simulated.select(theirs)))


def _bins(accounts: pl.DataFrame) -> npt.NDArray[np.int64]:
    size = np.log10(accounts["followers"].to_numpy().astype(np.float64))
    return np.asarray(np.floor(size * BINS_A_DECADE), dtype=np.int64)


def matched(
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


def differences(two: Pair) -> pd.DataFrame:
    """One row per feature that either side has, the largest Kolmogorov-Smirnov distance first."""
    rows = []
    for feature in CATALOGUE:
        real, made = two.real[feature.name].dropna(), two.simulated[feature.name].dropna()
        if not len(real) and not len(made):
            continue
        both = len(real) >= 10 and len(made) >= 10
        rows.append({
            "feature": feature.name,
            "family": feature.family,
            **{f"real {q:g}": real.quantile(q / 100) for q in (5, 50, 95)},
            **{f"simulated {q:g}": made.quantile(q / 100) for q in (5, 50, 95)},
            "ks": ks_2samp(real, made).statistic if both else np.nan,
            "real missing": two.real[feature.name].isna().mean(),
            "simulated missing": two.simulated[feature.name].isna().mean(),
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values("ks", ascending=False, na_position="last")


def told_apart(two: Pair) -> tuple[float, list[tuple[str, float]]]:
    """AUC of a classifier of real against simulated, over 5 folds, and its features by share of gain."""
    import lightgbm as lgb
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    values, truth = _stacked(two)
    scores, gains = np.empty(len(truth)), np.zeros(values.shape[1])
    for fitted, held in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(values, truth):
        booster = lgb.train(TREES, lgb.Dataset(values[fitted], truth[fitted], params=TREES), 120)
        scores[held] = np.asarray(booster.predict(values[held]))
        gains += booster.feature_importance("gain")
    share = pd.Series(gains / gains.sum(), index=two.real.columns).nlargest(12)
    return float(roc_auc_score(truth, scores)), [(str(name), float(part)) for name, part in share.items()]


def _stacked(two: Pair) -> tuple[Floats, npt.NDArray[np.int64]]:
    return (
        np.concatenate([matrix(two.real), matrix(two.simulated)]),
        np.repeat([1, 0], [len(two.real), len(two.simulated)]),
    )


def coverage(two: Pair) -> dict[str, tuple[float, int]]:
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


def report(console: Console, one: Organic, two: Pair, worst: int) -> None:
    """Print one set's differences."""
    console.rule(f"{one.name}: {len(two.real)} real, {len(two.simulated)} simulated authentic accounts")
    table = Table("feature", "family", "real 5 / 50 / 95 %", "simulated 5 / 50 / 95 %", "KS", "missing r/s")
    for row in differences(two).head(worst).to_dict("records"):
        ranges = [
            " / ".join(f"{row[f'{side} {q}']:.3g}" for q in (5, 50, 95)) for side in ("real", "simulated")
        ]
        missing = f"{row['real missing']:.0%} {row['simulated missing']:.0%}"
        table.add_row(row["feature"], row["family"], *ranges, f"{row['ks']:.2f}", missing)
    console.print(table)
    area, looked_at = told_apart(two)
    console.print(
        f"real against simulated: AUC {area:.3f}, by "
        + ", ".join(f"{name} {part:.0%}" for name, part in looked_at)
    )
    inside = (
        f"{family} {share:.1%} ({columns} features)" for family, (share, columns) in coverage(two).items()
    )
    console.print("real accounts inside the simulated 99 % region (95 % wanted): " + ", ".join(inside) + "\n")


if __name__ == "__main__":
    typer.run(main)
