"""Counts rounded so coarsely that many posts have the same: whole hundreds where posts earn a few hundred."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, Floats, TableArrays, average_ranks
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

__all__ = ["go_along", "rounded_counts"]

_ROUNDED: Final = ("likes", "views", "comments")
"""Counts that show to what counts are rounded."""
UNITS: Final = (10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000)
FEWEST: Final = 6
COARSE: Final = 10
"""Units of the median up to which rounding makes many counts the same."""
IN_A_ROW: Final = 4
"""Multiples of the unit, one after the other: packages leave some out."""
DIFFERENT: Final = 8
OTHERS: Final = 3
"""Posts without the most common count."""
HALVED: Final = 50
"""Unit from which on a post whose few likes are rounded to 0 has comments; up to twice as many, as 0 beside
larger packages says nothing."""
SURELY: Final = 2.33
"""Standard errors of a rank correlation of 0, which one in a hundred exceeds by chance."""


def _all_round(rows: TableArrays) -> Flags:
    """Accounts with a count that is a multiple of ten on all posts."""
    found = rows.nobody
    for name in (one for one in _ROUNDED if not rows.is_absent(one)):
        counts = rows.floats(name)
        round_ones = rows.count((counts > 0) & (counts % UNITS[0] == 0))
        found = found | ((round_ones >= FEWEST) & (round_ones == rows.count(counts > 0)))
    return found


def _with_coarse_ones(arrays: Arrays) -> Collection[str]:
    """Accounts with counts that are rounded coarsely."""
    posts = arrays["posts"]

    def coarse(at: int) -> bool:
        own = posts.rows_of(at)
        return bool(_coarse({name: posts.floats(name)[own] for name in COUNTS})[0])

    return posts.names(posts.where(_all_round(posts), coarse))


def _coarse(counts: Mapping[str, Floats]) -> tuple[tuple[str, ...], int]:
    """Names of the counts of one account that are rounded coarsely, and the unit.

    >>> likes, comments = np.array([200.0, 300, 100, 400, 300, 200, 200]), np.array([3.0, 8, 1, 9, 4, 4, 3])
    >>> _coarse({"likes": likes, "comments": comments}), _coarse({"likes": likes * 5, "comments": comments})
    ((('likes',), 100), (('likes',), 500))
    >>> _coarse({"likes": np.array([500.0, 1_000, 500, 2_500, 500, 500, 1_000]), "comments": comments})
    ((), 1)
    """
    shown = [
        unit for name in _ROUNDED if name in counts
        if (unit := _unit(counts[name])) > 1 and _are_rounded(name, counts, unit)
    ]  # fmt: skip
    unit = max(shown, default=1)
    coarse = tuple(name for name, values in counts.items() if unit > 1 and _is_coarse(values, unit))
    zeros = (name for name, values in counts.items() if coarse and _all_zero(values))
    return (*coarse, *zeros), unit


def _all_zero(counts: Floats) -> bool:
    known = counts[~np.isnan(counts)]
    return len(known) >= FEWEST and not known.any()


def _unit(counts: Floats) -> int:
    """The largest unit of which all counts are multiples; 1 where there is none, or few counts are known."""
    positive = counts[counts > 0]
    if len(positive) < FEWEST:
        return 1
    return max((unit for unit in UNITS if not (positive % unit).any()), default=1)


def _are_rounded(name: str, counts: Mapping[str, Floats], unit: int) -> bool:
    """Whether multiples of a unit are counts that were rounded, rather than packages.

    Several posts have other counts than the most common one, and four multiples stand in a row, or eight in
    all, or other counts of the same posts go along with them, as they do not with what was added; or 0
    stands beside 100, or 50, on posts that people commented on.
    """
    values = counts[name]
    multiples, times = np.unique(values[~np.isnan(values)] / unit, return_counts=True)
    if times.sum() - times.max() < OTHERS:
        return False
    steps = np.diff(multiples) == 1
    in_a_row = np.convolve(steps, np.ones(IN_A_ROW - 1)).max(initial=0) >= IN_A_ROW - 1
    if in_a_row or len(multiples) >= DIFFERENT:
        return True
    if (
        name == "likes"
        and HALVED <= unit <= 2 * HALVED
        and _zeros_are_commented_on(values, counts["comments"])
    ):
        return True
    # Posts that were taken too early have neither likes nor comments, and rise with each other.
    early = (values == 0) & ~(np.nan_to_num(counts["likes"]) + np.nan_to_num(counts["comments"]) > 0)
    settled = np.where(early, np.nan, values)
    return any(go_along(settled, other) for one, other in counts.items() if one != name)


def _zeros_are_commented_on(likes: Floats, comments: Floats) -> bool:
    """Whether half of the posts without likes, several, have a comment."""
    zero = (likes == 0) & ~np.isnan(comments)
    return bool(zero.sum() >= OTHERS and (comments[zero] > 0).mean() >= 0.5)


def go_along(counts: Floats, other: Floats, surely: float = SURELY) -> bool:
    """Whether two counts of the same posts rise together, by so many standard errors of a rank correlation.

    >>> go_along(np.arange(9.0), np.arange(9.0) ** 2), go_along(np.arange(9.0), np.arange(9.0) % 2)
    (True, False)
    """
    known = ~np.isnan(counts) & ~np.isnan(other)
    ranks = [average_ranks(each[known]) for each in (counts, other)]
    if known.sum() < FEWEST or any(np.ptp(each) == 0 for each in ranks):
        return False
    return bool(np.corrcoef(ranks[0], ranks[1])[0, 1] * np.sqrt(known.sum() - 1) >= surely)


def _is_coarse(counts: Floats, unit: int) -> bool:
    known = counts[~np.isnan(counts)]
    positive = known[known > 0]
    if len(known) < FEWEST or not len(positive) or (positive % unit).any():
        return False
    return bool(np.median(positive) <= COARSE * unit)


@check("posts", _all_round, _with_coarse_ones)
def rounded_counts(evidence: Evidence) -> Outcome:
    """Counts that are rounded to a tenth of the usual one, or coarser, make equal ones of different ones.

    All of six posts or more are multiples of 10, 50, 100 ..., and more than packages are: four multiples in a
    row, eight in all, or they rise with the other counts, or posts that are commented on have 0. These are
    left out, with counts that are then 0 on all, and nobody is cleared.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": likes} for likes in (200, 300, 100, 400, 300, 200, 200)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> rounded_counts.examine(one).findings[0].sentence[:53]
    'The likes of all 7 posts are rounded to whole 100s, w'
    """
    changes, findings = [], []
    for name, part in findings_by_account(evidence.columns("posts", "account_id", *COUNTS)):
        coarse, unit = _coarse({one: part[one].cast(pl.Float64).to_numpy() for one in COUNTS})
        for column in coarse:
            known = part.filter(pl.col(column).is_not_null())
            changes.append(Change("posts", known[ROW], (column,)))
            findings.append(
                Finding(
                    name, "rounded_counts", f"posts.{column}", known.height,
                    f"The {column} of all {known.height} posts are rounded to whole {unit:,}s, which makes"
                    " different ones equal; they are left out.", (f"posts.{column}",), bars_clearing=True,
                )
            )  # fmt: skip
    return Outcome(tuple(changes), tuple(findings))
