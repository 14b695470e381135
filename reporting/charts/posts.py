"""Posts over time: likes, comments and views, each on its own axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from reporting.charts.growth import month_ticks, most_months
from reporting.charts.svg import Axis, element, label, nice_ticks, svg
from reporting.evidence import Post
from reporting.numbers import Numbers
from reporting.pictures import PostsPicture

__all__ = ["posts_chart"]

LEFT, RIGHT, TOP, PANEL, GAP, BOTTOM = 52.0, 12.0, 20.0, 78.0, 26.0, 24.0
NAMES = ("likes", "comments", "views")
LONG_TAIL = 20.0
"""Times the median that the largest count must be for an axis by logarithm."""


def posts_chart(picture: PostsPicture, numbers: Numbers, width: float = 640.0) -> str:
    """A panel for each count that is known; posts of the last two days are open dots."""
    shown = [name for name in NAMES if any(getattr(post, name) is not None for post in picture.posts)]
    height = TOP + len(shown) * (PANEL + GAP) - GAP + BOTTOM
    days = [post.day.toordinal() for post in picture.posts if post.day]
    across = Axis(min(days), max(days), LEFT, width - RIGHT - 4)
    body: list[str] = []
    for place, name in enumerate(shown):
        body += _panel(name, picture.posts, across, TOP + place * (PANEL + GAP), numbers)
    body += _days(picture.posts, across, height, numbers)
    return svg("posts", "Posts over time", _about(picture, shown, numbers), (width, height), body)


def _about(picture: PostsPicture, shown: Sequence[str], numbers: Numbers) -> str:
    words = [f"{numbers.count(len(picture.posts))} posts."]
    for name in shown:
        known = _known(picture.posts, name)
        words.append(
            f"{name.capitalize()}: {numbers.count(median(known))} on a usual one, {numbers.count(min(known))}"
            f" to {numbers.count(max(known))}."
        )
    return " ".join(words)


def _known(posts: Sequence[Post], name: str) -> list[int]:
    return [count for post in posts if (count := getattr(post, name)) is not None]


def _panel(name: str, posts: Sequence[Post], across: Axis, top: float, numbers: Numbers) -> Iterator[str]:
    known = _known(posts, name)
    by_logarithm = max(known) > LONG_TAIL * max(median(known), 1)
    ticks = _log_ticks(max(known)) if by_logarithm else nice_ticks(0, max(*known, 1), 3)
    up = Axis(ticks[0], ticks[-1], top + PANEL, top + 6, by_logarithm=by_logarithm)
    yield label(
        f"{name} (each step ten times as many)" if by_logarithm else name,
        LEFT,
        top - 4,
        "start",
        "soft strong",
    )
    for tick, written in zip(ticks, numbers.compacts(ticks), strict=True):
        yield element("line", x1=LEFT, x2=across.end + 4, y1=up(tick), y2=up(tick), class_="rule")
        yield label(written, LEFT - 6, up(tick) + 4, "end", "soft")
    for post in posts:
        count = getattr(post, name)
        if count is not None and post.day is not None:
            at = across(post.day.toordinal())
            yield element("circle", cx=at, cy=up(count), r=2.8, class_="dot" if post.settled else "dot-new")


def _log_ticks(most: float) -> list[float]:
    ticks = [0.0, 10.0]
    while ticks[-1] < most:
        ticks.append(ticks[-1] * 10)
    return ticks


def _days(posts: Sequence[Post], across: Axis, height: float, numbers: Numbers) -> Iterator[str]:
    dated = [post.day for post in posts if post.day]
    for day, words in month_ticks(min(dated), max(dated), numbers, most_months(across)):
        at = across(day.toordinal())
        anchor = "end" if at > across.end - 30 else "start" if at < across.start + 30 else "middle"
        yield label(words, at, height - 6, anchor, "soft")
