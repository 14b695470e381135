"""The three forms of many verdicts, made from their JSON: lines, a flat CSV, a table for the terminal."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol, TextIO

from rich.console import Console, Group
from rich.table import Table

from cli.terminal import console, printable, text
from cli.wording import LABEL_STYLES, counted, evidence_in_short
from detector.cells import COLUMNS, flat, harmless
from detector.words import Explain, Label

__all__ = ["COLUMNS", "OUTPUTS", "CsvOutput", "JsonOutput", "Output", "TableOutput", "flat", "harmless"]


class Output(Protocol):
    """A form of verdicts, written as they come; made with a stream and the promise that they rest on."""

    explain: Explain

    def write(self, lines: Sequence[str]) -> None:
        """Add some verdicts, each a line of JSON."""

    def close(self, counts: Mapping[str, int]) -> None:
        """Add what stands below them."""


class JsonOutput:
    """One verdict a line. All ASCII, so that nobody's text can steer a terminal."""

    explain = Explain.FLAGGED

    def __init__(self, stream: TextIO, promise: str) -> None:
        self.stream = stream

    def write(self, lines: Sequence[str]) -> None:
        """Add a line for each."""
        self.stream.writelines(line + "\n" for line in lines)

    def close(self, counts: Mapping[str, int]) -> None:
        """Nothing stands below."""


class CsvOutput:
    """One account a row; absent is an empty cell."""

    explain = Explain.FLAGGED

    def __init__(self, stream: TextIO, promise: str) -> None:
        self.rows = csv.writer(stream, lineterminator="\n")
        self.rows.writerow(COLUMNS)

    def write(self, lines: Sequence[str]) -> None:
        """Add a row for each."""
        for verdict in map(json.loads, lines):
            self.rows.writerow([harmless(cell) for cell in flat(verdict).values()])

    def close(self, counts: Mapping[str, int]) -> None:
        """Nothing stands below."""


class TableOutput:
    """A table for reading; its widths follow from the first accounts, for it is written as it grows."""

    explain = Explain.ALL

    def __init__(self, stream: TextIO, promise: str) -> None:
        self.console: Console = console()
        self.console.width = max(self.console.width, NARROWEST)
        self.promise = promise
        self.account = 0

    def write(self, lines: Sequence[str]) -> None:
        """Add a row for each."""
        verdicts = [json.loads(line) for line in lines]
        if not verdicts:
            return
        headed = bool(self.account)
        longest = max(len(printable(one["account_id"])) for one in verdicts)
        self.account = self.account or min(longest, max(MOST_OF_AN_ID, self.console.width // 4))
        table = self._table(headed=headed)
        for verdict in verdicts:
            label, score = Label(verdict["label"]), verdict["authenticity_score"]
            seen = {block: found["n"] for block, found in verdict["evidence"]["blocks"].items()}
            first = [text(said) for said in what_speaks(verdict)]
            table.add_row(
                text(verdict["account_id"]),
                text(label.value, LABEL_STYLES[label]),
                text("" if score is None else score),
                Group(*first, text(f"{verdict['platform']}: {evidence_in_short(seen)}", "dim")),
            )
        self.console.print(table)

    def close(self, counts: Mapping[str, int]) -> None:
        """Add the counts, and what the promise rests on."""
        self.console.print()
        self.console.print(text(counted(counts)))
        self.console.print(text(self.promise, "dim"))

    def _table(self, *, headed: bool) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=not headed)
        rest = self.console.width - self.account - sum(FIXED_WIDTHS) - 2 * 3
        for title, width in zip(TITLES, (self.account, *FIXED_WIDTHS, rest), strict=True):
            align = "right" if title == "score" else "left"
            table.add_column(title, width=width, overflow="fold", justify=align, header_style="bold")  # type: ignore[arg-type]
        return table


def what_speaks(verdict: Mapping[str, Any]) -> list[str]:
    """The weightiest thing against whoever is doubted, else in their favour; none where there is none.

    >>> likes = {"sentence": "its likes vary"}
    >>> what_speaks({"label": "authentic", "reasons": [], "counter_reasons": [likes]})
    ['in its favour: its likes vary']
    """
    if verdict["label"] in (Label.AUTHENTIC, Label.INSUFFICIENT):
        return [f"in its favour: {one['sentence']}" for one in verdict["counter_reasons"][:1]]
    return [one["sentence"] for one in verdict["reasons"][:1]]


TITLES: Final = ("account", "label", "score", "first reason, and what was seen")
FIXED_WIDTHS: Final = (12, 5)
NARROWEST: Final = 72
MOST_OF_AN_ID: Final = 28
"""Or a quarter of a wide terminal; a YouTube channel's name with its platform's is 27 characters long."""

OUTPUTS: Final[Mapping[str, type[JsonOutput] | type[CsvOutput] | type[TableOutput]]] = MappingProxyType(
    {"json": JsonOutput, "csv": CsvOutput, "table": TableOutput}
)
