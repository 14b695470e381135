"""The routes of bulk jobs: taken in, looked at, cancelled, handed out, removed."""

from __future__ import annotations

import json
import re
import secrets
from datetime import timedelta
from functools import partial
from typing import Any, Final

import anyio
from anyio import to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from serving.http.authentication import Guarded, caller_of
from serving.http.bodies import CLOSE
from serving.http.idempotency import StillWorking, checked, once_remembered
from serving.http.problems import NotThere, Refused
from serving.jobs.job_files import Files, Folder
from serving.jobs.upload import Incoming, check_stated, receive
from serving.routes.dependencies import bench_of, door_of, json_text, written
from serving.routes.jobs_query import form_of, part_of, wanted, written_cursor
from serving.settings import Settings
from serving.store.api_keys import Scope
from serving.store.idempotency_keys import Request as Claim
from serving.store.idempotency_keys import is_known, remember
from serving.store.job_rows import Job, New, add, cancel, count_active, files, get, page, remove

__all__ = ["GUARDED", "document"]


class NotKept(Refused):
    """The service keeps nothing."""

    status = 403


class WrongState(Refused):
    """The job's state does not allow it."""

    status = 409


class TooMany(Refused):
    """The tenant has as many jobs as may be."""

    status = 429

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most:,} jobs may wait or run at once.", CLOSE | {"Retry-After": "60"})


async def new_job(request: Request) -> Response:
    """A job that judges the accounts of the body."""
    bench_of(request)  # a job without a model would wait for nobody knows how long
    settings, form = settings_of(request), form_of(request)
    await check_before(request, settings)
    job_id = secrets.token_hex(16)
    place = folder_of(request).named(job_id)
    try:
        incoming = await taken_in(request, place, settings, form)
        make = partial(made, request, place, new_of(request, job_id, form, incoming))
        # Of a body that is not held in memory its hash says that it is the same.
        body, earlier = await once_remembered(request, incoming.hash.digest(), door_of(request), make)
    except BaseException as error:
        if isinstance(error, Refused) or not place.sent(form).exists():  # else there may be a job already
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(place.remove)
        raise
    answer = json_text(body, 202)
    answer.headers["Location"] = f"/v1/jobs/{json.loads(body)['job_id']}"
    if earlier:
        answer.headers["Idempotent-Replayed"] = "true"
        await to_thread.run_sync(place.remove)
    return answer


async def check_before(request: Request, settings: Settings) -> None:
    """Refuse before the body, which may take an hour, what would be refused behind it.

    A key that is known gets its answer, however many jobs there are.
    """
    key, tenant = request.headers.get("idempotency-key"), caller_of(request).tenant
    if key is not None and await door_of(request).read(is_known, tenant, checked(key, door_of(request))):
        return
    if await door_of(request).read(count_active, tenant) >= settings.jobs_at_once:
        raise TooMany(settings.jobs_at_once)


async def taken_in(request: Request, place: Files, settings: Settings, form: str) -> Incoming:
    """The body, on the disk."""
    folder = folder_of(request)
    await to_thread.run_sync(folder.name)
    check_stated(request, settings.job_bytes, await to_thread.run_sync(folder.free))
    place.path.mkdir(mode=0o700)
    return await receive(request, place.draft, settings, settings.job_accounts if form == "ndjson" else None)


def new_of(request: Request, job_id: str, form: str, incoming: Incoming) -> New:
    """What the job is made of."""
    return New(
        tenant=caller_of(request).tenant,
        job_id=job_id,
        folder=folder_of(request).name(),
        form=form,
        bytes=incoming.bytes,
        sha256=incoming.hash.hexdigest(),
        piece_accounts=settings_of(request).job_piece_accounts,
        total=incoming.lines if form == "ndjson" else None,
    )


async def made(request: Request, place: Files, new: New, claim: Claim | None) -> bytes:
    """The job, once its input has its name: a job without one could never be done."""
    await to_thread.run_sync(place.accept, new.form)
    most = settings_of(request).jobs_at_once

    def answered(connection: Connection, job: Job) -> None:
        if claim and not remember(connection, claim, told(job)):
            raise StillWorking  # another took the claim over, and makes the job

    job = await door_of(request).run(add, new, caller_of(request).actor, most, answered)
    if job is None:
        raise TooMany(most)
    return told(job)


