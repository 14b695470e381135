"""Rows of bulk jobs: created, read, listed, counted, cancelled, removed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Update, delete, func, insert, select, tuple_, update

from accounts.errors import AssayError
from serving.store.audit_faults import MALFORMED
from serving.store.audit_log import Event, append, lock_tenants, subjects_erased_after
from serving.store.engine import insert_if_absent
from serving.store.job_seals import columns_of_seal, created_digest, job_has_seal, seal_job
from serving.store.outbox import put_event
from serving.store.row_seals import is_typed
from serving.store.store import Store
from serving.store.tables import job_erasures, job_pieces, jobs
from serving.store.timestamps import now
from serving.store.webhook_rows import WebhookEvent

__all__ = [
    "ACTIVE",
    "JOB_ID",
    "LOST",
    "Job",
    "JobCounts",
    "JobState",
    "NewJob",
    "PagePosition",
    "ResultPiece",
    "ResultsDamaged",
    "add_job",
    "cancel_job",
    "count_active_jobs",
    "count_jobs",
    "end_job",
    "folder_of_job",
    "get_any_jobs",
    "get_job",
    "is_proven",
    "list_jobs",
    "note_erasure",
    "note_erasures_since",
    "proven_pieces",
    "readable",
    "remove_job",
    "remove_job_in",
    "replace_piece",
    "result_pieces",
    "stored_bytes",
]  # fmt: skip


class JobState(StrEnum):
    """The state of a job; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE: Final = (JobState.QUEUED, JobState.RUNNING)
STALLED: Final = "stalled"

LOST: Final = ""
"""In the place of a folder's id: the job's files were lost with their folder, and lie nowhere."""


JOB_ID: Final = re.compile("[0-9a-f]{32}")
"""A job's id names the folder with its files, too."""


PIECE_NAME: Final = re.compile(r"(?!\.\.?$)[^/\0]+")


class ResultsDamaged(AssayError):
    """500: a file with results, or a row of them, is not what was written."""

    status = 500

    def __init__(self, number: int | None = None) -> None:
        what = "The results are" if number is None else f"Piece {number + 1:,} of the results is"
        super().__init__(f"{what} not what was written: screen the input again.")


@dataclass(frozen=True)
class NewJob:
    """A job that is to be created; the attributes are those of :class:`Job`."""

    tenant: str
    job_id: str
    folder: str
    form: str
    bytes: int
    sha256: str
    piece_accounts: int
    total: int | None
    with_observed: bool = False


@dataclass(frozen=True)
class Job:
    """A job's row.

    Attributes
    ----------
    tenant, job_id
        Its tenant, and its id.
    state, created_at, started_at, ended_at
        Its state, and the timestamps of its changes.
    expires_at
        When its results are removed; None until it has ended.
    folder
        The id of the folder that its files lie in; ``LOST`` where that was lost.
    form, bytes, sha256
        Of its input, as it was uploaded.
    piece_accounts
        Lines that a piece has at most.
    total, done, refused
        Accounts: all (None until that is known), those with results, and those of them with a problem.
    model
        Version and sha256 of the model that screens it; None until it starts.
    owner, beats
        The worker that leases it, and how often it renewed the lease.
    deaths
        How many workers died on it since its last piece.
    input_faults, unpacked
        How often a run failed at its own input, and the bytes of that once it was unpacked.
    stalled
        Why it cannot go on at present.
    problem
        Why it failed, as problem details.
    with_observed
        Whether what was observed of its accounts before joins their documents.
    """

    tenant: str
    job_id: str
    state: JobState
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
    input_faults: int
    unpacked: int | None
    stalled: str | None
    problem: Mapping[str, Any] | None
    with_observed: bool = False

    @classmethod
    def of(cls, row: Row[Any]) -> Job:
        """The job of a row, its JSON columns parsed.

        Raises
        ------
        ResultsDamaged
            If the row has values that Assay writes nowhere.
        """
        columns = row._asdict()
        try:
            texts = {name: columns[name] and json.loads(columns[name]) for name in ("model", "problem")}
            is_read = is_typed(jobs, row) and JOB_ID.fullmatch(row.job_id)
            if not is_read or not all(isinstance(value, dict | None) for value in texts.values()):
                raise ResultsDamaged
            named = {name: columns[name] for name in cls.__dataclass_fields__}
            return cls(**{**named, "state": JobState(row.state), **texts})
        except MALFORMED as error:
            raise ResultsDamaged from error

    @property
    def row_filter(self) -> ColumnElement[bool]:
        """The condition that selects its row."""
        return (jobs.c.tenant == self.tenant) & (jobs.c.job_id == self.job_id)

    @property
    def ended(self) -> bool:
        """Whether its state is final."""
        return self.state not in ACTIVE


