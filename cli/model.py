"""``assay model``: what the champion is, promises and rests on; and a copy of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.options import Model, Name, Tracking

if TYPE_CHECKING:
    from rich.table import Table

    from detector.bundle import Bundle
    from detector.levels import LevelRow

__all__ = ["app"]

MOST_LEVELS: Final = 12

app = typer.Typer(name="model", help="The model in use: what it is, and a copy of it.", no_args_is_help=True)


@app.command()
def show(model: Model = None) -> None:
    """Show what the model is, promises and rests on."""
    bundle = opened(model)
    from cli.terminal import console, text
    from cli.wording import promise

    shown = console()
    shown.print(facts_table(bundle))
    shown.print()
    shown.print(levels_table(bundle))
    shown.print(text(f"{len(bundle.levels):,} evidence levels in all.", "dim"))
    shown.print()
    shown.print(text(promise(bundle.facts)))


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="New folder, or one that holds a bundle.")], model: Model = None
) -> None:
    """Copy the model's bundle, checked, into a folder."""
    bundle = opened(model)
    from detector.bundle import save

    save(bundle, out)


@app.command(name="list")
def list_versions(tracking: Tracking = None, name: Name = "assay") -> None:
    """List the registered versions, the newest first, with their aliases."""
    from rich.table import Table

    from cli.settings import Settings
    from cli.terminal import console, text

    store = Settings.read().store(tracking, name)
    versions = store.versions()
    if not versions:
        console().print(text(f"Nothing has been trained yet: {store.uri} holds no version of {name}."))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("version", "aliases", "bundle", "run"):
        table.add_column(title)
    for one in versions:
        table.add_row(*map(text, (one.number, ", ".join(one.aliases), one.sha256[:12], one.run_id)))
    console().print(table)


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="Number or alias of a registered version.")],
    tracking: Tracking = None,
    name: Name = "assay",
) -> None:
    """Make a registered version the champion that screens and serves."""
    from cli.settings import Settings
    from cli.terminal import console, text
    from training.promote import promote as crown

    settings = Settings.read()
    crowned = crown(settings.store(tracking, name), version, settings.home)
    console().print(text(f"{name} version {crowned.number} is the champion: {settings.home / 'champion'}"))


@app.command()
def rollback(tracking: Tracking = None, name: Name = "assay") -> None:
    """Bring back the champion before this one; a second time brings back this one."""
    from cli.settings import Settings
    from cli.terminal import console, text
    from training.promote import roll_back

    settings = Settings.read()
    sha256, version = roll_back(settings.store(tracking, name), settings.home)
    called = f"{name} version {version.number}" if version else f"The bundle {sha256[:12]}"
    console().print(text(f"{called} is the champion again: {settings.home / 'champion'}"))


def opened(model: Path | None) -> Bundle:
    """The bundle that a command would use."""
    from cli.settings import Settings
    from detector.locate import open_detector

    return open_detector(model, Settings.read().home).bundle


def facts_table(bundle: Bundle) -> Table:
    """Where the model comes from."""
    from rich.table import Table

    from cli.terminal import text
    from cli.wording import share

    facts = bundle.facts
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in (
        ("model", f"{facts.name} {facts.version}"),
        ("sha256", bundle.sha256),
        ("created", facts.created_at),
        ("catalogue", f"{facts.catalogue}, {len(bundle.manifest.features)} features"),
        ("trained on", ", ".join(facts.trained_on)),
        ("calibrated on", facts.calibrated_on),
        ("alpha", share(facts.alpha)),
        ("confidence", share(facts.confidence)),
    ):
        table.add_row(text(name, "bold"), text(value))
    return table


def levels_table(bundle: Bundle) -> Table:
    """The evidence levels that most authentic accounts were there for."""
    from rich.table import Table

    from cli.terminal import text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("evidence level", overflow="fold")
    for title in ("authentic accounts", "threshold", "expected recall", "false accusations"):
        table.add_column(title, justify="right")
    for row in sorted(bundle.levels, key=lambda row: (-row.n0, row.level))[:MOST_LEVELS]:
        table.add_row(*map(text, level_cells(row)))
    return table


def level_cells(row: LevelRow) -> tuple[str, ...]:
    """One level's cells."""
    from cli.wording import share

    threshold = "nobody flagged" if row.threshold is None else f"{row.threshold:.3f}"
    known = ["unknown" if value is None else share(value) for value in (row.expected_recall, row.far)]
    return (row.level, f"{row.n0:,}", threshold, *known)
