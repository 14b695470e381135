"""Many verdicts in three forms, made from their JSON: JSON lines, a flat CSV, a table for the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol, TextIO

from rich.console import Console, Group
from rich.table import Table

from cli.display.reason_parts import plain_text
from cli.display.terminal import console, printable, text
from cli.display.verdict_text import LABEL_STYLES, evidence_summary, findings_summary, label_counts
from detector.labels import Explain, Label
from detector.spreadsheet import COLUMNS, csv_line, flat, harmless, harmless_row
from reporting.document import read_verdict
from reporting.first_reason import first_reason
from reporting.numbers import Numbers
from reporting.parts import PartContents, parts_of
from reporting.reasons import both_sides

__all__ = [
    "COLUMNS",
    "WRITERS",
    "CsvWriter",
    "JsonWriter",
    "TableWriter",
    "VerdictWriter",
    "flat",
]


class VerdictWriter(Protocol):
    """Writes verdicts chunk by chunk.

    Attributes
    ----------
    explain
        Which verdicts must come with their reasons.
    """

    explain: Explain

    def write(self, lines: Sequence[str]) -> None:
        """Write some verdicts, each given as a line of JSON."""

    def close(self, counts: Mapping[str, int]) -> None:
        """Write what stands below all verdicts; ``counts`` are those of the labels."""


class JsonWriter:
    """One verdict a line, as JSON in ASCII: no text of an account can send a terminal control characters."""

    explain = Explain.FLAGGED

    def __init__(self, stream: TextIO, promise: str) -> None:
        self.stream = stream

    def write(self, lines: Sequence[str]) -> None:
        """Write a line for each."""
        self.stream.writelines(line + "\n" for line in lines)

    def close(self, counts: Mapping[str, int]) -> None:
        """Write nothing: below the verdicts there is nothing."""


class CsvWriter:
    """One account a row; absent is an empty cell. On a terminal an id's control characters are escaped."""

    explain = Explain.FLAGGED

    def __init__(self, stream: TextIO, promise: str) -> None:
        self.stream = stream
        self.stream.write(csv_line(COLUMNS))

    def write(self, lines: Sequence[str]) -> None:
        """Write a row for each."""
        for verdict in map(json.loads, lines):
            row = flat(verdict)
            cells = map(harmless, row.values()) if self.stream.isatty() else harmless_row(row)
            self.stream.write(csv_line(cells))

    def close(self, counts: Mapping[str, int]) -> None:
        """Write nothing: below the verdicts there is nothing."""


class TableWriter:
    """A table for reading.

    It is written chunk by chunk, so the width of its columns follows from the first chunk.
    """

    explain = Explain.ALL

    def __init__(self, stream: TextIO, promise: str) -> None:
        self.console: Console = console()
        self.console.width = max(self.console.width, NARROWEST)
        self.promise, self.numbers = promise, Numbers()
        self.account_width = 0

    def write(self, lines: Sequence[str]) -> None:
        """Write a row for each; the first time with a header."""
        verdicts = [json.loads(line) for line in lines]
        if not verdicts:
            return
        table = self._table(verdicts)
        for verdict in verdicts:
            label, score = Label(verdict["label"]), verdict["authenticity_score"]
            seen = {block: found["n"] for block, found in verdict["evidence"]["blocks"].items()}
            first = plain_text(leading_reason(verdict, self.numbers))
            doubts = [text(found, "dim") for found in findings_summary(verdict["evidence"]["findings"])]
            table.add_row(
                text(verdict["account_id"]),
                text(label.value, LABEL_STYLES[label]),
                text("" if score is None else score),
                Group(first, text(f"{verdict['platform']}: {evidence_summary(seen)}", "dim"), *doubts),
            )
        self.console.print(table)

    def close(self, counts: Mapping[str, int]) -> None:
        """Write the number of verdicts by label, and the promise."""
        self.console.print()
        self.console.print(text(label_counts(counts)))
        self.console.print(text(self.promise, "dim"))

    def _table(self, verdicts: Sequence[Mapping[str, Any]]) -> Table:
        first = not self.account_width
        free = self.console.width - sum(FIXED_WIDTHS) - GAP * len(FIXED_WIDTHS) - GAP
        if first:
            longest = max(len(TITLES[0]), *(len(printable(one["account_id"])) for one in verdicts))
            self.account_width = min(longest, max(ACCOUNT_WIDTH, free - REASON_WIDTH))
        table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, show_header=first)
        widths = (self.account_width, *FIXED_WIDTHS, free - self.account_width)
        for title, width in zip(TITLES, widths, strict=True):
            align = "right" if title == "score" else "left"
            table.add_column(title, width=width, overflow="fold", justify=align, header_style="bold")  # type: ignore[arg-type]
        return table


def leading_reason(verdict: Mapping[str, Any], numbers: Numbers) -> str:
    """Why the account has its label: what the desk's queue and the report of many say of it, too.

    Of one that is cleared what speaks most for it, where anything does.

    Parameters
    ----------
    verdict
        The verdict's JSON.
    numbers
        Writes them in the reader's locale.
    """
    known = read_verdict(verdict)
    reasons, in_favour = both_sides(known, None, numbers)
    if known.label is Label.AUTHENTIC and in_favour:
        return f"In its favour: {in_favour[0].sentence} {in_favour[0].usual}".rstrip()
    contents = PartContents(reasons=reasons, in_favour=in_favour, known=())
    return first_reason(known, parts_of(known, None, contents, numbers), reasons, numbers)


TITLES: Final = ("account", "label", "score", "first reason, and what was seen")
FIXED_WIDTHS: Final = (12, 5)
"""Columns of the terminal for label and score."""

GAP: Final = 2
NARROWEST: Final = 72
ACCOUNT_WIDTH: Final = 28
"""What an account's name gets at least if it needs it; a YouTube channel's has 27 characters."""

REASON_WIDTH: Final = 40
"""What longer names leave to the reason: only names that would take more are broken."""

WRITERS: Final[Mapping[str, type[JsonWriter] | type[CsvWriter] | type[TableWriter]]] = MappingProxyType(
    {"json": JsonWriter, "csv": CsvWriter, "table": TableWriter}
)
