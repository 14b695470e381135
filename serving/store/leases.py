"""Who works on which job: one at a time, for as long as they say so.

A lease is an owner's name and a count of its renewals. Whether it is still renewed is seen by
watching that count over a while of one's own, so that no clock needs to be right.
Whoever lost a lease can write nothing more: every write asks for it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from serving.store.audit_log import hold
from serving.store.job_rows import ACTIVE, Job, State, end, get
from serving.store.store import Store
from serving.store.tables import job_erasures, job_pieces, jobs
from serving.store.timestamps import now
from serving.store.verdict_rows import Entry, Made, keep_in

__all__ = [
    "LeaseLost", "Piece", "Watch", "beat", "begin", "erased_of", "expired", "finish", "give_up", "next_piece",
    "overdue", "record", "release", "take", "unfinished",
]  # fmt: skip

WORKER: Final = "worker"
"""What the audit log calls whoever works on jobs."""


class LeaseLost(Exception):
    """The job was cancelled, or another works on it."""


@dataclass(frozen=True)
class Piece:
    """A finished piece of a job.

    Attributes
    ----------
    piece
        Its number, from 0.
    file
        Its results.
    next_byte, next_line
        Where the next one begins in the input.
    accounts, refused
        How many it has, and how many of them have a fault.
    """

    piece: int
    file: str
    next_byte: int
    next_line: int
    accounts: int
    refused: int


class Watch:
    """Sees by this process's own clock, which nobody can set, which leases are not renewed.

    >>> watch = Watch(30, clock=iter([0.0, 29.0, 31.0]).__next__)
    >>> [watch.still("job", state) for state in ("owner 1", "owner 1", "owner 1")]
    [False, False, True]
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self.clock = clock
        self.seen: dict[Any, tuple[Any, float]] = {}

    def still(self, name: Any, state: Any) -> bool:
        """Whether something has been the same for the whole time."""
        at = self.clock()
        last, since = self.seen.get(name, (None, at))
        if last != state:
            self.seen[name] = (state, at)
            return False
        return at - since >= self.seconds


def unfinished(connection: Connection, folder: str) -> list[Job]:
    """The jobs of a folder that wait or run, in the order in which they are to be worked on.

    What runs comes first, for it is not interrupted. Then come the jobs of the tenant that had one
    begun longest ago, the oldest first, so that nobody waits for all jobs of another.
    """
    begun = select(jobs.c.tenant, func.max(jobs.c.started_at).label("at")).group_by(jobs.c.tenant).subquery()
    wanted = select(jobs).join(begun, begun.c.tenant == jobs.c.tenant)
    order = (jobs.c.state != State.RUNNING, func.coalesce(begun.c.at, ""), jobs.c.created_at, jobs.c.job_id)
    found = connection.execute(
        wanted.where(jobs.c.folder == folder, jobs.c.state.in_(ACTIVE)).order_by(*order)
    )
    return [Job.of(row._mapping) for row in found]


def overdue(connection: Connection, folder: str, before: str) -> list[Job]:
    """The jobs of a folder that wait since before a moment."""
    waiting = (jobs.c.folder == folder, jobs.c.state == State.QUEUED, jobs.c.created_at < before)
    return [Job.of(row._mapping) for row in connection.execute(select(jobs).where(*waiting))]


def expired(connection: Connection, folder: str) -> list[Job]:
    """The jobs of a folder whose time is over."""
    found = connection.execute(select(jobs).where(jobs.c.folder == folder, jobs.c.expires_at <= now()))
    return [Job.of(row._mapping) for row in found]


def take(store: Store, job: Job, owner: str, *, died: bool) -> Job | None:
    """Lease a job that is still as it was seen; None if somebody was faster.

    Parameters
    ----------
    died
        Whether its last owner did not give it back.
    """
    same = jobs.c.owner.is_(None) if job.owner is None else jobs.c.owner == job.owner
    values = {
        "state": State.RUNNING,
        "owner": owner,
        "beats": job.beats + 1,
        "deaths": job.deaths + died,
        "started_at": job.started_at or now(),
    }
    taking = update(jobs).where(job.itself, same, jobs.c.state == job.state, jobs.c.beats == job.beats)
    with store.database.writing() as connection:
        if not connection.execute(taking.values(**values)).rowcount:
            return None
        return get(connection, job.tenant, job.job_id)


