"""Simulated honest accounts beside real ones: engagement, spread of likes, growth, and how often they jump.

    .venv/bin/python -m benchmarks.quality.widths --accounts 4000 --regime train

For whoever tunes the simulator. Nothing here looks at what was bought. Real figures are the development
parts of the organic sets (where ``ASSAY_DATA`` is there) and published or measured quantiles, each
with its source in ``docs/simulator.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from accounts.population import Population
from accounts.simulation import simulate_chunks
from accounts.simulation.simulator import RegimeName
from accounts.tables import Tables
from benchmarks.quality.populations.authentic import authentic_part
from benchmarks.quality.populations.organic_sets import SETS
from detector.arrays import Floats
from features.derive import derive
from training.datasets.base import data_folder, development

__all__ = [
    "daily_curves",
    "engagement_features",
    "growth",
    "jump_rates",
    "residual_spread",
    "simulate_authentic",
]

RESOLUTION: Final = (5, 25, 50, 75, 95)
GAINS: Final = (0.1, 0.3, 1.0, 3.0)
DAYS: Final = (1, 3, 7, 30)
YEAR: Final = 365.25

# Events per 100 account-years, rows as GAINS, columns as DAYS: 30 days apart, over 100 followers gained,
# 300 or more before. GitHub followers (2,121 account-years), Twitch (251) and YouTube (477) of VTubers.
EVENT_RATES: Final = {
    "GitHub": ((0.4, 1.0, 1.5, 6.3), (0.09, 0.14, 0.24, 0.8), (0.05, 0.05, 0.05, 0.14), (0, 0, 0, 0)),
    "Twitch": ((2.8, 4.4, 7.6, 26), (2.0, 2.4, 2.8, 6.0), (0.4, 0.4, 0.4, 2.4), (0.4, 0.4, 0.4, 0.4)),
    "YouTube": ((5.0, 12, 20, 40), (0.8, 3.6, 8.8, 16), (0.2, 0.6, 2.1, 4.4), (0, 0.2, 0.6, 1.5)),
}

# Growth in 28 days, share of days with a loss and best day over the month's gain: 5/25/50/75/95 %.
GROWTH: Final = {
    "GitHub, nano": ((-0.0003, 0.0013, 0.0042, 0.0104, 0.034), (0, 0, 0.036, 0.107, 0.214),
                     (0.068, 0.090, 0.114, 0.149, 0.30)),
    "GitHub, micro": ((0.0002, 0.0021, 0.0053, 0.0113, 0.033), (0, 0, 0.036, 0.107, 0.25),
                      (0.058, 0.075, 0.096, 0.130, 0.233)),
    "Twitch, nano": ((-0.0054, -0.0008, 0.0034, 0.019, 0.109), (0, 0.036, 0.071, 0.143, 0.286),
                     (0.109, 0.150, 0.204, 0.294, 0.494)),
    "Twitch, micro": ((-0.0018, 0.0003, 0.0051, 0.020, 0.057), (0, 0.036, 0.179, 0.393, 0.679),
                      (0.086, 0.123, 0.175, 0.259, 0.566)),
    "YouTube, nano": ((-0.0052, 0, 0.0018, 0.0148, 0.097), (0, 0, 0, 0.036, 0.107),
                      (0.092, 0.143, 0.203, 0.333, 0.5)),
    "YouTube, micro": ((-0.0041, 0, 0.0035, 0.0119, 0.047), (0, 0, 0, 0, 0.036),
                       (0.091, 0.167, 0.333, 1.0, 1.0)),
}  # fmt: skip


class JumpRates(NamedTuple):
    """Jumps of honest curves: events per 100 account-years, rows as GAINS and columns as DAYS."""

    rates: Floats
    account_years: float


def simulate_authentic(accounts: int, seed: int, regime: RegimeName = "train") -> Population:
    """Simulated accounts that are neither inflated nor automated, at the natural rates of events."""
    return Population.concat([authentic_part(one) for one in simulate_chunks(accounts, seed, regime=regime)])


def daily_curves(tables: Tables, at_least: int = 29) -> Iterator[tuple[str, Floats]]:
    """Every account's longest run of daily follower counts, of so many days at least."""
    rows = tables.history.drop_nulls("followers").sort("account_id", "date")
    runs = rows.with_columns(
        run=(pl.col("date").diff().dt.total_days() != 1).fill_null(True).cum_sum().over("account_id")
    )
    for (account, _), part in runs.group_by(["account_id", "run"], maintain_order=True):
        if part.height >= at_least:
            yield str(account), part["followers"].to_numpy().astype(np.float64)


