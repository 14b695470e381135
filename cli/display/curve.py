"""A curve over time in braille characters, each of which has two columns and four rows of dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

__all__ = ["Curve", "Jump"]

EMPTY: Final = 0x2800
DOTS: Final = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bits of a braille character by column and row."""

COLUMNS, ROWS = 2, 4


@dataclass(frozen=True)
class Jump:
    """The largest gain from one count to the next, and the days of both."""

    before: date
    day: date
    gained: int


@dataclass(frozen=True)
class Curve:
    """Counts over time, to be drawn in a terminal.

    Attributes
    ----------
    days
        At least two, in order, without repetition.
    counts
        One per day.
    most_days
        Two days further apart are not joined by a line: nobody knows what was between. None: all are.
    """

    days: Sequence[date]
    counts: Sequence[int]
    most_days: float | None = None

    @property
    def jump(self) -> Jump | None:
        """The largest gain; None if no count is above the one before."""
        steps = zip(pairwise(self.days), pairwise(self.counts), strict=True)
        jumps = [Jump(before, day, now - then) for (before, day), (then, now) in steps]
        largest = max(jumps, key=lambda jump: jump.gained)
        return largest if largest.gained > 0 else None

    def lines(self, width: int, height: int = 8) -> list[str]:
        """The curve with its axes: counts on the left, dates and the largest jump below.

        Parameters
        ----------
        width
            Characters of every line, axis included.
        height
            Lines of the curve alone.

        Examples
        --------
        >>> days = [date(2026, 1, day) for day in (1, 2, 3, 4)]
        >>> for line in Curve(days, [10, 10, 40, 40]).lines(width=82, height=2):
        ...     print(line)
         40 ┤⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢀⣀⣀⣀⠤⠤⠤⠤⠒⠒⠒⠊⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉
         10 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡠⠤⠤⠤⠒⠒⠒⠒⠉⠉⠉⠁⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
                largest jump: +30 from 2026-01-02 to 2026-01-03 ▲
             2026-01-01                                                         2026-01-04
        """
        margin = max(len(f"{count:,}") for count in (min(self.counts), max(self.counts))) + 2
        across = width - margin - 1
        labels = self._labels(height)
        drawn = [
            f"{labels.get(row, ''):>{margin - 1}} {'┤' if row in labels else '│'}{line}"
            for row, line in enumerate(self._dots(across, height))
        ]
        return [*drawn, *(" " * (margin + 1) + line for line in self._below(across))]

    def _labels(self, height: int) -> dict[int, str]:
        low, high = min(self.counts), max(self.counts)
        if low == high:
            return {height - 1: f"{low:,}"}
        return {0: f"{high:,}", height - 1: f"{low:,}"}

    def _at(self, day: date, across: int) -> float:
        """The position of a day on the axis, from 0 (first day) to 1 (last day)."""
        return (day - self.days[0]).days / max((self.days[-1] - self.days[0]).days, 1)

    def _dots(self, across: int, height: int) -> list[str]:
        wide, high = across * COLUMNS - 1, height * ROWS - 1
        low, span = min(self.counts), max(max(self.counts) - min(self.counts), 1)
        points = [
            (round(self._at(day, across) * wide), round((1 - (count - low) / span) * high))
            for day, count in zip(self.days, self.counts, strict=True)
        ]
        cells = [[EMPTY] * across for _ in range(height)]
        for (start, day), (end, later) in pairwise(zip(points, self.days, strict=True)):
            joined = self.most_days is None or (later - day).days <= self.most_days
            for x, y in segment(start, end) if joined else (start, end):
                cells[y // ROWS][x // COLUMNS] |= DOTS[x % COLUMNS][y % ROWS]
        return ["".join(map(chr, row)) for row in cells]

    def _below(self, across: int) -> list[str]:
        first, last = self.days[0].isoformat(), self.days[-1].isoformat()
        axis = f"{first}{last:>{max(across - len(first), len(last) + 1)}}"
        jump = self.jump
        if jump is None:
            return [axis]
        at = round(self._at(jump.day, across) * (across - 1))
        words = f"largest jump: +{jump.gained:,} from {jump.before} to {jump.day}"
        if at + 2 + len(words) <= across:
            return [f"{' ' * at}▲ {words}", axis]
        if len(words) + 1 <= at:
            return [f"{words:>{at - 1}} ▲", axis]
        return [f"{' ' * at}▲", words, axis]


def segment(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """The dots (column, row) of a straight line between two dots, both included.

    >>> segment((0, 0), (2, 1))
    [(0, 0), (1, 0), (2, 1)]
    """
    (x, y), (to_x, to_y) = start, end
    steps = max(abs(to_x - x), abs(to_y - y), 1)
    return [
        (x + round((to_x - x) * step / steps), y + round((to_y - y) * step / steps))
        for step in range(steps + 1)
    ]
