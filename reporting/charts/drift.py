"""Two distributions of suspicion one over the other, and the paths of test martingales."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detector.drift.promise import SequentialTest
from reporting.charts.svg import Axis, element, label, nice_ticks, svg

__all__ = ["capital_chart", "suspicion_chart"]

LEFT, RIGHT, TOP, BOTTOM = 44.0, 16.0, 26.0, 40.0
HEIGHT = 230.0
ABSENT_WIDTH = 60.0


def suspicion_chart(before: Sequence[float], after: Sequence[float], width: float = 640.0) -> str:
    """Shares of accounts in twentieths of the suspicion: before as bars, after as a line.

    Parameters
    ----------
    before, after
        Shares in order, last of accounts without a suspicion.
    """
    steps, foot = len(before) - 1, HEIGHT - BOTTOM + 16
    ticks = nice_ticks(0.0, max(*before, *after, 0.01))
    across = Axis(0, steps, LEFT, width - RIGHT - ABSENT_WIDTH)
    up = Axis(0.0, ticks[-1], HEIGHT - BOTTOM, TOP)
    body = [*_ticks(ticks, up, width)]
    for place, share in enumerate(before):
        left, right = _edges(place, steps, across, width)
        body.append(
            element("rect", x=left + 0.5, y=up(share), width=right - left - 1, height=up(0.0) - up(share),
                    class_="usual")
        )  # fmt: skip
    corners = [
        f"{x:.1f},{up(share):.1f}"
        for place, share in enumerate(after[:-1])
        for x in _edges(place, steps, across, width)
    ]
    body.append(element("polyline", points=" ".join(corners), class_="line"))
    left, right = _edges(steps, steps, across, width)
    body.append(element("line", x1=left, x2=right, y1=up(after[-1]), y2=up(after[-1]), class_="line"))
    for suspicion in (0.0, 0.25, 0.5, 0.75, 1.0):
        body.append(label(f"{suspicion:g}", across(suspicion * steps), foot, "middle", "soft"))
    body.append(label("none", (left + right) / 2, foot, "middle", "soft"))
    body.append(label("suspicion", (across(0) + across(steps)) / 2, HEIGHT - 6, "middle", "soft"))
    body.append(element("rect", x=LEFT, y=4, width=12, height=12, class_="usual"))
    body.append(label("reference", LEFT + 18, 14, class_="soft"))
    body.append(element("line", x1=LEFT + 86, x2=LEFT + 104, y1=10, y2=10, class_="line"))
    body.append(label("current", LEFT + 110, 14, class_="soft"))
    about = "Share of accounts by suspicion, the reference as bars, the current ones as a line"
    return svg("drift", "Suspicion", about, (width, HEIGHT), body)


def _edges(place: int, steps: int, across: Axis, width: float) -> tuple[float, float]:
    """Left and right of a bar; that of accounts without a suspicion stands apart."""
    if place < steps:
        return across(place), across(place + 1)
    return width - RIGHT - ABSENT_WIDTH + 20, width - RIGHT


def _ticks(ticks: Sequence[float], up: Axis, width: float) -> Iterator[str]:
    for tick in ticks:
        yield element("line", x1=LEFT, x2=width - RIGHT, y1=up(tick), y2=up(tick), class_="rule")
        yield label(f"{100 * tick:g} %", LEFT - 6, up(tick) + 4, "end", "soft")


def capital_chart(test: SequentialTest, width: float = 640.0) -> str:
    """The capital of one test martingale, by its base-10 logarithm, and where the alarm is."""
    low, high = min(*test.path, -0.5), max(test.largest, test.alarm_at) + 0.3
    across = Axis(0, max(len(test.path) - 1, 1), LEFT, width - RIGHT)
    up = Axis(low, high, HEIGHT - BOTTOM, TOP)
    body = []
    for power in range(int(low), int(high) + 1, max(1, round((high - low) / 6))):
        body.append(element("line", x1=LEFT, x2=width - RIGHT, y1=up(power), y2=up(power), class_="rule"))
        body.append(label(_power(power), LEFT - 6, up(power) + 4, "end", "soft"))
    alarm = up(test.alarm_at)
    body.append(element("line", x1=LEFT, x2=width - RIGHT, y1=alarm, y2=alarm, class_="jump-edge"))
    body.append(label(f"alarm at {10**test.alarm_at:,.0f}", width - RIGHT, alarm - 5, "end", "soft"))
    points = " ".join(f"{across(place):.1f},{up(power):.1f}" for place, power in enumerate(test.path))
    body.append(element("polyline", points=points, class_="line"))
    body.append(label(f"accounts, {test.accounts:,} in all", width - RIGHT, HEIGHT - 6, "end", "soft"))
    reached, alarm_at = 10**test.largest, 10**test.alarm_at
    about = f"The capital starts at 1, reached {reached:,.1f}, and is an alarm at {alarm_at:,.0f}"
    return svg("capital", f"Test martingale: {test.name}", about, (width, HEIGHT), body)


def _power(power: int) -> str:
    """A power of ten in figures.

    >>> _power(2), _power(-2), _power(12)
    ('100', '0.01', '1e12')
    """
    return f"1e{power}" if abs(power) > 4 else f"{10.0**power:g}"
