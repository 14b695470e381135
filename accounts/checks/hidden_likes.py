"""Likes that were hidden or not collected, and came as small constants or zeros."""

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

__all__ = ["hidden_likes", "uncollected_likes", "zeros_alone"]

FEWEST: Final = 4
SMALL: Final = 12
"""The largest count that a page shows of somebody's friends ("liked by a and 2 others")."""
FAR: Final = 10.0
FOURFOLD: Final = 4.0
THREE: Final = 3.0
FEW: Final = 4
"""The most likes that an ordinary post has beside one that nobody likes."""
BARRING: Final = 0.2
"""Share of the posts from which on nobody is cleared on the others, which may be those paid for."""
FIVE: Final = 5
EIGHT: Final = 8
MOSTLY: Final = 2 / 3
FIFTH: Final = 0.2
NEARLY_ALL: Final = 0.8
CONSTANT: Final = 0.6
"""Of Poisson counts with a mean of 1 or more no single one above 0 has more than two fifths of the posts."""
MIDDLE: Final = 0.45
RARELY: Final = 0.001
LEAST_SHARE: Final = 0.003
"""Comments for a like of posts whose likes may be real."""
VIEWS: Final = 3_000
"""Views for a comment, at most, of posts whose views may be real."""

_COUNTS: Final = ("likes", "comments", "views")


def _one_small_count(rows: TableArrays) -> Flags:
    """Accounts on whose posts one small like count often stands."""
    likes = rows.floats("likes")
    small = np.flatnonzero((likes >= 1) & (likes <= SMALL))
    if not len(small):
        return rows.nobody
    each = (SMALL + 1) * rows.account[small] + likes[small].astype(np.int64)
    most = np.bincount(each, minlength=(SMALL + 1) * len(rows.starts)).reshape(-1, SMALL + 1).max(axis=1)
    known = rows.count(~np.isnan(likes))
    often: Flags = most >= np.maximum(FEWEST, FIFTH * known)
    few: Flags = rows.count(likes <= FEW) >= np.maximum(FIVE, MOSTLY * known)
    smaller, others = rows.count((likes >= 1) & (likes <= SMALL)), rows.count(likes > SMALL)
    several: Flags = (smaller >= np.maximum(FIVE, FIFTH * known)) & ((others >= THREE) | (smaller == known))
    return often | few | several


def _with_hidden(arrays: Arrays) -> Collection[str]:
    """Accounts of which some likes are hidden."""
    posts = arrays["posts"]
    counts = [posts.floats(name) for name in _COUNTS]

    def hides(at: int) -> bool:
        return _hidden(*(values[posts.rows_of(at)] for values in counts)) is not None

    return posts.names(posts.where(_one_small_count(posts), hides))


@check("posts", _one_small_count, _with_hidden)
def hidden_likes(evidence: Evidence) -> Outcome:
    """One small like count on many posts whose other counts contradict it means hidden likes.

    A hidden count is exported as the few likers that a page names: 3 on 447 of 540 posts of one
    account. The count stands on a third of the posts or more (four at least), and three times as many
    comments, a hundred views a like, or ten times the likes on the other posts speak against it; or two
    likes or more stand on half of eight posts or more whose views or comments vary fourfold; or it
    stands on three in five of eight posts or more that have views, or a comment each, or on four in
    five of any, or on all of five or more; or on a fifth of them and alone, hardly any post with one
    like more or less. Up to four likes on two thirds of the posts, five at least, with three times as many
    comments each, are hidden ones, too. Where it stands on two thirds, all likes are left out: the rest is no
    sample. Nobody is cleared where its other counts do not speak against it: likes that were paid for may be
    equal, too. So are up to twelve likes, whatever they are, where people write as they do under posts with
    ten times the likes; nobody is cleared on the rest. Where no post has more than twelve, it is the comments
    by themselves that say so.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 3, "comments": 19, "views": 900} for _ in range(6)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> hidden_likes.examine(one).findings[0].rows
    6
    """
    rows, findings = [], []
    for name, part in findings_by_account(_with_likes(evidence)):
        hidden = _hidden(*(_values(part, column) for column in _COUNTS))
        if hidden is not None:
            alike = part.filter(pl.Series(hidden))
            rows.append((part if alike.height >= MOSTLY * part.height else alike)[ROW])
            counts = alike["likes"].unique().sort().to_list()
            count = " or ".join(map(str, counts)) if len(counts) <= FEW else f"{counts[0]} to {counts[-1]}"
            findings.append(
                Finding(
                    name, "hidden_likes", "posts.likes", alike.height,
                    f"{alike.height} of {part.height} posts say {count} likes while their other counts vary:"
                    " hidden likes are exported so; they are taken as hidden.", ("posts.likes",),
                    bars_clearing=not _denied(*(_values(alike, column) for column in _COUNTS)),
                )
            )  # fmt: skip
    return without_values("posts", "likes", rows, findings)


