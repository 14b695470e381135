"""Screens accounts that an expert judges at sight, and prints each verdict's main points on one line.

    .venv/bin/python -m benchmarks.quality.expert FOLDER [--model FOLDER]

Screens every ``*.jsonl`` of the folder, file by file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from accounts.errors import AssayError
from accounts.reading import read
from benchmarks.quality.handmade.verdict_summary import VerdictSummary, summarise
from benchmarks.quality.harness.benchmarked_model import load_detector
from detector.screening import Detector

__all__ = ["screen_folder"]


def screen_folder(detector: Detector, folder: Path) -> Iterator[tuple[str, VerdictSummary]]:
    """File and first words of each account's verdict.

    Raises
    ------
    BadInput
        If an account is refused.
    """
    for path in sorted(folder.glob("*.jsonl")):
        for chunk in read(path):
            yield from ((path.name, summarise(verdict)) for verdict in detector.screen(chunk.tables))


def as_table(rows: Iterator[tuple[str, VerdictSummary]]) -> Table:
    """One line an account."""
    table = Table(
        "account", "label", "suspicion", "signals over", "first reason", "far out", title_justify="left"
    )
    before = ""
    for name, seen in rows:
        if name != before:
            table.add_section()
        before = name
        suspicion = "-" if seen.suspicion is None else f"{seen.suspicion:.3f}"
        signals, far_out = ", ".join(seen.signals), ", ".join(seen.far_out)
        table.add_row(seen.account_id, seen.label, suspicion, signals, seen.sentence or "", far_out)
    return table


def main(
    folder: Annotated[Path, typer.Argument(help="Folder with *.jsonl of accounts.")],
    model: Annotated[Path | None, typer.Option(help="A bundle; without it the starter.")] = None,
) -> None:
    """Screen all accounts of a folder and print what a reader sees first."""
    console = Console(width=190)
    try:
        console.print(as_table(screen_folder(load_detector(model), folder)))
    except AssayError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None


if __name__ == "__main__":
    typer.run(main)
