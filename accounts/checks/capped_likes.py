"""One like count on all posts that is none: where a display ends ("99+"), or below the comments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, Floats, TableArrays
from accounts.checks.finding import (
    COUNTS,
    ROW,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)

__all__ = ["capped_likes"]

ENDS: Final = (99.0, 999.0, 9_999.0, 99_999.0, 999_999.0)
"""What "99+" is read as. Likes are sold by the hundred: a package is 100, or a few more."""
SMALL: Final = 12
"""Up to which :func:`accounts.checks.hidden_likes.hidden_likes` looks."""
FEWEST: Final = 5
ALONE: Final = 8
MOST: Final = 2 / 3
"""Share of the posts that have the count; of fewer :func:`placeholder_likes` says more."""
VARY: Final = 2.0
"""How many times the lower tenth of another count its upper tenth is, at least."""


def _one_count_on_most(rows: TableArrays) -> Flags:
    """Accounts whose largest like count stands on two thirds of the posts."""
    likes = rows.floats("likes")
    most = rows.most(likes)
    if not (most > SMALL).any():
        return rows.nobody
    same = rows.count(likes == most[rows.account])
    found: Flags = (most > SMALL) & (same >= np.maximum(FEWEST, MOST * rows.count(~np.isnan(likes))))
    return found


def _with_cap(arrays: Arrays) -> Collection[str]:
    """Accounts of which the one count is no count of likes."""
    posts = arrays["posts"]
    counts = [posts.floats(name) for name in COUNTS]

    def capped(at: int) -> bool:
        return _is_no_count(*(values[posts.rows_of(at)] for values in counts))

    return posts.names(posts.where(_one_count_on_most(posts), capped))


def _is_no_count(likes: Floats, comments: Floats, *others: Floats) -> bool:
    """Whether the largest of the likes, which most posts have, is not what they earned.

    It is where a display ends, and another count of these posts varies, or none is known of eight; or most of
    them have more comments.

    >>> ninety_nine, comments = np.full(8, 99.0), np.arange(3.0, 11.0)
    >>> _is_no_count(ninety_nine, comments), _is_no_count(ninety_nine, np.full(8, 4.0))
    (True, False)
    >>> [_is_no_count(np.full(8, 100.0), each) for each in (comments, 90 * comments)]
    [False, True]
    """
    most = np.nanmax(likes)
    capped = likes == most
    if (comments[capped] > most).mean() >= MOST:
        return True
    known = [of for each in (comments, *others) if len(of := each[capped & ~np.isnan(each)]) >= FEWEST]
    return most in ENDS and (any(map(_varies, known)) if known else bool(capped.sum() >= ALONE))


def _varies(counts: Floats) -> bool:
    low, high = np.quantile(counts, (0.1, 0.9))
    return bool(high >= VARY * max(low, 1.0))


@check("posts", _one_count_on_most, _with_cap)
def capped_likes(evidence: Evidence) -> Outcome:
    """Likes of exactly 99, 999 ... on most posts, and above on none, or fewer than comments, are hidden ones.

    "99+" is read as 99. The count stands on two thirds of the posts, five at least, and on the same posts
    another count varies, or none is known; or it is any above a dozen, and most of them have more comments.
    All likes are left out, as the rest is no sample, and nobody is cleared. Other equal likes may have been
    bought, and stay evidence.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 99, "comments": comments} for comments in (3, 8, 21, 5, 13)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> capped_likes.examine(one).findings[0].sentence[:62]
    '5 of 5 posts say exactly 99 likes, and none more, while other '
    """
    rows, findings = [], []
    known = evidence.columns("posts", "account_id", *COUNTS).filter(pl.col("likes").is_not_null())
    for name, part in findings_by_account(known):
        if _is_no_count(*(part[column].cast(pl.Float64).to_numpy() for column in COUNTS)):
            most = int(np.max(part["likes"].to_numpy()))
            alike = int((part["likes"] == most).sum())
            rows.append(part[ROW])
            findings.append(
                Finding(
                    name, "capped_likes", "posts.likes", alike,
                    f"{alike} of {part.height} posts say exactly {most:,} likes, and none more, while other"
                    " counts vary: a display ends there, or likes are hidden; they are taken as hidden.",
                    ("posts.likes",), bars_clearing=True,
                )
            )  # fmt: skip
    return without_values("posts", "likes", rows, findings)
