"""The reasons of a verdict for the terminal: sentences, what is usual, the account's rows, and figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.display.terminal import text
from detector.verdict import Reason
from features.sentences import format_value
from reporting.reasons import ReasonText
from reporting.rows import RowTable

__all__ = ["figures", "plain_text", "reason_parts"]

LONGEST_CELL: Final = 60
INDENT: Final = (0, 0, 0, 3)
_INVISIBLE: Final = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\u2068": "", "\u2069": ""})


def plain_text(words: str, style: str = "") -> Text:
    r"""Text of ours as the terminal shows it: without bidi isolates, and with breaking spaces only.

    >>> plain_text("“\u2068nice\u2069” 31\xa0%").plain
    '“nice” 31 %'
    """
    return text(words.translate(_INVISIBLE), style)


def reason_parts(reasons: Iterable[ReasonText]) -> list[RenderableType]:
    """The parts of all reasons, which are numbered from 1 in their order."""
    return [part for number, reason in enumerate(reasons, 1) for part in one_reason(number, reason)]


def one_reason(number: int, reason: ReasonText) -> Iterator[RenderableType]:
    """The sentence, what is usual, and the account's own rows."""
    yield Text.assemble(f"{number}. ", plain_text(reason.sentence, "bold"))
    if reason.usual:
        yield Padding(plain_text(reason.usual, "dim"), INDENT)
    if reason.rows:
        yield Padding(rows_table(reason.rows), INDENT)


def figures(reason: Reason) -> str:
    """Feature, value, typical range of the peers, percentile and contribution, in one line."""
    low, high = (format_value(bound, reason.unit) for bound in reason.typical) if reason.typical else ("", "")
    parts = [
        f"{reason.feature} ({reason.family})",
        f"value {format_value(reason.value, reason.unit)}",
        f"typical {low} to {high}" if reason.typical else "typical range unknown",
        f"of {reason.typical_source}" if reason.typical_source else reason.typical_of or "",
        "" if reason.percentile is None else f"percentile {reason.percentile:.3g}",
        f"contribution {reason.contribution:+.2f} to {reason.signal}",
    ]
    return " · ".join(part for part in parts if part)


def rows_table(rows: RowTable) -> Table:
    """The rows that show a reason; columns of numbers are aligned to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    columns = zip(*rows.rows, strict=True)
    for name, cells in zip(rows.headers, columns, strict=True):
        numeric = all(cell.numeric or cell.text == "–" for cell in cells)
        table.add_column(text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows.rows:
        table.add_row(*(_cell(cell.text, cell.quoted) for cell in row))
    return table


def _cell(words: str, quoted: bool) -> Text:
    shown = words if len(words) <= LONGEST_CELL else f"{words[: LONGEST_CELL - 1]}…"
    return text(shown) if quoted else plain_text(shown)
