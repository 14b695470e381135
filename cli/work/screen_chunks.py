"""Many accounts screened chunk by chunk by a pool of workers, and their verdicts written as they come.

Apart from :mod:`cli.work.screen`, for Polars must not be imported before the pool has started its workers.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import TextIO

import typer

from accounts.importing.reading import read_any
from accounts.reading import Chunk
from accounts.tables import Tables
from cli.atomic_file import atomic_file
from cli.display.terminal import counting, printable, say
from cli.display.verdict_writers import WRITERS, VerdictWriter
from cli.observation_store import ObservationStore
from cli.work.screen import Form, ScreenOptions
from cli.work.screen_worker import OpenedBundle, screen_tables
from cli.worker_pool import WorkerPool

__all__ = ["screen"]


def screen(
    options: ScreenOptions, form: Form, workers: WorkerPool, opening: Callable[[], OpenedBundle]
) -> tuple[Counter[str], int]:
    """Screen the accounts of ``options.path`` and write their verdicts.

    Returns
    -------
    Number of verdicts by label, and number of faults.
    """
    reader = FaultReporter(
        read_any(options.path, keep_going=options.keep_going, columns=options.columns, note=say)
    )
    tables = read_ahead(
        with_observed(reader, options.observed_by)
    )  # the first chunk is read while a worker opens the bundle
    bundle = opening()
    with destination(options) as stream:
        writer = WRITERS[form](stream, bundle.promise)
        counts = write_verdicts(tables, workers, bundle, writer)
        writer.close(counts)
    return counts, reader.faults


class FaultReporter:
    """Iterates over the tables of chunks, and prints and counts their faults.

    Attributes
    ----------
    faults
        How many there were so far.
    """

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        self.chunks = chunks
        self.faults = 0

    def __iter__(self) -> Iterator[Tables]:
        for chunk in self.chunks:
            for fault in chunk.faults:
                typer.echo(printable(str(fault)), err=True)
            self.faults += len(chunk.faults)
            yield chunk.tables


def with_observed(tables: Iterable[Tables], tenant: str | None) -> Iterable[Tables]:
    """The accounts with what a tenant observed of them; as they are where no tenant is named."""
    return tables if tenant is None else map(ObservationStore(tenant).join, tables)


def read_ahead(tables: Iterable[Tables]) -> Iterator[Tables]:
    """Iterate over ``tables``, of which the first are read now and not when they are asked for."""
    rest = iter(tables)
    return chain(list(islice(rest, 1)), rest)


def write_verdicts(
    tables: Iterable[Tables], workers: WorkerPool, bundle: OpenedBundle, writer: VerdictWriter
) -> Counter[str]:
    """Screen and write chunk by chunk; the number of verdicts by label."""
    counts: Counter[str] = Counter()
    with counting("screened") as advance:
        for lines, labels in workers.map(screen_tables, tables, bundle, writer.explain):
            writer.write(lines)
            counts.update(labels)
            advance(len(lines))
    return counts


@contextmanager
def destination(options: ScreenOptions) -> Iterator[TextIO]:
    """Standard output, or a file that appears whole or not at all."""
    if options.out is None:
        yield sys.stdout
        return
    with (
        atomic_file(options.out, [options.path]) as draft,
        draft.open("w", encoding="utf-8", newline="") as stream,
    ):
        yield stream
