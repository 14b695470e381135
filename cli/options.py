"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

__all__ = ["Columns", "Model", "Name", "PathArgument", "Processes", "Tracking"]

PathArgument: TypeAlias = Annotated[
    Path,
    # Not asked here whether it can be read: the reader says so in Assay's own words.
    typer.Argument(help="A .json or .jsonl file, or a folder of tables (Parquet or CSV).", readable=False),
]
Columns: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.toml", help="What the columns of CSV files mean; PATH is then .csv or a folder."
    ),
]
Model: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="BUNDLE", help="A bundle's folder, instead of the champion.")
]
Tracking: TypeAlias = Annotated[
    str | None, typer.Option(metavar="URI", help="MLflow server; else $MLFLOW_TRACKING_URI or mlflow/store/.")
]
Name: TypeAlias = Annotated[str, typer.Option(help="Name of the registered model.")]
Processes: TypeAlias = Annotated[
    int | None,
    typer.Option(min=1, help="Processes to work in; else one for each core where the input is large."),
]
