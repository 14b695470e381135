"""Posts: what they earned once settled, and when they were published."""

from __future__ import annotations

from functools import cache
from math import pi
from typing import Final

import polars as pl

from features.expressions import ratio, robust_z
from features.views.base import FLOORS, Views, ordered, view, within
from features.views.people import people

__all__ = ["posts", "timeline"]

SETTLING_HOURS: Final = 48


@view("posts")
def every_post(views: Views) -> pl.DataFrame:
    """One row per post of accounts with the block, oldest first: ``settled`` or not.

    A post is settled 48 hours after publication, and where nobody says when it was published.
    """
    about = views[people].select("account", "as_of", "followers")
    frame = views.keyed("posts").join(about, on="account", how="left")
    age = pl.col("as_of") - pl.col("published_at")
    frame = frame.with_columns(settled=age.is_null() | (age >= pl.duration(hours=SETTLING_HOURS)))
    enough = within(frame.filter("settled").select("account"), FLOORS["posts"])["account"].unique()
    if enough.len() < len(views.tables):
        frame = frame.filter(pl.col("account").is_in(enough.implode()))
    return ordered(
        frame, "published_at", "post_id", "likes", "comments", "views", "shares", "saves", "caption"
    )


@view("posts")
def posts(views: Views) -> pl.DataFrame:
    """One row per settled post (48 hours old at ``as_of``, or undated), oldest first.

    ``likes``, ``comments``, ``views``, ``shares``, ``saves``; ``interactions`` (likes and
    comments), ``rate`` (interactions over followers), ``likes_z`` (robust z of the logarithm),
    ``comments_per_like``, ``likes_per_view``, ``views_per_follower``, ``uncommented``, ``age_rank``
    (0 oldest, 1 newest).
    """
    return views[every_post].filter("settled").with_columns(_earned())


@cache
def _earned() -> tuple[pl.Expr, ...]:
    likes, comments, seen, followers = (
        pl.col(name).cast(pl.Float64) for name in ("likes", "comments", "views", "followers")
    )
    row, n = pl.int_range(pl.len()).cast(pl.Float64), pl.len().cast(pl.Float64)
    return (
        ratio(row, n - 1.0).over("account").alias("age_rank"),
        robust_z((likes + 1.0).log10(), 0.05).over("account").alias("likes_z"),
        (likes + comments).alias("interactions"),
        ratio(likes + comments, followers).alias("rate"),
        ratio(comments, likes).alias("comments_per_like"),
        (comments == 0).alias("uncommented"),
        ratio(likes, seen).alias("likes_per_view"),
        ratio(seen, followers).alias("views_per_follower"),
    )


@view("posts")
def timeline(views: Views) -> pl.DataFrame:
    """One row per dated post of accounts with the block, settled or not, oldest first.

    ``gap_hours`` to the post before, ``hour_of_day`` (0 to 23, UTC), ``hour_angle`` and
    ``minute_angle`` (of the day and of the hour, in radians), ``caption_copies`` (posts with the
    same caption).
    """
    return views[every_post].filter(pl.col("published_at").is_not_null()).select(_timed())


@cache
def _timed() -> tuple[str | pl.Expr, ...]:
    seconds = pl.col("published_at").dt.epoch("s")
    caption = pl.col("caption").str.strip_chars().str.to_lowercase()
    return (
        "account", "post_id", "published_at", "caption", "hashtags", "kind",
        (seconds.diff().over("account").cast(pl.Float64) * (1.0 / 3_600.0)).alias("gap_hours"),
        ((seconds % 86_400).cast(pl.Float64) * (2.0 * pi / 86_400.0)).alias("hour_angle"),
        ((seconds % 3_600).cast(pl.Float64) * (2.0 * pi / 3_600.0)).alias("minute_angle"),
        pl.col("published_at").dt.hour().alias("hour_of_day"),
        pl.when(caption.str.len_chars() > 0).then(pl.len().over("account", caption)).alias("caption_copies"),
    )  # fmt: skip
