"""Jumps: the largest gain of a follower history, and what followed it."""

from __future__ import annotations

from typing import Final

import numpy as np

from features.views.base import ViewRows
from features.views.history import steps
from features.views.rows import Flags, Floats, Runs, safe_divide
from features.views.steps import gained

__all__ = ["first_where"]

JUMP_DAYS: Final = 9
JUMP_GOES_ON: Final = 0.5  # of its largest step


@steps.column
def peak(rows: ViewRows) -> Floats:
    """The largest gain of the account's steps; absent without any.

    >>> from features.example import column_of
    >>> column_of("days", "peak", followers=[100] * 10 + [200, 240] + [240] * 10)[0]
    100.0
    """
    number = rows.result(gained)
    return rows.runs.repeat(rows.runs.max(np.where(number > 0, number, np.nan)))


@steps.column
def kept(rows: ViewRows) -> Floats:
    """Followers above those before the largest gain, over that gain.

    >>> from features.example import column_of
    >>> column_of("days", "kept", followers=[100] * 10 + [200] + [180] * 10)[9:12]
    [0.0, 1.0, 0.8]
    """
    number = rows.floats("followers")
    before = first_where(rows.runs, number - rows.result(gained), rows.result(_at_peak))
    return safe_divide(number - rows.runs.repeat(before), rows.result(peak))


@steps.column
def since_peak(rows: ViewRows) -> Floats:
    """Days since the largest gain, negative before it.

    >>> from features.example import column_of
    >>> column_of("days", "since_peak", followers=[100] * 10 + [200] * 10)[9:12]
    [-1.0, 0.0, 1.0]
    """
    date = rows.floats("date")
    return date - rows.runs.repeat(first_where(rows.runs, date, rows.result(_at_peak)))


@steps.column
def since_jump(rows: ViewRows) -> Floats:
    """Days since the jump's end: the largest gain and those right after it that are at least half as large.

    These are the jump's own within 9 days, or of one step.

    >>> from features.example import column_of
    >>> column_of("days", "since_jump", followers=[100] * 10 + [200, 260] + [260] * 10)[10:13]
    [-1.0, 0.0, 1.0]
    """
    return rows.floats("date") - rows.runs.repeat(rows.result(_jump)[0])


@steps.column
def jump_gain(rows: ViewRows) -> Floats:
    """What the jump brought, see ``since_jump``.

    >>> from features.example import column_of
    >>> column_of("days", "jump_gain", followers=[100] * 10 + [200, 260] + [260] * 10)[0]
    160.0
    """
    return rows.runs.repeat(rows.result(_jump)[1])


@steps.column
def next_gain(rows: ViewRows) -> Floats:
    """Mean gain of the two steps after the jump, losses left out.

    >>> from features.example import column_of
    >>> column_of("days", "next_gain", followers=[100] * 10 + [200, 240, 250] + [250] * 10)[0]
    25.0
    """
    return rows.runs.repeat(rows.result(_jump)[2])


def _at_peak(rows: ViewRows) -> Flags:
    return np.equal(rows.result(gained), rows.result(peak))


def first_where(runs: Runs, values: Floats, wanted: Flags) -> Floats:
    """The value of each run's first wanted row; NaN without one.

    >>> first_where(Runs.of(np.zeros(3, int)), np.array([5.0, 6.0, 7.0]), np.array([False, True, True]))
    array([6.])
    """
    found = np.full(runs.first.size, np.nan)
    rows = np.flatnonzero(wanted)[::-1]
    found[runs.number[rows]] = values[rows]  # the last to be written stays: the first row
    return found


def _jump(rows: ViewRows) -> tuple[Floats, Floats, Floats]:
    """When each run's largest jump ended, what it brought, and the mean gain of the two steps after it.

    A delivery may take several steps: those right after the largest that gain at least half as much,
    within 9 days or of one step, are the jump's own, and no echo of it.
    """
    runs, date, number = rows.runs, rows.floats("date"), rows.result(gained)
    peak = first_where(runs, np.arange(date.size, dtype=np.float64), rows.result(_at_peak))
    whose = np.flatnonzero(~np.isnan(peak))
    first, last = peak[whose].astype(np.int64), (runs.first + runs.size)[whose] - 1
    end, total, going = first.copy(), number[first], np.ones(first.size, np.bool_)
    for _ in range(JUMP_DAYS):
        then = np.minimum(end + 1, last)
        near = (then == first + 1) | (date[then] - date[first] <= JUMP_DAYS)
        going &= (then > end) & near & (number[then] >= JUMP_GOES_ON * number[first])
        end, total = np.where(going, then, end), total + np.where(going, number[then], 0.0)
    gain = np.maximum(np.append(number, (np.nan, np.nan)), 0.0)
    next_, after = (np.where(end + k <= last, gain[end + k], np.nan) for k in (1, 2))
    found = np.full((3, runs.first.size), np.nan)
    found[:, whose] = date[end], total, 0.5 * (next_ + after)
    return found[0], found[1], found[2]
