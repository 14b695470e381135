"""The sampled followers by type, as one bar."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.charts.svg import Axis, element, label, svg
from reporting.numbers import Numbers
from reporting.pictures import AudiencePicture

__all__ = ["audience_chart"]

TOP, BAR, LINE = 4.0, 26.0, 20.0
WIDE = 440.0
"""Width from which the intervals have space; the table beside has them in any case."""


def audience_chart(picture: AudiencePicture, numbers: Numbers, width: float = 640.0) -> str:
    """A segment for each type, numbered; below it what each is, with its 95 % interval."""
    axis = Axis(0, 1, 0, width)
    body = [*_bar(picture, axis), *_key(picture, numbers, wide=width >= WIDE)]
    about = f"Of {numbers.count(picture.sampled)} sampled followers " + ", ".join(
        f"{numbers.share(one.share)} {one.title}" for one in picture.slices
    )
    height = TOP + BAR + 8 + LINE * len(picture.slices)
    return svg("audience", "What the sampled followers are", f"{about}.", (width, height), body)


def _bar(picture: AudiencePicture, axis: Axis) -> Iterator[str]:
    running = 0.0
    for place, one in enumerate(picture.slices, 1):
        start, end = axis(running), axis(running + one.share)
        running += one.share
        wide = max(end - start - 1.5, 0.0)
        yield element("rect", x=start, y=TOP, width=wide, height=BAR, class_=f"part-{one.name}")
        if wide > 16:
            yield label(place, start + wide / 2, TOP + 17, "middle", "on-mark")


def _key(picture: AudiencePicture, numbers: Numbers, *, wide: bool) -> Iterator[str]:
    for place, one in enumerate(picture.slices, 1):
        y = TOP + BAR + 8 + LINE * place - 5
        yield element("rect", x=0, y=y - 11, width=14, height=14, class_=f"part-{one.name}")
        yield label(place, 7, y, "middle", "on-mark")
        share, interval = numbers.share(one.share), numbers.share_range(one.low, one.high)
        of_all = f" ({interval} of all followers)" if wide else ""
        yield label(f"{share} {one.title}{of_all}", 22, y)
