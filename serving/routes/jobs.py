"""The endpoints of bulk jobs: created, read, listed, cancelled, removed, and their results downloaded."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.problems import NotFound, RequestProblem
from serving.http.query import without_parameters
from serving.http.responses import json_response
from serving.jobs.erasure import FilesElsewhere, lies_elsewhere
from serving.jobs.result_pieces import ShortBody, check_lengths, checked_pieces, of_length
from serving.routes.dependencies import store_access
from serving.routes.job_context import folder_of, job_document, settings_of
from serving.routes.job_creation import create_job
from serving.routes.jobs_query import cursor_after, page_of, result_format
from serving.routes.rendering_turns import stream_in_turns
from serving.store.api_keys import Scope
from serving.store.job_rows import (
    JOB_ID,
    Job,
    ResultPiece,
    ResultsDamaged,
    cancel_job,
    get_job,
    is_proven,
    list_jobs,
    proven_pieces,
    remove_job,
    result_pieces,
)
from serving.store.store import Store

__all__ = ["JOB_ENDPOINTS"]


class WrongJobState(RequestProblem):
    """409: the job's state does not allow what was asked."""

    status = 409


@without_parameters
async def read_job(request: Request) -> Response:
    """The job with its state and progress."""
    return json_response(job_document(await proven_job_of(request)))


async def list_own_jobs(request: Request) -> Response:
    """A page of the tenant's jobs, the newest first, with the cursor of the next page."""
    most, after = page_of(request)
    jobs = await store_access(request).read(list_jobs, caller_of(request).tenant, most + 1, after)
    last = cursor_after(jobs[most - 1]) if len(jobs) > most else None
    return json_response({"jobs": [job_document(job) for job in jobs[:most]], "next": last})


@without_parameters
async def cancel_own_job(request: Request) -> Response:
    """Cancel a job that waits or runs; the results that it has stay."""
    caller, retention = caller_of(request), timedelta(days=settings_of(request).job_days)
    job = await store_access(request).run(
        cancel_job, caller.tenant, job_id_of(request), caller.actor, retention
    )
    if job is None:
        raise no_such_job(request)
    if job.state != "cancelled":
        raise WrongJobState(f"Job {job.job_id} has ended: it is {job.state}.")
    return json_response(job_document(job))


@without_parameters
async def remove_own_job(request: Request) -> Response:
    """Remove a job that has ended, with its results, before its retention is over."""
    job = await job_of(request)
    if not job.ended:
        raise WrongJobState(f"Job {job.job_id} is {job.state}; cancel it first.")
    await check_folder(request, job)  # without its row nobody could find its files any more
    await store_access(request).run(remove_job, job.tenant, job.job_id, caller_of(request).actor)
    await to_thread.run_sync(folder_of(request).of(job).remove)
    return Response(status_code=204)


async def download_results(request: Request) -> Response:
    """Stream the results of a job that has ended, in input order."""
    results, job = result_format(request), await job_of(request)
    if not job.ended:
        raise WrongJobState(
            f"Job {job.job_id} is {job.state}; its results are not there yet.", {"Retry-After": "5"}
        )
    await check_folder(request, job)
    path, access = folder_of(request).of(job).path, store_access(request)
    pieces, length = await whole_results(request, job, path)

    def look_up(number: int) -> ResultPiece | None:
        with access.opened().database.reading() as connection:
            return next((piece for piece in result_pieces(connection, job) if piece.number == number), None)

    headers = {"Content-Disposition": f'attachment; filename="assay-{job.job_id}.{results.suffix}"'}
    parts = results.write(checked_pieces(path, pieces, look_up))
    if results.is_as_stored:  # to HTTP/1.0 the end of the connection would be the end of the body
        headers["Content-Length"], parts = str(length), of_length(parts, length)
    return Results(stream_in_turns(request, parts), media_type=results.media_type, headers=headers)


class Results(StreamingResponse):
    """Results whose connection is closed before their end where they get shorter than was stated."""

    async def stream_response(self, send: Send) -> None:
        """Send the parts; nothing says that they ended where they are not as long as they should be."""
        with suppress(ShortBody):
            await super().stream_response(send)


async def whole_results(request: Request, job: Job, path: Path) -> tuple[list[ResultPiece], int]:
    """The files with the results of a job that has ended and their bytes, checked before the first goes out.

    An erasure may write a piece anew while they are looked at, under another name: they are looked at again.

    Raises
    ------
    NotFound
        If the job was removed meanwhile.
    ResultsDamaged
        If they are not what was written.
    """
    before: list[ResultPiece] | None = None
    while (found := await store_access(request).look_up(proven_pieces, job)) is not None:
        pieces, has_seal = found
        try:
            length = await to_thread.run_sync(check_lengths, path, pieces)
            if has_seal:
                return pieces, length
            raise ResultsDamaged
        except ResultsDamaged:
            if pieces == before:
                raise
        before = pieces
    raise no_such_job(request)


async def check_folder(request: Request, job: Job) -> None:
    """Check that the files of a job that has ended lie in this service's folder.

    Raises
    ------
    FilesElsewhere
        If they lie in another one.
    """
    proven = await store_access(request).look_up(is_proven_now, job)
    is_away = partial(lies_elsewhere, folder_of(request), job.job_id, job.folder, proven=proven)
    if await to_thread.run_sync(is_away):
        raise FilesElsewhere.of(f"The files of job {job.job_id}", [job.folder])


async def proven_job_of(request: Request) -> Job:
    """As :func:`job_of`; one that has ended bears its seal.

    Raises
    ------
    ResultsDamaged
        If it does not.
    """
    job = await job_of(request)
    if job.ended and not await store_access(request).look_up(is_proven_now, job):
        await job_of(request)  # it may have been removed meanwhile
        raise ResultsDamaged
    return job


def is_proven_now(store: Store, job: Job) -> bool:
    """Whether a job, which may have been removed meanwhile, has ended and bears its seal."""
    with store.database.snapshot() as connection:
        stored = get_job(connection, job.tenant, job.job_id)
        return stored is not None and is_proven(connection, stored)


async def job_of(request: Request) -> Job:
    """The tenant's job that the path names.

    Raises
    ------
    NotFound
        If the caller's tenant has no such job.
    ResultsDamaged
        If its row has values that Assay writes nowhere.
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


JOB_PATH: Final = "/v1/jobs/{job_id}"

JOB_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    "/v1/jobs": {"GET": (Scope.READ, list_own_jobs), "POST": (Scope.SCORE, create_job)},
    JOB_PATH: {"GET": (Scope.READ, read_job), "DELETE": (Scope.SCORE, remove_own_job)},
    f"{JOB_PATH}/cancel": {"POST": (Scope.SCORE, cancel_own_job)},
    f"{JOB_PATH}/results": {"GET": (Scope.READ, download_results)},
}
