"""Counts of single posts that are in another unit: "1.2K" read as 1,200 here, and as 1 there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
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
from accounts.checks.rounded_counts import go_along

__all__ = ["thousands_among_counts"]

THOUSAND: Final = float(np.log(1_000))
SIDE: Final = 3
"""Posts in either unit, at least."""
APART: Final = float(np.log(5))
"""How far the smallest of the larger counts is from the largest of the smaller ones, at least."""
NEAR: Final = float(np.log(2.5))
"""How far from a thousand the two means may lie apart, in logarithms."""
ERRORS: Final = 3.0
ALIKE: Final = 2.5
"""How many times as much the counts may vary on one side as on the other. What was bought varies less."""
HUNDREDFOLD: Final = 100
TIMES: Final = 3
"""How many times as many comments as likes the usual post of nobody has."""
LIKELY: Final = 1.28
"""Standard errors of a rank correlation of 0, which one in ten exceeds by chance."""
ROUND: Final = 100
"""Of which counts that were read from "1.2K" are multiples."""
MOSTLY: Final = 2 / 3
LOST: Final = 100
"""Below which counts lie that lost their thousands, where there are some of three digits and none of four."""
BELOW: Final = 3
"""How many times the largest of those the smallest of these is, at least."""
ABOVE: Final = 0.8
"""Share of pairs in which the post that lost its thousands has more of another count; of no count fewer than
``NOT_BELOW``."""
NOT_BELOW: Final = 0.6
FAR: Final = 10
"""How many times as many comments as likes are real ones, where they vary as real ones do: fourfold."""
FOURFOLD: Final = 4.0
SMALL: Final = 12
"""Up to which :func:`accounts.checks.hidden_likes.hidden_likes` looks."""
OWN: Final = 0.1
"""Of the usual comments what a post has that did not lose its thousands of them."""


def _apart(rows: TableArrays) -> Flags:
    """Accounts of whose posts some count may be in two units."""
    known = [name for name in COUNTS if not rows.is_absent(name)]
    found = rows.nobody
    for name in known:
        counts = rows.floats(name)
        positive = np.where(counts > 0, counts, np.nan)
        least, most = rows.least(positive), rows.most(positive)
        apart = most >= least * np.exp(THOUSAND - NEAR)
        lost = (least < LOST) & (most >= LOST) & (most < 1_000)
        found = found | apart | (lost & _larger_elsewhere(rows, name, known))
    return found | _more_comments_than_likes(rows)


def _more_comments_than_likes(rows: TableArrays) -> Flags:
    """Accounts of which half of the posts, or more, have more comments than likes."""
    likes = rows.floats("likes")
    liked = likes > 0
    more = rows.count(liked & (rows.floats("comments") > likes))
    found: Flags = (more >= SIDE) & (2 * more >= rows.count(liked))
    return found


def _larger_elsewhere(rows: TableArrays, column: str, known: Sequence[str]) -> Flags:
    """Accounts whose posts with few of a count have half as many again of another, in the mean."""
    counts, found = rows.floats(column), rows.nobody
    few = (counts < LOST) & (counts > 0)
    fewer, more = rows.count(few), rows.count(counts >= LOST)
    for other in (rows.floats(name) for name in known if name != column):
        of_few, of_many = (rows.sum(np.where(own, other, 0.0)) for own in (few, counts >= LOST))
        found = found | (of_few * more > 1.5 * of_many * fewer)
    return found & (np.minimum(fewer, more) >= SIDE)


def _with_two_units(arrays: Arrays) -> Collection[str]:
    """Accounts of whose posts some count is in two units."""
    posts = arrays["posts"]
    counts = [posts.floats(name) for name in COUNTS]

    def mixed(at: int) -> bool:
        own = posts.rows_of(at)
        return any(found is not None for found in _found_in([each[own] for each in counts]))

    return posts.names(posts.where(_apart(posts), mixed))


def _found_in(counts: Sequence[Floats]) -> list[Flags | None]:
    """For each of the counts of one account which posts have it in the other unit; None where none does.

    Where one count is in two units, others are whose groups are the same posts.
    """
    likes, comments = counts[:2]
    fewer = (comments, None, likes, None, None)
    found = [
        _in_another_unit(own, [other for other in counts if other is not own], few)
        for own, few in zip(counts, fewer, strict=True)
    ]
    first = next((rows for rows in found if rows is not None), None)
    if first is not None:
        found = [
            first if rows is None and _apart_on(own, first) else rows
            for rows, own in zip(found, counts, strict=True)
        ]
    if found[0] is None and _all_in_thousands(likes, comments):
        found[0] = likes > 0
        found[2] = found[2] if found[2] is not None else _thousands_too(counts[2], likes)
    return found


def _thousands_too(views: Floats, likes: Floats) -> Flags | None:
    """Which posts have views, where they lost their thousands as the likes did: there are not 1,000 a like.

    >>> likes = np.array([12.0, 7, 30])
    >>> _thousands_too(20 * likes, likes), _thousands_too(20_000 * likes, likes)
    (array([ True,  True,  True]), None)
    """
    both = (views > 0) & (likes > 0)
    found: Flags = views > 0
    return found if both.any() and np.median(views[both]) < 1_000 * np.median(likes[both]) else None


def _apart_on(counts: Floats, posts: Flags) -> bool:
    """Whether a count is a hundred times as large on some posts as on the others, or as small; all of it."""
    few, many = sorted(
        (each[~np.isnan(each)] for each in (counts[posts], counts[~posts])), key=lambda one: one.sum()
    )
    if min(map(len, (few, many))) < SIDE or few.max() >= many.min():
        return False
    return bool(np.median(many) >= HUNDREDFOLD * (np.median(few) + 0.5))


def _all_in_thousands(likes: Floats, comments: Floats) -> bool:
    """Whether all likes have lost their thousands: comments, of which there are more, rise with them.

    Likes that were not bought and comments that were do not rise together. Posts with hardly any comments
    beside the others are left aside where they hide it: over 1,000 became 1. Nor have real likes, which
    differ and of which there are more than a dozen, a tenth of the comments.

    >>> likes = np.array([14.0, 7, 12, 5, 20, 9, 16, 11])
    >>> comments = np.array([290.0, 53, 227, 32, 539, 90, 342, 168])
    >>> _all_in_thousands(likes, comments), _all_in_thousands(likes, comments[::-1] / 3)
    (True, False)
    """
    known = (likes > 0) & ~np.isnan(comments)
    if known.sum() < 2 * SIDE or likes[known].max() >= 1_000:
        return False
    usual = np.median(comments[known])
    if usual < TIMES * np.median(likes[known]):
        return False
    whole = known & (comments >= usual * OWN)
    low, high = np.quantile(comments[whole], (0.1, 0.9))
    if usual >= FAR * np.median(likes[known]) and high >= FOURFOLD * low and likes[known].max() > SMALL:
        return bool(np.ptp(likes[known]) > 0)
    return go_along(likes, comments) or go_along(likes[whole], comments[whole])


def _in_another_unit(counts: Floats, others: Sequence[Floats], fewer: Floats | None = None) -> Flags | None:
    """Which posts have a thousand times the others' counts, or a thousandth of their own.

    ``fewer`` is a count of which posts have fewer: comments than likes, likes than views.

    >>> views = np.array([31.0, 12, 54, 20, 43, 25, 17, 38, 29])
    >>> mixed, bought = views * np.tile([1_000, 1, 1], 3), np.where(np.arange(9) % 3, views, 30_000)
    >>> [_in_another_unit(each, []) is not None for each in (mixed, bought, views)]
    [True, False, False]
    """
    larger = _larger_ones(counts)
    if larger is not None:
        small = ~larger & (counts > 0)
        too_few = fewer is not None and (fewer[small] >= TIMES * counts[small]).mean() >= MOSTLY
        if too_few or _are_no_packages(counts, larger, others):
            return larger
    return _that_lost_thousands(counts, others)


def _larger_ones(counts: Floats) -> Flags | None:
    """Which posts are a thousandfold of the others, all of them; None where none are.

    The two groups lie apart, and vary alike. Half is added to what may have been cut.
    """
    positive = counts > 0
    logs = np.log(np.sort(counts[positive]))
    if len(logs) < 2 * SIDE + 1:
        return None
    at = int(np.diff(logs).argmax()) + 1
    few, many = logs[:at], logs[at:]
    if min(map(len, (few, many))) < SIDE or many[0] - few[-1] < APART:
        return None
    spreads = sorted(float(np.std(side, ddof=1)) for side in (few, many))
    error = np.sqrt(sum(np.var(side, ddof=1) / len(side) for side in (few, many)))
    away = min(abs(float(many.mean() - np.log(np.exp(few) + cut).mean()) - THOUSAND) for cut in (0.0, 0.5))
    alike = away <= min(NEAR, ERRORS * error) and spreads[1] <= ALIKE * spreads[0]
    found: Flags = counts >= np.exp(many[0]) * (1 - 1e-9)
    return found if alike else None


def _are_no_packages(counts: Floats, larger: Flags, others: Sequence[Floats]) -> bool:
    """Whether larger counts are what reading makes of "1.2K", or rise with the other counts of their posts.

    Packages repeat more than the smaller counts do, and do not rise with anything.
    """
    own, rest = counts[larger], counts[~larger & (counts > 0)]
    different = len(np.unique(own)) / len(own) >= MOSTLY * len(np.unique(rest)) / len(rest)
    return (different and not (own % ROUND).any()) or any(
        go_along(own, other[larger], LIKELY) for other in others
    )


def _that_lost_thousands(counts: Floats, others: Sequence[Floats]) -> Flags | None:
    """Which posts have a count of one digit or two because its thousands went: they have most of the rest.

    No count has four digits, while several have three, and none lies between; and of every other count these
    posts have more than those with three digits, of one in four of five pairs.

    >>> likes = np.array([900.0, 1, 640, 2, 720, 1, 3, 810])
    >>> comments = np.array([9.0, 15, 6, 31, 7, 17, 38, 8])
    >>> _that_lost_thousands(likes, [comments]).nonzero()[0], _that_lost_thousands(likes, [comments[::-1]])
    (array([1, 3, 5, 6]), None)
    """
    lost, kept = (counts > 0) & (counts < LOST), counts >= LOST
    if min(lost.sum(), kept.sum()) < SIDE or np.nanmax(counts) >= 1_000:
        return None
    if counts[lost].max() * BELOW > counts[kept].min():
        return None
    shares = [_share_above(other[lost], other[kept]) for other in others]
    told = [one for one in shares if one is not None]
    return lost if told and min(told) >= NOT_BELOW and max(told) >= ABOVE else None


def _share_above(counts: Floats, others: Floats) -> float | None:
    """The share of pairs in which a count is the larger, of equal ones half; None where few are known.

    >>> _share_above(np.array([3.0, 1.0, 2.0, 9.0]), np.array([1.0, 2.0, 5.0, np.nan, 0.0]))
    0.6875
    """
    own, rest = counts[~np.isnan(counts)], others[~np.isnan(others)]
    if min(len(own), len(rest)) < SIDE:
        return None
    ordered = np.sort(rest)
    above = (np.searchsorted(ordered, own) + np.searchsorted(ordered, own, "right")).sum() / 2
    return float(above) / (len(own) * len(rest))


@check("posts", _apart, _with_two_units)
def thousands_among_counts(evidence: Evidence) -> Outcome:
    """Counts of which some posts have a thousand times as many, and vary as the others do, are in two units.

    Whenever these posts came: those from one day on :func:`posts_in_two_units` finds. The larger ones are
    whole hundreds, and hardly any twice, or rise with another count, which packages that were bought do not,
    or the smaller ones have three times as many comments as likes, or likes as views.
    Or the smaller ones, of two digits, have more of all other counts than those of three; or all likes rise
    with comments of which there are three times as many. Nothing says which
    unit is right: the count is left out, and nobody is cleared on the rest. Where two counts are so, all are
    left out.

    >>> from accounts.tables import Tables
    >>> likes = (31, 12_000, 54, 20, 43_000, 25, 17, 38_000, 29)
    >>> posts = [{"account_id": "a", "likes": count} for count in likes]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts))
    >>> thousands_among_counts.examine(one).findings[0].sentence[:58]
    'The likes of 3 of 9 posts are a thousandfold of the others'
    """
    changes, findings = [], []
    for name, part in findings_by_account(evidence.columns("posts", "account_id", *COUNTS)):
        counts = [part[column].cast(pl.Float64).to_numpy() for column in COUNTS]
        found = dict(zip(COUNTS, zip(counts, _found_in(counts), strict=True), strict=True))
        mixed = {column: rows for column, (_, rows) in found.items() if rows is not None}
        gone = COUNTS if len(mixed) > 1 else tuple(mixed)
        if gone:
            changes.append(Change("posts", part[ROW], gone))
        findings += [
            Finding(
                name, "thousands_among_counts", f"posts.{column}", int(rows.sum()),
                f"The {column} of {int(rows.sum())} of {part.height} posts are"
                f" {_what(found[column][0], rows)}: some are in thousands; they are left out.",
                tuple(f"posts.{one}" for one in gone), bars_clearing=True,
            )
            for column, rows in mixed.items()
        ]  # fmt: skip
    return Outcome(tuple(changes), tuple(findings))


def _what(counts: Floats, rows: Flags) -> str:
    if counts[rows].max() >= 1_000:
        return "a thousandfold of the others'"
    return "too few for what else they have"
