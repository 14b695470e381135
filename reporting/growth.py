"""The follower curve as a person reads it: its jumps and drops, its pace around them, and posts near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Final

from reporting.evidence import Evidence, Point, Post

__all__ = ["Explained", "GrowthPicture", "Jump", "growth_picture", "jump_between", "whole_jump"]

MOST_JUMPS: Final = 3
UNUSUAL: Final = 6.0
"""Deviations (by the median distance) from the usual pace that make a step unusual."""

LEAST_SHARE, LEAST_COUNT = 0.01, 30
"""Of the followers before it, and in followers: what is less is no jump."""

PACE_DAYS: Final = 30
NEAR_BEFORE, NEAR_AFTER = timedelta(days=7), timedelta(days=2)
HIT: Final = 3.0
"""Times the usual interest: a post that explains a jump near it, as features.views.hits has it."""

GAP: Final = 2.5
"""Times the usual distance of two counts: what is longer is a gap, over which nothing is known."""


@dataclass(frozen=True)
class Jump:
    """Followers that came, or left, within some days.

    Attributes
    ----------
    start, end
        Days of the counts before and after.
    gained
        Followers in between, without those of steps that somebody explained, unless all are; negative where
        they left.
    before, after
        Followers a day in up to 30 days on either side (median); None where not known.
    post
        A post of three times the usual interest, from a week before to two days after; None where there is
        none.
    posts_supplied
        Whether posts of those days were.
    posts_known
        Whether what they earned is known too, so that there could be one.
    kept
        Share of the gain that was still there 25 to 40 days later; None where not known, for a drop, and
        where something between is explained.
    explained
        Whether somebody explained all of it.
    """

    start: date
    end: date
    gained: int
    before: float | None
    after: float | None
    post: Post | None
    posts_supplied: bool
    posts_known: bool
    kept: float | None
    explained: bool = False


@dataclass(frozen=True)
class Explained:
    """A stretch of the history that somebody explained: its first and last day, and as what."""

    start: date
    end: date
    kind: str


@dataclass(frozen=True)
class GrowthPicture:
    """A follower curve with what is unusual in it.

    Attributes
    ----------
    points
        At least two counts, oldest first.
    jumps
        The largest jumps and drops, in the order of their days.
    gap_days
        Two counts further apart than this have a gap between them.
    explained
        Stretches that somebody explained.
    """

    points: tuple[Point, ...]
    jumps: tuple[Jump, ...]
    gap_days: float
    explained: tuple[Explained, ...] = ()

    @property
    def runs(self) -> list[list[Point]]:
        """The counts between gaps."""
        found = [[self.points[0]]]
        for before, point in pairwise(self.points):
            if (point.day - before.day).days > self.gap_days:
                found.append([])
            found[-1].append(point)
        return found


def growth_picture(
    evidence: Evidence, windows: Sequence[tuple[date, date]] = (), explained: Sequence[Explained] = ()
) -> GrowthPicture | None:
    """The curve of an account; None with less than two counts.

    Parameters
    ----------
    evidence
        The account's.
    windows
        Spans that the verdict names; each that is a jump is marked, as :func:`whole_jump`, whatever else is.
    explained
        Stretches that somebody explained.
    """
    points = evidence.history
    if len(points) < 2:
        return None
    named = dict.fromkeys(whole_jump(evidence, *window) for window in windows)
    found = [jump for jump in named if jump is not None and _is_large(jump, points)]
    chosen = len(found)
    for start, end, _, _ in _unusual_spans(evidence):
        if all(end <= one.start or start >= one.end for one in found):
            found += filter(None, [jump_between(evidence, start, end)])
    ranked = sorted(found[chosen:], key=lambda jump: -abs(jump.gained))
    shown = [*found[:chosen], *ranked[: max(MOST_JUMPS - chosen, 1)]]
    in_order = tuple(sorted(shown, key=lambda jump: jump.start))
    return GrowthPicture(tuple(points), in_order, _gap_days(points), tuple(explained))


def _gap_days(points: Sequence[Point]) -> float:
    usual = median((after.day - before.day).days for before, after in pairwise(points))
    return max(GAP * usual, 2.0)


def _is_large(jump: Jump, points: Sequence[Point]) -> bool:
    before = next(one.followers for one in points if one.day == jump.start)
    return abs(jump.gained) >= max(LEAST_SHARE * before, LEAST_COUNT)


def whole_jump(evidence: Evidence, start: date, end: date) -> Jump | None:
    """A window in which followers came, with all of the unusual growth that reaches over its ends.

    The fastest days of a jump are a part of it: whoever explains them alone leaves its rest unexplained.
    None where either end of the window has no count.
    """
    jump = jump_between(evidence, start, end)
    if jump is None or jump.gained <= 0:
        return jump
    spans = [
        (first, last)
        for first, last, side, explained in _unusual_spans(evidence)
        if side > 0 and not explained and first < end and last > start
    ]
    days = [start, end, *(day for span in spans for day in span)]
    return jump_between(evidence, min(days), max(days))


def jump_between(evidence: Evidence, start: date, end: date) -> Jump | None:
    """What happened from one day to another; None where either has no count."""
    points = evidence.history
    by_day = {point.day: point.followers for point in points}
    if start not in by_day or end not in by_day or start >= end:
        return None
    steps = [(a, b) for a, b in pairwise(points) if start <= a.day and b.day <= end]
    open_steps = [(a, b) for a, b in steps if not evidence.explains(a.day, b.day)]
    gained = sum(b.followers - a.followers for a, b in open_steps or steps)
    days = [post.day for post in evidence.posts if post.day]
    counted = [post.day for post in evidence.posts if post.day and post.interest is not None]
    return Jump(
        start=start,
        end=end,
        gained=gained,
        before=_pace([one for one in points if start - timedelta(PACE_DAYS) <= one.day <= start]),
        after=_pace([one for one in points if end <= one.day <= end + timedelta(PACE_DAYS)]),
        post=_explaining_post(evidence, start, end),
        posts_supplied=min(days, default=end) <= start,
        posts_known=min(counted, default=end) <= start,
        kept=_kept(evidence, start, end, gained),
        explained=not open_steps,
    )


def _pace(points: Sequence[Point]) -> float | None:
    steps = [
        (after.followers - before.followers) / (after.day - before.day).days
        for before, after in pairwise(points)
    ]
    return median(steps) if len(steps) >= 2 else None


def _explaining_post(evidence: Evidence, start: date, end: date) -> Post | None:
    usual = evidence.usual_interest
    if not usual:
        return None
    near = [
        post
        for post in evidence.settled_posts
        if post.day
        and start - NEAR_BEFORE <= post.day <= end + NEAR_AFTER
        and (post.interest or 0) > HIT * usual
    ]
    return max(near, key=lambda post: post.interest or 0, default=None)


def _kept(evidence: Evidence, start: date, end: date, gained: int) -> float | None:
    later = [one for one in evidence.history if 25 <= (one.day - end).days <= 40]
    if not later or gained <= 0 or evidence.explains(start, later[-1].day):
        return None
    before = next(one.followers for one in evidence.history if one.day == start)
    return (median(one.followers for one in later) - before) / gained


def _unusual_spans(evidence: Evidence) -> list[tuple[date, date, int, bool]]:
    """Runs of steps that gain (1), or lose (-1), far more than usual, and are all explained or all not."""
    points = evidence.history
    gap = _gap_days(points)
    steps = [(a, b) for a, b in pairwise(points) if (b.day - a.day).days <= gap]
    pace = [(b.followers - a.followers) / (b.day - a.day).days for a, b in steps]
    if len(pace) < 4:
        return []
    usual = median(pace)
    spread = max(1.4826 * median(abs(one - usual) for one in pace), 1.0)
    spans: list[tuple[date, date, int, bool]] = []
    for (a, b), one in zip(steps, pace, strict=True):
        side = (one > usual + UNUSUAL * spread) - (one < usual - UNUSUAL * spread)
        if not side:
            continue
        kind = (side, evidence.explains(a.day, b.day))
        if spans and spans[-1][1:] == (a.day, *kind):
            spans[-1] = (spans[-1][0], b.day, *kind)
        else:
            spans.append((a.day, b.day, *kind))
    count = {point.day: point.followers for point in points}
    return [
        (start, end, side, explained)
        for start, end, side, explained in spans
        if abs(count[end] - count[start]) >= max(LEAST_SHARE * count[start], LEAST_COUNT)
    ]