def growth(curves: Iterator[Floats]) -> pd.DataFrame:
    """Of the last 28 days of each curve: growth, share of days with a loss, still, best day over the gain."""
    rows = []
    for curve in curves:
        steps = np.diff(curve[-29:])
        gain = float(steps.sum())
        rows.append({
            "growth": gain / max(curve[-29], 1.0), "losing": (steps < 0).mean(), "still": (steps == 0).mean(),
            "best day": steps.max() / gain if gain >= 100 else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows)


def jump_rates(curves: Iterator[Floats]) -> JumpRates:
    """Jumps by GAINS in DAYS, per 100 account-years of 300 followers and more, 30 days apart at least."""
    counts, days = np.zeros((len(GAINS), len(DAYS))), 0
    for curve in curves:
        days += int((curve[:-1] >= 300).sum())
        for column, span in enumerate(DAYS):
            before, after = curve[:-span], curve[span:]
            known = (before >= 300) & (after - before > 100)
            for row, gain in enumerate(GAINS):
                counts[row, column] += _apart(np.flatnonzero(known & (after >= before * (1 + gain))))
    years = days / YEAR
    return JumpRates(100 * counts / max(years, 1e-9), years)


def _apart(at: np.ndarray[tuple[int], np.dtype[np.int64]], days: int = 30) -> int:
    """How many positions are left when none stands within so many days after another that is left."""
    count, last = 0, -days
    for position in at.tolist():
        if position - last >= days:
            count, last = count + 1, position
    return count


def residual_spread(values: Floats, size: Floats, neighbours: int = 25) -> float:
    """Standard deviation of log10 values around the running median over accounts of their size."""
    order = np.argsort(size)
    logs = pd.Series(np.log10(values[order]))
    usual = logs.rolling(2 * neighbours + 1, center=True, min_periods=neighbours).median()
    return float((logs - usual).std())


def quantiles(values: pd.Series[float]) -> list[float]:
    """Those of RESOLUTION, NaN where nothing is known."""
    known = values.dropna().to_numpy()
    return [float(value) for value in np.percentile(known, RESOLUTION)] if len(known) else [np.nan] * 5


FEATURES: Final = ("engagement_rate", "likes_variation", "comments_per_like", "likes_per_view",
                   "views_per_follower", "views_variation", "likes_step", "posts_per_week")  # fmt: skip


def engagement_features(tables: Tables) -> pd.DataFrame:
    """The features of engagement, with size and platform."""
    frame = derive(tables)[list(FEATURES)]
    accounts = tables.accounts.to_pandas().set_index("account_id")
    return frame.assign(followers=accounts["followers"].astype(float), platform=accounts["platform"])


def engagement_rows(name: str, frame: pd.DataFrame) -> Iterator[list[str]]:
    """The table's rows for one group of accounts."""
    for feature in FEATURES:
        if frame[feature].count() >= 20:
            yield [name, feature, str(frame[feature].count()), percentiles_text(quantiles(frame[feature]))]
    known = frame[(frame["engagement_rate"] > 0) & (frame["followers"] > 0)]
    if len(known) >= 60:
        spread = residual_spread(known["engagement_rate"].to_numpy(), known["followers"].to_numpy())
        logs = pd.Series(np.log10(known["engagement_rate"]))
        pairs = (("likes_variation", logs), ("posts_per_week", known["likes_step"]))
        found = [f"{known[one].corr(other, method='spearman'):+.2f}" for one, other in pairs]
        yield [name, "sd of log10 engagement at its size", str(len(known)), f"{spread:.2f}"]
        yield [name, "engagement with CV of likes; posts a week with step", str(len(known)), "; ".join(found)]


def percentiles_text(values: list[float]) -> str:
    return " / ".join(f"{value:.3g}" for value in values)


def main(
    accounts: Annotated[int, typer.Option(help="Accounts to simulate.")] = 4_000,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 20_261,
    regime: Annotated[RegimeName, typer.Option(help="Of which of the two sets of parameters.")] = "train",
) -> None:
    """Print 5/25/50/75/95 % of what matters, simulated and real."""
    console, population = Console(width=170), simulate_authentic(accounts, seed, regime)
    console.print(engagement_table(population.tables))
    console.print(growth_table(population.tables))
    console.print(jump_table(population.tables))


def engagement_table(tables: Tables) -> Table:
    """Engagement of the simulated accounts by platform and size, and of the organic sets."""
    table = Table("accounts", "what", "n", "5 / 25 / 50 / 75 / 95 %")
    frame = engagement_features(tables)
    for name, one in frame.groupby("platform"):
        sizes = pd.cut(
            one["followers"], [100, 1_000, 10_000, 100_000, 1e9], labels=["100-1k", "-10k", "-100k", "more"]
        )
        for size, part in one.groupby(sizes, observed=True):
            for row in engagement_rows(f"{name} {size}", part):
                table.add_row(*row)
    for organic in SETS if data_folder().is_dir() else ():
        for row in engagement_rows(
            organic.name, engagement_features(development(organic.load(data_folder())))
        ):
            table.add_row(*row, style="bold")
    return table


def _sized(tables: Tables) -> dict[str, list[Floats]]:
    """Daily curves by platform, and by platform and tier."""
    platforms = dict(tables.accounts.select("account_id", "platform").iter_rows())
    groups: dict[str, list[Floats]] = {}
    for account, curve in daily_curves(tables):
        tier = "nano" if curve[-1] < 1e4 else "micro" if curve[-1] < 1e5 else "larger"
        for name in (f"{platforms[account]}, {tier}", "all"):
            groups.setdefault(name, []).append(curve)
    return dict(sorted(groups.items()))


def growth_table(tables: Tables) -> Table:
    """The growth of simulated curves, beside measured ones."""
    table = Table(
        "curves", "n", "growth in 28 days", "days with a loss", "days without change", "best day / gain"
    )
    for name, curves in _sized(tables).items():
        found = growth(iter(curves))
        table.add_row(
            name, str(len(curves)), *(percentiles_text(quantiles(found[column])) for column in found)
        )
    for name, (grown, losing, best) in GROWTH.items():
        table.add_row(
            name,
            "",
            percentiles_text([*grown]),
            percentiles_text([*losing]),
            "",
            percentiles_text([*best]),
            style="bold",
        )
    return table


def jump_table(tables: Tables) -> Table:
    """Events per 100 account-years in 1/3/7/30 days, beside measured ones."""
    table = Table("curves", "account-years", *(f"+{gain:.0%} in 1/3/7/30 days" for gain in GAINS))
    for name, curves in _sized(tables).items():
        rates, years = jump_rates(iter(curves))
        table.add_row(name, f"{years:.0f}", *(percentiles_text(list(row)) for row in rates))
    for name, measured in EVENT_RATES.items():
        table.add_row(name, "", *(percentiles_text(list(row)) for row in measured), style="bold")
    return table


if __name__ == "__main__":
    typer.run(main)
