"""Files of other programs in a request: a form of several, as the desk takes them, or one by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from anyio import CancelScope, to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request

from accounts.errors import BadInput, Fault
from accounts.media_types import TABLE_TYPES
from accounts.reading.quoting import quote
from serving.http.authentication import caller_of
from serving.http.bodies import CLOSE, Body, BodyFormat, UnsupportedBody, receive_body, stated_type
from serving.http.forms import MULTIPART, FormLimits, read_form
from serving.http.waiting import while_client_waits
from serving.jobs.dropped_files import is_own_content
from serving.jobs.job_files import HELD, OWNER_ONLY, REQUEST_FILES, create_private, holding
from serving.jobs.reading_apart import FilesToRead, read_apart
from serving.jobs.screening_files import keep_file
from serving.jobs.sent_files import ReadAccounts, ReadingOrder, SentFiles, read_sent
from serving.settings import Settings

__all__ = [
    "FILE_TYPES", "MULTIPART", "may_be_of_other_source", "read_files", "received_files", "written_file",
]  # fmt: skip

FILE_TYPES: Final = {media_type: suffix for suffix, media_type in TABLE_TYPES.items()}
"""Media types of a body that is one file of a table, each with the suffix that its name gets."""

JSON_SUFFIXES: Final = {BodyFormat.JSON: ".json", BodyFormat.LINES: ".jsonl"}
PROBED_BYTES: Final = 2**16
COPIED_AT_ONCE: Final = 2**20
CHILD: Final = "serving.jobs.sent_files_child"


@asynccontextmanager
async def private_folder() -> AsyncIterator[SentFiles]:
    """A temporary folder that this process holds, so that another removes it where this one is killed.

    It is made and removed in a thread: a thousand files may take a disk a second.
    """
    folder = await to_thread.run_sync(partial(TemporaryDirectory, prefix=REQUEST_FILES))
    try:
        with holding(Path(folder.name) / HELD):
            files = SentFiles(Path(folder.name))
            files.folder.mkdir(mode=OWNER_ONLY)
            yield files
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(folder.cleanup)


@asynccontextmanager
async def received_files(request: Request, settings: Settings) -> AsyncIterator[SentFiles]:
    """The files of a request in a private folder, which is removed afterwards.

    Raises
    ------
    RequestProblem
        If they have more than ``desk_upload_bytes`` in all, came packed, or too slowly.
    BadInput
        If a form holds no file.
    """
    async with private_folder() as files:
        if stated_type(request) == MULTIPART:
            await receive_form(request, files, settings)
        else:
            suffix = FILE_TYPES.get(stated_type(request), ".json")
            await receive_file(request, files.folder / f"body{suffix}", settings)
        yield files


async def receive_form(request: Request, files: SentFiles, settings: Settings) -> None:
    """Write down the files of a form.

    Raises
    ------
    BadInput
        If it holds no file, or something that is none: nothing is left out in silence.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        raise UnsupportedBody("A form of files must come as it is, not packed.", CLOSE)
    form = await read_form(request, FormLimits.of_files(settings.desk_upload_bytes))
    async with AsyncExitStack() as at_the_end:
        at_the_end.push_async_callback(form.close)
        sent = []
        for name, one in form.multi_items():
            if isinstance(one, UploadFile) and one.filename:
                sent.append((one.filename, one.file))
            elif one.size if isinstance(one, UploadFile) else one:
                rule = f"must be a form of files alone, each with its filename. Got none in {quote(name)}."
                raise BadInput(Fault("", "", rule))
        if not sent:
            raise BadInput(Fault("", "", "must be a form with at least one file. Got none."))
        for name, content in sent:
            await to_thread.run_sync(keep_file, files.folder, name, content)


async def receive_file(request: Request, path: Path, settings: Settings) -> None:
    """Write a body to a file as it comes."""
    with create_private(path) as file:
        held = bytearray()

        async def take(piece: bytes) -> None:
            nonlocal held
            held += piece
            if len(held) >= COPIED_AT_ONCE:
                whole, held = held, bytearray()
                await to_thread.run_sync(file.write, whole)

        await receive_body(request, settings, settings.desk_upload_bytes, "desk_upload_bytes", take)
        await to_thread.run_sync(file.write, held)


@asynccontextmanager
async def written_file(body: Body) -> AsyncIterator[SentFiles]:
    """A body of JSON of another source as a file in a private folder, which is removed afterwards."""
    async with private_folder() as files:
        path = files.folder / f"body{JSON_SUFFIXES[body.format]}"
        await to_thread.run_sync(path.write_bytes, body.data)
        yield files


async def read_files(request: Request, files: SentFiles, order: ReadingOrder) -> ReadAccounts | None:
    """Read the files of a request, beside everything else that the service does.

    Returns
    -------
    What became of them; None where nothing was read, for no source is known.

    Raises
    ------
    AssayError
        As :func:`~serving.jobs.sent_files.read_sent` and :func:`~serving.jobs.reading_apart.read_apart`.
    ClientDisconnect
        If nobody waits for it any more.
    """
    if await to_thread.run_sync(files.are_small):
        await to_thread.run_sync(read_sent, files, order)
    else:
        size = await to_thread.run_sync(files.size)
        async with while_client_waits(request):
            read = FilesToRead(caller_of(request).tenant, files.path, size, CHILD)
            await read_apart(request, read, order._asdict())
    return await to_thread.run_sync(files.read_accounts)


def may_be_of_other_source(body: Body) -> bool:
    """Whether JSON does not begin as account documents of ours do."""
    head = body.data[:PROBED_BYTES]
    return not is_own_content(head) and b'"account_id"' not in head
