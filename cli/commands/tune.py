"""``assay tune``: better settings for ``assay train``, by recall at the promised rate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, FeatureFiles, Tracking

__all__ = ["app"]

app = typer.Typer()


@app.command()
def tune(  # noqa: PLR0913, PLR0917
    trials: Annotated[int, typer.Option(min=1, help="How many more trials.")] = 30,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Begin no further trial after so many minutes.")
    ] = None,
    study: Annotated[
        str, typer.Option(metavar="NAME", help="A search of that name is taken up again.")
    ] = "tune",
    out: Annotated[
        Path, typer.Option(metavar="FILE.toml", help="Best settings; beside it the table and the picture.")
    ] = Path("tuned.toml"),
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="Settings to begin with; what is not searched stays so."),
    ] = None,
    population: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Labelled accounts, as assay simulate writes them.")
    ] = None,
    accounts: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Your own accounts, on which trials are then judged.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Their labels; else those of assay labels import.")
    ] = None,
    simulated: Annotated[bool, typer.Option(help="Whether simulated accounts train beside your own.")] = True,
    columns: Columns = None,
    dataset: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FOLDER", help="A labelled public set to train on too; may be repeated."),
    ] = None,
    tracking: Tracking = None,
    features: FeatureFiles = None,
) -> None:
    """Search better settings; Ctrl-C keeps what is done, and the same --study goes on from there."""
    data = work.training_data.TrainOptions(
        population, accounts, labels, simulated, columns, config, tuple(dataset or ()), False, tracking,
        features=tuple(features or ()),
    )  # fmt: skip
    work.tune.run(work.tune.TuneOptions(data, trials, minutes, study, out))
