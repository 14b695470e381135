"""The follower curve: jumps marked and numbered, gaps as gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from reporting.charts.svg import Axis, element, label, nice_ticks, number, svg
from reporting.evidence import Point
from reporting.growth import Explained, GrowthPicture, Jump
from reporting.numbers import Numbers
from reporting.reasons.growth import jump_sentence

__all__ = ["growth_chart", "month_ticks", "most_months"]

LEFT, RIGHT, TOP, BOTTOM = 52.0, 12.0, 26.0, 24.0
MONTH_WIDTH = 78.0
FEWEST_STEPS = 4
"""Followers that the axis spans at least."""

LETTER, LINE = 6.2, 13.0
"""Of soft words: how wide a letter is at most in the mean, and the distance of their lines."""


def growth_chart(
    picture: GrowthPicture,
    numbers: Numbers,
    width: float = 640.0,
    height: float = 220.0,
    href: Callable[[int, Jump], str] | None = None,
) -> str:
    """Followers over time.

    Parameters
    ----------
    picture
        The curve.
    numbers
        The reader's locale.
    width, height
        Of the chart.
    href
        Where a click on a jump leads, by its number (from 1) and itself; None: nowhere.
    """
    points, ticks = picture.points, nice_ticks(*_span(picture.points))
    across = Axis(points[0].day.toordinal(), points[-1].day.toordinal(), LEFT, width - RIGHT)
    up = Axis(ticks[0], ticks[-1], height - BOTTOM, TOP)
    body = [
        *_explained(picture, across, up),
        *_marks(picture, across, up, href, numbers),
        *_grid(ticks, up, width, numbers),
        *_days(points, across, height, numbers),
        *_lines(picture, across, up),
        *_explained_words(picture, across, up),
        *_numbers(picture, across),
    ]
    first, last = points[0], points[-1]
    about = (
        f"{numbers.count(first.followers)} followers on {numbers.day(first.day)},"
        f" {numbers.count(last.followers)} on {numbers.day(last.day)}."
        + "".join(f" {place}: {jump_sentence(jump, numbers)}" for place, jump in enumerate(picture.jumps, 1))
        + "".join(f" {explained_sentence(one, numbers)}" for one in picture.explained)
    )
    return svg("growth", "Followers over time", about, (width, height), body)


def _span(points: Sequence[Point]) -> tuple[float, float]:
    """The least and the largest count, so far apart that whole numbers lie between them."""
    counts = [point.followers for point in points]
    lacking = max(FEWEST_STEPS - (max(counts) - min(counts)), 0)
    low = max(min(counts) - lacking // 2, 0)
    return low, max(*counts, low + FEWEST_STEPS)


def _grid(ticks: Sequence[float], up: Axis, width: float, numbers: Numbers) -> Iterator[str]:
    for tick, written in zip(ticks, numbers.compacts(ticks), strict=True):
        y = up(tick)
        yield element("line", x1=LEFT, x2=width - RIGHT, y1=y, y2=y, class_="rule")
        yield label(written, LEFT - 6, y + 4, "end", "soft")


def _days(points: Sequence[Point], across: Axis, height: float, numbers: Numbers) -> Iterator[str]:
    for day, words in month_ticks(points[0].day, points[-1].day, numbers, most_months(across)):
        at = across(day.toordinal())
        yield element("line", x1=at, x2=at, y1=height - BOTTOM, y2=height - BOTTOM + 4, class_="axis")
        anchor = "end" if at > across.end - 30 else "start" if at < across.start + 30 else "middle"
        yield label(words, at, height - 6, anchor, "soft")


def most_months(across: Axis) -> int:
    """How many months have space below an axis."""
    return max(int((across.end - across.start) / MONTH_WIDTH), 2)


def month_ticks(first: date, last: date, numbers: Numbers, most: int = 7) -> list[tuple[date, str]]:
    """Days to write below an axis: firsts of months, or the two ends of a short span.

    >>> [words for _, words in month_ticks(date(2026, 1, 5), date(2026, 4, 2), Numbers())]
    ['Feb 2026', 'Mar 2026', 'Apr 2026']
    """
    months = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= last
    ]
    if len(months) < 2:
        return [(day, numbers.short_day(day)) for day in dict.fromkeys((first, last))]
    stride = -(-len(months) // most)
    return [(day, numbers.month(day)) for day in months[::stride]]


def _lines(picture: GrowthPicture, across: Axis, up: Axis) -> Iterator[str]:
    runs = picture.runs
    for before, after in pairwise(runs):
        yield _line([before[-1], after[0]], across, up, "gap")
    for run in runs:
        if len(run) == 1:
            yield element(
                "circle", cx=across(run[0].day.toordinal()), cy=up(run[0].followers), r=2.5, class_="dot"
            )
        else:
            yield _line(run, across, up, "line")


def _line(points: Sequence[Point], across: Axis, up: Axis, class_: str) -> str:
    places = (f"{number(across(one.day.toordinal()))},{number(up(one.followers))}" for one in points)
    return element("polyline", points=" ".join(places), class_=class_)


def _marks(
    picture: GrowthPicture, across: Axis, up: Axis, href: Callable[[int, Jump], str] | None, numbers: Numbers
) -> Iterator[str]:
    for place, jump in enumerate(picture.jumps, 1):
        start, end = (across(day.toordinal()) for day in (jump.start, jump.end))
        wide = max(end - start, 4.0)
        class_ = "explained" if jump.explained else "jump"
        band = element("rect", x=start, y=up.end, width=wide, height=up.start - up.end, class_=class_)
        edges = [
            element("line", x1=at, x2=at, y1=up.end, y2=up.start, class_="jump-edge")
            for at in (start, start + wide)
        ]
        title = element("title", text=f"{place}: {jump_sentence(jump, numbers)}")
        if href is None:
            yield element("g", title, band, *edges)
        else:
            yield element("a", title, band, *edges, href=href(place, jump))


def explained_sentence(one: Explained, numbers: Numbers) -> str:
    """What somebody says that a stretch was.

    >>> explained_sentence(Explained(date(2026, 9, 1), date(2026, 9, 3), "viral_post"), Numbers())
    'Explained as viral post: 1 to 3 September 2026.'
    """
    return f"Explained as {one.kind.replace('_', ' ')}: {numbers.days(one.start, one.end)}."


def _explained(picture: GrowthPicture, across: Axis, up: Axis) -> Iterator[str]:
    """Stretches that somebody explained: a band along the axis."""
    for start, end, _ in _explained_spans(picture, across):
        wide = max(end - start, 4.0)
        yield element("rect", x=start, y=up.end, width=wide, height=up.start - up.end, class_="explained")


def _explained_words(picture: GrowthPicture, across: Axis, up: Axis) -> Iterator[str]:
    """The word for each explained stretch, over all else that is drawn there, each in a free line."""
    ends: list[float] = []  # of each line of words from below: where its last word ends
    for start, end, kind in sorted(_explained_spans(picture, across)):
        words = f"explained: {kind}"
        wide = LETTER * len(words)
        to_the_left = start > (across.start + across.end) / 2
        at = max(end, start + 4.0) if to_the_left else start
        begins = at - wide if to_the_left else at
        line = next((place for place, last in enumerate(ends) if last < begins), len(ends))
        ends[line : line + 1] = [begins + wide]
        y = up.start - 6 - LINE * line
        yield label(words, at, y, "end" if to_the_left else "start", "soft")


def _explained_spans(picture: GrowthPicture, across: Axis) -> Iterator[tuple[float, float, str]]:
    """Where each explained stretch begins and ends on the axis, and as what it was explained.

    Its first day is the first after a count: what came on it is the step from that count.
    """
    for one in picture.explained:
        first = max((point.day for point in picture.points if point.day < one.start), default=one.start)
        start, end = (across(day.toordinal()) for day in (first, one.end))
        start, end = max(start, across.start), min(end, across.end)
        if end >= start:
            yield start, end, one.kind.replace("_", " ")


def _numbers(picture: GrowthPicture, across: Axis) -> Iterator[str]:
    for place, jump in enumerate(picture.jumps, 1):
        middle = jump.start + timedelta((jump.end - jump.start).days / 2)
        at = across(middle.toordinal())
        yield element("circle", cx=at, cy=TOP - 12, r=9, class_="jump-disc")
        yield label(place, at, TOP - 8, "middle", "on-mark")
