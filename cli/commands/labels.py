"""``assay labels``: what people called accounts, to train on and to measure by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, Model

__all__ = ["app"]

app = typer.Typer(name="labels", help="Labels of your own accounts.", no_args_is_help=True)

LabelFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A table of labels, .csv or .parquet.", readable=False)
]


@app.command(name="import")
def import_labels(file: LabelFile) -> None:
    """Add a table of labels to those of Assay's own folder; the same ones twice are there once."""
    work.labels.import_file(file)


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Instead of those imported.", readable=False)
    ] = None,
    accounts: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The accounts that the labels are about.")
    ] = None,
    model: Model = None,
    columns: Columns = None,
) -> None:
    """Show conflicts and, with the accounts, labels that a person should look at again."""
    work.labels.check(file, accounts, model, columns)


@app.command(name="list")
def list_labels() -> None:
    """List the label of each account, after conflicts are resolved."""
    work.labels.show_all()


@app.command()
def export(
    out: Annotated[Path, typer.Option(metavar="FILE.csv", help="Where to write them.")],
) -> None:
    """Write all labels, as they were imported, to a CSV file."""
    work.labels.export(out)
