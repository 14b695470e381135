"""Views that stand below the likes of the same post: another counter, or another post's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, Floats, TableArrays
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
from accounts.checks.rounded_counts import go_along

__all__ = ["likes_as_views", "views_below_likes"]

FEWEST: Final = 3
"""Posts from which on a median says something."""
TENTH: Final = 0.1
ENOUGH: Final = 10
"""Likes from which on views hardly come to the same number by chance."""
TWICE: Final = 2.0
NEARLY_ALL: Final = 0.9
TIMES: Final = 3
"""How many times as many views the posts have whose views were counted."""


def _equal_to_likes(rows: TableArrays) -> Flags:
    """Accounts with three posts or more, and a tenth, that are seen exactly as often as they are liked."""
    likes, views = rows.floats("likes"), rows.floats("views")
    equal = rows.count((views == likes) & (likes >= ENOUGH))
    many: Flags = (equal >= FEWEST) & (equal >= TENTH * rows.count(views > 0))
    return many


@check("posts", _equal_to_likes, lambda arrays: arrays["posts"].names(_equal_to_likes(arrays["posts"])))
def likes_as_views(evidence: Evidence) -> Outcome:
    """Views that are exactly a post's likes were not counted: a program wrote the likes in their place.

    Ten likes or more, on three posts or more, and a tenth of those with views (then also on posts with fewer
    likes); the others, three at least,
    are seen three times as often, and liked half as often or more: where likes were bought up to the views,
    these are as many as elsewhere, or those far more. Where nine in ten posts are so, no purchase makes them
    so: one column is the other's, and as nothing says which, both are absent.

    >>> from accounts.tables import Tables
    >>> counts = [(310, 310), (295, 295), (402, 402), (350, 9_200), (280, 7_100), (391, 8_800)]
    >>> posts = [{"account_id": "a", "likes": likes, "views": views} for likes, views in counts]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "youtube"}], posts=posts))
    >>> likes_as_views.examine(one).findings[0].sentence
    '3 posts have exactly as many views as likes: likes written in place of views, which are absent.'
    """
    same = (pl.col("views") == pl.col("likes")) & (pl.col("likes") >= ENOUGH)
    known = evidence.columns("posts", "account_id", "likes", "views").filter(pl.col("views") > 0)
    own, usual = (
        {name: pl.col(name).filter(rows).median() for name in ("likes", "views")} for rows in (same, ~same)
    )
    fewer = (
        (pl.col("views").filter(~same).len() >= FEWEST)
        & (usual["views"] >= TIMES * own["views"])
        & (own["likes"] <= TWICE * usual["likes"])
    )
    marked = known.with_columns(same=same, every=same.mean().over("account_id") >= NEARLY_ALL)
    everywhere = marked.filter("every")
    some = marked.filter(fewer.over("account_id") & ~pl.col("every"))
    wrong = some.filter(pl.col("views") == pl.col("likes"))
    findings = (
        *_found(wrong, "likes written in place of views, which are absent", ("posts.views",)),
        *_found(
            everywhere.filter("same"), "one was written in place of the other, and both are absent",
            ("posts.likes", "posts.views"),
        ),
    )  # fmt: skip
    changes = (
        Change("posts", wrong[ROW], ("views",)), Change("posts", everywhere[ROW], ("likes", "views")),
    )  # fmt: skip
    return Outcome(tuple(one for one in changes if len(one.rows)), findings)


def _found(posts: pl.DataFrame, what: str, left_out: tuple[str, ...]) -> Iterator[Finding]:
    return (
        Finding(
            name, "likes_as_views", "posts.views", part.height,
            f"{part.height} posts have exactly as many views as likes: {what}.", left_out, bars_clearing=True,
        )
        for name, part in findings_by_account(posts)
    )  # fmt: skip


def _below_likes(rows: TableArrays) -> Flags:
    """Accounts with enough posts that are liked more often than they are seen."""
    return np.greater_equal(rows.count(_is_below(rows.floats("likes"), rows.floats("views"))), FEWEST)


def _is_below(likes: Floats, views: Floats) -> Flags:
    below: Flags = (views > 0) & (likes > views)
    return below


def _with_low_views(arrays: Arrays) -> Collection[str]:
    """Accounts whose views are too low where they stand below likes."""
    posts = arrays["posts"]
    likes, views = posts.floats("likes"), posts.floats("views")

    def low(at: int) -> bool:
        own = posts.rows_of(at)
        return _views_are_low(likes[own], views[own])

    return posts.names(posts.where(_below_likes(posts), low))


def _views_are_low(likes: Floats, views: Floats) -> bool:
    """Whether low views, rather than high likes, are why an account's posts have more likes than views.

    Likes that were bought stand above the likes of the other posts, whose views are alike. A wrong counter
    stands below the views of the other posts, whose likes are alike.

    >>> likes, views = np.full(8, 500.0), np.array([9_000.0] * 4 + [300.0] * 4)
    >>> _views_are_low(likes, views), _views_are_low(np.array([500.0] * 4 + [9_500.0] * 4), np.full(8, 9e3))
    (True, False)
    """
    rated = (views > 0) & ~np.isnan(likes)
    below, above = _is_below(likes, views), rated & (likes <= views)
    if below.sum() < max(FEWEST, TENTH * rated.sum()):
        return False
    if not _others_tell(likes, views):
        return True
    fewer_views = np.median(views[above]) / np.median(views[below])
    more_likes = np.median(likes[below]) / max(np.median(likes[above]), 1.0)
    return bool(fewer_views >= TWICE * max(more_likes, 1.0))


def _others_tell(likes: Floats, views: Floats) -> bool:
    """Whether enough posts have more views than likes to say what the others' counts should be.

    Three; and a tenth where the likes and views of the rest rise together, as they do where all views lost
    their thousands, and likes that were bought do not.
    """
    rated = (views > 0) & ~np.isnan(likes)
    others = int((rated & (likes <= views)).sum())
    below = _is_below(likes, views)
    if others < FEWEST:
        return False
    low, high = np.quantile(likes[below], (0.1, 0.9)) if below.any() else (1.0, 1.0)
    alike = high >= TWICE * low and go_along(likes[below], views[below])
    return others >= TENTH * rated.sum() or not alike


@check("posts", _below_likes, _with_low_views)
def views_below_likes(evidence: Evidence) -> Outcome:
    """Views below a post's likes are another counter's: whoever likes a post has seen it.

    On three posts or more, and a tenth; and measured by the account's other posts these lack views twice as
    much as they exceed in likes: likes that were bought do stay evidence. Nobody is cleared; and where there
    are hardly any other posts, nothing tells the two apart: likes and views contradict each other.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 900, "views": views} for views in (300, 20_000) * 4]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> views_below_likes.examine(one).findings[0].sentence[:72]
    '4 of 8 posts have more likes than views, and fewer views than the others'
    """
    known = evidence.columns("posts", "account_id", "likes", "views").filter(
        pl.col("likes").is_not_null() & (pl.col("views") > 0)
    )
    rows, findings = [], []
    for name, part in findings_by_account(known):
        likes, views = (part[column].cast(pl.Float64).to_numpy() for column in ("likes", "views"))
        if _views_are_low(likes, views):
            below = _is_below(likes, views)
            wrong = part[ROW].filter(pl.Series(below))
            others_known = _others_tell(likes, views)
            if others_known:
                rows.append(wrong)
            doubt = (
                ", and fewer views than the others: these views are taken as absent"
                if others_known
                else ": likes and views contradict each other"
            )
            findings.append(
                Finding(
                    name, "views_below_likes", "posts.views", len(wrong),
                    f"{len(wrong)} of {part.height} posts have more likes than views{doubt}.",
                    ("posts.views",) if others_known else (), contradiction=not others_known,
                    bars_clearing=True,
                )
            )  # fmt: skip
    return without_values("posts", "views", rows, findings)
