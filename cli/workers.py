"""Several processes that work on chunks of accounts at once and answer in the chunks' order."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING, Any, Final, TypeVar

from accounts.errors import AssayError, WorkerLost

if TYPE_CHECKING:
    from accounts.tables import Tables

__all__ = ["Workers", "laid_down", "processes_for", "taken_up"]

Answer = TypeVar("Answer")

WORTH_IT: Final = 8 << 20
"""Bytes of input from which more than one process is worth its start."""

WORKERS_OWN: Final = {
    "POLARS_MAX_THREADS": "1",
    # Arrays of a few megabytes come and go: kept, they need not be handed back and cleared each time.
    "MALLOC_MMAP_THRESHOLD_": str(256 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",  # the same of Polars' own allocator
}


def processes_for(path: Path) -> int:
    """How many processes an input deserves: one while it is small, else one for each core."""
    files = path.iterdir() if path.is_dir() else [path]
    large = sum(file.stat().st_size for file in files if file.is_file()) >= WORTH_IT
    return (os.cpu_count() or 1) if large else 1


class Workers:
    """Processes for one command, ended with its ``with``; none where one process, this one, is enough.

    Parameters
    ----------
    processes
        How many.
    imports
        The modules that the work needs. They are loaded beside this process's own start.
    """

    def __init__(self, processes: int, imports: Sequence[str]) -> None:
        self.processes = processes
        self._open = ExitStack()
        if processes > 1:
            multiprocessing.set_forkserver_preload(list(imports))
            with ExitStack() as opening:
                # Entered first and so left last: whoever still reads from it has ended by then.
                self._folder = opening.enter_context(TemporaryDirectory(prefix="assay-"))
                with _environment(WORKERS_OWN):
                    resource_tracker.ensure_running()  # first, for it lets interrupts through again
                    with _interrupts_held_back():
                        forkserver.ensure_running()
                        import polars  # noqa: F401 - its allocator reads its settings here, once
                self._asking = opening.enter_context(ThreadPoolExecutor(1))
                # It starts no process until it is asked, and is left before whoever asks.
                context = multiprocessing.get_context("forkserver")
                self._pool = ProcessPoolExecutor(processes, context, initializer=_begin)
                opening.callback(self._pool.shutdown, cancel_futures=True)
                self._open = opening.pop_all()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _submit(self, work: Callable[..., Answer], *given: Any) -> Future[Answer]:
        try:
            with _interrupts_held_back():  # or a process that has just been asked for would be forgotten
                return self._pool.submit(work, *given)
        except (EOFError, ConnectionError) as error:
            raise BrokenProcessPool("the process that starts the others is gone") from error

    def ask(self, work: Callable[..., Answer], *given: Any) -> Callable[[], Answer]:
        """What will say ``work(*given)``, or raise as :meth:`map`; no process is waited for here."""
        if self.processes == 1:
            return partial(work, *given)
        asked = self._asking.submit(self._submit, work, *given)
        return _not_lost()(lambda: asked.result().result())

    def map(self, work: Callable[..., Answer], items: Iterable[Tables], *given: Any) -> Iterator[Answer]:
        """What ``work(tables, *given)`` says of each, in order; only a few are held at a time.

        Where the items end in a refusal, what came before it is answered first.

        Raises
        ------
        WorkerLost
            If a worker was ended from outside.
        """
        _set_aside()
        if self.processes == 1:
            yield from (work(tables, *given) for tables in items)
            return
        waiting: deque[Future[Answer]] = deque()
        try:
            with _not_lost():
                for tables in items:
                    place = laid_down(tables, self._folder)
                    waiting.append(self._submit(_worked, work, place, *given))
                    if len(waiting) > self.processes:
                        yield waiting.popleft().result()
                yield from (one.result() for one in waiting)
        except WorkerLost:
            raise  # those that wait have gone with it
        except AssayError:
            yield from (one.result() for one in waiting)
            raise


@contextmanager
def _not_lost() -> Iterator[None]:
    """Say in a sentence that a worker is gone."""
    try:
        yield
    except BrokenProcessPool as error:
        raise WorkerLost(
            "A worker process was ended from outside, perhaps for want of memory; try fewer --processes."
        ) from error


def _worked(work: Callable[..., Answer], place: Path, *given: Any) -> Answer:
    return work(taken_up(place), *given)


def _begin() -> None:
    """A worker leaves interrupts to its parent, and does not stay when that is gone, however it went."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch_the_parent, daemon=True).start()
    _set_aside()


def _set_aside() -> None:
    """What the imports left alive would be gone through again by every full garbage collection."""
    gc.collect()
    gc.freeze()


def _watch_the_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """An interrupt waits until the end of this; what is started meanwhile never hears of any.

    As long as no other thread could hear of it: then the main thread is told at once.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def laid_down(tables: Tables, folder: str) -> Path:
    """The tables as Arrow files in a new folder of their own within ``folder``.

    Files that are mapped take a fifth of the time of bytes that go through a pipe twice.
    """
    from accounts.schema import TABLES

    place = Path(mkdtemp(dir=folder))
    for name in TABLES:
        tables[name].write_ipc(place / name, record_batch_size=max(1, tables[name].height))
    return place


def taken_up(place: Path) -> Tables:
    """What was laid down there, mapped into memory; there is nothing in its place any more."""
    import polars as pl
    import pyarrow as pa

    from accounts.schema import TABLES
    from accounts.tables import Tables

    found = {name: pa.ipc.open_file(pa.memory_map(str(place / name))).read_all() for name in TABLES}
    rmtree(place)  # a mapped file stays until it is let go of
    return Tables(**{name: pl.DataFrame(table) for name, table in found.items()})


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
    """The environment with these settings where it has none of its own, for as long as this lasts."""
    before = dict(os.environ)
    os.environ.update({name: value for name, value in settings.items() if name not in before})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
