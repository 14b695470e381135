"""How soon comments came: two clocks, and comments of which few have their post beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, TableArrays
from accounts.checks.finding import (
    OF_POST,
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
)
from accounts.checks.times import SECOND

__all__ = ["comments_before_posts", "comments_of_other_posts", "copied_comment_times"]

SLACK_SECONDS: Final = 120
MOSTLY: Final = 0.2
HALF: Final = 0.5
FEWEST: Final = 3
BESIDE: Final = 0.5
"""Share of the comments whose post was given, below which they say nothing of how soon comments come."""


def _dated(rows: TableArrays) -> Flags:
    """Accounts with enough comments whose time is known."""
    return np.greater_equal(rows.count(rows.known("published_at")), FEWEST)


def _with_early_ones(arrays: Arrays) -> Collection[str]:
    """Accounts with a comment from before its post."""
    comments, of_posts = arrays["comments"], arrays.posts_of_comments
    posted = np.append(arrays["posts"].floats("published_at"), np.nan)[of_posts.row]
    early = comments.floats("published_at") < posted - SLACK_SECONDS * SECOND
    return {*comments.names(comments.any(early)), *of_posts.unclear}


@check("comments", _dated, _with_early_ones)
def comments_before_posts(evidence: Evidence) -> Outcome:
    """Comments from before their post lose their time; where a fifth are, all do, as their clock is another.

    Two minutes are let pass. (Posts in local time and comments in UTC, or a post that was published again.)
    """
    posts = evidence.columns("posts", OF_POST, "published_at").drop_nulls()
    posted = posts.select(OF_POST, posted="published_at")
    dated = (
        evidence.columns("comments", "account_id", "published_at", OF_POST)
        .filter(pl.col("published_at").is_not_null())
        .join(posted, on="of_post", maintain_order="left")
    )
    early = pl.col("published_at") < pl.col("posted") - pl.duration(seconds=SLACK_SECONDS)
    marked = dated.with_columns(early=early)
    if not marked["early"].any():
        return Outcome()
    share = marked.group_by("account_id").agg(early=pl.col("early").sum(), rows=pl.len())
    clocks = share.filter((pl.col("early") >= FEWEST) & (pl.col("early") >= MOSTLY * pl.col("rows")))
    all_of = marked.join(clocks.select("account_id"), on="account_id", how="semi", maintain_order="left")
    some_of = marked.filter(pl.col("early")).join(clocks, on="account_id", how="anti", maintain_order="left")
    name = "comments_before_posts"
    findings = (
        *_findings(name, all_of, lambda part: (
            f"{int(part['early'].sum())} of {part.height} comments are dated before their post: their clock"
            " is another and left out."
        )),
        *_findings(name, some_of, lambda part: (
            f"{int(part['early'].sum())} comments are dated before their post; these times are left out."
        )),
    )  # fmt: skip
    return _times_left_out(pl.concat([all_of[ROW], some_of[ROW]]), findings)


def _findings(name: str, rows: pl.DataFrame, sentence: Callable[[pl.DataFrame], str]) -> tuple[Finding, ...]:
    """What a check says of the comments of each account whose times it leaves out."""
    times = "comments.published_at"
    return tuple(
        Finding(account, name, times, part.height, sentence(part), (times,))
        for account, part in findings_by_account(rows)
    )


def _times_left_out(rows: pl.Series, findings: tuple[Finding, ...]) -> Outcome:
    return Outcome((Change("comments", rows, ("published_at",)),) if len(rows) else (), findings)


def _referring(comments: TableArrays) -> Flags:
    return comments.known("post_id") & comments.known("published_at")


def _dated_with_post(rows: TableArrays) -> Flags:
    """Accounts with enough comments whose post and time are known."""
    return np.greater_equal(rows.count(rows.known("post_id")), FEWEST) & _dated(rows)


def _mostly_elsewhere(arrays: Arrays) -> Collection[str]:
    """Accounts of whose comments some stand under a post that was given, and fewer than half."""
    comments, of_posts = arrays["comments"], arrays.posts_of_comments
    referring = _referring(comments)
    placed = comments.count(referring & (of_posts.row >= 0))
    few = (placed > 0) & (placed < BESIDE * comments.count(referring))
    return {*comments.names(few), *of_posts.unclear}


def _mostly_copied(arrays: Arrays) -> Collection[str]:
    """Accounts of whose comments half bear the very time of their post."""
    comments, of_posts = arrays["comments"], arrays.posts_of_comments
    posted = np.append(arrays["posts"].floats("published_at"), np.nan)[of_posts.row]
    copied = comments.count(comments.floats("published_at") == posted)
    many = (copied >= FEWEST) & (copied >= HALF * comments.count(comments.known("published_at")))
    return {*comments.names(many), *of_posts.unclear}


@check("comments", _dated_with_post, _mostly_copied)
def copied_comment_times(evidence: Evidence) -> Outcome:
    """Comments lose their times where half of them bear the very time of their post: it was copied.

    >>> from accounts.tables import Tables
    >>> from datetime import datetime
    >>> row = {"account_id": "a", "post_id": "p", "published_at": datetime(2026, 9, 9, 9, 12, 41)}
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=[row], comments=[row] * 4)
    >>> copied_comment_times.examine(Evidence(tables)).findings[0].rows
    4
    """
    posts = evidence.columns("posts", OF_POST, "published_at").unique(OF_POST)
    dated = (
        evidence.columns("comments", "account_id", "published_at", OF_POST)
        .filter(pl.col("published_at").is_not_null())
        .join(posts, on=OF_POST, how="left", suffix="_post", maintain_order="left")
    )
    copied = (pl.col("published_at") == pl.col("published_at_post")).sum().over("account_id")
    wrong = dated.filter((copied >= FEWEST) & (copied >= HALF * pl.len().over("account_id")))
    findings = _findings("copied_comment_times", wrong, lambda part: (
        f"Half or more of its {part.height} comments bear the very time of their post: how soon comments"
        " come is left out."
    ))  # fmt: skip
    return _times_left_out(wrong[ROW], findings)


@check("comments", _dated_with_post, _mostly_elsewhere)
def comments_of_other_posts(evidence: Evidence) -> Outcome:
    """Comments lose their times where fewer than half of them stand under a post that was given.

    The posts that were given are mostly the newest ones, under which all comments are early ones yet.

    >>> from accounts.tables import Tables
    >>> from datetime import datetime
    >>> comment = {"account_id": "a", "published_at": datetime(2026, 9, 9)}
    >>> comments = [comment | {"post_id": f"p{at}"} for at in range(9)]
    >>> posts = [{"account_id": "a", "post_id": "p3"}]
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts, comments=comments)
    >>> comments_of_other_posts.examine(Evidence(tables)).findings[0].sentence
    'Under posts that were given stand 1 of 9 comments: how soon comments come is left out.'
    """
    referring = evidence.columns("comments", "account_id", "post_id", "published_at", OF_POST).filter(
        pl.col("post_id").is_not_null() & pl.col("published_at").is_not_null()
    )
    of_posts = referring.group_by("account_id", OF_POST).len()
    given = evidence.columns("posts", OF_POST).select(OF_POST).with_columns(given=pl.lit(value=True))
    placed = (
        of_posts.join(given, on="of_post", how="left")
        .group_by("account_id")
        .agg(placed=pl.col("len").filter(pl.col("given")).sum(), rows=pl.col("len").sum())
        .filter((pl.col("placed") > 0) & (pl.col("placed") < BESIDE * pl.col("rows")))
    )
    if placed.is_empty():
        return Outcome()
    wrong = referring.join(placed, on="account_id", how="inner", maintain_order="left")
    findings = _findings("comments_of_other_posts", wrong, lambda part: (
        f"Under posts that were given stand {part['placed'][0]} of {part.height} comments: how soon"
        " comments come is left out."
    ))  # fmt: skip
    return _times_left_out(wrong[ROW], findings)
