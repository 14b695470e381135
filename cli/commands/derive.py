"""``assay derive``: the features that the detector reads, one row per account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, FeatureFiles, PathArgument, Processes

__all__ = ["app"]

app = typer.Typer()


@app.command()
def derive(
    path: PathArgument,
    *,
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
    columns: Columns = None,
    processes: Processes = None,
    features: FeatureFiles = None,
) -> None:
    """Derive every feature of every account into one Parquet file; absent is null."""
    work.derive.run(path, out, columns, processes, tuple(features or ()))
