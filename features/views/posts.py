"""Posts: all of them, and what they earned once settled."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.schema import POSTS
from features.views.base import FLOORS, ViewRows, Views, accounts_of, sort_within, view, with_at_least
from features.views.people import people
from features.views.rows import Flags, Floats, filter_rows, safe_divide, to_floats

__all__ = ["HOUR", "dated", "every_post", "interactions", "posts"]

SETTLING_HOURS: Final = 48
HOUR: Final = 3_600e6  # microseconds
NOISE: Final = 0.05  # of log10 likes, so that equal likes do not divide by nothing
OUTERMOST: Final = 20  # one in so many at either end


@view("posts")
def every_post(views: Views) -> pl.DataFrame:
    """One row per post of accounts with five or more, settled or not, oldest first."""
    frame = with_at_least(views.keyed("posts"), FLOORS["posts"])
    return sort_within(frame, dated(frame), *(name for name in POSTS if name != "published_at"))


def dated(frame: pl.DataFrame) -> Floats:
    """When each post was published, in microseconds; of one that is dated to the day the end of that day."""
    times = to_floats(frame["published_at"])
    if frame["published_on"].null_count() == frame.height:
        return times
    days = frame["published_on"].cast(pl.Datetime("us", "UTC"))
    return np.where(np.isnan(times), to_floats(days) + 24 * HOUR, times)


@view("posts")
def posts(views: Views) -> pl.DataFrame:
    """One row per settled post (48 hours old at as_of, or undated) of accounts with five, oldest first.

    Columns of the posts' table.
    """
    frame = views.rows(every_post).frame
    account, published = accounts_of(frame), dated(frame)
    as_of = views.rows(people).floats("as_of")[account]
    settled = ~(as_of - published < SETTLING_HOURS * HOUR)
    enough = np.bincount(account[settled], minlength=len(views.tables)) >= FLOORS["posts"]
    return filter_rows(frame, settled & enough[account])


@posts.column
def interactions(rows: ViewRows) -> Floats:
    """Likes and comments together.

    >>> from features.example import column_of
    >>> column_of("posts", "interactions", likes=[1, 2, 3, 4, None], comments=[1] * 5)
    [2.0, 3.0, 4.0, 5.0, None]
    """
    return rows.floats("likes") + rows.floats("comments")


@posts.column
def rate(rows: ViewRows) -> Floats:
    """Interactions over followers; likes alone, nearly all of them, where no post's comments are counted.

    >>> from features.example import column_of
    >>> column_of("posts", "rate", followers=100, likes=[1, 2, 3, 4, 5], comments=[1] * 5)
    [0.02, 0.03, 0.04, 0.05, 0.06]
    >>> column_of("posts", "rate", followers=100, likes=[1, 2, 3, 4, 5])
    [0.01, 0.02, 0.03, 0.04, 0.05]
    """
    counted = rows.runs.repeat(rows.runs.count(rows.floats("comments")) > 0)
    earned = np.where(counted, rows.result(interactions), rows.floats("likes"))
    return safe_divide(earned, rows.of_account(people, "followers"))


@posts.column
def comments_per_like(rows: ViewRows) -> Floats:
    """Comments over likes.

    >>> from features.example import column_of
    >>> column_of("posts", "comments_per_like", likes=[0, 1, 2, 4, 5], comments=[1] * 5)
    [None, 1.0, 0.5, 0.25, 0.2]
    """
    return safe_divide(rows.floats("comments"), rows.floats("likes"))


@posts.column
def comments_per_like_level(rows: ViewRows) -> Floats:
    """Log10 of (comments + 1) over (likes + 1).

    >>> from features.example import column_of
    >>> column_of("posts", "comments_per_like_level", likes=[99] * 5, comments=[0] * 4 + [9])
    [-2.0, -2.0, -2.0, -2.0, -1.0]
    """
    return np.log10(safe_divide(rows.floats("comments") + 1.0, rows.floats("likes") + 1.0))


@posts.column
def likes_per_view(rows: ViewRows) -> Floats:
    """Likes over views.

    >>> from features.example import column_of
    >>> column_of("posts", "likes_per_view", likes=[1] * 5, views=[0, 1, 2, 4, 5])
    [None, 1.0, 0.5, 0.25, 0.2]
    """
    return safe_divide(rows.floats("likes"), rows.floats("views"))


@posts.column
def views_per_follower(rows: ViewRows) -> Floats:
    """Views over followers.

    >>> from features.example import column_of
    >>> column_of("posts", "views_per_follower", followers=10, views=[1, 2, 3, 4, None])
    [0.1, 0.2, 0.3, 0.4, None]
    """
    return safe_divide(rows.floats("views"), rows.of_account(people, "followers"))


@posts.column
def age_rank(rows: ViewRows) -> Floats:
    """Where the post stands among the account's: 0 the oldest, 1 the newest.

    >>> from features.example import column_of
    >>> column_of("posts", "age_rank", likes=[9] * 5)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    runs = rows.runs
    return safe_divide(runs.row.astype(np.float64), runs.repeat(runs.size) - np.float64(1.0))


@posts.column
def oldest(rows: ViewRows) -> Flags:
    """Whether it is of the oldest third.

    >>> from features.example import column_of
    >>> column_of("posts", "oldest", likes=[9] * 5)
    [True, True, False, False, False]
    """
    return np.less_equal(rows.result(age_rank), 1.0 / 3.0)


