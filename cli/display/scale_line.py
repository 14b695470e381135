"""The one scale in characters: the account's place, the line for flagging, and where clearing begins."""

from __future__ import annotations

from typing import Final

from rich.text import Text

from reporting.numbers import Numbers
from reporting.scale import LANDMARKS, Landmark, Scale

__all__ = ["scale_lines"]


def scale_lines(scale: Scale, numbers: Numbers, width: int, style: str) -> list[Text]:
    """Four lines: the place, the bar, the limits in words, and what places mean.

    Parameters
    ----------
    scale
        Where the account stands.
    numbers
        The reader's locale.
    width
        Columns of every line.
    style
        Of the account's place, as Rich names styles.

    Examples
    --------
    >>> scale = Scale(score=7, signal_place=6.9, flagged_below=29.2, cleared_from=56.3, tone="flag",
    ...               rarity="", sentence="", limited="")
    >>> for line in scale_lines(scale, Numbers(), 64, "bold"):
    ...     print(line.plain.rstrip())
      7 ▼
    ░░░░░░░░░░░░░░░░░░┃────────────────┃▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
    0                 flagged below 29 cleared from 56           100
            ╵1 in 1,000 ╵1 in 100   ╵1 in 10 are lower
    """
    return [
        _place(scale, width, style),
        _bar(scale, width),
        _limits(scale, numbers, width),
        _landmarks(width),
    ]


def _column(place: float, width: int) -> int:
    return min(round(place / 100 * (width - 1)), width - 1)


def _place(scale: Scale, width: int, style: str) -> Text:
    if scale.score is None:
        return Text("no place: too little was sent", style)
    at, words = _column(scale.score, width), str(scale.score)
    before = at - len(words) - 1
    return Text(f"{' ' * before}{words} ▼" if before >= 0 else f"{' ' * at}▼ {words}", style)


def _bar(scale: Scale, width: int) -> Text:
    flagged = -1 if scale.flagged_below is None else _column(scale.flagged_below, width)
    cleared = width if scale.cleared_from is None else _column(scale.cleared_from, width)
    bar = Text()
    for column in range(width):
        if column in (flagged, cleared):
            bar.append("┃", "bold")
        elif column < flagged:
            bar.append("░", "red")
        else:
            bar.append(*(("▒", "green") if column > cleared else ("─", "dim")))
    return bar


def _limits(scale: Scale, numbers: Numbers, width: int) -> Text:
    marks = [(0, "0")]
    if scale.flagged_below is not None:
        marks.append(
            (_column(scale.flagged_below, width), f"flagged below {numbers.figures(scale.flagged_below)}")
        )
    if scale.cleared_from is not None:
        words = f"cleared from {numbers.figures(scale.cleared_from)}"
        marks.append((min(_column(scale.cleared_from, width), width - len(words) - len(" 100")), words))
    return _marked([*marks, (width - 3, "100")])


def _landmarks(width: int) -> Text:
    marks = [(_column(one.place, width), f"╵{_share(one)}") for one in reversed(LANDMARKS)]
    line = _marked(marks)
    ending = next((one for one in ENDINGS if len(line) + len(one) <= width), "")
    return line.append(ending)


def _share(one: Landmark) -> str:
    return one.sentence.partition(" authentic")[0]


ENDINGS: Final = (" authentic accounts stand lower", " authentic ones are lower", " are lower")
"""The first of these for which there is space."""


def _marked(marks: list[tuple[int, str]]) -> Text:
    """Words at their columns, each pushed on where the one before it is in its way."""
    line = ""
    for at, words in marks:
        line += " " * max(at - len(line), 1 if line else 0) + words
    return Text(line, "dim")
