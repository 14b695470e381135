"""The table of labels: what is true of each account, and hidden from the detector."""

from __future__ import annotations

from dataclasses import astuple
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.simulation.amounts import Added
from accounts.simulation.making import Truth
from accounts.simulation.people import HARD_PEOPLE

__all__ = ["LABELS", "completed", "hard_negatives", "labels_frame"]

LABELS: Final = MappingProxyType({
    "account_id": pl.String(), "inflated": pl.Boolean(), "automated": pl.Boolean(), "person": pl.String(),
    "scheme": pl.String(),
    "strength": pl.Float64(), "campaign": pl.String(), "event": pl.String(), "language": pl.String(),
    "tier": pl.String(),
    "added_followers": pl.Float64(), "added_likes": pl.Float64(), "added_views": pl.Float64(),
    "added_comments": pl.Float64(), "added_followers_shown": pl.Float64(),
})  # fmt: skip

TIERS: Final = ((10_000, "nano"), (100_000, "micro"), (500_000, "mid"), (1_000_000, "macro"))


def hard_negatives(labels: pl.DataFrame) -> pl.Series:
    """Which accounts are honest and easily taken for something else."""
    honest = ~pl.col("inflated") & ~pl.col("automated")
    hard = pl.col("event").is_not_null() | pl.col("person").is_in(list(HARD_PEOPLE))
    return labels.select((honest & hard).alias("hard_negative")).to_series()


def completed(labels: pl.DataFrame) -> pl.DataFrame:
    """Labels with a null column for each of :data:`LABELS` that they lack."""
    return labels.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in LABELS.items() if name not in labels.columns
    )


def labels_frame(rows: list[tuple[str, Truth, float, Added]]) -> pl.DataFrame:
    """The table of labels: per account its id, truth, shown followers and what was added."""

    def tier(followers: float) -> str:
        return next((name for limit, name in TIERS if followers < limit), "mega")

    return pl.DataFrame(
        [
            (account_id, t.inflated, t.automated, t.person, t.scheme, t.strength, t.campaign, t.event,
            t.language, tier(followers), *astuple(added))
            for account_id, t, followers, added in rows
        ],
        schema=dict(LABELS),
        orient="row",
    )  # fmt: skip