def mine(job: Job) -> ColumnElement[bool]:
    """Its row, if its lease still holds."""
    return job.itself & (jobs.c.owner == job.owner) & (jobs.c.state == State.RUNNING)


def change(connection: Connection, job: Job, **values: Any) -> None:
    """Change a job that is leased.

    Raises
    ------
    LeaseLost
        If it no longer is.
    """
    if not connection.execute(update(jobs).where(mine(job)).values(**values)).rowcount:
        raise LeaseLost(job.job_id)


def beat(store: Store, job: Job) -> None:
    """Renew the lease."""
    with store.database.writing() as connection:
        change(connection, job, beats=jobs.c.beats + 1)


def begin(store: Store, job: Job, total: int, model: Mapping[str, str]) -> None:
    """Note how many accounts there are, and the model that judges them all."""
    with store.database.writing() as connection:
        change(connection, job, total=total, model=json.dumps(model), stalled=None)


def erased_of(connection: Connection, job: Job) -> frozenset[str]:
    """The accounts that were erased since the job was made."""
    own = (job_erasures.c.tenant == job.tenant, job_erasures.c.job_id == job.job_id)
    return frozenset(connection.execute(select(job_erasures.c.account_sha256).where(*own)).scalars())


def record(store: Store, job: Job, piece: Piece, erased: frozenset[str], made: Sequence[Made] = ()) -> bool:
    """Note that a piece is finished, and keep some of its verdicts; False if an account was erased meanwhile.

    Whoever erases holds the job's row as well, so they see this piece, or this sees them.
    """
    counts = {"done": jobs.c.done + piece.accounts, "refused": jobs.c.refused + piece.refused}
    row = {name: getattr(piece, name) for name in ("piece", "file", "next_byte", "next_line")}
    with store.database.writing() as connection:
        hold(connection, [job.tenant])
        change(connection, job, **counts, beats=jobs.c.beats + 1, deaths=0, stalled=None)
        if erased_of(connection, job) != erased:
            connection.rollback()
            return False
        connection.execute(insert(job_pieces), {"tenant": job.tenant, "job_id": job.job_id, **row})
        keep_in(connection, store, [Entry(job.tenant, WORKER, one) for one in made])
        return True


def next_piece(connection: Connection, job: Job) -> tuple[int, int, int]:
    """Of the next piece its number, its first byte and its first line."""
    own = (job_pieces.c.tenant == job.tenant, job_pieces.c.job_id == job.job_id)
    wanted = select(job_pieces.c.piece + 1, job_pieces.c.next_byte, job_pieces.c.next_line).where(*own)
    found = connection.execute(wanted.order_by(job_pieces.c.piece.desc()).limit(1)).first()
    return (0, 0, 1) if found is None else (found[0], found[1], found[2])


def release(store: Store, job: Job, stalled: str | None = None) -> None:
    """Give a lease back, if it still holds; another may go on at once."""
    with store.database.writing() as connection:
        values = {"state": State.QUEUED, "owner": None, "stalled": stalled, "deaths": 0}
        connection.execute(update(jobs).where(mine(job)).values(**values))


def give_up(store: Store, job: Job, kept: timedelta, problem: Mapping[str, Any]) -> None:
    """End a job that still waits as failed."""
    with store.database.writing() as connection:
        hold(connection, [job.tenant])
        end(connection, job, job.itself & (jobs.c.state == State.QUEUED), State.FAILED, WORKER, kept, problem)


def finish(
    store: Store, job: Job, state: State, kept: timedelta, problem: Mapping[str, Any] | None = None
) -> None:
    """End a job that is leased.

    Raises
    ------
    LeaseLost
        If it no longer is.
    """
    with store.database.writing() as connection:
        hold(connection, [job.tenant])
        if not end(connection, job, mine(job), state, WORKER, kept, problem):
            raise LeaseLost(job.job_id)
