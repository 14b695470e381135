"""The posting clock: posts by weekday and hour, each count written in its cell."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from reporting.charts.svg import element, label, svg
from reporting.numbers import Numbers
from reporting.pictures import ClockPicture

__all__ = ["clock_chart"]

LEFT, TOP, ROW = 44.0, 20.0, 20.0
SHADES = 4


def clock_chart(picture: ClockPicture, numbers: Numbers, width: float = 640.0) -> str:
    """Weekdays down, hours (UTC) across; darker is more, and the number says how many."""
    cell = (width - LEFT - 4) / 24
    most = max(map(max, picture.counts))
    body = [*_hours(cell), *_days(picture, cell, most, numbers)]
    height = TOP + 7 * ROW + 4
    return svg("clock", "When it publishes", _about(picture, numbers), (width, height), body)


def _about(picture: ClockPicture, numbers: Numbers) -> str:
    by_hour = [sum(column) for column in zip(*picture.counts, strict=True)]
    busiest = max(range(24), key=by_hour.__getitem__)
    return (
        f"{numbers.count(picture.total)} posts by weekday and hour in UTC; most,"
        f" {numbers.count(by_hour[busiest])}, between {busiest:02d}:00 and {(busiest + 1) % 24:02d}:00."
    )


def _hours(cell: float) -> Iterator[str]:
    for hour in range(0, 24, 3):
        yield label(f"{hour:02d}", LEFT + (hour + 0.5) * cell, TOP - 6, "middle", "soft")
    yield label("UTC", LEFT - 8, TOP - 6, "end", "soft")


def _days(picture: ClockPicture, cell: float, most: int, numbers: Numbers) -> Iterator[str]:
    for day, counts in enumerate(picture.counts):
        top = TOP + day * ROW
        yield label(numbers.weekday(day), LEFT - 8, top + 14, "end", "soft")
        for hour, count in enumerate(counts):
            shade = ceil(SHADES * count / most) if count else 0
            left = LEFT + hour * cell
            yield element(
                "rect", x=left + 1, y=top + 1, width=cell - 2, height=ROW - 2, class_=f"heat-{shade}"
            )
            if count:
                yield label(count, left + cell / 2, top + 14, "middle", f"on-heat-{shade}")
