"""Posts: what they earned once settled, and when all were published."""

from __future__ import annotations

from math import pi
from typing import Final

import numpy as np
import polars as pl

from accounts.schema import POSTS
from accounts.tables import take_rows
from features.views.alike import (
    LEAST_GROUPED,
    equal_to_most,
    exact,
    explained_by_two,
    in_package,
    of_one_kind,
)  # fmt: skip
from features.views.base import FLOORS, Views, accounts_of, ordered, view, within
from features.views.people import people
from features.views.rows import Floats, Runs, beside, flags, kept, known, numbers, over, series
from features.wording import bytes_said, word_count

__all__ = ["every_post", "hours", "posts", "timeline"]

SETTLING_HOURS: Final = 48
HOUR: Final = 3_600e6  # microseconds
NOISE: Final = 0.05  # of log10 likes, so that equal likes do not divide by nothing
USUAL: Final = 0.02
OUTERMOST: Final = 20  # one in so many at either end
SAYS_NOTHING: Final = 2.0  # words of a caption: many people write these again
SAYS_MUCH: Final = 5.0


@view("posts")
def every_post(views: Views) -> pl.DataFrame:
    """One row per post of accounts with five or more, settled or not, oldest first."""
    frame = within(views.keyed("posts"), FLOORS["posts"])
    return ordered(frame, numbers(frame["published_at"]), *(name for name in POSTS if name != "published_at"))


def _settled(frame: pl.DataFrame, views: Views) -> pl.DataFrame:
    """The posts of 48 hours or more, or of unknown age, of accounts with five of them."""
    account, published = accounts_of(frame), numbers(frame["published_at"])
    settled = ~(numbers(views[people]["as_of"])[account] - published < SETTLING_HOURS * HOUR)
    enough = np.bincount(account[settled], minlength=len(views.tables)) >= FLOORS["posts"]
    return kept(frame, settled & enough[account])


@view("posts")
def posts(views: Views) -> pl.DataFrame:
    """One row per settled post (48 hours old at as_of, or undated) of accounts with five, oldest first.

    Columns of the posts' table; ``interactions`` (likes and comments), ``rate`` (interactions
    over followers), ``comments_per_like`` and ``comments_per_like_level`` (log10 of comments + 1
    over likes + 1), ``likes_per_view``, ``views_per_follower``, ``age_rank``
    (0 oldest, 1 newest), ``oldest`` and ``newest`` (thirds of it), ``likes_z`` (robust z of log10 likes),
    ``likes_rise`` (log10 likes above the next lower post, among the middle 90 %),
    ``likes_standing`` and ``comments_standing`` (rank among the posts, -1 the least to 1 the
    most), ``likes_rank`` and ``comments_rank`` (where both are known), ``viewed_likes_rank`` and
    ``views_rank`` (where both are known). ``likes_equal``, ``views_equal``, ``shares_equal`` and
    ``saves_equal``: whether the count is the account's most common one, which two posts or more share
    (null under 20); ``likes_round``: whether the likes lie at most 1 % above a vendor's package (null under
    100); all null for counts that are shown rounded. ``likes_against``: log10 of likes + 1 over views + 1
    (over comments + 1 where views are known of fewer than 10 posts), ``likes_against_views``: over views,
    within the kind of post that is most common; ``groups`` and ``groups_against_views``: which share of
    the variance of these the best split of the account's posts in two explains.
    """
    frame = _settled(views[every_post], views)
    account = accounts_of(frame)
    runs = Runs.of(account)
    likes, comments, seen = (numbers(frame[name]) for name in ("likes", "comments", "views"))
    followers = numbers(views[people]["followers"])[account]
    commented, viewed = likes + comments, likes + seen
    level = np.log10(likes + 1.0)
    likes_rank, comments_rank = runs.ranks(likes), runs.ranks(comments)
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
        "likes_standing": runs.stretched(likes_rank),
        "comments_standing": runs.stretched(comments_rank),
        "likes_rank": _ranks_where(runs, commented, likes, likes_rank),
        "comments_rank": _ranks_where(runs, commented, comments, comments_rank),
        "viewed_likes_rank": _ranks_where(runs, viewed, likes, likes_rank),
        "views_rank": runs.ranks(np.where(np.isnan(viewed), np.nan, seen)),
        **_alike(frame, runs),
        **_grouped(frame, runs),
    })  # fmt: skip


def _ranks_where(runs: Runs, both: Floats, values: Floats, ranks: Floats) -> Floats:
    """Ranks of the values among those for which ``both`` is known; ``ranks`` are those among all."""
    hidden = np.isnan(both)
    if (hidden == np.isnan(values)).all():
        return ranks
    return runs.ranks(np.where(hidden, np.nan, values))


def _alike(frame: pl.DataFrame, runs: Runs) -> dict[str, Floats]:
    """Counts that are equal or round."""
    likes = exact(runs, numbers(frame["likes"]))
    others = {name: exact(runs, numbers(frame[name])) for name in ("views", "shares", "saves")}
    equal = {
        f"{name}_equal": equal_to_most(runs, counts) for name, counts in {"likes": likes, **others}.items()
    }
    return {**equal, "likes_round": in_package(likes)}


def _grouped(frame: pl.DataFrame, runs: Runs) -> dict[str, Floats]:
    """How well two groups of posts explain how their likes stand to what cannot be bought with them."""
    likes, comments, seen = (numbers(frame[name]) for name in ("likes", "comments", "views"))
    per_view = np.where(seen > 0, np.log10(over(likes + 1.0, seen + 1.0)), np.nan)
    per_comment = np.log10(over(likes + 1.0, comments + 1.0))
    viewed = runs.spread(runs.known(per_view) >= LEAST_GROUPED)
    against = np.where(viewed, per_view, per_comment)
    kind = runs.earliest(frame.select(pl.col("kind").hash()).to_series().to_numpy())
    alike = np.where(of_one_kind(runs, kind), per_view, np.nan)
    return {
        "likes_against": against,
        "likes_against_views": alike,
        "groups": runs.spread(explained_by_two(runs, against)),
        "groups_against_views": runs.spread(explained_by_two(runs, alike)),
    }


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
    same caption; null without one, or with a placeholder such as "nan"), ``caption_repeats`` (0 where no
    other post has the caption; else by its words: 0 of one or two, rising to 1 from five on).
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
        **_captions(frame, runs),
    })  # fmt: skip


def _captions(frame: pl.DataFrame, runs: Runs) -> dict[str, Floats]:
    """How many posts of the account carry the same caption, and how much that says; NaN without one."""
    caption = frame["caption"].str.strip_chars().str.to_lowercase()
    size = caption.str.len_bytes().fill_null(0).to_numpy()
    first = runs.earliest(caption.hash().to_numpy())
    copies = np.bincount(first, minlength=first.size)[first].astype(np.float64)
    copies[bytes_said(caption, size) == 0] = np.nan
    weight = np.where(copies > 0, 0.0, np.nan)
    again = np.flatnonzero((copies > 1) & (first == np.arange(first.size)))
    words = word_count(take_rows(frame["caption"], again))
    weight[again] = np.clip((words - SAYS_NOTHING) * (1.0 / (SAYS_MUCH - SAYS_NOTHING)), 0.0, 1.0)
    return {"caption_copies": copies, "caption_repeats": weight[first]}


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