def _with_likes(evidence: Evidence, *more: str) -> pl.DataFrame:
    """The counts of the posts whose likes are known, and more of their columns."""
    return evidence.columns("posts", "account_id", *_COUNTS, *more).filter(pl.col("likes").is_not_null())


def _values(part: pl.DataFrame, column: str) -> Floats:
    return part[column].cast(pl.Float64).to_numpy()


def _hidden(likes: Floats, comments: Floats, views: Floats) -> Flags | None:
    """On which posts with likes small counts stand that mean hidden ones; None where they mean likes.

    Where one count does, others may among the posts that are left: a page names three likers, or four. Where
    most posts have four likes at most and three times as many comments, none of these counts is one.

    >>> comments = np.array([19.0, 57, 30, 21, 13, 36])
    >>> _hidden(np.array([3.0, 1, 0, 2, 1, 40]), comments, np.full(6, np.nan))
    array([ True,  True,  True,  True,  True, False])
    """
    known = ~np.isnan(likes)
    counts = np.stack([likes[known], comments[known], views[known]])
    few: Flags = (counts[0] <= FEW) & (counts[1] >= 3 * (counts[0] + 1))
    if few.sum() >= max(FIVE, MOSTLY * few.size) and np.median(counts[0, few]) >= 1:
        return few
    if (talked := _talked_about(counts[0], counts[1])) is not None:
        return talked
    if _none_above_a_dozen(*counts):
        return np.ones(counts.shape[1], np.bool_)
    left = np.ones(counts.shape[1], np.bool_)
    while (alike := _of_one_count(*counts[:, left])) is not None:
        left[np.flatnonzero(left)[alike]] = False
    return None if left.all() else ~left


def _talked_about(likes: Floats, comments: Floats) -> Flags | None:
    """Posts with small likes, of whatever count, that people write under as under posts with real ones.

    Five posts and a fifth. Under the others, three or more with ten times the likes, people write no more
    than twice as often, and a comment for every five small likes comes to ten times the others' share: likes
    that were bought have fewer comments beside them, and small ones that are real have hardly any. (Where no
    others are, a round of people who write under each other's posts looks the same.)

    >>> likes = np.array([2.0, 5, 3, 4, 2, 1, 420, 510, 390])
    >>> comments = np.array([9.0, 5, 15, 10, 6, 8, 12, 9, 14])
    >>> int(_talked_about(likes, comments).sum())
    6
    >>> _talked_about(likes, comments / [*[20] * 6, 1, 1, 1]) is None
    True
    >>> _talked_about(likes, np.array([0, 0, 0, 208, 0, 0, 0, 2, 1.0])) is None
    True
    """
    known = ~np.isnan(comments)
    small = (likes >= 1) & (likes <= SMALL) & known
    if small.sum() < max(FIVE, FIFTH * len(likes)):
        return None
    given, written = likes[small], comments[small]
    others = (likes > SMALL) & known
    if others.sum() < THREE or np.median(likes[others]) < FAR * np.median(given):
        return None
    share, usual = np.median(written) / np.median(given), comments[others].sum() / likes[others].sum()
    alike = np.median(written) >= np.median(comments[others]) / 2
    return small if alike and share >= max(FIFTH, FAR * usual) and usual >= LEAST_SHARE else None


def _none_above_a_dozen(likes: Floats, comments: Floats, views: Floats) -> bool:
    """Whether all posts have one to twelve likes, and comments as posts with many more have.

    Five posts or more, and on each, in the median, half as many comments as likes (95 of 100 accounts have a
    third at most) and three. The comments are real ones: the upper tenth has four times as many as the lower
    one, which has one; those of a round, or a package, vary less. Or where views are known, a hundred for
    each like, there is a comment for every 3,000 of them: views that were bought bring none.

    >>> likes, comments = np.array([3.0, 7, 5, 9, 4, 6]), np.array([4.0, 19, 2, 7, 31, 9])
    >>> none, views = np.full(6, np.nan), 400 * comments
    >>> _none_above_a_dozen(likes, comments, none), _none_above_a_dozen(likes, np.full(6, 9.0), none)
    (True, False)
    >>> _none_above_a_dozen(likes, np.full(6, 9.0), views), _none_above_a_dozen(likes, likes, 90 * views)
    (True, False)
    """
    known = ~np.isnan(comments)
    written, given = comments[known], likes[known]
    if len(written) < FIVE or likes.min() < 1 or likes.max() > SMALL:
        return False
    if np.median(written) < max(THREE, np.median(given) / 2):
        return False
    viewed = _median(views)
    if viewed is not None:
        return viewed >= 100 * float(np.median(likes)) and float(np.median(written)) >= viewed / VIEWS
    return bool(np.quantile(written, 0.1) >= 1) and _vary(written)


