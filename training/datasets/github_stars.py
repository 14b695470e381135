"""GitHub, repositories with many stars: stars by week, in windows of a year."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PublicSet
from training.datasets.curves import HALF_YEAR_DAYS, curve_tables, windows_of

__all__ = ["FILE", "SET", "follower_counts", "load"]

FILE: Final = "github_stars/stars_weekly.parquet"

SET: Final = PublicSet(
    name="github_stars",
    files=MappingProxyType({FILE: "547b3e3b33810312a69065a03f3d28b5a7efff9763dacd7515ca17db8de71e5f"}),
    label_meaning="Presumed organic: the most starred repositories by language; nobody has checked them.",
    licence="MIT (EvanLi/Github-Ranking)",
    source="https://github.com/EvanLi/Github-Ranking: half of its repositories, by its weekly commits",
    use="trains",
)

SCHEMA: Final = MappingProxyType({"repo": pl.String(), "date": pl.Date(), "stars": pl.Int64()})
LEAST_COUNTS: Final = 40


def follower_counts(folder: Path, *, any_content: bool = False) -> pl.DataFrame:
    """Every repository's whole history: ``account_id``, ``date``, and its stars as ``followers``.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    rows = SET.parquet(folder, FILE, SCHEMA, any_content=any_content)
    return rows.select(pl.format("stars:{}", "repo").alias("account_id"), "date", followers="stars").sort(
        "account_id", "date"
    )


def load(folder: Path, *, any_content: bool = False, windows: int = 1) -> Tables:
    """Read the set: windows of a year, as a weekly history of half a year has but 26 counts.

    A repository enters the ranking when it is big, so its first weeks are missing, and hardly
    one ever loses stars. Forks have no place in an account document.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.
    windows
        Years kept of each repository, of those with 40 counts or more.

    Returns
    -------
    Tables
        Accounts (repositories; followers are stars) and history.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    counts = follower_counts(folder, any_content=any_content)
    return curve_tables(
        windows_of(counts, 2 * HALF_YEAR_DAYS, least_counts=LEAST_COUNTS, most=windows), "github"
    )
