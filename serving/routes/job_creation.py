"""Creation of a bulk job: its body is uploaded, then its row added, once for each idempotency key."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import anyio
from anyio import to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import BadInput
from serving.http.authentication import caller_of
from serving.http.bodies import CLOSE
from serving.http.idempotency import Answer, check_key, idempotent, remember_with_effects
from serving.http.problems import RequestProblem
from serving.http.responses import json_text_response
from serving.jobs.job_files import JobFiles
from serving.jobs.sent_files import ReadAccounts, ReadingOrder
from serving.jobs.tenant_bytes import UploadsUnderWay, check_room
from serving.jobs.upload import (
    PIECE_BYTES,
    TenantFull,
    Upload,
    check_content_length,
    discard_buffer,
    receive_upload,
)
from serving.routes.dependencies import begun_after, screening_service, store_access
from serving.routes.job_context import folder_of, job_document, settings_of
from serving.routes.jobs_query import FILES, job_options
from serving.routes.source_files import read_files, received_files
from serving.settings import Settings
from serving.store.engine import NoUsableStore
from serving.store.idempotency_keys import KeyedRequest, key_is_known
from serving.store.job_folders import note_alive_in
from serving.store.job_rows import (
    Job,
    NewJob,
    add_job,
    count_active_jobs,
    folder_of_job,
    note_erasures_since,
    stored_bytes,
)

__all__ = ["create_job"]


class TooManyJobs(RequestProblem):
    """429: the tenant has ``jobs_at_once`` jobs that wait or run."""

    status = 429

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most:,} jobs may wait or run at once.", CLOSE | {"Retry-After": "60"})


async def create_job(request: Request) -> Response:
    """Create a job that screens the accounts of the body; 202 with its ``Location``."""
    screening_service(request)  # without a model it is refused now: the job would wait for one
    settings, (form, with_observed) = settings_of(request), job_options(request)
    room = await check_before_upload(request, settings)
    request.state.begun_after = await begun_after(request)
    job_id = secrets.token_hex(16)
    files = folder_of(request).with_id(job_id)
    await check_space(request, settings)
    uploads: UploadsUnderWay = request.app.state.uploads
    with files.being_created(), uploads.of(caller_of(request).tenant, room, settings) as count:
        try:
            received = await receive_input(request, files, form, count)
            new = describe_new_job(request, job_id, form, received.upload, with_observed)

            async def create(claim: KeyedRequest | None) -> Answer:
                return await add_with_input(request, files, new, claim, received.understood)

            # The body is not held in memory: its hash stands for it.
            body, is_replayed = await idempotent(request, received.digest, store_access(request), create)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await remove_without_job(request, files, job_id)
            raise
    response = json_text_response(body, 202)
    response.headers["Location"] = f"/v1/jobs/{json.loads(body)['job_id']}"
    if is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
        await to_thread.run_sync(files.remove)
    return response


async def remove_without_job(request: Request, files: JobFiles, job_id: str) -> None:
    """Remove the files of a request that failed, unless it has created its job, which needs them.

    Whether it has, only the database says: a worker may have taken the input meanwhile, or be done with it.
    Where that does not answer, nothing but a draft is removed; the worker removes what belongs to no job.
    """
    await to_thread.run_sync(partial(files.draft.unlink, missing_ok=True))
    with suppress(NoUsableStore):
        if await store_access(request).read(folder_of_job, job_id) is None:
            await to_thread.run_sync(files.remove)


async def check_before_upload(request: Request, settings: Settings) -> int:
    """Refuse a job that would be one too many before its body comes, which may take an hour.

    A request whose idempotency key is known gets its answer, however many jobs there are.

    Returns
    -------
    How many bytes the tenant may still store.
    """
    access, tenant = store_access(request), caller_of(request).tenant
    key = request.headers.get("idempotency-key")
    if key is not None and await access.read(key_is_known, tenant, check_key(key, access)):
        return settings.tenant_bytes
    if await access.read(count_active_jobs, tenant) >= settings.jobs_at_once:
        raise TooManyJobs(settings.jobs_at_once)
    return await check_room(access, settings, tenant)


class ReceivedInput(NamedTuple):
    """A job's input on the disk.

    Attributes
    ----------
    upload
        How it was written.
    digest
        Of what was sent.
    understood
        What was made of files of other programs, as JSON; None where account documents were sent.
    """

    upload: Upload
    digest: bytes
    understood: bytes | None = None


async def check_space(request: Request, settings: Settings) -> None:
    """Refuse a body by its stated length, in a folder of jobs that is there from then on."""
    folder = folder_of(request)
    await to_thread.run_sync(folder.name)
    check_content_length(request, settings.job_bytes, await to_thread.run_sync(folder.free))


async def receive_input(
    request: Request, files: JobFiles, form: str, count: Callable[[int], None]
) -> ReceivedInput:
    """Write the body to the job's input file; files of other programs as documents.

    Parameters
    ----------
    count
        Called with how many bytes of it are to be written.
    """
    settings = settings_of(request)
    if form == FILES:
        async with received_files(request, settings) as sent:
            read = await read_files(request, sent, ReadingOrder(settings.job_accounts, settings.job_bytes))
            assert read is not None
            if not read.count:
                raise BadInput(*read.faults)
            count(read.documents.stat().st_size)
            upload = await to_thread.run_sync(copy_documents, read, files.draft, settings)
            digest = await to_thread.run_sync(sent.digest)
            return ReceivedInput(upload, digest, await to_thread.run_sync(read.understood))
    most_lines = settings.job_accounts if form == "ndjson" else None
    upload = await receive_upload(request, files.draft, settings, most_lines, count)
    return ReceivedInput(upload, upload.hash.digest())


def copy_documents(read: ReadAccounts, path: Path, settings: Settings) -> Upload:
    """Copy the documents that were read of files, within the limits of a job's input.

    Raises
    ------
    BodyTooLarge, DiskFull
        As for any input.
    """
    upload = Upload(path, settings.job_bytes, settings.job_accounts)
    try:
        with read.documents.open("rb") as stream:
            while piece := stream.read(PIECE_BYTES):
                upload.take(piece)
        upload.finish()
    finally:
        discard_buffer(upload)
    return upload


def describe_new_job(request: Request, job_id: str, form: str, upload: Upload, with_observed: bool) -> NewJob:
    """The row of a job that is to be created from an upload."""
    return NewJob(
        tenant=caller_of(request).tenant,
        job_id=job_id,
        folder=folder_of(request).name(),
        form=form,
        bytes=upload.writer.written_bytes,
        sha256=upload.hash.hexdigest(),
        piece_accounts=settings_of(request).job_piece_accounts,
        total=None if form == "parquet" else upload.lines,
        with_observed=with_observed,
    )


async def add_with_input(
    request: Request,
    files: JobFiles,
    new: NewJob,
    claim: KeyedRequest | None,
    understood: bytes | None,
) -> Answer:
    """Create the job once its input has its final name: a job without an input could never be done.

    The answer is remembered in the transaction that creates the job.
    """
    await to_thread.run_sync(files.accept, new.form)
    most = settings_of(request).jobs_at_once

    def remember(connection: Connection, job: Job) -> None:
        if stored_bytes(connection, new.tenant) > settings_of(request).tenant_bytes:
            raise TenantFull(settings_of(request).tenant_bytes)
        remember_with_effects(request, connection, claim, job_bytes(job, understood))
        note_alive_in(connection, new.folder)
        note_erasures_since(connection, job, request.state.begun_after)

    job = await store_access(request).run(add_job, new, caller_of(request).actor, most, remember)
    if job is None:
        raise TooManyJobs(most)
    return Answer(job_bytes(job, understood), is_remembered=True)


def job_bytes(job: Job, understood: bytes | None) -> bytes:
    """The job's document as the body of an answer, with what was understood of files."""
    document = json.dumps(job_document(job)).encode()
    if understood is None:
        return document
    return document.removesuffix(b"}") + b', "understood": ' + understood + b"}"
