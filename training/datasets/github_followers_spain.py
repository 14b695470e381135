"""GitHub, small accounts of one country: followers on irregular days over a year and a half."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PublicSet
from training.datasets.curves import curve_tables

__all__ = ["FILE", "SET", "load"]

FILE: Final = "github_followers_spain/followers.parquet"

SET: Final = PublicSet(
    name="github_followers_spain",
    files=MappingProxyType({FILE: "85c3ab011d9c228932babd3d3ae2961f978c6776f7531031d58dedd38c9e32da"}),
    label_meaning="Presumed organic: accounts whose profile names a place in Spain; nobody has checked them.",
    licence="Artistic-2.0 (JJ/top-github-users-data)",
    source="https://github.com/JJ/top-github-users-data: half of its accounts, by its commits",
    use="trains",
)

SCHEMA: Final = MappingProxyType({"account": pl.String(), "date": pl.Date(), "followers": pl.Int64()})


def load(folder: Path, *, any_content: bool = False, least_followers: int = 0) -> Tables:
    """Read the set; contributions and stars have no place in an account document.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.
    least_followers
        Leave out accounts that never had so many; half of them have one.

    Returns
    -------
    Tables
        Accounts and history.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    rows = SET.parquet(folder, FILE, SCHEMA, any_content=any_content)
    large = rows.filter(pl.col("followers").max().over("account") >= least_followers)
    return curve_tables(
        large.select(pl.format("gh-es:{}", "account").alias("account_id"), "date", "followers"), "github"
    )
