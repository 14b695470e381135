"""TikTok, profiles drawn nearly at random: followers, following, videos."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, FLAG, NUMBER, TEXT, converted

__all__ = ["FILE", "SET", "load"]

FILE: Final = "tiktok_profiles/profiles.csv.gz"

SET: Final = PublicSet(
    name="tiktok_profiles",
    files=MappingProxyType({FILE: "752715cdb7b870c9cd04995871fbe4e44f31f4fddcf1a5853b1ea8200c451dc0"}),
    label_meaning="Presumed organic: drawn nearly at random, so some may be fake; nobody has checked them.",
    licence="none stated",
    source="see docs/data.md",
)

KINDS: Final = MappingProxyType({
    "account": TEXT, "followers": COUNT, "following": COUNT, "likes": COUNT, "videos_count": COUNT,
    "is_verified": FLAG, "awg_engagement_rate": NUMBER, "like_engagement_rate": NUMBER,
    "comment_engagement_rate": NUMBER, "predicted_lang": TEXT, "region": TEXT, "n_top_videos": COUNT,
})  # fmt: skip
AS_OF: Final = "2024-01-01"


def load(folder: Path, *, any_content: bool = False) -> Tables:
    """Read the set.

    The file has no time; ``as_of`` is the first day of 2024 for all, and no number of a profile
    without posts, history or day of opening depends on it. Lifetime likes and engagement rates over the most
    viewed videos have no place in an account document.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.

    Returns
    -------
    Tables
        Accounts, of which only the profile is known.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    texts = SET.table(folder, FILE, tuple(KINDS), any_content=any_content)
    rows = converted(SET, FILE, texts, KINDS, may_be_empty=("region",))
    as_of = pl.lit(AS_OF).str.to_datetime(time_unit="us", time_zone="UTC")
    return Tables.of(
        accounts=rows.select(
            pl.format("tt:{}", "account").alias("account_id"),
            "followers",
            "following",
            "is_verified",
            platform=pl.lit("tiktok"),
            as_of=as_of,
            posts="videos_count",
        )
    )
