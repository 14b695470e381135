"""Posts: what they earned once settled, and when they were published."""

from __future__ import annotations

from functools import cache
from math import pi
from typing import Final

import numpy as np
import polars as pl

from accounts.schema import POSTS
from features.views.base import FLOORS, Views, accounts_of, ordered, view
from features.views.people import people
from features.views.rows import Floats, Runs, beside, flags, kept, known, numbers, over, series

__all__ = ["hours", "posts", "timeline"]

SETTLING_HOURS: Final = 48
HOUR: Final = 3_600e6  # microseconds
NOISE: Final = 0.05  # of log10 likes, so that equal likes do not divide by nothing
USUAL: Final = 0.02
OUTERMOST: Final = 20  # one in so many at either end


@view("posts")
def every_post(views: Views) -> pl.DataFrame:
    """One row per post of accounts with the block, oldest first: ``settled`` or not.

    A post is settled 48 hours after publication, and where nobody says when it was published.
    """
    frame = views.keyed("posts")
    account, published = accounts_of(frame), numbers(frame["published_at"])
    settled = ~(numbers(views[people]["as_of"])[account] - published < SETTLING_HOURS * HOUR)
    enough = np.bincount(account[settled], minlength=len(views.tables)) >= FLOORS["posts"]
    frame, published = kept(beside(frame, {"settled": settled}), enough[account]), published[enough[account]]
    return ordered(frame, published, *(name for name in POSTS if name != "published_at"))


@view("posts")
def posts(views: Views) -> pl.DataFrame:
    """One row per settled post (48 hours old at as_of, or undated), oldest first.

    Columns of the posts' table; ``interactions`` (likes and comments), ``rate`` (interactions
    over followers), ``comments_per_like`` and ``comments_per_like_level`` (log10 of comments + 1
    over likes + 1), ``likes_per_view``, ``views_per_follower``, ``age_rank``
    (0 oldest, 1 newest), ``oldest`` and ``newest`` (thirds of it), ``likes_z`` (robust z of log10 likes),
    ``likes_rise`` (log10 likes above the next lower post, among the middle 90 %),
    ``likes_standing`` and ``comments_standing`` (rank among the posts, -1 the least to 1 the
    most), ``likes_rank`` and ``comments_rank`` (where both are known), ``viewed_likes_rank`` and
    ``views_rank`` (where both are known).
    """
    frame = views[every_post]
    frame = kept(frame, frame["settled"].to_numpy())
    account = accounts_of(frame)
    runs = Runs.of(account)
    likes, comments, seen = (numbers(frame[name]) for name in ("likes", "comments", "views"))
    followers = numbers(views[people]["followers"])[account]
    commented, viewed = likes + comments, likes + seen
    level = np.log10(likes + 1.0)
    age = over(runs.row.astype(np.float64), runs.spread(runs.size) - np.float64(1.0))
    return beside(frame, {
        "interactions": commented,
        "rate": over(commented, followers),
        "comments_per_like": over(comments, likes),
        "comments_per_like_level": np.log10(over(comments + 1.0, likes + 1.0)),
        "likes_per_view": over(likes, seen),
        "views_per_follower": over(seen, followers),
        "age_rank": age,
        "oldest": age <= 1.0 / 3.0,
        "newest": age >= 2.0 / 3.0,
        "likes_z": _robust_z(runs, level),
        "likes_rise": _rise(runs, level),
        "likes_standing": runs.standing(likes),
        "comments_standing": runs.standing(comments),
        "likes_rank": runs.ranks(np.where(np.isnan(commented), np.nan, likes)),
        "comments_rank": runs.ranks(np.where(np.isnan(commented), np.nan, comments)),
        "viewed_likes_rank": runs.ranks(np.where(np.isnan(viewed), np.nan, likes)),
        "views_rank": runs.ranks(np.where(np.isnan(viewed), np.nan, seen)),
    })  # fmt: skip


