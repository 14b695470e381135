"""One like count that a program wrote where it knew none: 15, or 100, among counts that vary."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, Floats, TableArrays
from accounts.checks.finding import (
    ROW,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)

__all__ = ["NEARLY_ALL", "placeholder_likes"]

SMALL: Final = 12
"""Up to which :func:`accounts.checks.hidden_likes.hidden_likes` looks."""
FEWEST: Final = 4
FIFTH: Final = 0.2
NEAR: Final = 0.03
"""Share of a count within which others are its neighbours."""
NEIGHBOURS: Final = 6
"""How many times as many posts have the count as have one near it."""
EARNED: Final = 0.1
"""Of the count, what the other posts earn in the median at least."""
EIGHTH: Final = 0.125
"""Share of the other posts that have one larger count, four at least, from which on that may be a package."""
NEARLY_ALL: Final = 0.85
"""Share of the posts with one count from which on a program wrote it as likely as it was bought."""
TOLD: Final = 20
"""A count from which on one and the same on nearly all posts is for a person to look at, not to leave out."""
ROUNDED: Final = 0.5
ROUND_ONES: Final = 3
"""Other counts, and a half of them, that end in as many zeros where all are rounded."""
ALL: Final = 2 / 3


def _one_larger_count(rows: TableArrays) -> Flags:
    """Accounts of which one like count above a dozen stands on a fifth of the posts."""
    likes = rows.floats("likes")
    larger = np.flatnonzero(likes > SMALL)
    if not len(larger):
        return rows.nobody
    order = larger[np.lexsort((likes[larger], rows.account[larger]))]
    account, values = rows.account[order], likes[order]
    first = np.append(True, (values[1:] != values[:-1]) | (account[1:] != account[:-1]))
    starts = np.flatnonzero(first)
    most = np.zeros(len(rows.starts))
    np.maximum.at(most, account[starts], np.diff(starts, append=len(order)))
    often: Flags = most >= np.maximum(FEWEST, FIFTH * rows.count(~np.isnan(likes)))
    return often


def _with_placeholders(arrays: Arrays) -> Collection[str]:
    """Accounts of which one count is none that people gave, nor one that was bought."""
    posts = arrays["posts"]
    likes = posts.floats("likes")

    def written(at: int) -> bool:
        return _placeholder(likes[posts.rows_of(at)]) is not None

    return posts.names(posts.where(_one_larger_count(posts), written))


def _placeholder(likes: Floats) -> float | None:
    """The count that stands for none; None where each may be one.

    It stands on four posts or more, and a fifth, and hardly any other is near it. The other counts vary, and
    in the median are a tenth of it or more: likes that were bought come on top of those, and would vary as
    they do. A package that dwarfs what the other posts earn, such as exactly 500 where they earn 20, stays
    evidence, and so does one of 20 or more on nearly all posts, which accuses nobody but is for a person.
    Where the others are rounded as it is, it is a rounded count.

    >>> likes = np.array([100.0] * 10 + [412, 93, 385, 51, 940, 267, 148, 633, 71, 322])
    >>> _placeholder(likes), _placeholder(np.where(likes == 100, 5_000, likes)), _placeholder(np.full(9, 500))
    (100.0, None, None)
    """
    known = likes[~np.isnan(likes)]
    values, times = np.unique(known[known > SMALL], return_counts=True)
    if not len(values):
        return None
    count = float(values[times.argmax()])
    alike = int(times.max())
    others = known[known != count]
    if alike < max(FEWEST, FIFTH * len(known)) or len(others) < 2:
        return None
    if alike >= NEARLY_ALL * len(known) and count >= TOLD:
        return None
    near = int((np.abs(others - count) <= max(2.0, NEAR * count)).sum())
    again = np.unique(others[others > SMALL], return_counts=True)[1].max(initial=0)
    varied = again < max(FEWEST, EIGHTH * len(others))
    earned = np.median(others) >= EARNED * count
    alone = near * NEIGHBOURS <= alike and varied and earned
    return count if alone and not _rounded(count, others) else None


def _rounded(count: float, others: Floats) -> bool:
    """Whether a count ends in zeros, as half of the others do, three at least: one or two may by chance.

    >>> _rounded(1_200, np.array([1_100, 2_400, 900])), _rounded(100, np.array([412, 93, 940]))
    (True, False)
    """
    unit = 10.0 ** (len(str(int(count))) - len(str(int(count)).rstrip("0")))
    return unit > 1 and int((others % unit == 0).sum()) >= max(ROUND_ONES, ROUNDED * len(others))


@check("posts", _one_larger_count, _with_placeholders)
def placeholder_likes(evidence: Evidence) -> Outcome:
    """One like count above a dozen on many posts, while the others vary, stands for hidden likes.

    Programs write 15, or 100, where they know none. What :func:`_placeholder` finds is taken as hidden; where
    the count stands on two thirds of the posts, all likes are, as the rest is no sample. Nobody is cleared
    on the posts that are left.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": likes} for likes in (100, 412, 100, 385, 100, 940, 100, 51)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> placeholder_likes.examine(one).findings[0].sentence[:57]
    '4 of 8 posts say exactly 100 likes while the others vary:'
    """
    rows, findings = [], []
    known = evidence.columns("posts", "account_id", "likes").filter(pl.col("likes").is_not_null())
    for name, part in findings_by_account(known):
        count = _placeholder(part["likes"].cast(pl.Float64).to_numpy())
        if count is not None:
            alike = part.filter(pl.col("likes") == int(count))
            rows.append((part if alike.height >= part.height * ALL else alike)[ROW])
            findings.append(
                Finding(
                    name, "placeholder_likes", "posts.likes", alike.height,
                    f"{alike.height} of {part.height} posts say exactly {int(count):,} likes while the others"
                    " vary: hidden likes are written so, and taken as hidden.", ("posts.likes",),
                    bars_clearing=True,
                )
            )  # fmt: skip
    return without_values("posts", "likes", rows, findings)
