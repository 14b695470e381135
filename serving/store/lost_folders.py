"""Folders that are lost: what becomes of the jobs and screenings whose files lay there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, delete, func, select, union, union_all, update

from accounts.errors import WrongUsage
from serving.store.audit_log import ChainHead, Event, append, lock_tenants
from serving.store.engine import insert_if_absent
from serving.store.job_folders import ALIVE_FOR, lock_folder, seen_lately
from serving.store.job_rows import JOB_ID, LOST, JobState, end_job, readable, remove_job_in
from serving.store.store import Store
from serving.store.tables import forgotten_jobs, job_pieces, jobs, screenings

__all__ = [
    "FolderAlive", "Forgotten", "Leases", "check_not_seen", "count_by_folder", "forget_folder", "leases_in",
]  # fmt: skip

Leases: TypeAlias = frozenset[tuple[str, str, int]]
"""Of each job that runs its id, its owner, and how often the lease was renewed."""


class FolderAlive(WrongUsage):
    """A folder that is to be forgotten, and that a service still has."""


class Forgotten(NamedTuple):
    """How many jobs were removed, how many have failed, and how many screenings were removed."""

    removed: int
    failed: int
    screenings: int


def count_by_folder(store: Store) -> dict[str, int]:
    """How many jobs and screenings, of all tenants, have their files in each folder, by its id."""
    both = union_all(select(jobs.c.folder), select(screenings.c.folder)).subquery()
    wanted = select(both.c.folder, func.count()).where(both.c.folder != LOST).group_by(both.c.folder)
    with store.database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted.order_by(both.c.folder))}


def leases_in(connection: Connection, folder: str) -> Leases:
    """The leases of a folder's jobs that run: of those that hold, one is another after a while."""
    running = (jobs.c.folder == folder, jobs.c.state == JobState.RUNNING)
    found = connection.execute(select(jobs.c.job_id, jobs.c.owner, jobs.c.beats).where(*running))
    return frozenset((row.job_id, row.owner, row.beats) for row in found)


def check_not_seen(connection: Connection, folder: str) -> None:
    """Check that no service has said lately that a folder is alive.

    Raises
    ------
    FolderAlive
        If one has, with the time.
    """
    if seen := seen_lately(connection, folder):
        minutes = ALIVE_FOR // timedelta(minutes=1)
        raise FolderAlive(
            f"The folder {folder} is not lost: its service was seen at {seen}. If it is, stop that service "
            f"first, and ask again {minutes} minutes after it was seen last."
        )


def forget_folder(  # noqa: PLR0913, PLR0917
    store: Store,
    folder: str,
    actor: str,
    retention: timedelta,
    problem: Mapping[str, Any],
    before: Leases = frozenset(),
) -> Forgotten:
    """Note that a folder is lost, and in the log of each tenant that had jobs or screenings there.

    Jobs that have ended are removed, and screenings are. The other jobs fail, have no results any more, and
    stay for the retention, so that their tenants can read why. Should the folder come back, its service
    removes their files.

    It is done as one: a service that comes back meanwhile says so before, or waits, and sees it afterwards.

    Parameters
    ----------
    problem
        Why the unfinished jobs fail.
    before
        The leases there, so long ago that those that hold are others now.

    Raises
    ------
    FolderAlive
        If a service has said lately that it has the folder, or has renewed or taken a lease there.
    """
    with store.database.writing() as connection:
        there = (select(one.c.tenant).where(one.c.folder == folder) for one in (jobs, screenings))
        heads = lock_tenants(connection, sorted(connection.execute(union(*there)).scalars()))
        lock_folder(connection, folder)
        check_not_seen(connection, folder)
        if held := leases_in(connection, folder) - before:
            job_id = min(job_id for job_id, *_ in held)
            raise FolderAlive(
                f"The folder {folder} is not lost: a worker has job {job_id} there in hand. Stop its service "
                "first."
            )
        counts = [
            Forgotten(
                *_forget_jobs(connection, head, folder, actor, retention, problem),
                _forget_screenings(connection, head.tenant, folder),
            )
            for head in heads.values()
        ]
    return Forgotten(*map(sum, zip(*counts, strict=True))) if counts else Forgotten(0, 0, 0)


def _forget_jobs(  # noqa: PLR0913, PLR0917
    connection: Connection,
    head: ChainHead,
    folder: str,
    actor: str,
    retention: timedelta,
    problem: Mapping[str, Any],
) -> tuple[int, int]:
    append(connection, head, [Event("job.folder_lost", actor, details={"folder": folder})])
    there = select(jobs).where(jobs.c.tenant == head.tenant, jobs.c.folder == folder).with_for_update()
    rows = [row for row in connection.execute(there) if JOB_ID.fullmatch(str(row.job_id))]
    _note_forgotten(connection, folder, [row.job_id for row in rows])
    found = [job for job in readable(rows) if not job.ended]
    for row in rows:
        remove_job_in(connection, head.tenant, row.job_id, actor)
    for job in found:
        own = (job_pieces.c.tenant == job.tenant, job_pieces.c.job_id == job.job_id)
        connection.execute(delete(job_pieces).where(*own))
        connection.execute(update(jobs).where(job.row_filter).values(folder=LOST, done=0, refused=0))
        end_job(connection, job, job.row_filter, JobState.FAILED, actor, retention, problem)
    return len(rows) - len(found), len(found)


def _forget_screenings(connection: Connection, tenant: str, folder: str) -> int:
    own = (screenings.c.tenant == tenant, screenings.c.folder == folder)
    names = connection.execute(select(screenings.c.screening_id).where(*own)).scalars()
    _note_forgotten(connection, folder, [name for name in names if JOB_ID.fullmatch(str(name))])
    return connection.execute(delete(screenings).where(*own)).rowcount


def _note_forgotten(connection: Connection, folder: str, names: Sequence[str]) -> None:
    if names:
        rows = [{"folder": folder, "job_id": name} for name in names]
        connection.execute(insert_if_absent(connection, forgotten_jobs), rows)
