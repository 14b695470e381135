"""The process that works on jobs: ``python -m serving.jobs.worker OWNER``, started by the service.

It sleeps until there is a job, gives way to everybody else, and ends when its standard input
does: then the service that started it is gone, however it went.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from accounts.errors import AssayError, BadInput, NoUsableModel
from serving.jobs.job_files import Folder
from serving.observe.log import start as start_log
from serving.observe.log import tell_error
from serving.settings import Settings
from serving.store.engine import NoUsableStore
from serving.store.job_rows import Job, State, files, get, get_any, remove
from serving.store.leases import (
    WORKER,
    LeaseLost,
    Watch,
    expired,
    finish,
    give_up,
    overdue,
    release,
    take,
    unfinished,
)
from serving.store.store import Store, open_store
from serving.store.timestamps import now

__all__ = ["Worker", "main"]

LOG: Final = logging.getLogger("assay.jobs")
PAUSE_SECONDS: Final = 0.5
TIDY_SECONDS: Final = 60.0
STALLED_SECONDS: Final = 30.0
GRACE_SECONDS: Final = 10.0
REST_SECONDS: Final = 60.0
"""After so long without a job the process ends, for a new one that does not hold a model's memory."""

MOST_DEATHS: Final = 3
GIVES_WAY: Final = 15
BROKEN: Final = 1


class Worker:
    """Takes one job after the other.

    Parameters
    ----------
    settings, store
        Of the service.
    owner
        Its name, which no other worker has at the same time.
    stopping
        Set when it is to end.

    Attributes
    ----------
    prepare
        Called before a job is worked on.
    """

    def __init__(
        self, settings: Settings, store: Store, owner: str, stopping: threading.Event | None = None
    ) -> None:
        self.settings = settings
        self.store = store
        self.owner = owner
        self.stopping = stopping or threading.Event()
        self.prepare: Callable[[], object] = bool
        self.folder = Folder(settings.jobs_path)
        self.watch = Watch(settings.job_lease_seconds)
        self.waits: dict[str, float] = {}
        self.interrupted = ""
        self.tidied = float("-inf")

    def step(self) -> bool:
        """Work on a job if one waits, and else tidy up; whether there was one.

        Raises
        ------
        NoUsableStore
            If the database is gone.
        """
        self.tidy()
        if (job := self.next()) is None:
            return False
        self.interrupted = job.job_id
        self.prepare()
        self.work(job)
        self.interrupted = ""
        return True

    def next(self) -> Job | None:
        """A job that is now ours: one that we had, one that nobody has, or one whose owner is silent."""
        with self.store.database.reading() as connection:
            jobs = unfinished(connection, self.folder.name())
        for job in jobs:
            if self.waits.get(job.job_id, 0.0) > time.monotonic():
                continue
            silent = self.watch.still(job.job_id, (job.owner, job.beats))
            if job.owner in (None, self.owner) or silent:
                died = job.owner is not None and job.job_id != self.interrupted
                if taken := take(self.store, job, self.owner, died=died):
                    return taken
        return None

    def work(self, job: Job) -> None:
        """Take a job as far as it goes."""
        from serving.jobs.job_run import Run, Stopped

        LOG.info("job %s: taken", job.job_id)
        try:
            if job.deaths >= MOST_DEATHS:
                raise Fatal(f"Its process was ended {job.deaths} times at account {job.done + 1:,} or after.")
            Run(self.settings, self.store, job, self.stopping).to_the_end()
        except LeaseLost:
            LOG.info("job %s: cancelled, or taken by another", job.job_id)
        except Stopped:
            release(self.store, job)
        except NoUsableStore:
            raise
        except NoUsableModel as error:
            self.without_model(job, error)
        except AssayError as error:
            self.fail(job, error)
        except OSError as error:
            self.stall(job, reason(error))
        self.clear(job)

    def without_model(self, job: Job, error: NoUsableModel) -> None:
        """A job that has started keeps to its model or fails; another waits for one."""
        with self.store.database.reading() as connection:
            found = get(connection, job.tenant, job.job_id)
        if found and found.model:
            self.fail(job, Fatal("The model that it started with cannot be used by this version of Assay."))
        else:
            LOG.error("job %s: %s", job.job_id, error)
            self.stall(job, "There is no usable model.")

    def fail(self, job: Job, error: AssayError) -> None:
        """End a job that cannot be done, and say why."""
        from serving.http.problems import of_error

        LOG.error("job %s: failed", job.job_id)
        kept = timedelta(days=self.settings.job_days)
        problem = of_error(error)
        if isinstance(error, BadInput):
            problem["detail"] = problem["detail"].replace("The body", "The input", 1)
        with suppress(LeaseLost):  # somebody cancelled it first
            finish(self.store, job, State.FAILED, kept, problem)

    def stall(self, job: Job, why: str) -> None:
        """Give a job back that cannot go on now; it is tried again."""
        LOG.error("job %s: %s", job.job_id, why)
        self.waits[job.job_id] = time.monotonic() + STALLED_SECONDS
        release(self.store, job, stalled=why)

    def clear(self, job: Job) -> None:
        """Once a job has ended its input goes, and all else but its results."""
        with self.store.database.reading() as connection:
            found = get(connection, job.tenant, job.job_id)
            kept = files(connection, job)
        if found is None:
            self.folder.of(job).remove()
        elif found.ended:
            self.folder.of(job).keep_only(kept)

    def tidy(self) -> None:
        """Now and then remove what was kept for long enough, and files that belong to no job.

        A job that has waited for as long as results are kept has failed, so that no input stays longer.
        """
        if time.monotonic() - self.tidied < TIDY_SECONDS:
            return
        self.tidied = time.monotonic()
        self.give_up()
        with self.store.database.reading() as connection:
            over = expired(connection, self.folder.name())
            ended = self.left_over(connection)
        for job in over:
            remove(self.store, job, WORKER)
            self.folder.of(job).remove()
        for job in ended:
            self.clear(job)
        self.folder.remove_lost(self.known)

    def give_up(self) -> None:
        """End the jobs that have waited for too long; their inputs are then left over."""
        kept = timedelta(days=self.settings.job_days)
        with self.store.database.reading() as connection:
            found = overdue(connection, self.folder.name(), now(plus=-kept))
        if not found:
            return
        from serving.http.problems import problem

        why = problem(503, f"It was not done within {self.settings.job_days:,} days.")
        for job in found:
            LOG.error("job %s: waited for too long", job.job_id)
            give_up(self.store, job, kept, why)

    def left_over(self, connection: Connection) -> list[Job]:
        """Jobs that have ended and whose input is still there."""
        jobs = (get_any(connection, path.parent.name) for path in self.folder.inputs())
        return [job for job in jobs if job and job.ended]

    def known(self, job_id: str) -> bool:
        """Whether a job is anybody's."""
        with self.store.database.reading() as connection:
            return get_any(connection, job_id) is not None


