"""How a signal adds up, from its average to the account's own log-odds, for whoever wants it."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.charts.svg import Axis, element, label, svg
from reporting.numbers import Numbers
from reporting.pictures import Waterfall

__all__ = ["waterfall_chart"]

LEFT, RIGHT, TOP, ROW = 210.0, 52.0, 6.0, 22.0


def waterfall_chart(waterfall: Waterfall, numbers: Numbers, width: float = 640.0) -> str:
    """A bar for each cause: to the right it raises the signal, to the left it lowers it."""
    levels, running = [], waterfall.base
    for step in waterfall.steps:
        levels.append((running, running + step.contribution))
        running += step.contribution
    every = [waterfall.base, waterfall.total, 0.0, *(end for pair in levels for end in pair)]
    axis = Axis(min(every), max(every), LEFT, width - RIGHT)
    rows = [("average over all accounts", 0.0, waterfall.base, "whole")]
    rows += [
        (step.title, *ends, "for" if step.contribution > 0 else "against")
        for step, ends in zip(waterfall.steps, levels, strict=True)
    ]
    rows.append(("this account", 0.0, waterfall.total, "whole"))
    zero = axis(0.0)
    height = TOP + ROW * len(rows) + 4
    body = [element("line", x1=zero, x2=zero, y1=TOP, y2=height - 4, class_="axis")]
    for place, row in enumerate(rows):
        body += _row(TOP + ROW * place, row, axis, numbers)
    about = (
        f"From an average of {_signed(waterfall.base, numbers)} to {_signed(waterfall.total, numbers)}: "
        + ", ".join(f"{step.title} {_signed(step.contribution, numbers)}" for step in waterfall.steps)
    )
    return svg("waterfall", f"{waterfall.title}: how it adds up", f"{about}.", (width, height), body)


def _row(top: float, row: tuple[str, float, float, str], axis: Axis, numbers: Numbers) -> Iterator[str]:
    title, start, end, class_ = row
    left, right = sorted((axis(start), axis(end)))
    yield label(title, LEFT - 10, top + 15, "end", "soft")
    yield element("rect", x=left, y=top + 3, width=max(right - left, 1.0), height=ROW - 6, class_=class_)
    yield label(_signed(end - start, numbers), right + 4, top + 15, "start", "soft")


def _signed(value: float, numbers: Numbers) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + numbers.figures(abs(value), 2)
