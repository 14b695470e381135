"""``assay simulate``: labelled accounts to train on, or to try things with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli import work

__all__ = ["app"]

app = typer.Typer()


@app.command()
def simulate(  # noqa: PLR0913, PLR0917
    accounts: Annotated[int, typer.Option(help="How many accounts.", min=1)],
    out: Annotated[Path, typer.Option(help="New folder for the tables and labels.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same accounts.", min=0)] = 0,
    regime: Annotated[
        Literal["train", "test"], typer.Option(help="Which of the two independent sets of parameters.")
    ] = "train",
    without: Annotated[
        str, typer.Option(metavar="KIND,...", help="People, events or schemes to leave out.")
    ] = "",
    events: Annotated[
        Literal["natural", "many"],
        typer.Option(
            help="natural: honest accounts jump as often as real ones; many: hard kinds in full number."
        ),
    ] = "natural",
) -> None:
    """Make labelled accounts: six tables and labels.parquet in a new folder."""
    left_out = [name.strip() for name in without.split(",") if name.strip()]
    work.simulate.run(work.simulate.SimulateOptions(accounts, out, seed, regime, left_out, events))
