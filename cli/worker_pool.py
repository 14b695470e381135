"""A pool of processes that work on chunks of accounts at once; results come in the chunks' order."""

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
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, TypeVar

from accounts.errors import AssayError, WorkerLost

if TYPE_CHECKING:
    from accounts.population import Population
    from accounts.tables import Tables

__all__ = ["WorkerPool", "processes_for"]

Result = TypeVar("Result")

PARALLEL_FROM_BYTES: Final = 8 << 20
"""Size of the input from which starting several processes saves time."""

WORKER_ENVIRONMENT: Final = {
    "POLARS_MAX_THREADS": "1",
    # Arrays of a few megabytes come and go all the time; memory that is reused need not be cleared again.
    "MALLOC_MMAP_THRESHOLD_": str(256 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",  # the same for Polars' own allocator
}


def processes_for(path: Path) -> int:
    """Number of processes for a file or a folder: one under 8 MiB, else one for each core."""
    files = path.iterdir() if path.is_dir() else [path]
    large = sum(file.stat().st_size for file in files if file.is_file()) >= PARALLEL_FROM_BYTES
    return (os.cpu_count() or 1) if large else 1


class WorkerPool:
    """Worker processes of one command, ended when its ``with`` block ends.

    Parameters
    ----------
    processes
        How many. With 1 no process is started: the work is done in this one.
    imports
        The modules that the work needs. They are loaded while this process goes on with its own start.
    """

    def __init__(self, processes: int, imports: Sequence[str]) -> None:
        self.processes = processes
        self._open = ExitStack()
        if processes > 1:
            multiprocessing.set_forkserver_preload(list(imports))
            with ExitStack() as opening:
                # Entered first, so removed last: no worker reads from it by then.
                self._folder = opening.enter_context(TemporaryDirectory(prefix="assay-"))
                with _environment_with(WORKER_ENVIRONMENT):
                    resource_tracker.ensure_running()  # first, for it unblocks interrupts
                    with _interrupts_blocked():
                        forkserver.ensure_running()
                        import polars  # noqa: F401 - its allocator reads the environment here, once
                self._submitter = opening.enter_context(ThreadPoolExecutor(1))
                # It starts no process before the first submission, and is shut down before the submitter.
                context = multiprocessing.get_context("forkserver")
                self._pool = ProcessPoolExecutor(processes, context, initializer=_start_worker)
                opening.callback(self._pool.shutdown, cancel_futures=True)
                self._open = opening.pop_all()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _submit(self, work: Callable[..., Result], *arguments: Any) -> Future[Result]:
        try:
            with _interrupts_blocked():  # an interrupt amid the start of a process would leave it behind
                return self._pool.submit(work, *arguments)
        except (EOFError, ConnectionError) as error:
            raise BrokenProcessPool("the process that starts the others has ended") from error

    def submit(self, work: Callable[..., Result], *arguments: Any) -> Callable[[], Result]:
        """Start ``work(*arguments)`` in a worker.

        Returns
        -------
        A function that waits for the result and returns it, or raises as :meth:`map` does. With one
        process the work is done when it is called.
        """
        if self.processes == 1:
            return partial(work, *arguments)
        pending = self._submitter.submit(self._submit, work, *arguments)
        return _losses_reported()(lambda: pending.result().result())

    def map(
        self, work: Callable[..., Result], items: Iterable[Tables] | Iterable[Population], *arguments: Any
    ) -> Iterator[Result]:
        """The results of ``work(item, *arguments)`` for all items, in order; few are in memory at a time.

        If the iteration over ``items`` raises an error of Assay's, the results of the items before it
        are yielded first.

        Raises
        ------
        WorkerLost
            If a worker process was ended from outside.
        """
        _freeze_imports()
        if self.processes == 1:
            yield from (work(item, *arguments) for item in items)
            return
        from cli.shared_tables import write_accounts  # not above: it imports Polars

        waiting: deque[Future[Result]] = deque()
        try:
            with _losses_reported():
                for item in items:
                    place = write_accounts(item, self._folder)
                    waiting.append(self._submit(_run_on_files, work, place, *arguments))
                    if len(waiting) > self.processes:
                        yield waiting.popleft().result()
                yield from (one.result() for one in waiting)
        except WorkerLost:
            raise  # the results still waited for are lost, too
        except AssayError:
            yield from (one.result() for one in waiting)
            raise


@contextmanager
def _losses_reported() -> Iterator[None]:
    """Raise :class:`WorkerLost` in place of the pool's own error."""
    try:
        yield
    except BrokenProcessPool as error:
        raise WorkerLost(
            "A worker process was ended from outside, perhaps for want of memory; try fewer --processes."
        ) from error


def _run_on_files(work: Callable[..., Result], place: Path, *arguments: Any) -> Result:
    from cli.shared_tables import read_accounts

    return work(read_accounts(place), *arguments)


def _start_worker() -> None:
    """Let a worker ignore interrupts, which its parent handles, and end as soon as its parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _freeze_imports()


def _freeze_imports() -> None:
    """Exclude all objects alive now from garbage collection: imports leave many, and none is ever freed."""
    gc.collect()
    gc.freeze()


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Delay interrupts until the end of the block; processes started in it ignore them for good.

    With other threads running the delay is not certain: the kernel may deliver an interrupt to one of them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _environment_with(settings: dict[str, str]) -> Iterator[None]:
    """Set those environment variables that are not set yet, until the end of the block."""
    before = dict(os.environ)
    os.environ.update({name: value for name, value in settings.items() if name not in before})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
