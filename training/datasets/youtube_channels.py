"""YouTube, real channels on technology: daily subscribers for up to 30 days, and what their videos earn."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PublicSet

__all__ = ["DAILY", "SET", "VIDEOS", "load"]

DAILY: Final = "youtube_channels/subscribers_daily.csv.gz"
VIDEOS: Final = "youtube_channels/videos.csv.gz"

SET: Final = PublicSet(
    name="youtube_channels",
    files=MappingProxyType(
        {
            DAILY: "98a61f469d9464f817bf7d7fb2667c2cba8da057a49598b5ec75670eb7557a80",
            VIDEOS: "5d46379a41de9820bb20d9f50a4350c804d4e4c6caf4a333db877095284da92d",
        }
    ),
    label_meaning="Presumed organic: channels of a trade, followed by a hobbyist; nobody has checked them.",
    licence="none stated",
    source="https://github.com/mftn-lab/youtube-daily-tracker: half of its channels, names made digests",
)

DAILY_COLUMNS: Final = ("date_utc", "channel_id", "subscribers", "views", "videos")
VIDEO_COLUMNS: Final = (
    "snapshot_utc", "channel_id", "video_id", "published_at", "duration_iso8601", "category_id", "view_count",
    "like_count", "comment_count",
)  # fmt: skip
WHOLE: Final = "must be a whole number >= 0 or empty"
TIME: Final = "must be a time with its zone"
SETTLING_HOURS: Final = 48
NEWEST: Final = 20


def load(folder: Path, *, any_content: bool = False, newest_only: bool = False) -> Tables:
    """Read the set.

    ``as_of`` is the channel's latest moment in the files: its last daily count, or the snapshot of
    its videos where that is later. The platform rounds subscribers to three figures, so a history
    is a staircase. Likes and comments that are hidden are null. A video's counts were taken at its
    snapshot, up to two weeks before ``as_of``; those of a video that was then younger than 48
    hours are null, as by ``as_of`` it would be taken for settled.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.
    newest_only
        Keep only each channel's 20 newest videos. The collector took those *and the 20 most viewed
        of the last twelve months*: all together they are no account's latest posts, and their older
        half is picked by success.

    Returns
    -------
    Tables
        Accounts in the order of their digests, posts, and history.

    Raises
    ------
    BadInput
        If a file is missing, another one, or of another shape.
    """
    daily, videos = _daily(folder, any_content), _videos(folder, any_content)
    if newest_only:
        videos = (
            videos.sort("published_at", descending=True)
            .group_by("channel_id", maintain_order=True)
            .head(NEWEST)
        )
    return Tables.of(accounts=_accounts(daily, videos), posts=_posts(videos), history=_history(daily))


def _daily(folder: Path, any_content: bool) -> pl.DataFrame:
    """One row per channel and day, the last one where a day stands twice, oldest first."""
    raw = SET.table(folder, DAILY, DAILY_COLUMNS, any_content=any_content)
    date = SET.typed(raw, DAILY, "date_utc", pl.col("date_utc").str.to_date(strict=False), "must be a date")
    counts = [SET.typed(raw, DAILY, name, _count(name), WHOLE) for name in ("subscribers", "videos")]
    frame = raw.with_columns(date, *counts).drop_nulls(["date_utc", "channel_id"])
    return frame.unique(["channel_id", "date_utc"], keep="last", maintain_order=True).sort(
        "channel_id", "date_utc"
    )


def _videos(folder: Path, any_content: bool) -> pl.DataFrame:
    """One row per video, as its latest snapshot saw it."""
    raw = SET.table(folder, VIDEOS, VIDEO_COLUMNS, any_content=any_content)
    times = [SET.typed(raw, VIDEOS, name, _time(name), TIME) for name in ("snapshot_utc", "published_at")]
    counts = [
        SET.typed(raw, VIDEOS, name, _count(name), WHOLE)
        for name in ("view_count", "like_count", "comment_count")
    ]
    frame = raw.with_columns(*times, *counts).drop_nulls(["snapshot_utc", "channel_id", "video_id"])
    frame = frame.sort("channel_id", "video_id", "snapshot_utc", maintain_order=True)
    return frame.unique(["channel_id", "video_id"], keep="last", maintain_order=True)


def _count(name: str) -> pl.Expr:
    """A whole number, also where a spreadsheet has made 446.0 of it."""
    number = pl.col(name).cast(pl.Float64, strict=False)
    return pl.when((number >= 0) & (number == number.floor())).then(number).cast(pl.Int64, strict=False)


def _time(name: str) -> pl.Expr:
    return pl.col(name).str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)


def _accounts(daily: pl.DataFrame, videos: pl.DataFrame) -> pl.DataFrame:
    counted = daily.group_by("channel_id").agg(
        pl.col("date_utc").max().cast(pl.Datetime("us", "UTC")),
        pl.col("subscribers").drop_nulls().last(),
        pl.col("videos").drop_nulls().last(),
    )
    seen = videos.group_by("channel_id").agg(pl.col("snapshot_utc").max())
    return (
        counted.join(seen, on="channel_id", how="full", coalesce=True)
        .sort("channel_id")
        .select(
            account_id=_named(),
            platform=pl.lit("youtube"),
            as_of=pl.max_horizontal("date_utc", "snapshot_utc"),
            followers="subscribers",
            posts="videos",
        )
    )


def _posts(videos: pl.DataFrame) -> pl.DataFrame:
    age = pl.col("snapshot_utc") - pl.col("published_at")
    settled = age.is_null() | (age >= pl.duration(hours=SETTLING_HOURS))
    return videos.select(
        account_id=_named(),
        post_id="video_id",
        published_at="published_at",
        likes=pl.when(settled).then("like_count"),
        comments=pl.when(settled).then("comment_count"),
        views=pl.when(settled).then("view_count"),
        kind=pl.lit("video"),
    )


def _history(daily: pl.DataFrame) -> pl.DataFrame:
    return daily.select(account_id=_named(), date="date_utc", followers="subscribers", posts="videos")


def _named() -> pl.Expr:
    return pl.format("yt:{}", "channel_id")
