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
        write_population(report_each(pieces, advance), options.out)


def report_each(pieces: Iterable[Population], advance: Callable[[int], None]) -> Iterator[Population]:
    """Yield the pieces unchanged, and call ``advance`` with the size of each once it has been written."""
    for piece in pieces:
        yield piece
        advance(len(piece))
