"""Who works on pieces of accounts: this process, or a pool of others that the caller has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol, TypeVar

from accounts.population import Population

__all__ = ["IN_PROCESS", "InProcess", "Workers"]

Result = TypeVar("Result")


class Workers(Protocol):
    """Maps a function over pieces of accounts; its results do not depend on how accounts are divided."""

    def map(
        self, work: Callable[..., Result], items: Iterable[Population], *arguments: Any
    ) -> Iterator[Result]:
        """The results of ``work(piece, *arguments)`` for all pieces, in order, a few of them at a time."""


class InProcess:
    """One piece after the other, in this process."""

    def map(
        self, work: Callable[..., Result], items: Iterable[Population], *arguments: Any
    ) -> Iterator[Result]:
        """The results of ``work(piece, *arguments)`` for all pieces, in order.

        >>> from accounts.simulation import simulate
        >>> list(InProcess().map(len, simulate(3, seed=1).pieces(2)))
        [2, 1]
        """
        return (work(piece, *arguments) for piece in items)


IN_PROCESS: Final = InProcess()
