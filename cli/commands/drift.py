"""``assay drift``: whether today's accounts are like those before, and whether the promise holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, Model

__all__ = ["app"]

app = typer.Typer()

KINDS = "results of `assay screen` (.jsonl or .csv) or of a bulk job (.parquet too), or accounts"


@app.command()
def drift(  # noqa: PLR0913
    reference: Annotated[Path, typer.Argument(help=f"Before: {KINDS}.", readable=False)],
    current: Annotated[Path, typer.Argument(help="After, likewise.", readable=False)],
    *,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Labels of people, of either side, to hold against the promise."),
    ] = None,
    unselected: Annotated[
        bool,
        typer.Option("--unselected", help="These accounts were looked at whatever their verdict said."),
    ] = False,
    level: Annotated[float, typer.Option(help="Rate of false alarms.")] = 0.01,
    psi: Annotated[float, typer.Option(help="PSI below which nothing is an alarm.")] = 0.1,
    ks: Annotated[float, typer.Option(help="KS distance likewise.")] = 0.1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report too: .html or .json.")
    ] = None,
    model: Model = None,
    columns: Columns = None,
) -> None:
    """Hold accounts against earlier ones; exits with 1 if scores have drifted or the promise is broken."""
    alarm = work.drift.run(
        work.drift.DriftOptions(
            reference=reference, current=current, labels=labels, unselected=unselected, level=level, psi=psi,
            ks=ks, as_json=as_json, out=out, model=model, columns=columns,
        )
    )  # fmt: skip
    if alarm:
        raise typer.Exit(1)
