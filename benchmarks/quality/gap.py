"""Where simulated authentic accounts differ from real organic ones, for whoever widens the simulator.

    .venv/bin/python -m benchmarks.quality.gap --accounts 6000

Real accounts are the development part only. Of the simulated ones those of the same platform and
size are taken, and everything that the real set does not hold is taken from them: tables, columns,
posts and days beyond its depth. A classifier of real against simulated is for reading only: it does
not track transfer.
"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from rich.console import Console
from rich.table import Table
from scipy.stats import ks_2samp

from accounts.simulation import simulate_chunks
from accounts.tables import Tables
from benchmarks.quality.populations.authentic import authentic_part
from benchmarks.quality.populations.comparable import (
    FeaturePair,
    comparable_accounts,
    coverage_by_family,
    cut_to_depth,
    feature_pair,
    real_against_simulated,
)
from benchmarks.quality.populations.organic_sets import SETS, Organic
from features.catalogue import CATALOGUE
from training.datasets.base import data_folder, development


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
    for population in simulate_chunks(accounts, seed):
        tables = newest(authentic_part(population).tables, posts)
        for name, (_, real) in sets.items():
            chosen[name].append(comparable_accounts(tables, real))
    for name, (one, real) in sets.items():
        simulated = Tables.concat(chosen[name]).map(partial(cut_to_depth, real=real))
        report(console, one, feature_pair(name, real, simulated, seed), worst)


def newest(tables: Tables, posts: int) -> Tables:
    """At most so many of each account's posts."""
    if not posts:
        return tables
    ranked = tables.posts.sort("account_id", "published_at", descending=[False, True], nulls_last=True)
    newest_posts = ranked.group_by("account_id", maintain_order=True).head(posts)
    return tables.map(lambda name, frame: newest_posts if name == "posts" else frame)


def differences(two: FeaturePair) -> pd.DataFrame:
    """One row per feature that either side has, the largest Kolmogorov-Smirnov distance first."""
    rows = []
    for feature in CATALOGUE:
        real, simulated = two.real[feature.name].dropna(), two.simulated[feature.name].dropna()
        if not len(real) and not len(simulated):
            continue
        both = len(real) >= 10 and len(simulated) >= 10
        rows.append({
            "feature": feature.name,
            "family": feature.family,
            **{f"real {q:g}": real.quantile(q / 100) for q in (5, 50, 95)},
            **{f"simulated {q:g}": simulated.quantile(q / 100) for q in (5, 50, 95)},
            "ks": ks_2samp(real, simulated).statistic if both else np.nan,
            "real missing": two.real[feature.name].isna().mean(),
            "simulated missing": two.simulated[feature.name].isna().mean(),
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values("ks", ascending=False, na_position="last")


def report(console: Console, one: Organic, two: FeaturePair, worst: int) -> None:
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
    area, looked_at = real_against_simulated(two)
    console.print(
        f"real against simulated: AUC {area:.3f}, by "
        + ", ".join(f"{name} {part:.0%}" for name, part in looked_at)
    )
    inside = (
        f"{family} {share:.1%} ({columns} features)"
        for family, (share, columns) in coverage_by_family(two).items()
    )
    console.print("real accounts inside the simulated 99 % region (95 % wanted): " + ", ".join(inside) + "\n")


if __name__ == "__main__":
    typer.run(main)
