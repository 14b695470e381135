"""The worker process for jobs: ``python -m serving.jobs.worker OWNER``, started by the supervisor.

It polls the database for jobs, has a low priority, and ends when its standard input is closed,
which the end of the service does in any case.
"""

from __future__ import annotations

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
from serving.jobs.job_files import JobsFolder, remove_lost_request_files
from serving.observe.log import log_error, log_event
from serving.observe.log import start_logging as start_log
from serving.settings import Settings
from serving.store.disk_space import is_disk_full
from serving.store.engine import NoUsableStore, RowsHeld, lacks_space
from serving.store.job_expiry import expired_jobs, unproven_expired_jobs
from serving.store.job_rows import (
    LOST,
    Job,
    JobState,
    folder_of_job,
    get_any_jobs,
    get_job,
    remove_job,
    result_pieces,
)
from serving.store.leases import (
    WORKER,
    LeaseLost,
    RenewalWatch,
    fail_waiting_job,
    finish_job,
    overdue_jobs,
    release_lease,
    retract_death,
    take_lease,
    unfinished_jobs,
)
from serving.store.store import Store, open_store
from serving.store.timestamps import now

__all__ = ["Worker", "main"]

PAUSE_SECONDS: Final = 0.5
CLEAN_UP_SECONDS: Final = 60.0
SEALS_AT_ONCE: Final = 100
"""Jobs whose seal is looked at in each clean-up."""
STALLED_SECONDS: Final = 30.0
GRACE_SECONDS: Final = 10.0
IDLE_SECONDS: Final = 60.0
"""After so long without a job the process exits, for a new one that holds no model in memory."""

MOST_CRASHES: Final = 3
MOST_INPUT_FAULTS: Final = 2
NICENESS: Final = 15
FAILED: Final = 1
NO_SPACE: Final = "There is no space left on the disk."


