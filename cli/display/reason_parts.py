"""The reasons of a verdict for the terminal: sentences, the figures behind them, the account's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.display.terminal import text
from detector.verdict import Reason, Scalar
from features.sentences import format_value

__all__ = ["as_sentence", "reason_parts"]

LONGEST_CELL: Final = 60
INDENT: Final = (0, 0, 0, 3)


def reason_parts(reasons: Iterable[Reason]) -> list[RenderableType]:
    """The parts of all reasons, which are numbered from 1 in their order."""
    return [part for number, reason in enumerate(reasons, 1) for part in one_reason(number, reason)]


def one_reason(number: int, reason: Reason) -> Iterator[RenderableType]:
    """The sentence, the figures behind it, and the account's own rows."""
    yield Text.assemble(f"{number}. ", text(as_sentence(reason.sentence), "bold"))
    yield Padding(text(figures(reason), "dim"), INDENT)
    if reason.rows:
        yield Padding(rows_table(reason.rows), INDENT)


def as_sentence(words: str) -> str:
    """The words with a capital letter and a full stop.

    >>> as_sentence("its likes vary")
    'Its likes vary.'
    """
    return f"{words[:1].upper()}{words[1:]}."


def figures(reason: Reason) -> str:
    """Feature, value, typical range of the peers, percentile and contribution, in one line."""
    low, high = (format_value(bound, reason.unit) for bound in reason.typical) if reason.typical else ("", "")
    parts = [
        f"{reason.feature} ({reason.family})",
        f"value {format_value(reason.value, reason.unit)}",
        f"typical {low} to {high}" if reason.typical else "typical range unknown",
        "" if reason.percentile is None else f"percentile {reason.percentile:.3g}",
        f"contribution {reason.contribution:+.2f} to {reason.signal}",
    ]
    return " · ".join(part for part in parts if part)


def rows_table(rows: Sequence[Mapping[str, Scalar]]) -> Table:
    """The rows that show a reason; columns of numbers are aligned to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in rows[0]:
        numeric = all(isinstance(row[name], int | float | None) for row in rows)
        table.add_column(text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(text(cell(value)) for value in row.values()))
    return table


def cell(value: Scalar) -> str:
    """One value of a row.

    >>> cell(21400), cell(0.123456), cell(None), cell("x" * 99)[-1]
    ('21,400', '0.123', '–', '…')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
    return value if len(value) <= LONGEST_CELL else f"{value[: LONGEST_CELL - 1]}…"
