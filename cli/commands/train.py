"""``assay train``: a detector from labelled accounts, tracked and registered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, FeatureFiles, Tracking

__all__ = ["app"]

app = typer.Typer()


@app.command()
def train(  # noqa: PLR0913, PLR0917
    population: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Labelled accounts, as assay simulate writes them.")
    ] = None,
    accounts: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Your own accounts, as assay screen takes them.")
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Their labels; else those of assay labels import (docs/labels.md)."
        ),
    ] = None,
    simulated: Annotated[bool, typer.Option(help="Whether simulated accounts train beside your own.")] = True,
    columns: Columns = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="Settings of the run.")] = None,
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FOLDER",
            help="A labelled public set of a data folder to train on too (docs/data.md); may be repeated.",
        ),
    ] = None,
    from_run: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Repeat a tracked run: the same settings and data; gives the same bytes."
        ),
    ] = None,
    promote: Annotated[bool, typer.Option(help="Make the new version champion at once.")] = False,
    tracking: Tracking = None,
    features: FeatureFiles = None,
) -> None:
    """Train, track the run in MLflow and register the model; the first one becomes champion."""
    work.train.run(
        work.train.TrainOptions(
            population, accounts, labels, simulated, columns, config, tuple(dataset or ()), promote, tracking,
            from_run, tuple(features or ()),
        )
    )  # fmt: skip