def _robust_z(runs: Runs, level: Floats) -> Floats:
    deviation = level - runs.spread(runs.median(level))
    scale = 1.4826 * runs.median(np.abs(deviation)) + NOISE
    return over(deviation, runs.spread(scale))


def _rise(runs: Runs, level: Floats) -> Floats:
    """Level above the next lower one, for the ranks between the outermost twentieths."""
    order = runs.order(level)
    rise = np.full(level.size, np.nan)
    rise[order] = level[order] - runs.before(level[order])
    rank = np.empty(level.size, np.int64)
    rank[order] = runs.row
    last = runs.spread(runs.known(level)) - 1
    inside = (rank > -(last // -OUTERMOST)) & (rank <= last - -(last // -OUTERMOST))
    return np.where(inside, rise, np.nan)


@view("posts")
def timeline(views: Views) -> pl.DataFrame:
    """One row per dated post of accounts with the block, settled or not, oldest first.

    ``gap_hours`` to the post before and ``next_gap_hours`` to the post after, ``usual_gap``
    (within 2 % of the account's median gap), ``hour_of_day`` (0 to 23, UTC), ``hour_angle`` and
    ``minute_angle`` (of the day and of the hour, in radians), ``caption_copies`` (posts with the
    same caption).
    """
    frame = views[every_post]
    frame = kept(frame, known(frame["published_at"]))[
        ["account", "post_id", "published_at", "caption", "hashtags", "kind"]
    ]
    runs, time = Runs.of(accounts_of(frame)), numbers(frame["published_at"])
    gap = (time - runs.before(time)) / HOUR
    usual = runs.spread(runs.median(gap))
    return beside(frame, {
        "gap_hours": gap,
        "next_gap_hours": runs.before(gap, -1),
        "usual_gap": flags("usual_gap", np.abs(gap - usual) <= USUAL * usual, ~np.isnan(gap)),
        "hour_of_day": (time % (24 * HOUR) // HOUR).astype(np.int64),
        "hour_angle": time % (24 * HOUR) * (2.0 * pi / (24 * HOUR)),
        "minute_angle": time % HOUR * (2.0 * pi / HOUR),
        "caption_copies": _copies(frame, runs),
    })  # fmt: skip


def _copies(frame: pl.DataFrame, runs: Runs) -> Floats:
    """How many posts of the account carry the same caption; NaN without one."""
    found = frame.select(_captions())
    first = runs.earliest(found["code"].to_numpy())
    return np.where(numbers(found["length"]) > 0, np.bincount(first, minlength=first.size)[first], np.nan)


@cache
def _captions() -> tuple[pl.Expr, ...]:
    caption = pl.col("caption").str.strip_chars().str.to_lowercase()
    return caption.hash().alias("code"), caption.str.len_bytes().alias("length")


@view("posts")
def hours(views: Views) -> pl.DataFrame:
    """One row per account and hour of the day (UTC): the ``posts`` of ``timeline`` in it.

    ``share`` (of all; null where none), ``next_six`` (posts in the six hours from this one),
    ``hour_of_day``.
    """
    frame = views[timeline]
    account = accounts_of(frame)
    runs = Runs.of(account)
    number = np.arange(runs.first.size)
    cell = runs.spread(number) * 24 + frame["hour_of_day"].to_numpy()
    posts = np.bincount(cell, minlength=number.size * 24).reshape(-1, 24)
    from_each = (np.arange(24)[:, None] + np.arange(6)) % 24
    share = posts / runs.size[:, None]
    return pl.DataFrame([
        pl.Series("account", np.repeat(account[runs.first], 24).astype(np.uint32)),
        pl.Series("hour_of_day", np.tile(np.arange(24), number.size)),
        pl.Series("posts", posts.ravel()),
        series("share", np.where(posts > 0, share, np.nan).ravel()),
        pl.Series("next_six", posts[:, from_each].sum(axis=2).ravel()),
    ])  # fmt: skip