def _of_one_count(likes: Floats, comments: Floats, views: Floats) -> Flags | None:
    """On which posts the small count stands that means hidden likes; None where it means likes.

    It stands on four posts, and a fifth of them; of several that are as common it is the smallest.
    """
    values, times = np.unique(likes[(likes >= 1) & (likes <= SMALL)], return_counts=True)
    if not len(values):
        return None
    count = int(values[times.argmax()])
    alike = likes == count
    often = alike.sum() >= max(FEWEST, FIFTH * len(likes))
    return alike if often and _contradicted(count, alike, likes, comments, views) else None


def _contradicted(count: int, alike: Flags, likes: Floats, comments: Floats, views: Floats) -> bool:
    rows, posts, spoken, seen = int(alike.sum()), len(likes), comments[alike], views[alike]
    lively = not np.isnan(seen).all() or np.nansum(spoken) >= rows
    if rows >= max(EIGHT, (CONSTANT if lively else NEARLY_ALL) * posts) or FEWEST < rows == posts:
        return True
    if _stands_alone(likes, count):
        return True
    if rows < posts / 3:
        return False
    if _denied(likes[alike], spoken, seen):
        return True
    above = _median(likes[~alike]) if posts - rows >= 2 else None
    mostly = count >= 2 and rows >= max(EIGHT, posts / 2)
    far = above is not None and above >= FAR * count
    return far or (mostly and (_vary(seen) or _vary(spoken)))


def _denied(likes: Floats, comments: Floats, views: Floats) -> bool:
    """Whether posts have three times as many comments as likes, two of them, or a hundred views a like."""
    viewed = _median(views)
    return bool((comments >= 3 * (likes + 1)).sum() >= 2) or (
        viewed is not None and viewed >= 100 * float(np.median(likes))
    )


def _stands_alone(likes: Floats, count: int) -> bool:
    """Whether a count stands on eight posts or more, and its neighbours on far fewer.

    Counts that people give spread: where many posts have 3 likes, many have 2 and 4. Its neighbours have an
    eighth as many, or so few that it would happen once in a thousand times if 45 % of the three counts'
    posts had the middle one (of Poisson counts at most 41 % have).

    >>> _stands_alone(np.array([3] * 8 + [40, 51, 4]), 3), _stands_alone(np.array([3] * 8 + [2, 4, 9]), 3)
    (True, False)
    >>> _stands_alone(np.array([3] * 33 + [2, 4] * 6), 3)
    True
    """
    alike = int((likes == count).sum())
    beside = int((np.abs(likes - count) == 1).sum())
    return alike >= EIGHT and (beside * EIGHT <= alike or bool(count and _chance(alike, beside) < RARELY))


def _chance(alike: int, beside: int) -> float:
    """How probable it is that so many of three counts' posts have the middle one, or more."""
    from scipy.special import bdtrc  # its import takes a quarter of a second of every file that is read

    return float(bdtrc(alike - 1, alike + beside, MIDDLE))


def _median(counts: Floats) -> float | None:
    """Of the known counts; None where there are none."""
    known = counts[~np.isnan(counts)]
    return float(np.median(known)) if len(known) else None


def _vary(counts: Floats) -> bool:
    """Whether the upper tenth is at least fourfold the lower one."""
    known = pl.Series(counts[~np.isnan(counts)])
    low, high = known.quantile(0.1), known.quantile(0.9)
    return low is not None and high is not None and high >= FOURFOLD * max(low, 1.0)


def _zeros_beside_others(rows: TableArrays) -> Flags:
    """Accounts with three zeros that are all they have, are commented on, or stand beside real counts."""
    likes, comments = rows.floats("likes"), rows.floats("comments")
    zero = likes == 0
    zeros = rows.count(zero)
    several = zeros >= 3
    if not several.any():
        return rows.nobody
    sure = (zeros == rows.count(~np.isnan(likes))) | (rows.count(zero & (comments >= 3)) >= 3)

    def earns(at: int) -> bool:
        own = likes[rows.rows_of(at)]
        return bool(np.median(own[own > 0]) >= THREE)

    found: Flags = several & (sure | rows.where(several & ~sure, earns))
    return found


