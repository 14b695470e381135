"""Regulars: who comments first, in which order, and within the first hour, from post to post."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.tables import take_rows
from features.views.base import Views, accounts_of, view
from features.views.comments import author_row, authors_among, by_fan, comments, fan_minutes, post_row
from features.views.rows import Floats, Runs, add_columns, is_known, safe_divide

__all__ = ["early", "firsts", "orders"]

FIRST: Final = 3
LEAST_POSTS: Final = 5
FREQUENT: Final = 3  # first under one post in so many, two at least
SHARED: Final = 3
FIRST_HOUR: Final = 60.0  # minutes
LEAST_EARLY: Final = 10
ROW_BITS: Final = 31  # of a row's number: two of them are sorted as one


@view("comments")
def in_turn(views: Views) -> pl.DataFrame:
    """One row per post and known fan who commented on it, at the first dated comment; sooner ones first.

    Of posts with three such fans or more, in the order of their first comments. ``row`` in the comments'
    view, ``post_row`` and ``author_row`` as there, and ``time`` (microseconds).
    """
    rows = views.rows(comments)
    frame, post, author = rows.frame, rows.result(post_row), rows.result(author_row)
    able = rows.result(by_fan) & is_known(frame["published_at"]) & is_known(frame["author_id"])
    row = np.flatnonzero(able & is_known(frame["post_id"]))
    row = np.sort((post[row] << ROW_BITS) | row) & ((1 << ROW_BITS) - 1)
    once = np.unique((post[row] << ROW_BITS) | author[row], return_index=True)[1]
    row = row[np.sort(once)]
    runs = Runs.of(post[row])
    row = row[runs.repeat(runs.size) >= FIRST]
    return pl.DataFrame(
        {
            "account": rows.account[row].astype(np.uint32),
            "row": row,
            "post_row": post[row],
            "author_row": author[row],
            "time": rows.floats("published_at")[row],
        }
    )


@view("comments")
def firsts(views: Views) -> pl.DataFrame:
    """One row per post and each of its first three commenters, of accounts with five such posts or more.

    Fans with a name, each at their first comment, under posts where it is clear who were the first three
    (no fourth at the same time as the third). ``place`` (1 to 3), ``first_under`` (posts under which the
    author is among the first three), ``posts_opened`` (posts in all), ``frequent`` (how many of this
    post's three are so under a third of the posts, two at least). ``author_id`` serves to tell authors
    apart and is never shown.
    """
    turns = views.rows(in_turn).frame
    rows, time, account = turns["row"].to_numpy(), turns["time"].to_numpy(), accounts_of(turns)
    runs = Runs.of(turns["post_row"].to_numpy())
    third = runs.first + FIRST - 1
    fourth = np.minimum(third + 1, rows.size - 1)
    clear = (runs.size == FIRST) | (time[fourth] > time[third])
    posts = np.bincount(account[runs.first[clear]], minlength=len(views.tables))
    clear &= posts[account[runs.first]] >= LEAST_POSTS
    shown = np.flatnonzero((runs.row < FIRST) & runs.repeat(clear))
    author, opened = turns["author_row"].to_numpy()[shown], posts[account[shown]]
    under = np.bincount(author, minlength=1)[author]
    often = (under >= 2) & (under * FREQUENT >= opened)
    names = ["account", "post_id", "author_id", "published_at"]
    return add_columns(
        take_rows(views.rows(comments).frame[names], rows[shown]),
        {
            "place": np.tile(np.arange(1, FIRST + 1), shown.size // FIRST),
            "first_under": under,
            "posts_opened": opened,
            "frequent": np.repeat(often.reshape(-1, FIRST).sum(axis=1), FIRST),
        },
    )


@view("comments")
def orders(views: Views) -> pl.DataFrame:
    """One row per post and the next one, where three known fans or more commented on both, dated.

    Posts follow each other by their first comments. ``post_id``, ``next_post_id``, ``shared`` (fans under
    both) and ``order_correlation``: rank correlation of the order in which these came (null where all
    came at once).
    """
    turns = views.rows(in_turn).frame
    rows, time, author = (turns[name].to_numpy() for name in ("row", "time", "author_row"))
    number = Runs.of(turns["post_row"].to_numpy()).number
    order = np.sort((author << ROW_BITS) | np.arange(author.size)) & ((1 << ROW_BITS) - 1)
    sooner, later = order[:-1], order[1:]
    again = (author[sooner] == author[later]) & (number[sooner] + 1 == number[later])
    paired = np.sort((sooner[again] << ROW_BITS) | later[again])  # post by post, as rows stand
    sooner, later = paired >> ROW_BITS, paired & ((1 << ROW_BITS) - 1)
    runs = Runs.of(number[sooner])
    enough = runs.repeat(runs.size) >= SHARED
    sooner, later, runs = sooner[enough], later[enough], Runs.of(number[sooner[enough]])
    first, then = rows[sooner[runs.first]], rows[later[runs.first]]
    frame = views.rows(comments).frame
    return add_columns(
        take_rows(frame[["account", "post_id"]], first),
        {
            "next_post_id": take_rows(frame["post_id"], then),
            "shared": runs.size,
            "order_correlation": _rank_correlation(runs, time[sooner], time[later]),
        },
    )


def _rank_correlation(runs: Runs, left: Floats, right: Floats) -> Floats:
    middle = runs.repeat(0.5 * (runs.size + 1.0))
    a, b = runs.ranks(left) - middle, runs.ranks(right) - middle
    return safe_divide(runs.sum(a * b), np.sqrt(runs.sum(a * a) * runs.sum(b * b)))


@view("comments")
def early(views: Views) -> pl.DataFrame:
    """One row per account and known author among the fans who comment within an hour of a post.

    Columns of the authors' view, of such comments alone, ten at least: ``comments``, ``posts`` and
    ``posts_sampled``.
    """
    return authors_among(views, views.rows(comments).result(fan_minutes) <= FIRST_HOUR, LEAST_EARLY)
