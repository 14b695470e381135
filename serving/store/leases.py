"""Leases: which worker works on which job, one at a time, for as long as it renews its lease.

A lease is an owner's name and a count of its renewals. Another worker takes it over once that count
has not changed for some time of its own clock, so that no two clocks need to agree. A worker that
has lost its lease can write nothing more: every write checks the lease.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from serving.store.audit_log import lock_tenants
from serving.store.job_rows import ACTIVE, Job, JobState, end_job, get_job, readable
from serving.store.store import Store
from serving.store.tables import job_erasures, job_pieces, jobs
from serving.store.timestamps import now
from serving.store.verdict_counts import add_verdict_counts
from serving.store.verdict_rows import NewVerdict, TenantVerdict, store_verdicts_in

__all__ = [
    "FinishedPiece",
    "LeaseLost",
    "RenewalWatch",
    "erased_accounts",
    "fail_waiting_job",
    "finish_job",
    "next_piece",
    "overdue_jobs",
    "record_piece",
    "release_lease",
    "renew_lease",
    "retract_death",
    "start_job",
    "take_lease",
    "unfinished_jobs",
]  # fmt: skip

WORKER: Final = "worker"
"""The actor of the workers in the audit log."""


class LeaseLost(Exception):
    """The job was cancelled, or another worker took it over."""


@dataclass(frozen=True)
class FinishedPiece:
    """A finished piece of a job.

    Attributes
    ----------
    piece
        Its number, from 0.
    file
        The name of the file with its results.
    next_byte, next_line
        Where the next one begins in the input.
    accounts, refused
        How many accounts it has, and how many of them got a problem.
    bytes, sha256
        Of the file.
    """

    piece: int
    file: str
    next_byte: int
    next_line: int
    accounts: int
    refused: int
    bytes: int
    sha256: str


class RenewalWatch:
    """Sees which leases are renewed no more, by this process's monotonic clock.

    >>> renewals = RenewalWatch(30, clock=iter([0.0, 29.0, 31.0]).__next__)
    >>> [renewals.is_unchanged("job", state) for state in ("owner 1", "owner 1", "owner 1")]
    [False, False, True]
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self.seen: dict[Any, tuple[Any, float]] = {}

    def is_unchanged(self, name: Any, state: Any) -> bool:
        """Whether something has had the same state at every call for so many seconds."""
        at = self.clock()
        last, since = self.seen.get(name, (None, at))
        if last != state:
            self.seen[name] = (state, at)
            return False
        return at - since >= self.seconds


def unfinished_jobs(connection: Connection, folder: str) -> list[Job]:
    """The jobs of a folder that wait or run, in the order in which workers take them.

    Running jobs come first: none is interrupted. Then come the jobs of the tenant whose last job started
    longest ago, the oldest first, so that no tenant waits for all jobs of another.
    """
    begun = select(jobs.c.tenant, func.max(jobs.c.started_at).label("at")).group_by(jobs.c.tenant).subquery()
    wanted = select(jobs).join(begun, begun.c.tenant == jobs.c.tenant)
    order = (
        jobs.c.state != JobState.RUNNING,
        func.coalesce(begun.c.at, ""),
        jobs.c.created_at,
        jobs.c.job_id,
    )
    found = connection.execute(
        wanted.where(jobs.c.folder == folder, jobs.c.state.in_(ACTIVE)).order_by(*order)
    )
    return readable(found)


def overdue_jobs(connection: Connection, folder: str, before: str) -> list[Job]:
    """The jobs of a folder that have waited since before a timestamp."""
    waiting = (jobs.c.folder == folder, jobs.c.state == JobState.QUEUED, jobs.c.created_at < before)
    return readable(connection.execute(select(jobs).where(*waiting)))


def take_lease(store: Store, job: Job, owner: str, *, died: bool) -> Job | None:
    """Lease a job that is unchanged since it was read; None if another worker was faster.

    Parameters
    ----------
    died
        Whether its last owner never released it.
    """
    same = jobs.c.owner.is_(None) if job.owner is None else jobs.c.owner == job.owner
    values = {
        "state": JobState.RUNNING,
        "owner": owner,
        "beats": job.beats + 1,
        "deaths": job.deaths + died,
        "started_at": job.started_at or now(),
    }
    taking = update(jobs).where(job.row_filter, same, jobs.c.state == job.state, jobs.c.beats == job.beats)
    with store.database.writing() as connection:
        if not connection.execute(taking.values(**values)).rowcount:
            return None
        return get_job(connection, job.tenant, job.job_id)


def lease_holds(job: Job) -> ColumnElement[bool]:
    """The condition that a job's row exists and its lease still holds."""
    return job.row_filter & (jobs.c.owner == job.owner) & (jobs.c.state == JobState.RUNNING)


def update_leased(connection: Connection, job: Job, **values: Any) -> None:
    """Update a leased job.

    Raises
    ------
    LeaseLost
        If the lease no longer holds.
    """
    if not connection.execute(update(jobs).where(lease_holds(job)).values(**values)).rowcount:
        raise LeaseLost(job.job_id)


