"""Folders of jobs that are lost: what becomes of the jobs whose files lay there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, delete, func, select, update

from accounts.errors import WrongUsage
from serving.store.audit_log import ChainHead, Event, append, lock_tenants
from serving.store.engine import insert_if_absent
from serving.store.job_folders import ALIVE_FOR, lock_folder, seen_lately
from serving.store.job_rows import JOB_ID, LOST, JobState, end_job, readable, remove_job_in
from serving.store.store import Store
from serving.store.tables import forgotten_jobs, job_pieces, jobs

__all__ = ["FolderAlive", "Leases", "check_not_seen", "forget_folder", "jobs_by_folder", "leases_in"]

Leases: TypeAlias = frozenset[tuple[str, str, int]]
"""Of each job that runs its id, its owner, and how often the lease was renewed."""


class FolderAlive(WrongUsage):
    """A folder of jobs that is to be forgotten, and that a service still has."""


def jobs_by_folder(store: Store) -> dict[str, int]:
    """How many jobs, of all tenants, have their files in each folder, by its id."""
    wanted = select(jobs.c.folder, func.count()).where(jobs.c.folder != LOST).group_by(jobs.c.folder)
    with store.database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted.order_by(jobs.c.folder))}


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
) -> tuple[int, int]:
    """Note that a folder of jobs is lost, and in the log of each tenant that had jobs there.

    Jobs that have ended are removed. The others fail, have no results any more, and stay for the retention,
    so that their tenants can read why. Should the folder come back, its service removes their files.

    It is done as one: a service that comes back meanwhile says so before, or waits, and sees it afterwards.

    Parameters
    ----------
    problem
        Why the unfinished jobs fail.
    before
        The leases there, so long ago that those that hold are others now.

    Returns
    -------
    How many jobs were removed, and how many have failed.

    Raises
    ------
    FolderAlive
        If a service has said lately that it has the folder, or has renewed or taken a lease there.
    """
    with store.database.writing() as connection:
        names = connection.execute(select(jobs.c.tenant).where(jobs.c.folder == folder).distinct())
        heads = lock_tenants(connection, sorted(names.scalars()))
        lock_folder(connection, folder)
        check_not_seen(connection, folder)
        if held := leases_in(connection, folder) - before:
            job_id = min(job_id for job_id, *_ in held)
            raise FolderAlive(
                f"The folder {folder} is not lost: a worker has job {job_id} there in hand. Stop its service "
                "first."
            )
        counts = [
            _forget_jobs(connection, head, folder, actor, retention, problem) for head in heads.values()
        ]
    return sum(removed for removed, _ in counts), sum(failed for _, failed in counts)


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
    if rows:
        forgotten = [{"folder": folder, "job_id": row.job_id} for row in rows]
        connection.execute(insert_if_absent(connection, forgotten_jobs), forgotten)
    found = [job for job in readable(rows) if not job.ended]
    for row in rows:
        remove_job_in(connection, head.tenant, row.job_id, actor)
    for job in found:
        own = (job_pieces.c.tenant == job.tenant, job_pieces.c.job_id == job.job_id)
        connection.execute(delete(job_pieces).where(*own))
        connection.execute(update(jobs).where(job.row_filter).values(folder=LOST, done=0, refused=0))
        end_job(connection, job, job.row_filter, JobState.FAILED, actor, retention, problem)
    return len(rows) - len(found), len(found)
