"""What ``assay simulate`` does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from accounts.population import Population, write_population
from accounts.simulation import simulate_chunks
from cli.display.terminal import counting

__all__ = ["Request", "run"]


@dataclass(frozen=True)
class Request:
    """The options of ``assay simulate``."""

    accounts: int
    out: Path
    seed: int
    regime: Literal["train", "test"]
    without: Collection[str]
    events: Literal["natural", "many"]


def run(request: Request) -> None:
    """Write labelled accounts into a new folder."""
    pieces = simulate_chunks(
        request.accounts, request.seed, regime=request.regime, without=request.without, events=request.events
    )
    with counting("simulated") as advance:
        write_population(counted(pieces, advance), request.out)


def counted(pieces: Iterable[Population], advance: Callable[[int], None]) -> Iterator[Population]:
    """The pieces unchanged; ``advance`` hears of each after it has been written."""
    for piece in pieces:
        yield piece
        advance(len(piece))
