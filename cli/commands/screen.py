"""``assay screen``: a verdict for every account of a file or a folder, in input order."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, FeatureFiles, Model, PathArgument, Processes, Tenant, WithObserved

__all__ = ["app"]

app = typer.Typer()


@app.command()
def screen(  # noqa: PLR0913
    path: PathArgument,
    *,
    model: Model = None,
    columns: Columns = None,
    as_json: Annotated[bool, typer.Option("--json", help="One verdict a line, as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="One account a row, safe in a spreadsheet.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write to a file: .jsonl or .csv, or as --json or --csv say.")
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(metavar="LABEL,...", help="Exit with 1 if any account gets one of these labels."),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Report bad accounts and go on, instead of stopping.")
    ] = False,
    processes: Processes = None,
    with_observed: WithObserved = False,
    tenant: Tenant = "default",
    features: FeatureFiles = None,
) -> None:
    """Screen accounts: whether their engagement is real, why, and how sure that is.

    Exit codes: 0 done, 1 something in --fail-on, 2 usage, 3 bad input, 4 no usable model.
    """
    exit_code = work.screen.run(
        work.screen.ScreenOptions(
            path=path, model=model, columns=columns, as_json=as_json, as_csv=as_csv, out=out, fail_on=fail_on,
            keep_going=keep_going, processes=processes, observed_by=tenant if with_observed else None,
            features=tuple(features or ()),
        )
    )  # fmt: skip
    if exit_code:
        raise typer.Exit(exit_code)
