"""Regulars: who comments first, in which order, and within the first hour, from post to post."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.tables import taken
from features.views.base import Views, accounts_of, view
from features.views.comments import authors_among, comments
from features.views.rows import Floats, Index, Runs, beside, known, mixed, numbers, over

__all__ = ["early", "firsts", "orders"]

FIRST: Final = 3
LEAST_POSTS: Final = 5
FREQUENT: Final = 3  # first under one post in so many, two at least
SHARED: Final = 3
FIRST_HOUR: Final = 60.0  # minutes
LEAST_EARLY: Final = 10


def _in_order(views: Views) -> Index:
    """First dated fan comments of known authors under each post, post by post, sooner ones first.

    Rows of ``comments``, of posts with three such authors or more.
    """
    frame = views[comments]
    post, author = (frame[name].to_numpy() for name in ("post_row", "author_row"))
    able = frame["by_fan"].to_numpy() & known(frame["published_at"]) & known(frame["author_id"])
    rows = np.flatnonzero(able & known(frame["post_id"]))
    rows = rows[np.argsort(post[rows], kind="stable")]
    runs, named = Runs.of(post[rows]), author[rows].astype(np.uint64)
    rows = rows[runs.earliest(mixed(named, np.zeros_like(named))) == np.arange(rows.size)]
    runs = Runs.of(post[rows])
    enough: Index = rows[runs.spread(runs.size) >= FIRST]
    return enough


@view("comments")
def firsts(views: Views) -> pl.DataFrame:
    """One row per post and each of its first three commenters, of accounts with five such posts or more.

    Fans with a name, each at their first comment, under posts where it is clear who were the first three
    (no fourth at the same time as the third). ``place`` (1 to 3), ``first_under`` (posts under which the
    author is among the first three), ``posts_opened`` (posts in all), ``frequent`` (how many of this
    post's three are so under a third of the posts, two at least). ``author_id`` serves to tell authors
    apart and is never shown.
    """
    frame, rows = views[comments], _in_order(views)
    time = numbers(frame["published_at"])[rows]
    runs = Runs.of(frame["post_row"].to_numpy()[rows])
    third = runs.first + FIRST - 1
    fourth = np.minimum(third + 1, rows.size - 1)
    clear = (runs.size == FIRST) | (time[fourth] > time[third])
    account = accounts_of(frame)[rows]
    posts = np.bincount(account[runs.first[clear]], minlength=len(views.tables))
    clear &= posts[account[runs.first]] >= LEAST_POSTS
    rows = rows[(runs.row < FIRST) & runs.spread(clear)]
    author, opened = frame["author_row"].to_numpy()[rows], posts[accounts_of(frame)[rows]]
    under = np.bincount(author, minlength=1)[author]
    often = (under >= 2) & (under * FREQUENT >= opened)
    return beside(taken(frame[["account", "post_id", "author_id", "published_at"]], rows), {
        "place": np.tile(np.arange(1, FIRST + 1), rows.size // FIRST),
        "first_under": under,
        "posts_opened": opened,
        "frequent": np.repeat(often.reshape(-1, FIRST).sum(axis=1), FIRST),
    })  # fmt: skip


@view("comments")
def orders(views: Views) -> pl.DataFrame:
    """One row per post and the next one, where three known fans or more commented on both, dated.

    Posts follow each other by their first comments. ``post_id``, ``next_post_id``, ``shared`` (fans under
    both) and ``order_correlation``: rank correlation of the order in which these came (null where all
    came at once).
    """
    frame, rows = views[comments], _in_order(views)
    post = Runs.of(frame["post_row"].to_numpy()[rows])
    author, number = frame["author_row"].to_numpy()[rows], post.number
    order = np.argsort((author << 31) | number)
    sooner, later = order[:-1], order[1:]
    again = (author[sooner] == author[later]) & (number[sooner] + 1 == number[later])
    sooner, later = sooner[again], later[again]
    paired = np.argsort(sooner)  # rows stand post by post
    sooner, later = sooner[paired], later[paired]
    runs = Runs.of(number[sooner])
    enough = runs.spread(runs.size) >= SHARED
    sooner, later, runs = sooner[enough], later[enough], Runs.of(number[sooner[enough]])
    time = numbers(frame["published_at"])[rows]
    first, then = rows[sooner[runs.first]], rows[later[runs.first]]
    return beside(taken(frame[["account", "post_id"]], first), {
        "next_post_id": taken(frame["post_id"], then),
        "shared": runs.size,
        "order_correlation": _rank_correlation(runs, time[sooner], time[later]),
    })  # fmt: skip


def _rank_correlation(runs: Runs, left: Floats, right: Floats) -> Floats:
    middle = runs.spread(0.5 * (runs.size + 1.0))
    a, b = runs.ranks(left) - middle, runs.ranks(right) - middle
    return over(runs.total(a * b), np.sqrt(runs.total(a * a) * runs.total(b * b)))


@view("comments")
def early(views: Views) -> pl.DataFrame:
    """One row per account and known author among the fans who comment within an hour of a post.

    Columns of the authors' view, of such comments alone, ten at least: ``comments``, ``posts`` and
    ``posts_sampled``.
    """
    return authors_among(views, numbers(views[comments]["fan_minutes"]) <= FIRST_HOUR, LEAST_EARLY)
