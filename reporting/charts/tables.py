"""The same as each chart in a table, to stand beside it."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.growth import GrowthPicture
from reporting.numbers import Numbers
from reporting.pictures import AudiencePicture, ClockPicture, PostsPicture, Waterfall
from reporting.reasons.growth import jump_sentence
from reporting.rows import Cell
from reporting.scale import LANDMARKS, Scale

__all__ = [
    "ChartTable",
    "audience_table",
    "clock_table",
    "growth_table",
    "posts_table",
    "scale_table",
    "waterfall_table",
]

MOST_ROWS = 400
"""Of a curve: a longer one is thinned evenly, its ends and its jumps stay."""


@dataclass(frozen=True)
class ChartTable:
    """A table for people.

    Attributes
    ----------
    caption
        What it holds.
    headers, rows
        Its cells.
    """

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def scale_table(scale: Scale, numbers: Numbers) -> ChartTable:
    """The places on the scale."""
    places: list[tuple[str, float | None]] = [
        ("authenticity score", scale.score),
        ("by its signals alone", scale.signal_place),
        ("flagged below", scale.flagged_below),
        ("cleared from", scale.cleared_from),
        *((one.sentence, one.place) for one in LANDMARKS),
    ]
    rows = tuple(
        (Cell(name), Cell("–" if place is None else numbers.figures(place, 3), numeric=True))
        for name, place in places
    )
    return ChartTable("Places on the scale, 0 to 100; higher is better", ("what", "place"), rows)


def growth_table(picture: GrowthPicture, numbers: Numbers) -> ChartTable:
    """Followers by day, with the jumps in words."""
    jump_lines = {
        jump.end: f"{place}: {jump_sentence(jump, numbers)}" for place, jump in enumerate(picture.jumps, 1)
    }
    stride = -(-len(picture.points) // MOST_ROWS)
    last = len(picture.points) - 1
    rows = tuple(
        (
            Cell(numbers.short_day(one.day)),
            Cell(numbers.count(one.followers), numeric=True),
            Cell(jump_lines.get(one.day, "")),
        )
        for place, one in enumerate(picture.points)
        if place % stride == 0 or place == last or one.day in jump_lines
    )
    return ChartTable("Followers by day", ("day", "followers", "jump"), rows)


def posts_table(picture: PostsPicture, numbers: Numbers) -> ChartTable:
    """What each post earned."""

    def count_cell(count: int | None) -> Cell:
        return Cell("–" if count is None else numbers.count(count), numeric=True)

    rows = tuple(
        (
            Cell(
                numbers.short_moment(post.published_at) if post.published_at else numbers.short_day(post.day)
            ),
            *map(count_cell, (post.likes, post.comments, post.views)),
        )
        for post in picture.posts
        if post.day
    )
    return ChartTable("Posts, oldest first", ("published", "likes", "comments", "views"), rows)


def clock_table(picture: ClockPicture, numbers: Numbers) -> ChartTable:
    """Posts by weekday and hour."""
    rows = tuple(
        (Cell(numbers.weekday(day)), *(Cell(str(count), numeric=True) for count in counts))
        for day, counts in enumerate(picture.counts)
    )
    return ChartTable(
        "Posts by weekday and hour (UTC)", ("day", *(f"{hour:02d}" for hour in range(24))), rows
    )


def audience_table(picture: AudiencePicture, numbers: Numbers) -> ChartTable:
    """Types of followers with their intervals."""
    rows = tuple(
        (
            Cell(one.title),
            Cell(numbers.share(one.share), numeric=True),
            Cell(numbers.share_range(one.low, one.high), numeric=True),
        )
        for one in picture.slices
    )
    caption = f"{numbers.count(picture.sampled)} sampled followers by type"
    return ChartTable(caption, ("they", "of the sample", "of all (95 % interval)"), rows)


def waterfall_table(waterfall: Waterfall, numbers: Numbers) -> ChartTable:
    """What each cause adds, in log-odds."""

    def signed(value: float) -> Cell:
        return Cell(
            f"{'+' if value > 0 else '−' if value < 0 else ''}{numbers.figures(abs(value), 3)}", numeric=True
        )

    rows = (
        (Cell("average over all accounts"), signed(waterfall.base)),
        *((Cell(step.title), signed(step.contribution)) for step in waterfall.steps),
        (Cell("this account"), signed(waterfall.total)),
    )
    return ChartTable(f"{waterfall.title}: log-odds", ("cause", "adds"), rows)
