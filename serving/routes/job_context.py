"""What the endpoints of jobs share: the settings and the folder of jobs, and a job as JSON."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from serving.http.problems import RequestProblem
from serving.jobs.job_files import JobsFolder
from serving.routes.dependencies import store_access
from serving.settings import Settings
from serving.store.job_rows import Job

__all__ = ["folder_of", "job_document", "settings_of"]


class StorageDisabled(RequestProblem):
    """403: bulk jobs need a store, and ``store_verdicts`` is off."""

    status = 403


def settings_of(request: Request) -> Settings:
    """The settings of a service that takes jobs.

    Raises
    ------
    StorageDisabled
        If ``store_verdicts`` is off.
    """
    settings = store_access(request).settings
    if not settings.store_verdicts:
        raise StorageDisabled("This service keeps nothing (store_verdicts), so it takes no jobs.")
    return settings


def folder_of(request: Request) -> JobsFolder:
    """The folder with the files of all jobs."""
    return JobsFolder(settings_of(request).jobs_path)


def job_document(job: Job) -> dict[str, Any]:
    """A job as JSON, for its tenant: without its files and its worker."""
    results = f"/v1/jobs/{job.job_id}/results"
    return {
        "job_id": job.job_id,
        "state": job.state.value,
        **{name: getattr(job, name) for name in ("created_at", "started_at", "ended_at", "expires_at")},
        "input": {"form": job.form, "bytes": job.bytes, "sha256": job.sha256},
        "with_observed": job.with_observed,
        "accounts": {"total": job.total, "done": job.done, "refused": job.refused},
        "model": job.model or None,
        "stalled": job.stalled,
        "problem": job.problem,
        "results": results if job.ended else None,
    }
