"""Hits: whether a post of three times the usual interest lies near a step of the history."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from features.views.base import ViewRows
from features.views.history import steps
from features.views.jumps import first_where
from features.views.posts import dated, interactions, posts
from features.views.rows import Flags, Floats, Index, to_flags
from features.views.steps import growth_z

__all__ = ["hit_near"]

UNUSUAL_Z: Final = 5.0
HIT: Final = 3.0
DAYS_BEFORE_HIT: Final = 2
DAYS_AFTER_HIT: Final = 7

_DAY: Final = 86_400e6  # microseconds


@steps.column
def hit_near(rows: ViewRows) -> pl.Series:
    """Whether a post three times the usual came in the week before the step or the two days after it.

    Unknown of weeks and months, before the first post supplied, and where no interest in posts is known.

    >>> from features.example import column_of
    >>> posts = {"likes": [10] * 9 + [99] + [10] * 9}
    >>> column_of("days", "hit_near", posts=posts, history={"followers": [100] * 20})[6:9]
    [False, True, True]
    """
    near, known = rows.result(_near_hits)
    return to_flags("hit_near", near, known)


@steps.column
def unexplained(rows: ViewRows) -> pl.Series:
    """Whether the step grew unusually (z over 5) with no such post near.

    >>> from features.example import column_of
    >>> posts = {"likes": [10] * 20}
    >>> history = {"followers": [100] * 10 + [200] * 10}
    >>> column_of("days", "unexplained", posts=posts, history=history)[9:12]
    [False, True, False]
    """
    (near, known), unusual = rows.result(_near_hits), rows.result(growth_z) > UNUSUAL_Z
    return to_flags("unexplained", unusual & ~near, known | ~unusual)


def _near_hits(rows: ViewRows) -> tuple[Flags, Flags]:
    """For each step, whether a hit is near, and whether that can be known."""
    published = rows.views.rows(posts)
    runs, day = published.runs, dated(published.frame) // _DAY
    interest = published.floats("views")
    for other in (published.result(interactions), published.floats("likes")):
        interest = np.where(np.isnan(interest), other, interest)
    interest = np.where(np.isnan(day), np.nan, interest)
    first = np.full(len(rows.views.tables), np.nan)
    first[published.account[runs.first]] = first_where(runs, day, ~np.isnan(interest))
    hit = np.flatnonzero(interest > HIT * runs.repeat(runs.median(interest)))
    date = rows.floats("date")
    near = _between(rows.account, date, published.account[hit], day[hit])
    return near, (date >= first[rows.account]) & (rows.floats("grid") == 1)


def _between(account: Index, date: Floats, owner: Index, hit: Floats) -> Flags:
    """Whether the account has a hit from a week before each date to two days after it."""
    if not hit.size:
        return np.zeros(account.size, np.bool_)
    far = float(1 << 20)  # days; more than there are, so that accounts lie apart on one line
    line = owner * far + hit
    nearest = line[np.searchsorted(line, account * far + date + DAYS_BEFORE_HIT, side="right") - 1]
    days_since: Floats = account * far + date - nearest
    return (days_since >= -DAYS_BEFORE_HIT) & (days_since <= DAYS_AFTER_HIT)
