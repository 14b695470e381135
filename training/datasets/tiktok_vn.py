"""TikTok, videos that were shown to viewers in Vietnam, with their author's followers."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PublicSet
from training.datasets.cells import TEXT, converted
from training.datasets.summaries import AMOUNT
from training.datasets.timestamps import TIME

__all__ = ["FILE", "SET", "load"]

FILE: Final = "tiktok_vn/posts.csv.gz"

SET: Final = PublicSet(
    name="tiktok_vn",
    files=MappingProxyType({FILE: "6c0c20d34d02520f7e1fff9a18f8b3cca17ade1afd96976d758b23a02892168b"}),
    label_meaning="Presumed organic: whatever the For You feed showed; nobody has checked them.",
    licence="none stated",
    source="see docs/data.md",
)

KINDS: Final = MappingProxyType({
    "author": TEXT, "video": TEXT, "followers": AMOUNT, "posted": TIME, "scraped": TIME, "duration": TEXT,
    "views": AMOUNT, "likes": AMOUNT, "comments": AMOUNT, "shares": AMOUNT, "saves": AMOUNT,
    "n_hashtags": AMOUNT,
    "original_sound": TEXT,
})  # fmt: skip
MAY_BE_EMPTY: Final = ("followers", "comments", "original_sound")


def load(folder: Path, *, any_content: bool = False, least_posts: int = 1) -> Tables:
    """Read the set; ``as_of`` is when the author's last video was collected.

    The feed shows what does well, so small authors have views a hundred times their followers: no
    account's usual posts. Views of 0 beside likes are unknown. Counts are as the page shows them, "12.3K".

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.
    least_posts
        Leave out authors with fewer videos; four in five have one.

    Returns
    -------
    Tables
        Accounts in the order of their digests, and posts.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    texts = SET.table(folder, FILE, tuple(KINDS), any_content=any_content)
    rows = converted(SET, FILE, texts, KINDS, MAY_BE_EMPTY)
    # 4.1M stands in the file as 4099999.9999999995
    rows = rows.with_columns(pl.col(pl.Float64).round().cast(pl.Int64))
    rows = rows.filter(pl.len().over("author") >= least_posts).with_columns(
        account_id=pl.format("tt-vn:{}", "author"),
        views=pl.when((pl.col("views") > 0) | (pl.col("likes") == 0)).then("views"),
    )
    accounts = rows.sort("account_id", "scraped", maintain_order=True).group_by(
        "account_id", maintain_order=True
    )
    return Tables.of(
        accounts=accounts.agg(
            pl.lit("tiktok").alias("platform"),
            pl.col("scraped").last().alias("as_of"),
            pl.col("followers").drop_nulls().last(),
        ),
        posts=rows.rename({"video": "post_id", "posted": "published_at", "n_hashtags": "hashtags"}).select(
            "account_id", "post_id", "published_at", "views", "likes", "comments", "shares", "saves",
            "hashtags", kind=pl.lit("video"),
        ),
    )  # fmt: skip
