"""Counts of comments, shares and saves that were not collected, and came as zeros."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import (
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)
from accounts.checks.hidden_likes import zeros_alone

__all__ = ["uncollected_comments", "uncollected_counts"]

COUNTS: Final = ("shares", "saves")
FEWEST: Final = 5
THREE: Final = 3
NEARLY_ALL: Final = 0.9
BARRING: Final = 0.2
"""Share of the posts without a count from which on nobody is cleared."""
LIKED: Final = 1_000
"""Likes and comments, all posts together, from which on somebody has shared or saved one of them."""


def _without_comments(rows: TableArrays) -> Flags:
    """Accounts with three posts or more without a comment, and of the others most with three."""
    comments = rows.floats("comments")
    many = rows.count(comments >= THREE)
    some: Flags = (
        (rows.count(comments == 0) >= THREE)
        & (many >= THREE)
        & (many >= NEARLY_ALL * rows.count(comments > 0))
    )
    return some & rows.where(some, lambda at: zeros_alone(comments[rows.rows_of(at)]))


@check("posts", _without_comments)
def uncollected_comments(evidence: Evidence) -> Outcome:
    """Zero comments that are no end of what the other posts have were not counted, or are switched off.

    Three zeros or more that stand alone, as zeros of likes do (see :func:`uncollected_likes`), on half of the
    posts at most, which are liked half as much as the others or more: comments that were bought stand beside
    the real zeros of posts that nobody sees. Nine in ten of the others have three or more: where people
    write now and then some posts get none.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 900, "comments": count} for count in (0, 41, 0, 38, 60, 0, 33)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts))
    >>> uncollected_comments.examine(one).findings[0].rows
    3
    """
    rows, findings = [], []
    known = evidence.columns("posts", "account_id", "likes", "comments")
    for name, part in findings_by_account(known.filter(pl.col("comments").is_not_null())):
        wrong = part.filter(pl.col("comments") == 0)
        if THREE <= wrong.height <= part.height / 2 and _stand_alone(part):
            rows.append(wrong[ROW])
            findings.append(
                Finding(
                    name, "uncollected_comments", "posts.comments", wrong.height,
                    f"{wrong.height} of {part.height} posts say 0 comments where the others have many: not"
                    " counted, or switched off; they are taken as absent.", ("posts.comments",),
                    bars_clearing=wrong.height >= BARRING * part.height,
                )
            )  # fmt: skip
    return without_values("posts", "comments", rows, findings)


def _stand_alone(posts: pl.DataFrame) -> bool:
    """Whether zero comments are no end of the others, on posts that are liked as those are."""
    likes = [
        posts.filter((pl.col("comments") == 0) == none)["likes"].drop_nulls().to_numpy()
        for none in (True, False)
    ]
    liked = all(map(len, likes)) and np.median(likes[0]) >= max(np.median(likes[1]) / 2, FEWEST)
    comments = posts["comments"].cast(pl.Float64).to_numpy()
    many = np.mean(comments[comments > 0] >= THREE) >= NEARLY_ALL
    return bool(liked and many) and zeros_alone(comments)


def _all_zero(rows: TableArrays) -> Flags:
    """Accounts of whose posts none has a share, or none a save, and which many like."""
    found = rows.nobody
    for column in (name for name in COUNTS if not rows.is_absent(name)):
        found = found | _not_collected(rows, column)
    return found


def _not_collected(rows: TableArrays, column: str) -> Flags:
    """Accounts with five posts or more whose count is known and 0, over a thousand likes and comments."""
    counts = rows.floats(column)
    none: Flags = (rows.count(counts == 0) >= FEWEST) & (rows.most(counts) == 0)
    if not none.any():
        return rows.nobody
    earned = np.nan_to_num(rows.floats("likes")) + np.nan_to_num(rows.floats("comments"))
    return none & (rows.sum(np.where(np.isnan(counts), 0.0, earned)) >= LIKED)


@check("posts", _all_zero)
def uncollected_counts(evidence: Evidence) -> Outcome:
    """Zero shares, or saves, on every post while a thousand people like them were not collected: absent.

    Five posts or more. Programs that cannot see a count write 0.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 300, "shares": 7, "saves": 0}] * 6
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> [(found.field, found.rows) for found in uncollected_counts.examine(one).findings]
    [('posts.saves', 6)]
    """
    changes, findings = [], []
    posts = evidence.columns("posts", "account_id", "likes", "comments", *COUNTS)
    rows = TableArrays.of(posts)
    for column in COUNTS:
        if not (names := rows.names(_not_collected(rows, column))):
            continue
        wrong = rows.frame.filter(pl.col("account_id").is_in(names) & pl.col(column).is_not_null())
        changes.append(Change("posts", wrong[ROW], (column,)))
        findings += [
            Finding(
                name, "uncollected_counts", f"posts.{column}", count,
                f"All {count} posts have 0 {column} over a real audience: these were not collected, and are"
                " taken as absent.", (f"posts.{column}",),
            )
            for name, count in wrong.group_by("account_id", maintain_order=True).len().iter_rows()
        ]  # fmt: skip
    return Outcome(tuple(changes), tuple(findings))
