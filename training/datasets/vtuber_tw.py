"""Creators who perform behind an avatar: YouTube subscribers and Twitch followers by day for ten weeks."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PART_MARK, PublicSet
from training.datasets.curves import curve_tables

__all__ = ["FILE", "SET", "follower_counts", "load"]

FILE: Final = "vtuber_tw/daily.parquet"

SET: Final = PublicSet(
    name="vtuber_tw",
    files=MappingProxyType({FILE: "8bf1ea17975c47a8f0736e80dc1f16353d4a3227c6becd59d8eb1dc3184684a7"}),
    label_meaning="Presumed organic: VTubers of Taiwan, listed by their fans; nobody has checked them.",
    licence="none stated",
    source="https://github.com/TaiwanVtuberData, its tracking data: half of its creators",
)

Platform = Literal["youtube", "twitch"]
COLUMNS: Final = MappingProxyType({"youtube": "yt_subscribers", "twitch": "twitch_followers"})
LEAST_COUNTS: Final = 14


def follower_counts(folder: Path, platform: Platform, *, any_content: bool = False) -> pl.DataFrame:
    """Every creator's history on one platform: ``account_id``, ``date``, ``followers``.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    schema = {"account": pl.String(), "date": pl.Date(), COLUMNS[platform]: pl.Int64()}
    rows = SET.parquet(folder, FILE, schema, any_content=any_content)
    return rows.select(
        pl.format(f"vtuber:{{}}{PART_MARK}{platform}", "account").alias("account_id"),
        "date",
        followers=COLUMNS[platform],
    ).drop_nulls()


def load(folder: Path, platform: Platform, *, any_content: bool = False) -> Tables:
    """Read the set, one platform of it.

    YouTube rounds subscribers to three figures, so the curve stands still on most days and then
    steps; Twitch gives them in full. A creator is one account to any split, whatever the platform:
    ``vtuber:1a#youtube``, ``vtuber:1a#twitch``. Days of the debut and total views have no place
    in an account document.

    Parameters
    ----------
    folder
        The data folder.
    platform
        ``youtube`` or ``twitch``.
    any_content
        Whether another content than the published one will do.

    Returns
    -------
    Tables
        Creators with 14 counts or more on that platform, and their history.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    counts = follower_counts(folder, platform, any_content=any_content)
    return curve_tables(counts.filter(pl.len().over("account_id") >= LEAST_COUNTS), platform)