def renew_lease(store: Store, job: Job) -> None:
    """Renew a lease; raises as :func:`update_leased` does."""
    with store.database.writing() as connection:
        update_leased(connection, job, beats=jobs.c.beats + 1)


def start_job(
    store: Store, job: Job, total: int, model: Mapping[str, str], unpacked: int | None = None
) -> None:
    """Store how many accounts a job has, the model that screens them all, and its input's unpacked bytes."""
    size = {} if unpacked is None else {"unpacked": unpacked}
    with store.database.writing() as connection:
        update_leased(connection, job, total=total, model=json.dumps(model), stalled=None, **size)


def erased_accounts(connection: Connection, job: Job) -> frozenset[str]:
    """The digests of the accounts that were erased since the job was created, or since its input came.

    Those of the latter are the audit log's keyed ones.
    """
    own = (job_erasures.c.tenant == job.tenant, job_erasures.c.job_id == job.job_id)
    return frozenset(connection.execute(select(job_erasures.c.account_sha256).where(*own)).scalars())


PIECE_COLUMNS: Final = ("piece", "file", "bytes", "sha256", "next_byte", "next_line")


def record_piece(  # noqa: PLR0913, PLR0917
    store: Store,
    job: Job,
    piece: FinishedPiece,
    erased: frozenset[str],
    verdicts: Sequence[NewVerdict] = (),
    judged: Sequence[NewVerdict] = (),
) -> bool:
    """Record a finished piece, store some of its verdicts, and count all of them.

    False if an account was erased meanwhile. An erasure locks the job's row as well: it sees this piece, or
    this transaction sees the erasure.

    Parameters
    ----------
    verdicts
        Those to store.
    judged
        All of them, to count.
    """
    counts = {"done": jobs.c.done + piece.accounts, "refused": jobs.c.refused + piece.refused}
    row = {name: getattr(piece, name) for name in PIECE_COLUMNS}
    with store.database.writing() as connection:
        lock_tenants(connection, [job.tenant])
        update_leased(connection, job, **counts, beats=jobs.c.beats + 1, deaths=0, stalled=None)
        if erased_accounts(connection, job) != erased:
            connection.rollback()
            return False
        connection.execute(insert(job_pieces), {"tenant": job.tenant, "job_id": job.job_id, **row})
        store_verdicts_in(connection, store, [TenantVerdict(job.tenant, WORKER, one) for one in verdicts])
        add_verdict_counts(connection, job.tenant, judged)
        return True


def next_piece(connection: Connection, job: Job) -> tuple[int, int, int]:
    """The number of the next piece, its first byte, and its first line."""
    own = (job_pieces.c.tenant == job.tenant, job_pieces.c.job_id == job.job_id)
    wanted = select(job_pieces.c.piece + 1, job_pieces.c.next_byte, job_pieces.c.next_line).where(*own)
    found = connection.execute(wanted.order_by(job_pieces.c.piece.desc()).limit(1)).first()
    return (0, 0, 1) if found is None else (found[0], found[1], found[2])


def release_lease(
    store: Store, job: Job, stalled: str | None = None, *, input_faults: int | None = None
) -> bool:
    """Release a lease: another worker may take the job at once; whether it still held."""
    faults = job.input_faults if input_faults is None else input_faults
    with store.database.writing() as connection:
        values = {
            "state": JobState.QUEUED, "owner": None, "stalled": stalled, "deaths": 0, "input_faults": faults,
        }  # fmt: skip
        return connection.execute(update(jobs).where(lease_holds(job)).values(**values)).rowcount > 0


def retract_death(store: Store, job: Job) -> None:
    """Retract the death that was counted when another took over a lease, as its worker lives.

    It was only silent: stood still, or found the machine or the database too busy to renew its lease. Three
    of those make no job one that its workers die of.
    """
    counted = jobs.c.deaths > 0
    leased_by_another = job.row_filter & (jobs.c.owner != job.owner) & (jobs.c.state == JobState.RUNNING)
    with store.database.writing() as connection:
        connection.execute(update(jobs).where(leased_by_another, counted).values(deaths=jobs.c.deaths - 1))


def fail_waiting_job(store: Store, job: Job, retention: timedelta, problem: Mapping[str, Any]) -> None:
    """Fail a job, if it still waits."""
    with store.database.writing() as connection:
        lock_tenants(connection, [job.tenant])
        end_job(
            connection,
            job,
            job.row_filter & (jobs.c.state == JobState.QUEUED),
            JobState.FAILED,
            WORKER,
            retention,
            problem,
        )


def finish_job(
    store: Store, job: Job, state: JobState, retention: timedelta, problem: Mapping[str, Any] | None = None
) -> None:
    """End a leased job.

    Raises
    ------
    LeaseLost
        If the lease no longer holds.
    """
    with store.database.writing() as connection:
        lock_tenants(connection, [job.tenant])
        if not end_job(connection, job, lease_holds(job), state, WORKER, retention, problem):
            raise LeaseLost(job.job_id)
