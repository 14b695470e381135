"""GitHub, the most followed accounts: followers and following by day over years, in half-year windows."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PublicSet
from training.datasets.curves import HALF_YEAR_DAYS, curve_tables, windows_of

__all__ = ["FILE", "SET", "follower_counts", "load"]

FILE: Final = "github_followers_top/followers_daily.parquet"

SET: Final = PublicSet(
    name="github_followers_top",
    files=MappingProxyType({FILE: "1a349f2fe10e125bbf9f1d805924e3ffef30d1eca2d0b3f6582724192627612a"}),
    label_meaning="Presumed organic: the most followed accounts of GitHub; nobody has checked them.",
    licence="MIT (jaywcjlove/github-rank)",
    source="https://github.com/jaywcjlove/github-rank: half of its accounts, by its daily commits",
    use="trains",
)

SCHEMA: Final = MappingProxyType({
    "account": pl.Int64(), "date": pl.Date(), "followers": pl.Int64(), "following": pl.Int64(),
})  # fmt: skip
PURGE_SHARE: Final = 0.25
MOST_FOLLOWED: Final = 5_000
LEAST_COUNTS: Final = 60


def follower_counts(folder: Path, *, any_content: bool = False) -> pl.DataFrame:
    """Every account's whole history: ``account_id``, ``date``, ``followers``, ``following``.

    Days on which over a quarter of all accounts lose followers are the platform's own purges, and
    left out. So are accounts that ever followed over 5,000: they grow by being followed back.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    rows = SET.parquet(folder, FILE, SCHEMA, any_content=any_content).sort("account", "date")
    lost = rows.with_columns(lost=pl.col("followers").diff().over("account") < 0)
    purges = lost.group_by("date").agg(pl.col("lost").mean()).filter(pl.col("lost") > PURGE_SHARE)
    counts = rows.filter(pl.col("following").max().over("account") <= MOST_FOLLOWED)
    counts = counts.join(purges, on="date", how="anti", maintain_order="left")
    return counts.select(pl.format("gh:{}", "account").alias("account_id"), "date", "followers", "following")


def load(folder: Path, *, any_content: bool = False, windows: int = 1) -> Tables:
    """Read the set: windows of half a year, the profile's followers and following as last counted.

    The accounts are named ``gh:3#0`` and so on: the account, and which of its half-years, 0 the newest.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.
    windows
        Half-years kept of each account, of those with 60 counts or more.

    Returns
    -------
    Tables
        Accounts and history.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    counts = follower_counts(folder, any_content=any_content)
    return curve_tables(windows_of(counts, HALF_YEAR_DAYS, least_counts=LEAST_COUNTS, most=windows), "github")
