"""Parts of an account that contradict each other.

Where what is left contradicts itself, the account is neither accused nor cleared; where the doubtful part
could be left out, it is not cleared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays
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

__all__ = [
    "engagement_far_above_followers", "engagement_without_followers", "followers_against_history",
    "more_comments_than_counted", "more_posts_than_published",
]  # fmt: skip

RECENT: Final = dt.timedelta(days=14)
APART: Final = 2.0
FEW: Final = 100
TIMES: Final = 3
FAR: Final = 20
"""How many times as many likes and comments as followers the usual post of nobody earns: of 1,934 simulated
accounts one does."""
FAR_OF_FEW: Final = 10
"""The same of fewer than a thousand followers: "24K" read as 24. Among 4,500 simulated accounts three with so
few earn 10 to 20 times as much, all by purchases, and none of a hundred likes and comments a post."""
THOUSAND: Final = 1_000
EARNED: Final = 100
MISREAD: Final = 9
"""Followers up to which a count may be "1.2k" read as 1; there twenty likes and comments a post say so."""
NONE: Final = 2
"""Posts that count no comment, under which several were given, and by which no count of 0 is believed."""
MORE: Final = 1.1
"""How many times as many rows as are counted contradict the count."""


def _far_from_last_count(arrays: Arrays) -> Collection[str]:
    """Accounts whose followers are far from the last count of their history, whenever that was."""
    history = arrays["history"]
    if not len(history.starts):
        return ()
    counted = history.floats("followers")
    day = np.where(np.isnan(counted), np.nan, history.floats("date"))
    last = np.flatnonzero(day == history.most(day)[history.account])
    own = arrays.of_account("history", "followers")[history.account[last]]
    far = np.zeros(len(day), np.bool_)
    far[last] = (np.abs(own - counted[last]) > FEW) & (
        np.maximum(own, counted[last]) > APART * np.minimum(own, counted[last])
    )
    return history.names(history.any(far))


@check("accounts", lambda rows: rows.any(rows.is_known("followers")), _far_from_last_count)
def followers_against_history(evidence: Evidence) -> Outcome:
    """The profile's followers against the history's last count, where that is at most 14 days old.

    Twice or half, and 100 apart: "26k" read as 26, or another account's page.
    """
    last = (
        evidence.columns("history", "account_id", "date", "followers")
        .filter(pl.col("followers").is_not_null())
        .group_by("account_id", maintain_order=True)
        .agg(day=pl.col("date").max(), counted=pl.col("followers").get(pl.col("date").arg_max()))
    )
    both = evidence.accounts.join(last, on="account_id", maintain_order="left").filter(
        (pl.col("as_of").dt.date() - pl.col("day") <= RECENT)
        & ((pl.col("followers") - pl.col("counted")).abs() > FEW)
        & (pl.max_horizontal("followers", "counted") > APART * pl.min_horizontal("followers", "counted"))
    )
    return _contradicting(
        "followers_against_history", "profile.followers", both,
        "The profile says {followers:,} followers, its history {counted:,} on {day}.",
    )  # fmt: skip


@check("accounts", lambda rows: rows.any(rows.floats("followers") == 0))
def engagement_without_followers(evidence: Evidence) -> Outcome:
    """No followers, and yet ten likes or comments a post: the count is hidden or was not read."""
    both = evidence.accounts.filter(pl.col("followers") == 0).join(
        _earned(evidence), on="account_id", maintain_order="left"
    )
    return _contradicting(
        "engagement_without_followers", "profile.followers",
        both.filter((pl.col("given") >= 3) & (pl.col("earned") >= 10)),
        "The profile says 0 followers, and a post earns {earned:,.0f} likes and comments.",
    )  # fmt: skip


def _with_far_more_engagement(arrays: Arrays) -> Collection[str]:
    """Accounts with a follower and a post that earns far more than their followers could."""
    if arrays.tables.posts.is_empty():
        return ()
    posts, followers = arrays["posts"], arrays.of_account("posts", "followers")
    likes, comments = np.nan_to_num(posts.floats("likes")), np.nan_to_num(posts.floats("comments"))
    times = np.where(followers < THOUSAND, FAR_OF_FEW, FAR)
    least = np.maximum(np.where(followers <= MISREAD, FAR, EARNED), times * followers)[posts.account]
    return posts.names((posts.count(likes + comments >= least / 2) > 0) & (followers > 0))


@check("accounts", lambda rows: rows.any(rows.floats("followers") > 0), _with_far_more_engagement)
def engagement_far_above_followers(evidence: Evidence) -> Outcome:
    """A post earns twenty times as many likes and comments as there are followers: the count was misread.

    "630k" read as 630. Three posts or more, and a hundred likes and comments in the median; twenty where
    there are less than ten followers. Ten times as many where there are less than a thousand.

    >>> from accounts.tables import Tables
    >>> account = {"account_id": "a", "platform": "x", "followers": 63}
    >>> one = Evidence(Tables.of(accounts=[account], posts=[{"account_id": "a", "likes": 2_100}] * 3))
    >>> engagement_far_above_followers.examine(one).findings[0].sentence
    'The profile says 63 followers, and a post earns 2,100 likes and comments.'
    """
    both = evidence.accounts.join(_earned(evidence), on="account_id", maintain_order="left").filter(
        (pl.col("followers") > 0)
        & (pl.col("given") >= TIMES)
        & (
            pl.col("earned")
            >= pl.max_horizontal(
                pl.when(pl.col("followers") <= MISREAD).then(FAR).otherwise(EARNED),
                pl.when(pl.col("followers") < THOUSAND).then(FAR_OF_FEW).otherwise(FAR) * pl.col("followers"),
            )
        )
    )
    return _contradicting(
        "engagement_far_above_followers", "profile.followers", both,
        "The profile says {followers:,} followers, and a post earns {earned:,.0f} likes and comments.",
    )  # fmt: skip


def _earned(evidence: Evidence) -> pl.DataFrame:
    """What a post of each account earns in the median, and how many were given."""
    posts = evidence.columns("posts", "account_id", "likes", "comments")
    return posts.group_by("account_id").agg(
        earned=pl.sum_horizontal(pl.col("likes").median(), pl.col("comments").median()), given=pl.len()
    )


def _with_more_posts(arrays: Arrays) -> Collection[str]:
    """Accounts of which more posts were given than they have."""
    accounts = arrays["accounts"]
    given, published = arrays.rows_of_each("posts"), accounts.floats("posts")
    return accounts.names((given > MORE * published) & (given >= published + TIMES))


@check("accounts", lambda rows: rows.any(rows.is_known("posts")), _with_more_posts)
def more_posts_than_published(evidence: Evidence) -> Outcome:
    """More posts were given than the profile says were published, by a tenth and by three."""
    given = evidence.columns("posts", "account_id").group_by("account_id").agg(given=pl.len())
    both = evidence.accounts.join(given, on="account_id", maintain_order="left").filter(
        (pl.col("given") > MORE * pl.col("posts")) & (pl.col("given") >= pl.col("posts") + TIMES)
    )
    return _contradicting(
        "more_posts_than_published", "profile.posts", both,
        "The profile says {posts:,} posts, and {given:,} were given: some of them are not this account's.",
    )  # fmt: skip


def _with_more_comments(arrays: Arrays) -> Collection[str]:
    """Accounts with a post under which far more comments were given than it counts."""
    if arrays.tables.comments.is_empty():
        return ()
    posts, of_posts = arrays["posts"], arrays.posts_of_comments
    given, counted = of_posts.count_by_post(posts.frame.height), posts.floats("comments")
    more = (given >= TIMES * counted) & (given >= counted + TIMES)
    return {*posts.names(posts.any(more)), *of_posts.unclear}


@check("posts", lambda rows: rows.any(rows.is_known("comments")), _with_more_comments)
def more_comments_than_counted(evidence: Evidence) -> Outcome:
    """Posts under which three times as many comments were given as they count lose their count.

    Where two of them or more count none, no post that counts none was counted.
    """
    given = evidence.columns("comments", OF_POST).group_by(OF_POST).agg(given=pl.len())
    posts = evidence.columns("posts", "account_id", "post_id", "comments", OF_POST)
    counted = posts.filter(pl.col("comments").is_not_null())
    both = counted.join(given, on="of_post", maintain_order="left").filter(
        (pl.col("given") >= TIMES * pl.col("comments")) & (pl.col("given") >= pl.col("comments") + TIMES)
    )
    none = both.filter(pl.col("comments") == 0).filter(pl.len().over("account_id") >= NONE)
    zeros = counted.filter(
        (pl.col("comments") == 0) & pl.col("account_id").is_in(none["account_id"].unique())
    )
    rows = pl.concat([both[ROW], zeros[ROW]]).unique().sort()
    findings = tuple(
        Finding(
            name, "more_comments_than_counted", "posts.comments", part.height,
            "Of post {post_id} {comments:,} are counted, and {given:,} given; the count is left out.".format(
                **part.sort(pl.col("given") - pl.col("comments")).row(-1, named=True)),
            ("posts.comments",), contradiction=True,
        )
        for name, part in findings_by_account(both)
    )  # fmt: skip
    return Outcome((Change("posts", rows, ("comments",)),), findings)


def _contradicting(name: str, field: str, rows: pl.DataFrame, sentence: str) -> Outcome:
    return Outcome(
        findings=tuple(
            Finding(
                account_id,
                name,
                field,
                part.height,
                sentence.format(**part.row(0, named=True)),
                contradiction=True,
            )
            for account_id, part in findings_by_account(rows)
        )
    )
