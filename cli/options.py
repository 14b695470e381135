"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from accounts.errors import WrongUsage

__all__ = [
    "Alpha", "Columns", "FeatureFiles", "Model", "Name", "NewBundle", "PathArgument", "Processes", "Promote",
    "Tenant", "Tracking", "VerifiedBy", "WithObserved", "check_alpha", "given_path",
]  # fmt: skip


def given_path(written: str) -> Path:
    """The path that somebody wrote; whether it can be read, its reader says in Assay's own words.

    Raises
    ------
    WrongUsage
        If it is empty, which would be the current folder: a script's variable was not set.
    """
    if not written.strip():
        raise WrongUsage("PATH must name a file or a folder. Got an empty text.")
    return Path(written)


PathArgument: TypeAlias = Annotated[
    Path,
    typer.Argument(
        help="A .json or .jsonl file, a folder of tables, or files of a known source (docs/importing.md).",
        parser=given_path,
    ),
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
NewBundle: TypeAlias = Annotated[
    Path, typer.Option(metavar="BUNDLE", help="New folder, or one that holds a bundle.")
]
Alpha: TypeAlias = Annotated[
    float | None, typer.Option(help="Largest false-accusation rate, such as 0.05; else the model's.")
]
VerifiedBy: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Their labels: those called authentic are taken that are not held out. Else all accounts.",
    ),
]
Promote: TypeAlias = Annotated[bool, typer.Option(help="Make the new bundle champion at once.")]
Tracking: TypeAlias = Annotated[
    str | None, typer.Option(metavar="URI", help="MLflow server; else $MLFLOW_TRACKING_URI or mlflow/store/.")
]
Name: TypeAlias = Annotated[str, typer.Option(help="Name of the registered model.")]
Processes: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1, max=1_024, help="Processes to work in; else one for each core where the input is large."
    ),
]

FeatureFiles: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--features",
        metavar="FILE.py",
        help="A file of features of your own, which is run; may be repeated; else $ASSAY_FEATURES.",
    ),
]

Tenant: TypeAlias = Annotated[str, typer.Option(help="Whose observations, as a key of the service says.")]
WithObserved: TypeAlias = Annotated[
    bool, typer.Option("--with-observed", help="Join what `assay observe` has stored of the accounts.")
]


def check_alpha(alpha: float | None) -> None:
    """Refuse a false-accusation rate that is none.

    Raises
    ------
    WrongUsage
        Unless it is None or lies between 0 and 1.
    """
    if alpha is not None and not 0 < alpha < 1:
        raise WrongUsage(f"--alpha must lie between 0 and 1. Got {alpha:g}.")
