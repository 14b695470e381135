"""``assay simulate``: labelled accounts to train on, or to try things with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = ["app"]

app = typer.Typer()


@app.command()
def simulate(
    accounts: Annotated[int, typer.Option(help="How many accounts.", min=1)],
    out: Annotated[Path, typer.Option(help="New folder for the tables and labels.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same accounts.", min=0)] = 0,
    regime: Annotated[
        Literal["train", "test"], typer.Option(help="Which of the two independent sets of parameters.")
    ] = "train",
    without: Annotated[
        str, typer.Option(metavar="KIND,...", help="People, events or schemes to leave out.")
    ] = "",
) -> None:
    """Make labelled accounts: five tables and labels.parquet in a new folder."""
    from accounts.simulation import Population, simulate_chunks
    from cli.terminal import counting

    left_out = [name.strip() for name in without.split(",") if name.strip()]
    pieces = []
    with counting("simulated") as advance:
        for piece in simulate_chunks(accounts, seed, regime=regime, without=left_out):
            pieces.append(piece)
            advance(len(piece))
    Population.concat(pieces).write(out)
