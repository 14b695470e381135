"""The one scale: the account's place, the line for flagging, and where clearing begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reporting.charts.svg import Axis, element, label, svg
from reporting.numbers import Numbers
from reporting.scale import LANDMARKS, Scale

__all__ = ["scale_chart"]

HEIGHT = 104.0
TOP, BAR = 40.0, 20.0
NARROW = 440.0
"""Width under which the rarest landmark has no space for its words."""
ALONE: Final = "by its signals alone"
LETTER: Final = 6.2
"""Width of a letter of the small text at most, on average over a limit's words."""


def scale_chart(scale: Scale, numbers: Numbers, width: float = 640.0) -> str:
    """The scale from 0 to 100 with the account on it.

    >>> from reporting.scale import Scale
    >>> plain = Scale(score=98, signal_place=97.8, flagged_below=29.2, cleared_from=56.3, tone="clear",
    ...               rarity="", sentence="98 of 100.", limited="")
    >>> "flagged below 29" in scale_chart(plain, Numbers())
    True
    """
    axis = Axis(0, 100, 12, width - 12)
    body = [*_zones(scale, axis), *_ticks(axis), *_limits(scale, axis, numbers), *_place(scale, axis)]
    about = " ".join(filter(None, (scale.sentence, scale.limited, scale.rarity)))
    return svg("scale", "Authenticity score, 0 to 100", about, (width, HEIGHT), body)


def _zones(scale: Scale, axis: Axis) -> Iterator[str]:
    yield _bar(axis, 0, 100, "zone-none")
    if scale.flagged_below is not None:
        yield _bar(axis, 0, scale.flagged_below, "zone-flag")
    if scale.cleared_from is not None:
        yield _bar(axis, scale.cleared_from, 100, "zone-clear")


def _bar(axis: Axis, low: float, high: float, class_: str) -> str:
    start = axis(low)
    return element("rect", x=start, y=TOP, width=axis(high) - start, height=BAR, class_=class_)


def _ticks(axis: Axis) -> Iterator[str]:
    narrow = axis.end - axis.start < NARROW
    for one in LANDMARKS[: 2 if narrow else None]:
        at, share = axis(one.place), one.sentence.partition(" authentic")[0]
        yield element("line", x1=at, x2=at, y1=TOP + BAR, y2=TOP + BAR + 6, class_="axis")
        yield label(share, at, TOP + BAR + 18, "middle", "soft")
    yield label("0", axis(0), TOP + BAR + 18, "start", "soft")
    yield label("100", axis(100), TOP + BAR + 18, "end", "soft")
    yield label("so many authentic accounts stand lower", axis(0), TOP + BAR + 36, "start", "soft")


def _limits(scale: Scale, axis: Axis, numbers: Numbers) -> Iterator[str]:
    """The limits' lines, and their words inside the bar, away from each other."""
    if scale.flagged_below is not None:
        yield from _limit(
            axis, scale.flagged_below, f"flagged below {numbers.figures(scale.flagged_below)}", -1
        )
    if scale.cleared_from is not None:
        yield from _limit(axis, scale.cleared_from, f"cleared from {numbers.figures(scale.cleared_from)}", 1)


def _limit(axis: Axis, place: float, words: str, side: int) -> Iterator[str]:
    """A limit's line and its words: in its zone, or on the line's other side where the zone is too narrow."""
    at, needed = axis(place), 6 + len(words) * LETTER
    if not axis.start <= at + side * needed <= axis.end:
        side = -side
    yield element("line", x1=at, x2=at, y1=TOP - 3, y2=TOP + BAR + 3, class_="edge")
    yield label(words, at + side * 6, TOP + 14, "start" if side > 0 else "end", "soft")


def _beside_the_score(axis: Axis, at: float, alone: float) -> tuple[float, float, str]:
    """Where the words of the dot stand: over it, beside the score's number, and on the scale."""
    wide, gap = len(ALONE) * LETTER, 18.0
    right, left = min(max(alone, at + gap), axis.end - wide), max(min(alone, at - gap), axis.start + wide)
    if (alone > at and right >= at + gap) or left > at - gap:
        return right, TOP - 16, "start"
    return left, TOP - 16, "end"


def _place(scale: Scale, axis: Axis) -> Iterator[str]:
    if scale.score is None:
        yield label("no place: too little was sent", axis(50), TOP - 12, "middle", "label strong")
        return
    at = axis(scale.score)
    if scale.limited and scale.signal_place is not None:
        alone = axis(scale.signal_place)
        yield element("line", x1=at, x2=alone, y1=TOP - 8, y2=TOP - 8, class_="gap")
        yield element("circle", cx=alone, cy=TOP - 8, r=3.5, class_="dot-new")
        yield label(ALONE, *_beside_the_score(axis, at, alone), "soft")
    yield element("path", d=f"M{at:.1f} {TOP + 1:.1f}l-8 -13h16z", class_=f"mark mark-{scale.tone}")
    anchor = "start" if scale.score < 6 else "end" if scale.score > 94 else "middle"
    shift = {"start": -8.0, "end": 8.0, "middle": 0.0}[anchor]
    yield label(scale.score, at + shift, TOP - 16, anchor, "large")