def told(job: Job) -> bytes:
    """The answer to whoever made it."""
    return json.dumps(document(job)).encode()


async def one_job(request: Request) -> Response:
    """How far a job is."""
    return written(document(await found(request)))


async def all_jobs(request: Request) -> Response:
    """The caller's jobs, the newest first."""
    most, after = part_of(request)
    jobs = await door_of(request).read(page, caller_of(request).tenant, most + 1, after)
    last = written_cursor(jobs[most - 1]) if len(jobs) > most else None
    return written({"jobs": [document(job) for job in jobs[:most]], "next": last})


async def cancelled(request: Request) -> Response:
    """A job that waits or runs, ended where it is."""
    caller, kept = caller_of(request), timedelta(days=settings_of(request).job_days)
    job = await door_of(request).run(cancel, caller.tenant, named(request), caller.actor, kept)
    if job is None:
        raise no_such(request)
    if job.state != "cancelled":
        raise WrongState(f"Job {job.job_id} has ended: it is {job.state}.")
    return written(document(job))


async def removed(request: Request) -> Response:
    """A job that has ended, removed with its results before its time is over."""
    job = await found(request)
    if not job.ended:
        raise WrongState(f"Job {job.job_id} is {job.state}; cancel it first.")
    await door_of(request).run(remove, job, caller_of(request).actor)
    await to_thread.run_sync(folder_of(request).of(job).remove)
    return Response(status_code=204)


async def results(request: Request) -> Response:
    """The results of a job that has ended, in input order."""
    job, form = await found(request), wanted(request)
    if not job.ended:
        raise WrongState(
            f"Job {job.job_id} is {job.state}; its results are not there yet.", {"Retry-After": "5"}
        )
    folder = folder_of(request)
    if job.folder != await to_thread.run_sync(folder.name):
        raise WrongState(f"The files of job {job.job_id} lie in the folder of another service.")
    paths = [folder.of(job).path / name for name in await door_of(request).read(files, job)]
    return StreamingResponse(
        form.written(paths),
        media_type=form.media_type,
        headers={"Content-Disposition": f'attachment; filename="assay-{job.job_id}.{form.suffix}"'},
    )


def document(job: Job) -> dict[str, Any]:
    """A job as it is told."""
    place = f"/v1/jobs/{job.job_id}/results"
    return {
        "job_id": job.job_id,
        "state": job.state.value,
        **{name: getattr(job, name) for name in ("created_at", "started_at", "ended_at", "expires_at")},
        "input": {"form": job.form, "bytes": job.bytes, "sha256": job.sha256},
        "accounts": {"total": job.total, "done": job.done, "refused": job.refused},
        "model": job.model or None,
        "stalled": job.stalled,
        "problem": job.problem,
        "results": place if job.ended else None,
    }


async def found(request: Request) -> Job:
    """The caller's job that a path names."""
    job = await door_of(request).read(get, caller_of(request).tenant, named(request))
    if job is None:
        raise no_such(request)
    return job


def named(request: Request) -> str:
    """The job that a path names, if it is a name of one."""
    name = str(request.path_params["job_id"])
    if not NAMES.fullmatch(name):
        raise no_such(request)
    return name


def no_such(request: Request) -> NotThere:
    """The same whether it never was, was removed, or is somebody else's."""
    return NotThere(f"There is no job {request.path_params['job_id']}.")


def settings_of(request: Request) -> Settings:
    """The settings, of a service that keeps things.

    Raises
    ------
    NotKept
        If it keeps nothing.
    """
    settings = door_of(request).settings
    if not settings.store_verdicts:
        raise NotKept("This service keeps nothing (store_verdicts), so it takes no jobs.")
    return settings


def folder_of(request: Request) -> Folder:
    """Where the files of jobs lie."""
    return Folder(settings_of(request).jobs_path)


NAMES: Final = re.compile("[0-9a-f]{32}")
ONE: Final = "/v1/jobs/{job_id}"

GUARDED: Final[dict[str, Guarded]] = {
    "/v1/jobs": {"GET": (Scope.READ, all_jobs), "POST": (Scope.SCORE, new_job)},
    ONE: {"GET": (Scope.READ, one_job), "DELETE": (Scope.SCORE, removed)},
    f"{ONE}/cancel": {"POST": (Scope.SCORE, cancelled)},
    f"{ONE}/results": {"GET": (Scope.READ, results)},
}