@dataclass(frozen=True)
class PagePosition:
    """The position of a job in its tenant's list, which is sorted by both, the newest first."""

    created_at: str
    job_id: str


def count_active_jobs(connection: Connection, tenant: str) -> int:
    """How many of a tenant's jobs wait or run."""
    own = (jobs.c.tenant == tenant, jobs.c.state.in_(ACTIVE))
    return connection.execute(select(func.count()).where(*own)).scalar_one()


class JobCounts(NamedTuple):
    """Counts of the jobs of all tenants, and how long the oldest has waited.

    Attributes
    ----------
    counts
        By state: those that wait, run, cannot go on at present, and have failed.
    oldest_waiting_seconds
        Since the oldest job that waits or cannot go on was created; 0 without one.
    verdicts
        How many verdicts jobs have given, by label, platform and evidence.
    """

    counts: Mapping[str, int]
    oldest_waiting_seconds: float
    verdicts: Mapping[tuple[str, str, str], int] = MappingProxyType({})


def count_jobs(connection: Connection) -> JobCounts:
    """Count the jobs of all tenants by state."""
    stalled = jobs.c.stalled.is_not(None).label("is_stalled")
    wanted = select(jobs.c.state, stalled, func.count().label("jobs"), func.min(jobs.c.created_at))
    found = connection.execute(
        wanted.where(jobs.c.state.in_((*ACTIVE, JobState.FAILED))).group_by(jobs.c.state, stalled)
    ).all()
    counts = dict.fromkeys((JobState.QUEUED, JobState.RUNNING, STALLED, JobState.FAILED), 0)
    for state, is_stalled, count, _ in found:
        counts[STALLED if is_stalled else JobState(state)] += count
    oldest = min((created_at for state, _, _, created_at in found if state == JobState.QUEUED), default=None)
    return JobCounts(counts, 0.0 if oldest is None else seconds_since(oldest))


def seconds_since(timestamp: str) -> float:
    """Seconds since a timestamp by this machine's clock; 0 if it lies ahead."""
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(timestamp)).total_seconds())


def add_job(
    store: Store, new: NewJob, actor: str, most: int, also: Callable[[Connection, Job], object]
) -> Job | None:
    """Create a job; None where ``most`` of its tenant's jobs wait or run already.

    ``also`` is called in the same transaction: where it raises there is no job.
    """
    row = vars(new) | {
        "state": JobState.QUEUED, "created_at": now(), "done": 0, "refused": 0, "beats": 0, "deaths": 0,
    }  # fmt: skip
    with store.database.writing() as connection:
        head = lock_tenants(connection, [new.tenant])[new.tenant]
        if count_active_jobs(connection, new.tenant) >= most:
            return None
        connection.execute(insert(jobs), row)
        digest = created_digest(connection, new.tenant, new.job_id)
        details = {"job_id": new.job_id, "sha256": new.sha256, "row_hmac": digest}
        append(connection, head, [Event("job.created", actor, details=details)])
        if job := get_job(connection, new.tenant, new.job_id):
            also(connection, job)
        return job


def note_erasure(connection: Connection, tenant: str, account: str) -> None:
    """Note in all unfinished jobs of a tenant, which is locked, that an account was erased, by its digest."""
    own = (jobs.c.tenant == tenant, jobs.c.state.in_(ACTIVE))
    names = connection.execute(select(jobs.c.job_id).where(*own)).scalars().all()
    _note_erasures(connection, tenant, ((name, account) for name in names))


def note_erasures_since(connection: Connection, job: Job, since: int) -> None:
    """Note in a new job whom an erasure has removed after an entry of its tenant's audit log.

    Its input came before that. Their ids are not known any more, and so the log's keyed digests stand for
    them: nothing is screened or stored of accounts of either digest.
    """
    subjects = subjects_erased_after(connection, job.tenant, since)
    _note_erasures(connection, job.tenant, ((job.job_id, one) for one in sorted(subjects)))


