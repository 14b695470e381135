"""How soon comments came: two clocks, and comments of which few have their post beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, Floats, TableArrays
from accounts.checks.finding import (
    OF_POST,
    ROW,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)
from accounts.checks.times import SECOND

__all__ = [
    "comments_before_posts",
    "comments_of_other_posts",
    "copied_comment_times",
    "late_comment_clock",
]

SLACK_SECONDS: Final = 120
HALF_HOUR: Final = 1_800.0
"""Seconds of which every zone's distance from UTC is a multiple, but for Nepal's and two others."""
SOON: Final = 600.0
"""Seconds after a post within which one of many comments comes."""
MANY: Final = 20
EIGHTH: Final = 0.125
"""Share of the comments that come in the hour after the first, where many come soon after their post."""
MOSTLY: Final = 0.2
HALF: Final = 0.5
FEWEST: Final = 3
BESIDE: Final = 0.5
"""Share of the comments whose post was given, below which they say nothing of how soon comments come."""


def _dated(rows: TableArrays) -> Flags:
    """Accounts with enough comments whose time is known."""
    return np.greater_equal(rows.count(rows.is_known("published_at")), FEWEST)


def _posted(arrays: Arrays) -> Floats:
    """For each comment when its post was published, in microseconds; NaN where that was not given."""
    times: Floats = np.append(arrays["posts"].floats("published_at"), np.nan)[arrays.posts_of_comments.row]
    return times


def _beside_posts(evidence: Evidence) -> pl.DataFrame:
    """The comments with a time, each with its post's as ``published_at_post``."""
    posts = evidence.columns("posts", OF_POST, "published_at").unique(OF_POST)
    return (
        evidence.columns("comments", "account_id", "published_at", OF_POST)
        .filter(pl.col("published_at").is_not_null())
        .join(posts, on=OF_POST, how="left", suffix="_post", maintain_order="left")
    )


def _with_early_ones(arrays: Arrays) -> Collection[str]:
    """Accounts with a comment from before its post."""
    comments, of_posts = arrays["comments"], arrays.posts_of_comments
    early = comments.floats("published_at") < _posted(arrays) - SLACK_SECONDS * SECOND
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
    return without_values("comments", "published_at", [all_of[ROW], some_of[ROW]], findings)


def _findings(name: str, rows: pl.DataFrame, sentence: Callable[[pl.DataFrame], str]) -> tuple[Finding, ...]:
    """What a check says of the comments of each account whose times it leaves out."""
    times = "comments.published_at"
    return tuple(
        Finding(account, name, times, part.height, sentence(part), (times,))
        for account, part in findings_by_account(rows)
    )


def _referring(comments: TableArrays) -> Flags:
    return comments.is_known("post_id") & comments.is_known("published_at")


def _dated_with_post(rows: TableArrays) -> Flags:
    """Accounts with enough comments whose post and time are known."""
    return np.greater_equal(rows.count(rows.is_known("post_id")), FEWEST) & _dated(rows)


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
    copied = comments.count(comments.floats("published_at") == _posted(arrays))
    many = (copied >= FEWEST) & (copied >= HALF * comments.count(comments.is_known("published_at")))
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
    dated = _beside_posts(evidence)
    copied = (pl.col("published_at") == pl.col("published_at_post")).sum().over("account_id")
    wrong = dated.filter((copied >= FEWEST) & (copied >= HALF * pl.len().over("account_id")))
    findings = _findings("copied_comment_times", wrong, lambda part: (
        f"Half or more of its {part.height} comments bear the very time of their post: how soon comments"
        " come is left out."
    ))  # fmt: skip
    return without_values("comments", "published_at", [wrong[ROW]], findings)


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
    return without_values("comments", "published_at", [wrong[ROW]], findings)


def _many_dated(rows: TableArrays) -> Flags:
    """Accounts with many comments whose post and time are known."""
    return np.greater_equal(rows.count(_referring(rows)), MANY)


def _with_late_clock(arrays: Arrays) -> Collection[str]:
    """Accounts whose comments all come hours after their posts, and then many at once."""
    comments, of_posts = arrays["comments"], arrays.posts_of_comments
    delays = (comments.floats("published_at") - _posted(arrays)) / SECOND

    def late(at: int) -> bool:
        return _shifted_by(delays[comments.rows_of(at)]) is not None

    hours = comments.least(delays) >= 2 * HALF_HOUR
    return {*comments.names(comments.where(_many_dated(comments) & hours, late)), *of_posts.unclear}


def _shifted_by(delays: Floats) -> float | None:
    """By how many seconds comments' times are late, in half hours; None where they need not be.

    Twenty delays or more, the shortest within ten minutes after some half hours from the second on, and an
    eighth of them within the hour that follows: so do comments begin after their post, and not hours later.

    >>> after = np.array([20.0, 90, 400, 900, 2_000, 4_000, 9_000, 20_000] * 3)
    >>> _shifted_by(after), _shifted_by(after + 2 * 3_600), _shifted_by(after + 5_000)
    (None, 7200.0, None)
    """
    known = delays[~np.isnan(delays)]
    if len(known) < MANY:
        return None
    first = float(known.min())
    shift = HALF_HOUR * (first // HALF_HOUR)
    soon = (known < shift + 2 * HALF_HOUR).sum()
    late = shift >= 2 * HALF_HOUR and first - shift <= SOON and soon >= EIGHTH * len(known)
    return shift if late else None


@check("comments", _many_dated, _with_late_clock)
def late_comment_clock(evidence: Evidence) -> Outcome:
    """Comments that all begin whole half hours after their posts have another clock, and lose their times.

    Posts in UTC and comments in the time of a zone east of it, or the other way round. As comments that a
    program writes an hour after each post look the same, nobody is cleared.

    >>> from accounts.tables import Tables
    >>> from datetime import datetime, timedelta
    >>> post = {"account_id": "a", "post_id": "p", "published_at": datetime(2026, 9, 9, 9)}
    >>> times = [post["published_at"] + timedelta(hours=2, minutes=4 * at) for at in range(20)]
    >>> comments = [{"account_id": "a", "post_id": "p", "published_at": time} for time in times]
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=[post], comments=comments)
    >>> late_comment_clock.examine(Evidence(tables)).findings[0].sentence[:59]
    'None of its 20 comments comes within 2 hours of its post, a'
    """
    delay = pl.col("published_at") - pl.col("published_at_post")
    rows, findings = [], []
    for name, part in findings_by_account(
        _beside_posts(evidence).with_columns(delay=delay.dt.total_microseconds() / SECOND)
    ):
        shift = _shifted_by(part["delay"].cast(pl.Float64).to_numpy())
        if shift is not None:
            rows.append(part[ROW])
            findings.append(
                Finding(
                    name, "late_comment_clock", "comments.published_at", part.height,
                    f"None of its {part.height} comments comes within {shift / HALF_HOUR / 2:g} hours of its"
                    " post, and then many do: their clock is another and left out.",
                    ("comments.published_at",), bars_clearing=True,
                )
            )  # fmt: skip
    return without_values("comments", "published_at", rows, findings)
