"""Bulk jobs as rows: made, found, listed, cancelled, removed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Update, delete, func, insert, select, tuple_, update

from serving.store.audit_log import Event, append, hold
from serving.store.store import Store
from serving.store.tables import job_erasures, job_pieces, jobs
from serving.store.timestamps import now

__all__ = [
    "ACTIVE", "Figures", "Job", "New", "Place", "State", "add", "cancel", "count_active", "end", "figures",
    "files", "get", "get_any", "page", "remove",
]  # fmt: skip


class State(StrEnum):
    """How far a job is; the last three are its ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE: Final = (State.QUEUED, State.RUNNING)
STALLED: Final = "stalled"


@dataclass(frozen=True)
class New:
    """A job that is to be made; as in :class:`Job`."""

    tenant: str
    job_id: str
    folder: str
    form: str
    bytes: int
    sha256: str
    piece_accounts: int
    total: int | None


@dataclass(frozen=True)
class Job:
    """A job as it stands.

    Attributes
    ----------
    tenant, job_id
        Whose it is, and its name.
    state, created_at, started_at, ended_at
        How far it is, and since when.
    expires_at
        When its results are removed; None until it has ended.
    folder
        The id of the folder that its files lie in.
    form, bytes, sha256
        Of its input, as it was sent.
    piece_accounts
        Lines that a piece has at most.
    total, done, refused
        Accounts: all (None until that is known), those behind it, and those of them with a fault.
    model
        Version and sha256 of the model that judges it; None until it starts.
    owner, beats
        Who works on it, and how often that was renewed.
    deaths
        How many workers died of it since its last piece.
    stalled
        Why it cannot go on at present.
    problem
        Why it failed, as problem details.
    """

    tenant: str
    job_id: str
    state: State
    created_at: str
    started_at: str | None
    ended_at: str | None
    expires_at: str | None
    folder: str
    form: str
    bytes: int
    sha256: str
    piece_accounts: int
    total: int | None
    done: int
    refused: int
    model: Mapping[str, str] | None
    owner: str | None
    beats: int
    deaths: int
    stalled: str | None
    problem: Mapping[str, Any] | None

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> Job:
        """The job of a row."""
        texts = {name: row[name] and json.loads(row[name]) for name in ("model", "problem")}
        return cls(**{**row, "state": State(row["state"]), **texts})

    @property
    def itself(self) -> ColumnElement[bool]:
        """Its row."""
        return (jobs.c.tenant == self.tenant) & (jobs.c.job_id == self.job_id)

    @property
    def ended(self) -> bool:
        """Whether nothing more will be done to it."""
        return self.state not in ACTIVE


@dataclass(frozen=True)
class Place:
    """Where a job stands in the list, the newest first."""

    created_at: str
    job_id: str


def count_active(connection: Connection, tenant: str) -> int:
    """How many jobs of a tenant wait or run."""
    own = (jobs.c.tenant == tenant, jobs.c.state.in_(ACTIVE))
    return connection.execute(select(func.count()).where(*own)).scalar_one()


class Figures(NamedTuple):
    """How many jobs of all tenants are there, and how long the oldest has waited.

    Attributes
    ----------
    counts
        Those that wait, run, cannot go on at present, and have failed and are still kept.
    oldest_waiting_seconds
        Since the oldest that waits, or cannot go on, was made.
    """

    counts: Mapping[str, int]
    oldest_waiting_seconds: float


def figures(connection: Connection) -> Figures:
    """The figures at this moment."""
    stalled = jobs.c.stalled.is_not(None).label("is_stalled")
    wanted = select(jobs.c.state, stalled, func.count().label("jobs"), func.min(jobs.c.created_at))
    found = connection.execute(
        wanted.where(jobs.c.state.in_((*ACTIVE, State.FAILED))).group_by(jobs.c.state, stalled)
    ).all()
    counts = dict.fromkeys((State.QUEUED, State.RUNNING, STALLED, State.FAILED), 0)
    for state, is_stalled, count, _ in found:
        counts[STALLED if is_stalled else State(state)] += count
    oldest = min((made for state, _, _, made in found if state == State.QUEUED), default=None)
    return Figures(counts, 0.0 if oldest is None else seconds_since(oldest))


def seconds_since(moment: str) -> float:
    """How long ago a moment was by this machine's clock; none at all if it lies ahead."""
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds())