def _note_erasures(connection: Connection, tenant: str, erasures: Iterable[tuple[str, str]]) -> None:
    rows = [{"tenant": tenant, "job_id": job_id, "account_sha256": one} for job_id, one in erasures]
    if rows:
        connection.execute(insert_if_absent(connection, job_erasures), rows)


def get_job(connection: Connection, tenant: str, job_id: str) -> Job | None:
    """A tenant's job; None where there is none with this id.

    Raises
    ------
    ResultsDamaged
        If its row has values that Assay writes nowhere.
    """
    row = connection.execute(select(jobs).where(jobs.c.tenant == tenant, jobs.c.job_id == job_id)).first()
    return None if row is None else Job.of(row)


def get_any_jobs(connection: Connection, job_ids: Iterable[str]) -> list[Job]:
    """The jobs with some ids, of any tenant: for the worker, which finds the ids as names of folders."""
    return readable(connection.execute(select(jobs).where(jobs.c.job_id.in_(list(job_ids)))))


def folder_of_job(connection: Connection, job_id: str) -> str | None:
    """The id of the folder that the files of a job lie in, of any tenant; None where there is no such job."""
    return connection.execute(select(jobs.c.folder).where(jobs.c.job_id == job_id)).scalar()


def readable(rows: Iterable[Row[Any]]) -> list[Job]:
    """The jobs of rows, but none whose row has values that Assay writes nowhere: one hides no other."""
    found = []
    for row in rows:
        with suppress(ResultsDamaged):
            found.append(Job.of(row))
    return found


def list_jobs(connection: Connection, tenant: str, most: int, after: PagePosition | None) -> list[Job]:
    """At most so many of a tenant's jobs, the newest first, from after a position in the list."""
    order = (jobs.c.created_at, jobs.c.job_id)
    wanted = select(jobs).where(jobs.c.tenant == tenant)
    if after:
        wanted = wanted.where(tuple_(*order) < tuple_(after.created_at, after.job_id))
    found = connection.execute(wanted.order_by(*(column.desc() for column in order)).limit(most))
    return readable(found)


class ResultPiece(NamedTuple):
    """A file with results: its place in their order, its name, and its length and SHA-256 as written.

    Pieces of an older Assay have neither length nor hash.
    """

    number: int
    file: str
    bytes: int | None
    sha256: str | None


def result_pieces(connection: Connection, job: Job, number: int | None = None) -> list[ResultPiece]:
    """The files with a job's results, in input order; that of one piece alone where its number is given.

    Raises
    ------
    ResultsDamaged
        If a row has values that Assay writes nowhere, such as a name that leads out of the job's folder.
    """
    own = (job_pieces.c.tenant == job.tenant, job_pieces.c.job_id == job.job_id)
    columns = (job_pieces.c.piece, job_pieces.c.file, job_pieces.c.bytes, job_pieces.c.sha256)
    wanted = select(*columns).where(*own).order_by(job_pieces.c.piece)
    if number is not None:
        wanted = wanted.where(job_pieces.c.piece == number)
    found = connection.execute(wanted)
    pieces = [ResultPiece(*row) for row in found]
    if not all(map(is_readable_piece, pieces)):
        raise ResultsDamaged
    return pieces


def is_readable_piece(piece: ResultPiece) -> bool:
    """Whether a piece has the types that Assay writes, and is named as a file in its job's folder is."""
    types = (int, str, int | None, str | None)
    return all(map(isinstance, piece, types)) and PIECE_NAME.fullmatch(piece.file) is not None


def proven_pieces(store: Store, job: Job) -> tuple[list[ResultPiece], bool] | None:
    """The files with the results of a job that has ended, and whether it bears their seal, and its own.

    None if it was removed.
    """
    with store.database.snapshot() as connection:
        if get_job(connection, job.tenant, job.job_id) is None:
            return None
        has_seal = job_has_seal(connection, job.tenant, job.job_id)
        return result_pieces(connection, job), has_seal


def is_proven(connection: Connection, job: Job) -> bool:
    """Whether a job has ended and bears its seal: all that its row says is as it was written."""
    return job.ended and job_has_seal(connection, job.tenant, job.job_id)


