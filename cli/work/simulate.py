"""What ``assay simulate`` does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from accounts.population import Population, write_population
from accounts.simulation import simulate_chunks
from cli.display.terminal import counting

__all__ = ["SimulateOptions", "run"]


@dataclass(frozen=True)
class SimulateOptions:
    """The options of ``assay simulate``."""

    accounts: int
    out: Path
    seed: int
    regime: Literal["train", "test"]
    without: Collection[str]
    events: Literal["natural", "many"]


def run(options: SimulateOptions) -> None:
    """Write labelled accounts into a new folder."""
    pieces = simulate_chunks(
        options.accounts, options.seed, regime=options.regime, without=options.without, events=options.events
    )
    with counting("simulated") as advance:
        write_population(counted(pieces, advance), options.out)


def counted(pieces: Iterable[Population], advance: Callable[[int], None]) -> Iterator[Population]:
    """The pieces unchanged; ``advance`` hears of each after it has been written."""
    for piece in pieces:
        yield piece
        advance(len(piece))
