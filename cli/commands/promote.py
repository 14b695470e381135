"""``assay promote``: a registered version becomes the champion, if it passes every gate."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import work
from cli.commands.compare import Gates, Labels, OwnAccountsPath
from cli.options import Columns, FeatureFiles, Name, Tracking

__all__ = ["app"]

app = typer.Typer()


@app.command()
def promote(  # noqa: PLR0913, PLR0917
    version: Annotated[str, typer.Argument(help="Number or alias of a registered version.")] = "challenger",
    accounts: OwnAccountsPath = None,
    labels: Labels = None,
    columns: Columns = None,
    gates: Gates = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Promote against failed gates, which the version's tags then name."),
    ] = False,
    tracking: Tracking = None,
    name: Name = "assay",
    features: FeatureFiles = None,
) -> None:
    """Make a version the champion that screens, if it passes every gate; exits with 1 if one fails."""
    work.outside.use(features)
    options = work.compare.CompareOptions(
        version, "champion", accounts, labels, columns, gates, tracking, name
    )
    if not work.compare.promote(options, force=force):
        raise typer.Exit(1)