class Worker:
    """Works on one job after the other.

    Parameters
    ----------
    settings, store
        Of the service.
    owner
        Its name in leases, which no other worker has at the same time.
    stopping
        Set when it shuts down.

    Attributes
    ----------
    prepare
        Called when there is a job to run, before it is leased: a lease that nobody renews yet must not
        wait for it.
    """

    def __init__(
        self, settings: Settings, store: Store, owner: str, stopping: threading.Event | None = None
    ) -> None:
        self.settings = settings
        self.store = store
        self.owner = owner
        self.stopping = stopping or threading.Event()
        self.prepare: Callable[[], object] = bool
        self.folder = JobsFolder(settings.jobs_path)
        self.renewals = RenewalWatch(settings.job_lease_seconds)
        self.waits: dict[str, float] = {}
        self.interrupted: set[str] = set()
        self.cleaned_at = float("-inf")
        self.looked_at = ""

    def step(self) -> bool:
        """Run a job if one waits, after the clean-up if that is due; whether there was one.

        Raises
        ------
        NoUsableStore
            If the database does not answer.
        """
        self.clean_up()
        if (job := self.lease_next()) is None:
            return False
        self.interrupted.add(job.job_id)
        try:
            self.run_job(job)
            self.interrupted.discard(job.job_id)
        except RowsHeld as error:
            self.set_aside(job, error)
        return True

    def lease_next(self) -> Job | None:
        """Lease a job: one of our own, one without an owner, or one whose owner renews its lease no more.

        One whose row another transaction holds is looked at again later.
        """
        with self.store.database.reading() as connection:
            jobs = unfinished_jobs(connection, self.folder.name())
        for job in jobs:
            if self.waits.get(job.job_id, 0.0) > time.monotonic():
                continue
            silent = self.renewals.is_unchanged(job.job_id, (job.owner, job.beats))
            if job.owner in (None, self.owner) or silent:
                self.prepare()
                died = job.owner is not None and job.job_id not in self.interrupted
                try:
                    if lease := take_lease(self.store, job, self.owner, died=died):
                        return lease
                except RowsHeld as error:
                    self.set_aside(job, error)
        return None

    def set_aside(self, job: Job, error: RowsHeld) -> None:
        """Leave a job, as another transaction holds its row, and go on with others."""
        log_error("job_set_aside", error, job_id=job.job_id)
        self.pause(job)

    def pause(self, job: Job) -> None:
        """Take a job no more for half a minute."""
        self.waits[job.job_id] = time.monotonic() + STALLED_SECONDS

    def run_job(self, job: Job) -> None:
        """Run a leased job until it ends, is released, fails, or cannot go on at present.

        Raises
        ------
        FeaturesNotUsable
            If the service's own features cannot be used; another process runs them as they are then.
        """
        from serving.jobs.job_run import FeaturesNotUsable, JobRun, WorkerStopping
        from serving.jobs.parquet_child import InputDoesNotFit
        from serving.jobs.upload import TenantFull

        log_event("job_taken", job_id=job.job_id)
        try:
            if job.deaths >= MOST_CRASHES:
                raise JobCannotRun(
                    f"Its process was ended {job.deaths} times at account {job.done + 1:,} or after."
                )
            JobRun(self.settings, self.store, job, self.stopping).run()
        except LeaseLost:
            self.lose(job)
        except WorkerStopping:
            release_lease(self.store, job)
        except RowsHeld as error:
            self.stall(job, str(error), error)
        except NoUsableStore as error:
            if not lacks_space(error):
                raise
            self.stall(job, NO_SPACE, error)  # which a database that is full itself does not take, either
        except FeaturesNotUsable as error:
            self.stall(job, "The service's own features cannot be used.", error)
            raise
        except NoUsableModel as error:
            self.fail_or_wait_for_model(job, error)
        except InputDoesNotFit as error:
            self.fail_or_try_input_again(job, error)
        except TenantFull as error:
            self.stall(job, str(error), error)
        except AssayError as error:
            self.fail(job, error)
        except OSError as error:
            self.stall(job, disk_error_reason(error), error)
        self.remove_input(job)

    def fail_or_wait_for_model(self, job: Job, error: NoUsableModel) -> None:
        """Fail a job that has started, as it keeps to its model; let another wait for a model."""
        with self.store.database.reading() as connection:
            found = get_job(connection, job.tenant, job.job_id)
        if found and found.model:
            self.fail(
                job, JobCannotRun("The model that it started with cannot be used by this version of Assay.")
            )
        else:
            log_event("model_not_usable", level=logging.ERROR, reason=str(error))
            self.stall(job, "There is no usable model.", error)

    def fail_or_try_input_again(self, job: Job, error: AssayError) -> None:
        """Fail a job whose own input has filled the disk twice; the first time something else may have."""
        if job.input_faults + 1 >= MOST_INPUT_FAULTS:
            self.fail(job, error)
        else:
            self.stall(job, str(error), error, input_faults=job.input_faults + 1)

    def fail(self, job: Job, error: AssayError) -> None:
        """End a job that cannot run, with the problem that its tenant reads."""
        from serving.http.problems import problem_of

        log_event("job_failed", level=logging.ERROR, job_id=job.job_id)
        retention = timedelta(days=self.settings.job_days)
        problem = problem_of(error)
        if isinstance(error, BadInput):
            problem["detail"] = problem["detail"].replace("The body", "The input", 1)
        with suppress(LeaseLost):  # it was cancelled first
            finish_job(self.store, job, JobState.FAILED, retention, problem)

    def stall(self, job: Job, why: str, error: Exception, *, input_faults: int | None = None) -> None:
        """Release a job that cannot go on at present, till later.

        Without its lease it has failed at nothing of its own: who cancels a job may remove its files at once.
        """
        if release_lease(self.store, job, stalled=why, input_faults=input_faults):
            log_error("job_stalled", error, job_id=job.job_id, reason=why)
            self.pause(job)
        else:
            self.lose(job)

    def lose(self, job: Job) -> None:
        """Let go of a job that was cancelled, or that another worker has taken over."""
        log_event("job_lost", job_id=job.job_id)
        retract_death(self.store, job)

    def remove_input(self, job: Job) -> None:
        """Remove all files but the results of a job that has ended."""
        with self.store.database.reading() as connection:
            found = get_job(connection, job.tenant, job.job_id)
        files = self.folder.of(job)
        if found is None:
            files.remove()
        elif found.ended and files.path.exists():
            with files.locked(), self.store.database.reading() as connection:  # an erasure may write results
                files.keep_only(piece.file for piece in result_pieces(connection, job))

    def clean_up(self) -> None:
        """Once a minute remove expired jobs, inputs of ended jobs, and files of no job and no request.

        Retention holds for inputs, too: a job that has waited for ``job_days`` fails.
        """
        if time.monotonic() - self.cleaned_at < CLEAN_UP_SECONDS:
            return
        self.cleaned_at = time.monotonic()
        self.fail_overdue()
        retention, names = timedelta(days=self.settings.job_days), self.in_turn()
        with self.store.database.snapshot() as connection:
            over = expired_jobs(connection, self.folder.name())
            over += unproven_expired_jobs(connection, names, retention)
            ended = self.ended_with_input(connection)
        for tenant, job_id in over:
            with suppress(RowsHeld):  # till the next clean-up
                remove_job(self.store, tenant, job_id, WORKER)
                self.folder.with_id(job_id).remove()
        for job in ended:
            self.remove_input(job)
        self.folder.remove_lost(self.has_files)
        remove_lost_request_files()

    def in_turn(self) -> list[str]:
        """The ids of the next jobs with files here: of a few at each clean-up the seal is looked at."""
        names = self.folder.names_after(self.looked_at, SEALS_AT_ONCE)
        self.looked_at = names[-1] if len(names) == SEALS_AT_ONCE else ""
        return names

    def fail_overdue(self) -> None:
        """Fail the jobs that have waited for ``job_days``; their inputs are removed afterwards."""
        retention = timedelta(days=self.settings.job_days)
        with self.store.database.reading() as connection:
            found = overdue_jobs(connection, self.folder.name(), now(plus=-retention))
        if not found:
            return
        from serving.http.problems import problem

        why = problem(503, f"It was not done within {self.settings.job_days:,} days.")
        for job in found:
            with suppress(RowsHeld):  # till the next clean-up
                fail_waiting_job(self.store, job, retention, why)
                log_event("job_waited_too_long", level=logging.ERROR, job_id=job.job_id)

    def ended_with_input(self, connection: Connection) -> list[Job]:
        """The jobs that have ended and whose input file still exists."""
        jobs = get_any_jobs(connection, (path.parent.name for path in self.folder.inputs()))
        return [job for job in jobs if job.ended]

    def has_files(self, job_id: str) -> bool:
        """Whether there is a job with this id, of any tenant, whose files nobody said to be lost."""
        with self.store.database.reading() as connection:
            return folder_of_job(connection, job_id) not in (None, LOST)


