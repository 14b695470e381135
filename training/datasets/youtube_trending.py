"""YouTube, videos that were listed as trending: views, likes and comments when they were last seen there."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PublicSet

__all__ = ["FILE", "SET", "load"]

FILE: Final = "youtube_trending/videos.parquet"

SET: Final = PublicSet(
    name="youtube_trending",
    files=MappingProxyType({FILE: "47e5635e9bd6a9564188f52691b5013716ab833248751f8eaf13884ac71c6407"}),
    label_meaning="Presumed organic: channels with videos that YouTube listed; nobody has checked them.",
    licence="MIT (gpsyrou/tube-virality)",
    source="https://github.com/gpsyrou/tube-virality: half of its channels, by its daily commits",
    use="trains",
)

SCHEMA: Final = MappingProxyType({
    "video": pl.String(), "channel": pl.String(), "published": pl.Datetime("us"), "live": pl.Boolean(),
    "last_seen": pl.Date(), "last_views": pl.Int64(), "last_likes": pl.Int64(), "last_comments": pl.Int64(),
})  # fmt: skip


def load(folder: Path, *, any_content: bool = False, newest: int = 60) -> Tables:
    """Read the set: channels with their newest listed videos, nothing of a profile.

    Counts are *early*: a video is listed for a day or two (median age 1.1 days when last seen), and
    they stand as they were then. All videos of the set are alike in that, other accounts' are not:
    hold them against each other only. ``as_of`` is the end of the day on which the channel was last
    seen. Likes and comments that are hidden are null.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.
    newest
        Videos kept of each channel; a few have hundreds, over a year and a half.

    Returns
    -------
    Tables
        Accounts and posts.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    rows = SET.parquet(folder, FILE, SCHEMA, any_content=any_content)
    rows = rows.with_columns(
        account_id=pl.format("yt-trending:{}", "channel"),
        published=pl.col("published").dt.replace_time_zone("UTC"),
        seen=pl.col("last_seen").dt.offset_by("1d").cast(pl.Datetime("us", "UTC")),
    )
    newest_rows = (
        rows.sort("account_id", "published", "video").group_by("account_id", maintain_order=True).tail(newest)
    )
    return Tables.of(accounts=_accounts(newest_rows), posts=_posts(newest_rows))


def _accounts(videos: pl.DataFrame) -> pl.DataFrame:
    return videos.group_by("account_id", maintain_order=True).agg(
        pl.lit("youtube").alias("platform"), pl.col("seen").max().alias("as_of")
    )


def _posts(videos: pl.DataFrame) -> pl.DataFrame:
    return videos.select(
        "account_id",
        post_id=pl.format("v{}", "video"),
        published_at="published",
        views="last_views",
        likes="last_likes",
        comments="last_comments",
        kind=pl.when("live").then(pl.lit("stream")).otherwise(pl.lit("video")),
    )
