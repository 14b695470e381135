"""Columns of counts that were mixed up: one stands twice, or likes and comments changed places."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["exchanged_columns", "one_column_twice"]

FEWEST: Final = 5
VARIED: Final = 3
LARGER: Final = 5
"""A count from which on two columns hardly share it post after post."""
PAIRS: Final = (("likes", "comments"), ("likes", "shares"), ("likes", "saves"), ("comments", "shares"))
NEARLY_ALL: Final = 0.9
TIMES: Final = 8
"""Comments for a like from which on columns changed places: loops of giveaways bring up to five."""
ENOUGH: Final = 100
WRITTEN: Final = 3
"""Likes a post, in the mean, that may be its comments: fewer are a dead audience beside bought comments."""


def _alike(rows: TableArrays) -> Flags:
    """Accounts with two columns of counts that are equal on five posts or more, and differ on none."""
    found = rows.nobody
    for one, other in PAIRS:
        if rows.is_absent(one) or rows.is_absent(other):
            continue
        a, b = rows.floats(one), rows.floats(other)
        both = ~(np.isnan(a) | np.isnan(b))
        known = rows.count(both)
        equal = (known >= FEWEST) & (rows.count(both & (a == b)) == known)
        found = found | (equal & (rows.most(np.where(both, a, np.nan)) >= LARGER))
    return found


@check("posts", _alike)
def one_column_twice(evidence: Evidence) -> Outcome:
    """Two counts that are equal on every post, five or more with three different ones, are one column.

    Nobody's posts have as many comments as likes, each of them. Which of the two it was is not known: both
    are left out, and nobody is cleared; shares and saves go alone, as likes and comments are in every file.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": count, "comments": count} for count in (41, 7, 12, 30, 9)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts))
    >>> one_column_twice.examine(one).findings[0].sentence
    'All 5 posts have exactly as many comments as likes: one column was read twice; both are left out.'
    """
    changes, findings = [], []
    names = ("likes", "comments", "shares", "saves")
    for name, part in findings_by_account(evidence.columns("posts", "account_id", *names)):
        for one, other in PAIRS:
            both = part.filter(pl.col(one).is_not_null() & pl.col(other).is_not_null())
            if not _is_one(both, one, other):
                continue
            basic = {one, other} == {"likes", "comments"}
            left_out = (one, other) if basic else (other,)
            changes.append(Change("posts", both[ROW], left_out))
            findings.append(
                Finding(
                    name, "one_column_twice", f"posts.{other}", both.height,
                    f"All {both.height} posts have exactly as many {other} as {one}: one column was read"
                    f" twice; {'both are' if basic else f'the {other} are'} left out.",
                    tuple(f"posts.{column}" for column in left_out), bars_clearing=basic,
                )
            )  # fmt: skip
            break
    return Outcome(tuple(changes), tuple(findings))


def _is_one(posts: pl.DataFrame, one: str, other: str) -> bool:
    """Whether two columns of an account's posts are one, and vary."""
    largest = posts[one].max()
    return (
        posts.height >= FEWEST
        and bool((posts[one] == posts[other]).all())
        and posts[one].n_unique() >= VARIED
        and isinstance(largest, int)
        and largest >= LARGER
    )


def _more_comments(rows: TableArrays) -> Flags:
    """Accounts with eight times as many comments as likes, all together, and more on most of the posts."""
    likes, comments = rows.floats("likes"), rows.floats("comments")
    both = ~(np.isnan(likes) | np.isnan(comments))
    known = rows.count(both)
    liked, commented = (rows.sum(np.where(both, counts, 0.0)) for counts in (likes, comments))
    more = rows.count(both & (comments > likes)) >= NEARLY_ALL * known
    found: Flags = (known >= FEWEST) & more & (liked >= WRITTEN * known)
    return found & (commented >= TIMES * liked) & (commented >= ENOUGH)


@check("posts", _more_comments)
def exchanged_columns(evidence: Evidence) -> Outcome:
    """Eight times as many comments as likes, and more on nine posts in ten: the columns changed places.

    Five posts or more with both counts, three likes a post and a hundred comments together. Which is which is
    not known, so the account is neither accused nor cleared.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 3, "comments": count} for count in (410, 70, 120, 300, 90)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts))
    >>> exchanged_columns.examine(one).findings[0].sentence[:51]
    'Its 5 posts have 990 comments and 15 likes together'
    """
    known = evidence.columns("posts", "account_id", "likes", "comments").filter(
        pl.col("likes").is_not_null() & pl.col("comments").is_not_null()
    )
    findings = []
    for name, part in findings_by_account(known):
        liked, commented = int(part["likes"].sum()), int(part["comments"].sum())
        more = int((part["comments"] > part["likes"]).sum())
        if (
            part.height >= FEWEST
            and more >= NEARLY_ALL * part.height
            and liked >= WRITTEN * part.height
            and commented >= max(TIMES * liked, ENOUGH)
        ):
            findings.append(
                Finding(
                    name, "exchanged_columns", "posts.comments", part.height,
                    f"Its {part.height} posts have {commented:,} comments and {liked:,} likes together: the"
                    " two columns may have changed places.", contradiction=True,
                )
            )  # fmt: skip
    return Outcome(findings=tuple(findings))
