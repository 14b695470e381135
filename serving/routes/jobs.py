"""The endpoints of bulk jobs: created, read, listed, cancelled, removed, and their results downloaded."""

from __future__ import annotations

import json
import re
import secrets
from datetime import timedelta
from typing import Any, Final

import anyio
from anyio import to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.bodies import CLOSE
from serving.http.idempotency import Answer, StillInProgress, check_key, idempotent
from serving.http.problems import NotFound, RequestProblem
from serving.http.responses import json_response, json_text_response
from serving.jobs.job_files import JobFiles, JobsFolder
from serving.jobs.upload import Upload, check_content_length, receive_upload
from serving.routes.dependencies import screening_service, store_access
from serving.routes.jobs_query import cursor_after, input_format, page_of, result_format
from serving.settings import Settings
from serving.store.api_keys import Scope
from serving.store.idempotency_keys import KeyedRequest, key_is_known, remember_answer
from serving.store.job_rows import (
    Job,
    NewJob,
    add_job,
    cancel_job,
    count_active_jobs,
    get_job,
    list_jobs,
    remove_job,
    result_files,
)

__all__ = ["JOB_ENDPOINTS", "job_document"]


class StorageDisabled(RequestProblem):
    """403: bulk jobs need a store, and ``store_verdicts`` is off."""

    status = 403


class WrongJobState(RequestProblem):
    """409: the job's state does not allow what was asked."""

    status = 409


class TooManyJobs(RequestProblem):
    """429: the tenant has ``jobs_at_once`` jobs that wait or run."""

    status = 429

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most:,} jobs may wait or run at once.", CLOSE | {"Retry-After": "60"})


async def create_job(request: Request) -> Response:
    """Create a job that screens the accounts of the body; 202 with its ``Location``."""
    screening_service(request)  # without a model it is refused now: the job would wait for one
    settings, form = settings_of(request), input_format(request)
    await check_before_upload(request, settings)
    job_id = secrets.token_hex(16)
    files = folder_of(request).named(job_id)
    try:
        upload = await receive_input(request, files, settings, form)
        new = describe_new_job(request, job_id, form, upload)

        async def create(claim: KeyedRequest | None) -> Answer:
            return await add_with_input(request, files, new, claim)

        # The body is not held in memory: its hash stands for it.
        body, is_replayed = await idempotent(request, upload.hash.digest(), store_access(request), create)
    except BaseException as error:
        # After any other error there may be a job already, which needs its input.
        if isinstance(error, RequestProblem) or not files.input_of(form).exists():
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(files.remove)
        raise
    response = json_text_response(body, 202)
    response.headers["Location"] = f"/v1/jobs/{json.loads(body)['job_id']}"
    if is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
        await to_thread.run_sync(files.remove)
    return response


async def check_before_upload(request: Request, settings: Settings) -> None:
    """Refuse a job that would be one too many before its body comes, which may take an hour.

    A request whose idempotency key is known gets its answer, however many jobs there are.
    """
    access, tenant = store_access(request), caller_of(request).tenant
    key = request.headers.get("idempotency-key")
    if key is not None and await access.read(key_is_known, tenant, check_key(key, access)):
        return
    if await access.read(count_active_jobs, tenant) >= settings.jobs_at_once:
        raise TooManyJobs(settings.jobs_at_once)


async def receive_input(request: Request, files: JobFiles, settings: Settings, form: str) -> Upload:
    """Write the body to the job's input file, in a new folder."""
    folder = folder_of(request)
    await to_thread.run_sync(folder.name)
    check_content_length(request, settings.job_bytes, await to_thread.run_sync(folder.free))
    files.path.mkdir(mode=0o700)
    most_lines = settings.job_accounts if form == "ndjson" else None
    return await receive_upload(request, files.draft, settings, most_lines)


def describe_new_job(request: Request, job_id: str, form: str, upload: Upload) -> NewJob:
    """The row of a job that is to be created from an upload."""
    return NewJob(
        tenant=caller_of(request).tenant,
        job_id=job_id,
        folder=folder_of(request).name(),
        form=form,
        bytes=upload.bytes,
        sha256=upload.hash.hexdigest(),
        piece_accounts=settings_of(request).job_piece_accounts,
        total=upload.lines if form == "ndjson" else None,
    )


async def add_with_input(
    request: Request, files: JobFiles, new: NewJob, claim: KeyedRequest | None
) -> Answer:
    """Create the job once its input has its final name: a job without an input could never be done.

    The answer is remembered in the transaction that creates the job.
    """
    await to_thread.run_sync(files.accept, new.form)
    most = settings_of(request).jobs_at_once

    def remember(connection: Connection, job: Job) -> None:
        if claim and not remember_answer(connection, claim, job_bytes(job)):
            raise StillInProgress  # another worker took the claim over, and creates the job

    job = await store_access(request).run(add_job, new, caller_of(request).actor, most, remember)
    if job is None:
        raise TooManyJobs(most)
    return Answer(job_bytes(job), is_remembered=True)


