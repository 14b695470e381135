"""Posts: what they earned once settled, and when they were published."""

from __future__ import annotations

from math import pi
from typing import Final

import polars as pl

from features.expressions import ratio, robust_z
from features.views.base import FLOORS, Views, view, within
from features.views.people import people

__all__ = ["hours", "posts", "timeline"]

SETTLING_HOURS: Final = 48


@view("posts")
def posts(views: Views) -> pl.DataFrame:
    """One row per settled post (48 hours old at ``as_of``, or undated), oldest first.

    ``likes``, ``comments``, ``views``, ``shares``, ``saves``; ``interactions`` (likes and
    comments), ``rate`` (interactions over followers), ``likes_z`` (robust z of the logarithm),
    ``comments_per_like``, ``likes_per_view``, ``views_per_follower``, ``uncommented``, ``age_rank``
    (0 oldest, 1 newest).
    """
    about = views[people].select("account", "as_of", "followers", "platform")
    frame = views.keyed("posts").join(about, on="account", how="left")
    age = pl.col("as_of") - pl.col("published_at")
    settled = frame.filter(age.is_null() | (age >= pl.duration(hours=SETTLING_HOURS)))
    counts = ("likes", "comments", "views", "shares", "saves")
    frame = within(settled, FLOORS["posts"]).sort(
        "account", "published_at", "post_id", *counts, nulls_last=False
    )
    number = {name: pl.col(name).cast(pl.Float64) for name in counts}
    return frame.with_columns(
        age_rank=ratio(
            pl.int_range(pl.len()).over("account").cast(pl.Float64), pl.len().over("account") - 1.0
        ),
        interactions=number["likes"] + number["comments"],
        rate=ratio(number["likes"] + number["comments"], pl.col("followers").cast(pl.Float64)),
        comments_per_like=ratio(number["comments"], number["likes"]),
        uncommented=pl.col("comments") == 0,
        likes_per_view=ratio(number["likes"], number["views"]),
        views_per_follower=ratio(number["views"], pl.col("followers").cast(pl.Float64)),
        likes_z=robust_z((number["likes"] + 1.0).log10(), 0.05).over("account"),
    )


@view("posts")
def timeline(views: Views) -> pl.DataFrame:
    """One row per dated post of accounts with the block, settled or not, oldest first.

    ``gap_hours`` to the post before, ``hour`` and ``minute`` as angles in radians,
    ``hour_of_day``, ``second``, ``caption_copies`` (posts with the same caption).
    """
    shown = views[posts].select("account").unique()
    frame = (
        views.keyed("posts")
        .join(shown, on="account", how="semi")
        .filter(pl.col("published_at").is_not_null())
    )
    frame = frame.sort("account", "published_at", "post_id", "caption", "hashtags")
    at = pl.col("published_at")
    seconds = at.dt.epoch("s")
    caption = pl.col("caption").str.strip_chars().str.to_lowercase()
    return frame.select(
        "account", "post_id", "published_at", "caption", "hashtags", "kind",
        gap_hours=seconds.diff().over("account").cast(pl.Float64) * (1.0 / 3_600.0),
        hour_angle=(seconds % 86_400).cast(pl.Float64) * (2.0 * pi / 86_400.0),
        minute_angle=(seconds % 3_600).cast(pl.Float64) * (2.0 * pi / 3_600.0),
        hour_of_day=at.dt.hour().cast(pl.Int32),
        second=at.dt.second().cast(pl.Int32),
        caption_copies=pl.when(caption.str.len_chars() > 0).then(pl.len().over("account", caption)),
    )  # fmt: skip


@view("posts")
def hours(views: Views) -> pl.DataFrame:
    """One row per account and hour of the day (0-23, UTC): ``published`` posts, zero included.

    ``quiet`` is the number in the six hours that begin there, around the clock.
    """
    frame = views[timeline]
    counts = frame.group_by("account", "hour_of_day").agg(published=pl.len().cast(pl.Int64))
    grid = (
        frame.select("account")
        .unique()
        .join(pl.DataFrame({"hour_of_day": list(range(24))}, schema={"hour_of_day": pl.Int32}), how="cross")
    )
    filled = grid.join(counts, on=["account", "hour_of_day"], how="left").with_columns(
        pl.col("published").fill_null(0)
    )
    filled = filled.sort("account", "hour_of_day")
    # All 24 rows of every account are there, so "k hours later" is a shift that wraps by hand.
    later = [pl.col("published").gather((pl.int_range(24) + k) % 24) for k in range(6)]
    return filled.with_columns(quiet=pl.sum_horizontal(later).over("account"))
