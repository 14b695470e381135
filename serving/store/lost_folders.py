"""Folders of jobs that are lost: what becomes of the jobs whose files lay there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from serving.store.audit_log import Event, append, lock_tenants
from serving.store.job_rows import JOB_ID, LOST, JobState, end_job, readable, remove_job_in
from serving.store.store import Store
from serving.store.tables import job_pieces, jobs

__all__ = ["forget_folder", "jobs_by_folder"]


def jobs_by_folder(store: Store) -> dict[str, int]:
    """How many jobs, of all tenants, have their files in each folder, by its id."""
    wanted = select(jobs.c.folder, func.count()).where(jobs.c.folder != LOST).group_by(jobs.c.folder)
    with store.database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted.order_by(jobs.c.folder))}


def forget_folder(
    store: Store, folder: str, actor: str, retention: timedelta, problem: Mapping[str, Any]
) -> tuple[int, int]:
    """Note that a folder of jobs is lost, and in the log of each tenant that had jobs there.

    Jobs that have ended are removed. The others fail, have no results any more, and stay for the retention,
    so that their tenants can read why. Should the folder come back, its worker removes their files.

    Parameters
    ----------
    problem
        Why the unfinished jobs fail.

    Returns
    -------
    How many jobs were removed, and how many have failed.
    """
    with store.database.reading() as connection:
        names = connection.execute(select(jobs.c.tenant).where(jobs.c.folder == folder).distinct())
        tenants = sorted(names.scalars())
    counts = [_forget_jobs(store, tenant, folder, actor, retention, problem) for tenant in tenants]
    return sum(removed for removed, _ in counts), sum(failed for _, failed in counts)


def _forget_jobs(  # noqa: PLR0913, PLR0917
    store: Store, tenant: str, folder: str, actor: str, retention: timedelta, problem: Mapping[str, Any]
) -> tuple[int, int]:
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        append(connection, head, [Event("job.folder_lost", actor, details={"folder": folder})])
        there = select(jobs).where(jobs.c.tenant == tenant, jobs.c.folder == folder).with_for_update()
        rows = [row for row in connection.execute(there) if JOB_ID.fullmatch(str(row.job_id))]
        found = [job for job in readable(rows) if not job.ended]
        for row in rows:
            remove_job_in(connection, tenant, row.job_id, actor)
        for job in found:
            own = (job_pieces.c.tenant == tenant, job_pieces.c.job_id == job.job_id)
            connection.execute(delete(job_pieces).where(*own))
            connection.execute(update(jobs).where(job.row_filter).values(folder=LOST, done=0, refused=0))
            end_job(connection, job, job.row_filter, JobState.FAILED, actor, retention, problem)
    return len(rows) - len(found), len(found)
