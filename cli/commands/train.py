"""``assay train``: a detector from labelled accounts, tracked and registered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Tracking

__all__ = ["app"]

app = typer.Typer()


@app.command()
def train(
    population: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Labelled accounts, as assay simulate writes them.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="Settings of the run.")] = None,
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FOLDER",
            help="A labelled public set of a data folder to train on too (docs/data.md); may be repeated.",
        ),
    ] = None,
    promote: Annotated[bool, typer.Option(help="Make the new version champion at once.")] = False,
    tracking: Tracking = None,
) -> None:
    """Train, track the run in MLflow and register the model; the first one becomes champion."""
    work.train.run(population, config, dataset or [], promote, tracking)
