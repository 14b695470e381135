"""``assay compare``: a challenger against the champion, by every gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, FeatureFiles, Name, Tracking

__all__ = ["Gates", "Labels", "OwnAccountsPath", "app"]

app = typer.Typer()

Gates = Annotated[
    Path | None, typer.Option(metavar="FILE.toml", help="Limits of the gates, such as mlflow/gates.toml.")
]
OwnAccountsPath = Annotated[
    Path | None, typer.Option(metavar="PATH", help="Accounts of your own, to compare on those held out too.")
]
Labels = Annotated[Path | None, typer.Option(metavar="FILE", help="Their labels; else those imported.")]


@app.command()
def compare(  # noqa: PLR0913, PLR0917
    challenger: Annotated[
        str, typer.Argument(help="A bundle's folder, or number or alias of a registered version.")
    ] = "challenger",
    champion: Annotated[
        str, typer.Argument(help="Likewise, or `starter`; else the champion that screens.")
    ] = "champion",
    accounts: OwnAccountsPath = None,
    labels: Labels = None,
    columns: Columns = None,
    gates: Gates = None,
    tracking: Tracking = None,
    name: Name = "assay",
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Show what the service's challenger said of live requests.")
    ] = False,
    tenant: Annotated[str, typer.Option(help="Of whom, with --shadow.")] = "default",
    features: FeatureFiles = None,
) -> None:
    """Hold a challenger against the champion; exits with 1 if a gate fails."""
    if shadow:
        work.shadow.show(tenant)
        return
    work.outside.use(features)
    options = work.compare.CompareOptions(
        challenger, champion, accounts, labels, columns, gates, tracking, name
    )
    if work.compare.run(options):
        raise typer.Exit(1)