def job_bytes(job: Job) -> bytes:
    """The job's document as the body of an answer."""
    return json.dumps(job_document(job)).encode()


async def read_job(request: Request) -> Response:
    """The job with its state and progress."""
    return json_response(job_document(await job_of(request)))


async def list_own_jobs(request: Request) -> Response:
    """A page of the tenant's jobs, the newest first, with the cursor of the next page."""
    most, after = page_of(request)
    jobs = await store_access(request).read(list_jobs, caller_of(request).tenant, most + 1, after)
    last = cursor_after(jobs[most - 1]) if len(jobs) > most else None
    return json_response({"jobs": [job_document(job) for job in jobs[:most]], "next": last})


async def cancel_own_job(request: Request) -> Response:
    """Cancel a job that waits or runs; the results that it has stay."""
    caller, kept = caller_of(request), timedelta(days=settings_of(request).job_days)
    job = await store_access(request).run(cancel_job, caller.tenant, job_id_of(request), caller.actor, kept)
    if job is None:
        raise no_such_job(request)
    if job.state != "cancelled":
        raise WrongJobState(f"Job {job.job_id} has ended: it is {job.state}.")
    return json_response(job_document(job))


async def remove_own_job(request: Request) -> Response:
    """Remove a job that has ended, with its results, before its retention is over."""
    job = await job_of(request)
    if not job.ended:
        raise WrongJobState(f"Job {job.job_id} is {job.state}; cancel it first.")
    await store_access(request).run(remove_job, job, caller_of(request).actor)
    await to_thread.run_sync(folder_of(request).of(job).remove)
    return Response(status_code=204)


async def download_results(request: Request) -> Response:
    """Stream the results of a job that has ended, in input order."""
    job, results = await job_of(request), result_format(request)
    if not job.ended:
        raise WrongJobState(
            f"Job {job.job_id} is {job.state}; its results are not there yet.", {"Retry-After": "5"}
        )
    folder = folder_of(request)
    if job.folder != await to_thread.run_sync(folder.name):
        raise WrongJobState(f"The files of job {job.job_id} lie in the folder of another service.")
    paths = [folder.of(job).path / name for name in await store_access(request).read(result_files, job)]
    return StreamingResponse(
        results.write(paths),
        media_type=results.media_type,
        headers={"Content-Disposition": f'attachment; filename="assay-{job.job_id}.{results.suffix}"'},
    )


def job_document(job: Job) -> dict[str, Any]:
    """A job as JSON, for its tenant: without its files and its worker."""
    results = f"/v1/jobs/{job.job_id}/results"
    return {
        "job_id": job.job_id,
        "state": job.state.value,
        **{name: getattr(job, name) for name in ("created_at", "started_at", "ended_at", "expires_at")},
        "input": {"form": job.form, "bytes": job.bytes, "sha256": job.sha256},
        "accounts": {"total": job.total, "done": job.done, "refused": job.refused},
        "model": job.model or None,
        "stalled": job.stalled,
        "problem": job.problem,
        "results": results if job.ended else None,
    }


async def job_of(request: Request) -> Job:
    """The tenant's job that the path names.

    Raises
    ------
    NotFound
        If the caller's tenant has no such job.
    """
    job = await store_access(request).read(get_job, caller_of(request).tenant, job_id_of(request))
    if job is None:
        raise no_such_job(request)
    return job


def job_id_of(request: Request) -> str:
    """The job id in the path; :class:`NotFound` where it cannot be one."""
    job_id = str(request.path_params["job_id"])
    if not JOB_ID.fullmatch(job_id):
        raise no_such_job(request)
    return job_id


def no_such_job(request: Request) -> NotFound:
    """One refusal for a job that never was, that was removed, and that is another tenant's."""
    return NotFound(f"There is no job {request.path_params['job_id']}.")


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


JOB_ID: Final = re.compile("[0-9a-f]{32}")
JOB_PATH: Final = "/v1/jobs/{job_id}"

JOB_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    "/v1/jobs": {"GET": (Scope.READ, list_own_jobs), "POST": (Scope.SCORE, create_job)},
    JOB_PATH: {"GET": (Scope.READ, read_job), "DELETE": (Scope.SCORE, remove_own_job)},
    f"{JOB_PATH}/cancel": {"POST": (Scope.SCORE, cancel_own_job)},
    f"{JOB_PATH}/results": {"GET": (Scope.READ, download_results)},
}
