"""Posts shared with a larger account that no field marks: a few far above all others, every count of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.checks.arrays import Arrays, Flags, Floats, TableArrays
from accounts.checks.finding import (
    COUNTS,
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
)

__all__ = ["unmarked_co_posts"]

Rows: TypeAlias = npt.NDArray[np.intp]

_COMPARED: Final = ("comments", "views")
OTHERS: Final = 6
"""Posts by which the account's own level is known, at least."""
MOST: Final = 0.4
"""Share of the posts up to which some stand out."""
TIMES: Final = 10.0
"""How many times the others' likes theirs are, in the median."""
APART: Final = 3.0
"""How many times the others' largest like count is their smallest one."""
ALONG: Final = float(np.log(4))
"""How far their comments, or views, a like may be from the others', in logarithms."""
WITHOUT_A_SIGN: Final = 3
ALONE: Final = 5.0
"""How many times the others' largest like count is the smallest one of three posts that nothing marks."""
MARKED: Final = 0.75
USUAL: Final = 0.5
"""Share of the other posts with a mention from which on mentions are usual, and no sign."""
_SIGN: Final = r"(?i)@\w|\bcollab|\bkollab|\bfeat\b|\bft\.|\bcolab|合作|コラボ|콜라보|коллаб"


def _standing_out(rows: TableArrays) -> Flags:
    """Accounts with likes ten times the mean of their posts with fewer than a tenth of the most."""
    likes = rows.floats("likes")
    most = rows.most(likes)[rows.account]
    rest = np.where(likes * APART < most, likes, np.nan)
    known = rows.count(~np.isnan(rest))
    found: Flags = (known >= OTHERS) & (rows.most(likes) * known >= TIMES * rows.sum(rest))
    return found


def _with_shared_ones(arrays: Arrays) -> Collection[str]:
    """Accounts of whose posts a few stand above all others with every count."""
    posts = arrays["posts"]
    likes, others = posts.floats("likes"), [posts.floats(name) for name in _COMPARED]

    def stands_out(at: int) -> bool:
        own = posts.rows_of(at)
        return _far_above(likes[own], [each[own] for each in others]) is not None

    return posts.names(posts.where(_standing_out(posts), stands_out))


def _far_above(likes: Floats, others: Sequence[Floats]) -> Flags | None:
    """Which posts, two to two in five, have ten times the likes of the others, with comments going along.

    The smallest of them has three times the likes of the largest other one. Likes that were bought come
    without comments and views; those of a larger public with both.

    >>> likes = np.array([900.0, 31, 42, 1_100, 28, 35, 51, 44])
    >>> comments = np.array([18.0, 1, 1, 20, 1, 0, 1, 1])
    >>> _far_above(likes, [comments]).nonzero()[0], _far_above(likes, [np.ones(8)])
    (array([0, 3]), None)
    """
    known = np.flatnonzero(likes > 0)
    largest = int(MOST * len(known))
    if largest < 2 or len(known) - 2 < OTHERS:
        return None
    order = known[np.argsort(likes[known], kind="stable")]
    highest = likes[order[-largest - 1 :]]
    rises = highest[1:-1] / highest[:-2]
    if rises.max() < APART:
        return None
    at = len(order) - largest + int(rises.argmax())
    few, rest = order[at:], order[:at]
    far = np.median(likes[few]) >= TIMES * np.median(likes[rest])
    if len(rest) < OTHERS or not far or not _go_along(likes, others, few, rest):
        return None
    found = np.zeros(len(likes), np.bool_)
    found[few] = True
    return found


def _go_along(likes: Floats, others: Sequence[Floats], few: Rows, rest: Rows) -> bool:
    """Whether some posts have as many comments, and views, a like as the rest: every count that is known."""
    told = []
    for other in others:
        own, usual = (
            (other[rows] + 0.5)[known] / likes[rows][known]
            for rows in (few, rest)
            for known in [~np.isnan(other[rows])]
        )
        if len(own) >= 2 and len(usual) >= OTHERS:
            told.append(abs(np.log(np.median(own) / np.median(usual))) <= ALONG)
    return bool(told) and all(told)


@check("posts", _standing_out, _with_shared_ones)
def unmarked_co_posts(evidence: Evidence) -> Outcome:
    """Posts far above all others with likes, comments and views alike are another audience's, too: no counts.

    Two posts or more, and two in five at most, with ten times the likes, three times those of any other post,
    and comments (views) going along; most of them name somebody, as half of the others do not, or there are
    three of them that have more likes than the account has followers, or five times those of any other. As
    whoever buys may buy all counts,
    nobody is cleared on the rest.

    >>> from accounts.tables import Tables
    >>> likes = (31, 42, 900, 28, 35, 51, 1_100, 44, 39)
    >>> posts = [{"account_id": "a", "likes": n, "comments": n // 20} for n in likes]
    >>> for row in (2, 6):
    ...     posts[row]["caption"] = "At work with @bakery"
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> unmarked_co_posts.examine(one).changes[0].rows.to_list()
    [2, 6]
    """
    followers = dict(evidence.accounts.select("account_id", "followers").iter_rows())
    rows, findings = [], []
    posts = evidence.columns("posts", "account_id", *COUNTS, "caption")
    for name, part in findings_by_account(posts.with_columns(sign=pl.col("caption").str.contains(_SIGN))):
        likes, *others = (part[column].cast(pl.Float64).to_numpy() for column in ("likes", *_COMPARED))
        found = _far_above(likes, others)
        if found is None:
            continue
        shared = part.filter(pl.Series(found))
        if how := _sign(part, shared, found, followers[name]):
            rows.append(shared[ROW])
            findings.append(
                Finding(
                    name, "unmarked_co_posts", "posts", shared.height,
                    f"{shared.height} of {part.height} posts have {np.nanmedian(likes[found]):,.0f} likes in"
                    f" the median, the others {np.nanmedian(likes[~found]):,.0f}, with comments going along,"
                    f" and {how}: as shared with a larger account; their counts are left out.",
                    (f"counts of {shared.height} posts",), bars_clearing=True,
                )
            )  # fmt: skip
    changes = (Change("posts", pl.concat(rows), COUNTS),) if rows else ()
    return Outcome(changes, tuple(findings))


def _sign(part: pl.DataFrame, shared: pl.DataFrame, found: Flags, followers: int | None) -> str:
    """What says that posts are shared, besides their counts; nothing: empty."""
    others = part.filter(~pl.Series(found))
    named = shared["sign"].fill_null(value=False).mean()
    usual = others["sign"].fill_null(value=False).mean()
    if isinstance(named, float) and isinstance(usual, float) and named >= MARKED and usual <= USUAL * named:
        return "name somebody"
    least, most = shared["likes"].min(), others["likes"].max()
    if shared.height < WITHOUT_A_SIGN or not isinstance(least, int) or not isinstance(most, int):
        return ""
    if followers and least > followers:
        return "more than it has followers"
    return "none as many as a fifth of these" if most * ALONE <= least else ""
