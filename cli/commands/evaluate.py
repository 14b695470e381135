"""``assay evaluate``: what a detector is worth on labelled accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, FeatureFiles, Name, Tracking

__all__ = ["app"]

app = typer.Typer()


@app.command()
def evaluate(  # noqa: PLR0913, PLR0917
    accounts: Annotated[Path, typer.Option(metavar="PATH", help="The accounts, as assay screen takes them.")],
    bundle: Annotated[
        str | None,
        typer.Argument(
            metavar="BUNDLE",
            help="A bundle's folder, or number or alias of a registered version; else the champion.",
        ),
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Their labels; else those imported.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report too: .html or .json.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Measure on all accounts, those that trained the detector too.")
    ] = False,
    track: Annotated[bool, typer.Option(help="Record the figures in MLflow.")] = False,
    columns: Columns = None,
    tracking: Tracking = None,
    name: Name = "assay",
    features: FeatureFiles = None,
) -> None:
    """Measure a detector on labelled accounts: errors, recall, calibration, by evidence and slice."""
    work.outside.use(features)
    work.evaluate.run(
        work.evaluate.EvaluateOptions(
            accounts, bundle, labels, out, everything, track, columns, tracking, name
        )
    )
