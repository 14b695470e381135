"""Processes that derive for ``assay train`` and ``assay tune``, where there are enough accounts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from accounts.population import Population
from accounts.stored_population import STORED_FROM
from cli.worker_pool import WorkerPool
from features.outside import files_in_use, use_features
from training.workers import IN_PROCESS, Workers

__all__ = ["PoolWorkers", "training_workers"]

Result = TypeVar("Result")

IMPORTS: Final = ("training.training_rows", "training.fit_thresholds", "training.evaluate")
"""What the workers need."""


class PoolWorkers:
    """A pool of processes, which take in this one's features from outside before they work.

    Parameters
    ----------
    pool
        The processes.
    """

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool

    def map(
        self, work: Callable[..., Result], items: Iterable[Population], *arguments: Any
    ) -> Iterator[Result]:
        """As :meth:`training.workers.Workers.map`."""
        files = tuple(one.path for one in files_in_use())
        return self._pool.map(_with_features, items, files, work, *arguments)


def _with_features(
    piece: Population, files: tuple[Path, ...], work: Callable[..., Result], *arguments: Any
) -> Result:
    use_features(files)
    return work(piece, *arguments)


@contextmanager
def training_workers(accounts: int, processes: int | None = None) -> Iterator[Workers]:
    """Who derives so many accounts: a process for each core where they are many, else this one."""
    processes = processes or (os.cpu_count() or 1 if accounts >= STORED_FROM else 1)
    if processes == 1:
        yield IN_PROCESS
        return
    with WorkerPool(processes, IMPORTS) as pool:
        yield PoolWorkers(pool)