class Fatal(AssayError):
    """A job cannot be done."""

    status = 500


def reason(error: OSError) -> str:
    """What a job's owner is told; where the disk is, is none of their business.

    >>> reason(OSError(errno.ENOSPC, "No space left on device", "/secret/place"))
    'There is no space left on the disk.'
    """
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return "There is no space left on the disk." if full else "Its files cannot be read or written."


def main(owner: str) -> int:
    """Work until standard input ends or SIGTERM comes; 0 if there is to be another at once, else later."""
    stopping = threading.Event()
    os.nice(GIVES_WAY)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service gets it as well, and tells
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    threading.Thread(target=wait_for_the_end, args=(stopping,), daemon=True).start()
    start_log()
    try:
        start_working(Settings.read(), owner, stopping)
    except BaseException as error:  # Polars' panics are no exceptions like others
        tell_error("worker_failed", error)
        return BROKEN
    return 0


def start_working(settings: Settings, owner: str, stopping: threading.Event) -> None:
    """Work, as soon as there is a store to work with."""
    while not stopping.is_set():
        try:
            worker = Worker(settings, open_store(settings), owner, stopping)
            worker.prepare = load_lean
            return work(worker)
        except NoUsableStore as error:
            LOG.error("%s", error)
            stopping.wait(PAUSE_SECONDS)


def load_lean() -> None:
    """Have the detector loaded without what it does not need, for the process is ours alone."""
    from detector import light_import  # noqa: F401


def work(worker: Worker) -> None:
    """Work until the end, or until it has rested; through a database that goes and comes back."""
    worked_at = None
    while not worker.stopping.is_set():
        try:
            worked = worker.step()
        except NoUsableStore as error:
            LOG.error("%s", error)
            worked = False
        if worked:
            worked_at = time.monotonic()
        elif worked_at is not None and time.monotonic() - worked_at > REST_SECONDS:
            return
        else:
            worker.stopping.wait(PAUSE_SECONDS)


def wait_for_the_end(stopping: threading.Event) -> None:
    """Standard input ends with the service. A piece may be finished, but none that takes long."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopping.set()
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