def _told_apart(arrays: Arrays) -> Collection[str]:
    """Accounts whose zeros are all that they have, or may be told from the others."""
    posts = arrays["posts"]
    likes, comments = posts.floats("likes"), posts.floats("comments")
    zero, known = likes == 0, ~np.isnan(likes)
    zeros = posts.count(zero)
    discussed, beside = posts.count(zero & (comments >= 3)), posts.count(likes == 1)
    few = posts.count((likes >= 1) & (likes <= FEW))
    every = zeros == posts.count(known)
    times = posts.floats("published_at")
    newest = posts.least(np.where(zero, times, np.nan)) > posts.most(np.where(likes > 0, times, np.nan))
    newest &= zeros >= FEWEST

    def far(at: int) -> bool:
        own = likes[posts.rows_of(at)]
        earns = float(np.median(own[own > 0]))
        return (
            (earns >= FAR and discussed[at] >= 3)
            or (earns >= THREE and (newest[at] or (zeros[at] >= EIGHT and beside[at] * EIGHT <= zeros[at])))
            or (earns >= THREE * FAR and not few[at])
        )

    several = zeros >= 3
    return posts.names(several & (every | posts.where(several & ~every, far)))


@check("posts", _zeros_beside_others, _told_apart)
def uncollected_likes(evidence: Evidence) -> Outcome:
    """Zero likes on every post, or on posts with several comments, were not collected, or taken too early.

    All of three posts or more while there are a thousand followers, comments or views; or three posts or more
    with three comments each and not one like, where the others earn ten; or zeros that stand alone: on eight
    posts or more while hardly any has 1 like and the others earn three, or on three posts while none has
    fewer than five and the others earn thirty; or zeros on just the newest posts, four or more, where the
    others earn three.
    """
    followers = dict(evidence.accounts.select("account_id", "followers").iter_rows())
    rows, findings = [], []
    for name, part in findings_by_account(_with_likes(evidence, "published_at")):
        likes, comments, views = (_values(part, column) for column in _COUNTS)
        zero = likes == 0
        others = _median(likes[likes > 0]) or 0.0
        audience = (followers[name] or 0) >= 1_000 or np.nansum(comments[zero]) + np.nansum(views[zero]) > 0
        newest = others >= THREE and _are_newest(zero, _values(part, "published_at"))
        if (zero.all() and audience) or zeros_alone(likes) or newest:
            chosen = zero
        else:
            chosen = zero & (comments >= 3) & (others >= FAR)
        if (posts := int(chosen.sum())) >= 3:
            rows.append(part[ROW].filter(pl.Series(chosen)))
            findings.append(
                Finding(
                    name, "uncollected_likes", "posts.likes", posts,
                    f"{posts} of {part.height} posts say 0 likes over a real audience: likes were not"
                    " collected, or too early; they are taken as absent.", ("posts.likes",),
                    bars_clearing=posts >= BARRING * part.height,
                )
            )  # fmt: skip
    return without_values("posts", "likes", rows, findings)


def zeros_alone(counts: Floats) -> bool:
    """Whether posts with a count of 0 are no end of what the other posts have.

    On eight posts or more while an eighth as many have 1 and the median of the others is 3 or more, or while
    none has 1 to 4 and that median is 30 or more.

    >>> zeros_alone(np.array([0.0] * 3 + [40.0] * 4)), zeros_alone(np.array([0.0] * 3 + [40.0] * 4 + [2.0]))
    (True, False)
    """
    others = _median(counts[counts > 0]) or 0.0
    few = int(((counts >= 1) & (counts <= FEW)).sum())
    return (others >= THREE and _stands_alone(counts, 0)) or (others >= THREE * FAR and not few)


def _are_newest(posts: Flags, times: Floats) -> bool:
    """Whether four posts or more are the newest ones, and others with known times are older.

    >>> _are_newest(np.arange(9) >= 5, np.arange(9.0)), _are_newest(np.arange(9) < 5, np.arange(9.0))
    (True, False)
    """
    newer, older = times[posts], times[~posts & ~np.isnan(times)]
    return len(newer) >= FEWEST and len(older) > 0 and bool(newer.min() > older.max())