def replace_piece(connection: Connection, job: Job, old: ResultPiece, new: ResultPiece) -> bool:
    """Note that a piece was written anew; False where it is no longer there as it was.

    The job's row is locked, so that whoever ends it meanwhile sees this piece. One whose seal is not good is
    not sealed anew, and one of an older Assay by no more than before.
    """
    state = connection.execute(select(jobs.c.state).where(job.row_filter).with_for_update()).scalar()
    if state is None:
        return False
    covered = () if state in ACTIVE else columns_of_seal(connection, job.tenant, job.job_id)
    own = (job_pieces.c.tenant == job.tenant, job_pieces.c.job_id == job.job_id)
    changed = update(job_pieces).where(*own, job_pieces.c.piece == old.number, job_pieces.c.file == old.file)
    values = {"file": new.file, "bytes": new.bytes, "sha256": new.sha256}
    is_replaced = bool(connection.execute(changed.values(**values)).rowcount)
    if is_replaced and covered:
        seal_job(connection, job.tenant, job.job_id, covered)
    return is_replaced


def stored_bytes(connection: Connection, tenant: str) -> int:
    """Bytes that inputs and results of a tenant's jobs take on the disk."""
    inputs = select(func.coalesce(func.sum(func.coalesce(jobs.c.unpacked, jobs.c.bytes)), 0))
    results = select(func.coalesce(func.sum(job_pieces.c.bytes), 0)).where(job_pieces.c.tenant == tenant)
    active = inputs.where(jobs.c.tenant == tenant, jobs.c.state.in_(ACTIVE))
    return int(connection.execute(active).scalar_one()) + int(connection.execute(results).scalar_one())


def cancel_job(store: Store, tenant: str, job_id: str, actor: str, retention: timedelta) -> Job | None:
    """Cancel a job that waits or runs, whose worker loses its lease; the job as it is then."""
    with store.database.writing() as connection:
        lock_tenants(connection, [tenant])
        job = get_job(connection, tenant, job_id)
        if job is not None and not job.ended:
            end_job(connection, job, job.row_filter, JobState.CANCELLED, actor, retention)
        return get_job(connection, tenant, job_id)


def end_job(  # noqa: PLR0913, PLR0917
    connection: Connection,
    job: Job,
    where: ColumnElement[bool],
    state: JobState,
    actor: str,
    retention: timedelta,
    problem: Mapping[str, Any] | None = None,
) -> bool:
    """End a job whose tenant is held, if it is still as ``where`` says; whether it was."""
    ending = end_values(state, retention).where(where, jobs.c.state.in_(ACTIVE))
    if not connection.execute(ending.values(problem=problem and json.dumps(problem))).rowcount:
        return False
    pending = (job_erasures.c.tenant == job.tenant, job_erasures.c.job_id == job.job_id)
    connection.execute(delete(job_erasures).where(*pending))
    seal_job(connection, job.tenant, job.job_id)
    event = Event(f"job.{state}", actor, details={"job_id": job.job_id, "model": job.model})
    append(connection, lock_tenants(connection, [job.tenant])[job.tenant], [event])
    tell_of_end(connection, job, state)
    return True


def tell_of_end(connection: Connection, job: Job, state: JobState) -> None:
    """Tell the tenant's webhooks that a job has ended."""
    ended = get_job(connection, job.tenant, job.job_id) or job
    data = {"job_id": job.job_id, "state": str(state), "done": ended.done, "refused": ended.refused}
    put_event(connection, job.tenant, WebhookEvent.JOB_ENDED, data)


def end_values(state: JobState, retention: timedelta) -> Update:
    """The update that every final state shares."""
    return update(jobs).values(
        state=state, owner=None, stalled=None, ended_at=now(), expires_at=now(plus=retention)
    )


def remove_job(store: Store, tenant: str, job_id: str, actor: str) -> None:
    """Remove the row of a job that has ended; its files must then be removed as well."""
    with store.database.writing() as connection:
        remove_job_in(connection, tenant, job_id, actor)


def remove_job_in(connection: Connection, tenant: str, job_id: str, actor: str) -> None:
    """As :func:`remove_job`, in a transaction that is there."""
    head = lock_tenants(connection, [tenant])[tenant]
    own = (jobs.c.tenant == tenant, jobs.c.job_id == job_id, jobs.c.state.not_in(ACTIVE))
    if connection.execute(delete(jobs).where(*own)).rowcount:
        append(connection, head, [Event("job.removed", actor, details={"job_id": job_id})])
