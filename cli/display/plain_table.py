"""Plain tables without lines, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from cli.display.terminal import text
from cli.display.verdict_text import per_cent
from detector.bundle import Bundle
from detector.levels import LevelRow

__all__ = ["plain_table", "thresholds_table"]


def plain_table(left: Sequence[str], right: Sequence[str] = (), header_style: str = "bold") -> Table:
    """An empty table.

    Parameters
    ----------
    left
        Titles of the columns of text; a long text goes on in the next line.
    right
        Titles of the columns of numbers, which stand right of them.
    header_style
        As Rich names styles.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=header_style)
    for title in left:
        table.add_column(title, overflow="fold")
    for title in right:
        table.add_column(title, justify="right")
    return table


def thresholds_table(bundle: Bundle) -> Table:
    """Every evidence level with a threshold, those that accounts came with by themselves first."""
    table = plain_table(["evidence level"], ["accounts", "came with it", "threshold", "expected recall"])
    rows = [row for row in bundle.levels if row.accuse_above is not None]
    for row in sorted(rows, key=lambda row: (row.masked_only, -row.authentic_accounts, row.level)):
        table.add_row(*map(text, level_row(row)))
    return table


def level_row(row: LevelRow) -> tuple[str, ...]:
    """The cells of one evidence level in :func:`thresholds_table`."""
    natural = "masked only" if row.masked_only else per_cent(row.natural_share or 0.0)
    recall = "unknown" if row.expected_recall is None else per_cent(row.expected_recall)
    return (row.level, f"{row.authentic_accounts:,}", natural, f"{row.accuse_above:.3f}", recall)
