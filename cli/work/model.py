"""What ``assay model`` does."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.table import Table

from cli.display.plain_table import plain_table
from cli.display.terminal import console, text
from cli.display.verdict_text import model_promise, per_cent
from cli.environment import Environment
from detector.bundle import Bundle, save
from detector.levels import LevelRow
from detector.locate import open_detector

__all__ = ["export", "show"]

MOST_LEVELS: Final = 12


def show(model: Path | None) -> None:
    """Show what the model is, promises and rests on."""
    bundle = open_bundle(model)
    shown = console()
    shown.print(facts_table(bundle))
    shown.print()
    shown.print(levels_table(bundle))
    shown.print(text(f"{len(bundle.levels):,} evidence levels in all.", "dim"))
    shown.print()
    shown.print(text(model_promise(bundle.facts)))


def export(out: Path, model: Path | None) -> None:
    """Write a copy of the bundle, whose files were checked against its manifest."""
    save(open_bundle(model), out)


def open_bundle(model: Path | None) -> Bundle:
    """The bundle named, else the champion, else the starter."""
    return open_detector(model, Environment.read().home).bundle


def facts_table(bundle: Bundle) -> Table:
    """Where the model comes from, a fact a row."""
    facts = bundle.facts
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in (
        ("model", f"{facts.name} {facts.version}"),
        ("sha256", bundle.sha256),
        ("created", facts.created_at),
        ("catalogue", f"{facts.catalogue}, {len(bundle.manifest.features)} features"),
        ("trained on", ", ".join(facts.trained_on)),
        ("calibrated on", facts.calibrated_on),
        ("alpha", per_cent(facts.alpha)),
        ("confidence", per_cent(facts.confidence)),
    ):
        table.add_row(text(name, "bold"), text(value))
    return table


def levels_table(bundle: Bundle) -> Table:
    """The evidence levels with the most authentic accounts."""
    table = plain_table(
        ["evidence level"], ["authentic accounts", "threshold", "expected recall", "false accusations"]
    )
    for row in sorted(bundle.levels, key=lambda row: (-row.authentic_accounts, row.level))[:MOST_LEVELS]:
        table.add_row(*map(text, level_cells(row)))
    return table


def level_cells(row: LevelRow) -> tuple[str, ...]:
    """The cells of one evidence level."""
    threshold = "nobody flagged" if row.accuse_above is None else f"{row.accuse_above:.3f}"
    rates = [
        "unknown" if rate is None else per_cent(rate)
        for rate in (row.expected_recall, row.false_accusation_rate)
    ]
    return (row.level, f"{row.authentic_accounts:,}", threshold, *rates)