class JobCannotRun(AssayError):
    """A job can never run; its message is the problem's detail."""

    status = 500


def disk_error_reason(error: OSError) -> str:
    """An error of the disk as a sentence for the job's tenant, without any path.

    >>> from errno import ENOSPC
    >>> disk_error_reason(OSError(ENOSPC, "No space left on device", "/secret/place"))
    'There is no space left on the disk.'
    """
    return NO_SPACE if is_disk_full(error) else "Its files cannot be read or written."


def main(owner: str) -> int:
    """Work until standard input ends or SIGTERM comes; 0 if the next worker may start at once."""
    stopping = threading.Event()
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service gets it as well, and closes our input
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    threading.Thread(target=stop_with_service, args=(stopping,), daemon=True).start()
    start_log()
    try:
        start_working(Settings.read(), owner, stopping)
    except BaseException as error:  # Polars' panics are no exceptions like others
        log_error("worker_failed", error)
        return FAILED
    return 0


def start_working(settings: Settings, owner: str, stopping: threading.Event) -> None:
    """Work as soon as the store can be opened; tried every half second."""
    while not stopping.is_set():
        try:
            worker = Worker(settings, open_existing(settings), owner, stopping)
            worker.prepare = import_job_run_lightly
            return work(worker)
        except NoUsableStore as error:
            log_event("store_unavailable", level=logging.ERROR, reason=str(error))
            stopping.wait(PAUSE_SECONDS)


def open_existing(settings: Settings) -> Store:
    """The store of the service, which has made it: a file that is gone is not made anew.

    Raises
    ------
    NoUsableStore
        If there is none, or it does not work.
    """
    path = settings.home / "assay.db"
    if settings.database is None and not path.exists():
        raise NoUsableStore(f"The database at {path} was removed.")
    return open_store(settings)


def import_job_run_lightly() -> None:
    """Import all that runs a job, without the libraries that screening does not need.

    Only in this process of our own: LightGBM is another one afterwards.
    """
    from detector import light_import  # noqa: F401  # before what imports LightGBM
    from serving.jobs import job_run  # noqa: F401


def work(worker: Worker) -> None:
    """Work until the shutdown or a minute without a job; a lost database is waited for."""
    last_job_at = None
    while not worker.stopping.is_set():
        try:
            worked = worker.step()
        except NoUsableStore as error:
            log_event("store_unavailable", level=logging.ERROR, reason=str(error))
            worked = False
        if worked:
            last_job_at = time.monotonic()
        elif last_job_at is not None and time.monotonic() - last_job_at > IDLE_SECONDS:
            return
        else:
            worker.stopping.wait(PAUSE_SECONDS)


def stop_with_service(stopping: threading.Event) -> None:
    """Stop when standard input ends, as the service has; exit after 10 seconds, even within a piece."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stopping.set()
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
