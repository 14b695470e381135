"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

__all__ = ["Model", "PathArgument"]

PathArgument: TypeAlias = Annotated[
    Path, typer.Argument(help="A .json or .jsonl file, or a folder of tables (Parquet or CSV).")
]
Model: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="BUNDLE", help="A bundle's folder, instead of the champion.")
]
