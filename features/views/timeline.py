"""The time line: when posts were published, and under which captions."""

from __future__ import annotations

from math import pi
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import take_rows
from features.comment_text import text_bytes, word_count
from features.views.base import ViewRows, Views, view
from features.views.posts import HOUR, every_post
from features.views.rows import Floats, Runs, filter_rows, is_known, to_flags, to_series

__all__ = ["hours", "timeline"]

USUAL: Final = 0.02
BATCH: Final = 1.0 / 60.0
SAYS_NOTHING: Final = 2.0  # words of a caption: many people write these again
SAYS_MUCH: Final = 5.0


@view("posts")
def timeline(views: Views) -> pl.DataFrame:
    """One row per dated post of accounts with the block, settled or not, oldest first.

    What needs the time of day is absent of posts that are dated to the day.

    ``post_id``, ``published_at``, ``caption``, ``hashtags`` and ``kind`` of the posts' table.
    """
    frame = views.rows(every_post).frame
    columns = ["account", "post_id", "published_at", "caption", "hashtags", "kind"]
    return filter_rows(frame[columns], is_known(frame["published_at"]) | is_known(frame["published_on"]))


@timeline.column
def gap_hours(rows: ViewRows) -> Floats:
    """Hours since the post before.

    >>> from features.example import column_of
    >>> column_of("timeline", "gap_hours", published_at=[0, 1, 3, 3, 10])
    [None, 1.0, 2.0, 0.0, 7.0]
    """
    time = rows.floats("published_at")
    return (time - rows.runs.lag(time)) / HOUR


@timeline.column
def next_gap_hours(rows: ViewRows) -> Floats:
    """Hours until the post after.

    >>> from features.example import column_of
    >>> column_of("timeline", "next_gap_hours", published_at=[0, 1, 3, 3, 10])
    [1.0, 2.0, 0.0, 7.0, None]
    """
    return rows.runs.lag(rows.result(gap_hours), -1)


@timeline.column
def usual_gap(rows: ViewRows) -> pl.Series:
    """Whether the gap before it lies within 2 % of the account's median gap.

    >>> from features.example import column_of
    >>> column_of("timeline", "usual_gap", published_at=[0, 100, 201, 299, 400])
    [None, True, True, False, True]
    """
    gap = rows.result(gap_hours)
    usual = rows.runs.repeat(rows.runs.median(gap))
    return to_flags("usual_gap", np.abs(gap - usual) <= USUAL * usual, ~np.isnan(gap))


@timeline.column
def equal_run(rows: ViewRows) -> Floats:
    """How many gaps in a row, up to the one before it, each equal the one before them to within 2 %.

    Posts within a minute of each other are one batch, and no rhythm.

    >>> from features.example import column_of
    >>> column_of("timeline", "equal_run", published_at=[0, 100, 201, 302, 400, 401, 402])
    [None, 0.0, 1.0, 2.0, 0.0, 0.0, 1.0]
    """
    gap = rows.result(gap_hours)
    equal = (np.abs(gap - rows.runs.lag(gap)) <= USUAL * gap) & (gap > BATCH)
    row = np.arange(len(gap))
    run = row - np.maximum.accumulate(np.where(equal, 0, row))
    return np.where(np.isnan(gap), np.nan, run.astype(np.float64))


@timeline.column
def hour_of_day(rows: ViewRows) -> Floats:
    """The hour in which it was published, 0 to 23, UTC.

    >>> from features.example import column_of
    >>> column_of("timeline", "hour_of_day", published_at=[0, 1.5, 23, 24, 50])
    [0.0, 1.0, 23.0, 0.0, 2.0]
    """
    return rows.floats("published_at") % (24 * HOUR) // HOUR


@timeline.column
def hour_angle(rows: ViewRows) -> Floats:
    """The time of the day as an angle in radians.

    >>> from features.example import column_of
    >>> column_of("timeline", "hour_angle", published_at=[0, 6, 12, 24, 48])
    [0.0, 1.570796, 3.141593, 0.0, 0.0]
    """
    return rows.floats("published_at") % (24 * HOUR) * (2.0 * pi / (24 * HOUR))


@timeline.column
def minute_angle(rows: ViewRows) -> Floats:
    """The minute of the hour as an angle in radians.

    >>> from features.example import column_of
    >>> column_of("timeline", "minute_angle", published_at=[0, 0.5, 1, 2, 3])
    [0.0, 3.141593, 0.0, 0.0, 0.0]
    """
    return rows.floats("published_at") % HOUR * (2.0 * pi / HOUR)


@timeline.column
def caption_copies(rows: ViewRows) -> Floats:
    """Posts of the account with the same caption; absent without one, or with a placeholder such as "nan".

    >>> from features.example import column_of
    >>> column_of("timeline", "caption_copies", caption=["Hi all", "hi all ", "nan", None, "a"])
    [2.0, 2.0, None, None, 1.0]
    """
    return rows.result(_captions)[0]


@timeline.column
def caption_repeats(rows: ViewRows) -> Floats:
    """How much a repeated caption says: 0 of one or two words, rising to 1 from five on; 0 where unrepeated.

    >>> from features.example import column_of
    >>> column_of("timeline", "caption_repeats", caption=["have a good day all"] * 2 + ["a", "a", "c"])
    [1.0, 1.0, 0.0, 0.0, 0.0]
    """
    return rows.result(_captions)[1]


def _captions(rows: ViewRows) -> tuple[Floats, Floats]:
    """How many posts of the account carry the same caption, and how much that says; NaN without one."""
    caption = rows.frame["caption"].str.strip_chars().str.to_lowercase()
    size = caption.str.len_bytes().fill_null(0).to_numpy()
    first = rows.runs.first_equal(caption.hash().to_numpy())
    copies = np.bincount(first, minlength=first.size)[first].astype(np.float64)
    copies[text_bytes(caption, size) == 0] = np.nan
    weight = np.where(copies > 0, 0.0, np.nan)
    again = np.flatnonzero((copies > 1) & (first == np.arange(first.size)))
    words = word_count(take_rows(rows.frame["caption"], again))
    weight[again] = np.clip((words - SAYS_NOTHING) * (1.0 / (SAYS_MUCH - SAYS_NOTHING)), 0.0, 1.0)
    return copies, weight[first]


@view("posts")
def hours(views: Views) -> pl.DataFrame:
    """One row per account and hour of the day (UTC): the ``posts`` of ``timeline`` in it.

    ``share`` (of all; null where none), ``next_six`` (posts in the six hours from this one),
    ``hour_of_day``.
    """
    rows = views.rows(timeline)
    hour = rows.result(hour_of_day)
    timed = ~np.isnan(hour)
    account = rows.account[timed]
    runs = Runs.of(account)
    number = np.arange(runs.first.size)
    cell = runs.repeat(number) * 24 + hour[timed].astype(np.int64)
    posts = np.bincount(cell, minlength=number.size * 24).reshape(-1, 24)
    from_each = (np.arange(24)[:, None] + np.arange(6)) % 24
    share = posts / runs.size[:, None]
    return pl.DataFrame(
        [
            pl.Series("account", np.repeat(account[runs.first], 24).astype(np.uint32)),
            pl.Series("hour_of_day", np.tile(np.arange(24), number.size)),
            pl.Series("posts", posts.ravel()),
            to_series("share", np.where(posts > 0, share, np.nan).ravel()),
            pl.Series("next_six", posts[:, from_each].sum(axis=2).ravel()),
        ]
    )