def add(
    store: Store, new: New, actor: str, most: int, also: Callable[[Connection, Job], object]
) -> Job | None:
    """Make a job, unless its tenant has as many that wait or run as may be.

    What ``also`` writes is kept if the job is; where it raises there is no job.
    """
    row = vars(new) | {
        "state": State.QUEUED, "created_at": now(), "done": 0, "refused": 0, "beats": 0, "deaths": 0,
    }  # fmt: skip
    with store.database.writing() as connection:
        head = hold(connection, [new.tenant])[new.tenant]
        if count_active(connection, new.tenant) >= most:
            return None
        connection.execute(insert(jobs), row)
        details = {"job_id": new.job_id, "sha256": new.sha256}
        append(connection, head, [Event("job.created", actor, details=details)])
        if job := get(connection, new.tenant, new.job_id):
            also(connection, job)
        return job


def get(connection: Connection, tenant: str, job_id: str) -> Job | None:
    """A tenant's job."""
    row = connection.execute(select(jobs).where(jobs.c.tenant == tenant, jobs.c.job_id == job_id)).first()
    return None if row is None else Job.of(row._mapping)


def get_any(connection: Connection, job_id: str) -> Job | None:
    """The job of an id, whosever it is; for those who look after files."""
    row = connection.execute(select(jobs).where(jobs.c.job_id == job_id)).first()
    return None if row is None else Job.of(row._mapping)


def page(connection: Connection, tenant: str, most: int, after: Place | None) -> list[Job]:
    """Some of a tenant's jobs, the newest first, from below a place in the list."""
    order = (jobs.c.created_at, jobs.c.job_id)
    wanted = select(jobs).where(jobs.c.tenant == tenant)
    if after:
        wanted = wanted.where(tuple_(*order) < tuple_(after.created_at, after.job_id))
    found = connection.execute(wanted.order_by(*(column.desc() for column in order)).limit(most))
    return [Job.of(row._mapping) for row in found]


def files(connection: Connection, job: Job) -> list[str]:
    """The names of the files with its results, in order."""
    own = (job_pieces.c.tenant == job.tenant, job_pieces.c.job_id == job.job_id)
    found = connection.execute(select(job_pieces.c.file).where(*own).order_by(job_pieces.c.piece))
    return list(found.scalars())


def cancel(store: Store, tenant: str, job_id: str, actor: str, kept: timedelta) -> Job | None:
    """End a job that waits or runs; whoever works on it finds its lease gone. The job as it is then."""
    with store.database.writing() as connection:
        hold(connection, [tenant])
        job = get(connection, tenant, job_id)
        if job is not None and not job.ended:
            end(connection, job, job.itself, State.CANCELLED, actor, kept)
        return get(connection, tenant, job_id)


def end(  # noqa: PLR0913, PLR0917
    connection: Connection,
    job: Job,
    where: ColumnElement[bool],
    state: State,
    actor: str,
    kept: timedelta,
    problem: Mapping[str, Any] | None = None,
) -> bool:
    """End a job whose tenant is held, if it is still as ``where`` says; whether it was."""
    ending = ended(state, kept).where(where, jobs.c.state.in_(ACTIVE))
    if not connection.execute(ending.values(problem=problem and json.dumps(problem))).rowcount:
        return False
    gone = (job_erasures.c.tenant == job.tenant, job_erasures.c.job_id == job.job_id)
    connection.execute(delete(job_erasures).where(*gone))
    event = Event(f"job.{state}", actor, details={"job_id": job.job_id, "model": job.model})
    append(connection, hold(connection, [job.tenant])[job.tenant], [event])
    return True


def ended(state: State, kept: timedelta) -> Update:
    """What all ends have in common."""
    return update(jobs).values(
        state=state, owner=None, stalled=None, ended_at=now(), expires_at=now(plus=kept)
    )


def remove(store: Store, job: Job, actor: str) -> None:
    """Remove a job that has ended; its files are then nobody's."""
    with store.database.writing() as connection:
        head = hold(connection, [job.tenant])[job.tenant]
        gone = delete(jobs).where(job.itself, jobs.c.state.not_in(ACTIVE))
        if connection.execute(gone).rowcount:
            append(connection, head, [Event("job.removed", actor, details={"job_id": job.job_id})])