@posts.column
def newest(rows: ViewRows) -> Flags:
    """Whether it is of the newest third.

    >>> from features.example import column_of
    >>> column_of("posts", "newest", likes=[9] * 5)
    [False, False, False, True, True]
    """
    return np.greater_equal(rows.result(age_rank), 2.0 / 3.0)


@posts.column
def likes_z(rows: ViewRows) -> Floats:
    """Robust z of log10 (likes + 1) among the account's posts.

    >>> from features.example import column_of
    >>> column_of("posts", "likes_z", likes=[99, 99, 99, 99, 999])
    [0.0, 0.0, 0.0, 0.0, 20.0]
    """
    runs, level = rows.runs, rows.result(_level)
    deviation = level - runs.repeat(runs.median(level))
    scale = 1.4826 * runs.median(np.abs(deviation)) + NOISE
    return safe_divide(deviation, runs.repeat(scale))


@posts.column
def likes_rise(rows: ViewRows) -> Floats:
    """Log10 (likes + 1) above the post with the next fewer likes, among the middle 90 % of the posts.

    >>> from features.example import column_of
    >>> column_of("posts", "likes_rise", likes=[9, 9, 99, 999, 999])
    [None, None, 1.0, 1.0, None]
    """
    runs, level = rows.runs, rows.result(_level)
    order = runs.argsort(level)
    rise = np.full(level.size, np.nan)
    rise[order] = level[order] - runs.lag(level[order])
    rank = np.empty(level.size, np.int64)
    rank[order] = runs.row
    last = runs.repeat(runs.count(level)) - 1
    inside = (rank > -(last // -OUTERMOST)) & (rank <= last - -(last // -OUTERMOST))
    return np.where(inside, rise, np.nan)


@posts.column
def likes_standing(rows: ViewRows) -> Floats:
    """Rank of its likes among the account's posts, from -1 (the fewest) to 1 (the most).

    >>> from features.example import column_of
    >>> column_of("posts", "likes_standing", likes=[10, 30, 20, 50, 40])
    [-1.0, 0.0, -0.5, 1.0, 0.5]
    """
    return rows.runs.scale_ranks(rows.result(_likes_rank))


@posts.column
def comments_standing(rows: ViewRows) -> Floats:
    """Rank of its comments among the account's posts, from -1 (the fewest) to 1 (the most).

    >>> from features.example import column_of
    >>> column_of("posts", "comments_standing", comments=[1, 3, 2, 5, 4])
    [-1.0, 0.0, -0.5, 1.0, 0.5]
    """
    return rows.runs.scale_ranks(rows.result(_comments_rank))


@posts.column
def likes_rank(rows: ViewRows) -> Floats:
    """Rank of its likes, from 1, among the posts whose likes and comments are known; ties share their mean.

    >>> from features.example import column_of
    >>> column_of("posts", "likes_rank", likes=[9, 5, 5, 1, 7], comments=[1, 1, 1, 1, None])
    [4.0, 2.5, 2.5, 1.0, None]
    """
    return _ranks_where(rows, rows.result(interactions), "likes", rows.result(_likes_rank))


@posts.column
def comments_rank(rows: ViewRows) -> Floats:
    """Rank of its comments, from 1, among the posts whose likes and comments are known.

    >>> from features.example import column_of
    >>> column_of("posts", "comments_rank", likes=[1, 1, 1, 1, None], comments=[9, 5, 5, 1, 7])
    [4.0, 2.5, 2.5, 1.0, None]
    """
    return _ranks_where(rows, rows.result(interactions), "comments", rows.result(_comments_rank))


@posts.column
def viewed_likes_rank(rows: ViewRows) -> Floats:
    """Rank of its likes, from 1, among the posts whose likes and views are known.

    >>> from features.example import column_of
    >>> column_of("posts", "viewed_likes_rank", likes=[9, 5, 5, 1, 7], views=[1, 1, 1, 1, None])
    [4.0, 2.5, 2.5, 1.0, None]
    """
    return _ranks_where(rows, rows.result(_likes_and_views), "likes", rows.result(_likes_rank))


@posts.column
def views_rank(rows: ViewRows) -> Floats:
    """Rank of its views, from 1, among the posts whose likes and views are known.

    >>> from features.example import column_of
    >>> column_of("posts", "views_rank", likes=[1, 1, 1, 1, None], views=[9, 5, 5, 1, 7])
    [4.0, 2.5, 2.5, 1.0, None]
    """
    return rows.runs.ranks(np.where(np.isnan(rows.result(_likes_and_views)), np.nan, rows.floats("views")))


def _level(rows: ViewRows) -> Floats:
    return np.log10(rows.floats("likes") + 1.0)


def _likes_and_views(rows: ViewRows) -> Floats:
    return rows.floats("likes") + rows.floats("views")


def _likes_rank(rows: ViewRows) -> Floats:
    return rows.runs.ranks(rows.floats("likes"))


def _comments_rank(rows: ViewRows) -> Floats:
    return rows.runs.ranks(rows.floats("comments"))


def _ranks_where(rows: ViewRows, both: Floats, name: str, ranks: Floats) -> Floats:
    """Ranks of a column among the rows for which ``both`` is known; ``ranks`` are those among all."""
    values, unknown = rows.floats(name), np.isnan(both)
    if (unknown == np.isnan(values)).all():
        return ranks
    return rows.runs.ranks(np.where(unknown, np.nan, values))
