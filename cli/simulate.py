"""``assay simulate``: labelled accounts to train on, or to try things with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from accounts.population import Population

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
    """Make labelled accounts: five tables and labels.parquet in a new folder."""
    from accounts.population import write_population
    from accounts.simulation import simulate_chunks
    from cli.terminal import counting

    left_out = [name.strip() for name in without.split(",") if name.strip()]
    pieces = simulate_chunks(accounts, seed, regime=regime, without=left_out, events=events)
    with counting("simulated") as advance:
        write_population(told(pieces, advance), out)


def told(pieces: Iterable[Population], advance: Callable[[int], None]) -> Iterator[Population]:
    """The same pieces; each is counted when it has been taken care of."""
    for piece in pieces:
        yield piece
        advance(len(piece))
