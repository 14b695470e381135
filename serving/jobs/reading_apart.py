"""Reading what was sent, in a process of its own: a few at once, of each tenant one large and one small."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from signal import SIGABRT
from typing import Any, Final, NamedTuple
from weakref import WeakValueDictionary

from anyio import BrokenResourceError, CapacityLimiter, Lock, fail_after, run_process
from starlette.requests import Request

from accounts.errors import AssayError, BadInput, Fault
from serving.http.disk import DiskFull
from serving.http.problems import ServiceUnavailable
from serving.http.waiting import RETRY_AFTER_SECONDS, waiting_for_turn
from serving.jobs.child_outcome import DISK, FAILED, FAULTS, RULE, STATUS, TOO_MUCH
from serving.observe.child_processes import lasting_command
from serving.observe.log import log_event
from serving.settings import Settings

__all__ = ["FilesToRead", "FilesTooHeavy", "ReadingPlaces", "check_outcome", "read_apart"]

AT_ONCE: Final = 2
"""Readings of different tenants beside each other, of large files and of small ones; each may take
``reading_memory_mib``."""

LARGE_BYTES: Final = 4 * 2**20
"""Files of so many bytes in all are large: small ones wait for none of them."""

FILE_TIMES: Final = 16
"""How many times larger than ``desk_upload_bytes`` a file may be that is written while files are read."""

ONE_THREAD: Final = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}


class FilesTooHeavy(AssayError):
    """422: files that cannot be read within their time or memory."""

    status = 422

    def __init__(self, what: str) -> None:
        super().__init__(f"These files take more than {what} to read; send fewer, or smaller ones.")


class ReadingRefused(AssayError):
    """What whoever read the files said of them, with its own HTTP status."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status  # type: ignore[misc]


class ReadingFailed(Exception):
    """The reading process failed by a fault of ours."""


class ReadingPlaces:
    """Places for readings: one of a tenant at once, however many files it sends, and a few of all.

    Large files and small ones have places of their own.
    """

    def __init__(self) -> None:
        self.all = {is_large: CapacityLimiter(AT_ONCE) for is_large in (False, True)}
        self.own: WeakValueDictionary[tuple[str, bool], Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def place(self, tenant: str, size: int) -> AsyncIterator[None]:
        """A place for files of so many bytes, as soon as it is this reading's turn.

        Raises
        ------
        ServiceUnavailable
            If half of the request's time is over by then.
        """
        is_large = size > LARGE_BYTES
        lock = self.own.setdefault((tenant, is_large), Lock())
        async with AsyncExitStack() as held:
            with waiting_for_turn("files"):
                await held.enter_async_context(lock)
                await held.enter_async_context(self.all[is_large])
            yield


class FilesToRead(NamedTuple):
    """Files of a tenant, and the module that reads them by :func:`~serving.jobs.child_outcome.run_child`.

    Attributes
    ----------
    tenant
        Whose they are.
    folder, size
        Where they lie, and how many bytes they have in all.
    module
        Its name.
    """

    tenant: str
    folder: Path
    size: int
    module: str


async def read_apart(request: Request, files: FilesToRead, order: Mapping[str, Any]) -> None:
    """Read files in a process of its own, by what an order says.

    Raises
    ------
    AssayError
        If they cannot be read at all, or not within ``desk_reading_seconds`` or ``reading_memory_mib``.
    DiskFull
        If the disk has no room for what comes of it.
    ServiceUnavailable
        If their turn does not come in half of the request's time.
    """
    settings: Settings = request.app.state.settings
    limits = {
        "parent": os.getpid(),
        "memory_bytes": settings.reading_memory_mib * 2**20,
        "file_bytes": settings.desk_upload_bytes * FILE_TIMES,
    }
    places: ReadingPlaces = request.app.state.reading_places
    async with places.place(files.tenant, files.size):
        try:
            with fail_after(settings.desk_reading_seconds):
                ended = await run_process(
                    lasting_command(files.module, str(files.folder)),
                    input=json.dumps({**order, **limits}).encode(), check=False, stderr=subprocess.DEVNULL,
                    env=os.environ | ONE_THREAD,
                )  # fmt: skip
        except TimeoutError as error:
            raise FilesTooHeavy(f"{settings.desk_reading_seconds:g} seconds") from error
        except ExceptionGroup as raised:
            if raised.split((BrokenResourceError, ConnectionError))[1] is not None:
                raise
            raise ended_from_outside() from raised  # before it had read its order
    check_outcome(ended.stdout, ended.returncode, settings.reading_memory_mib)


def check_outcome(printed: bytes, code: int, memory_mib: int) -> None:
    """Raise what the outcome that a process printed says.

    One that printed none was ended by what it read, or from outside, as by a system without memory.

    Parameters
    ----------
    code
        Its exit code; negative where a signal ended it.
    memory_mib
        What it could take.

    Raises
    ------
    BadInput, AssayError
        What it refused.
    FilesTooHeavy
        If it takes more memory.
    DiskFull
        If the disk has no room for what comes of it.
    ServiceUnavailable
        If a signal ended it, but for that by which libraries end it themselves.
    ReadingFailed
        If it says that it is our fault.
    """
    if not printed.strip():
        log_event("reading_ended", code=code)
        if code < 0 and code != -SIGABRT:
            raise ended_from_outside()
    outcome: dict[str, Any] = json.loads(printed) if printed.strip() else {TOO_MUCH: True}
    if FAULTS in outcome:
        raise BadInput(*(Fault(*fault) for fault in outcome[FAULTS]))
    if RULE in outcome:
        raise ReadingRefused(outcome[RULE], outcome[STATUS])
    if TOO_MUCH in outcome:
        raise FilesTooHeavy(f"{memory_mib:,} MiB of memory")
    if DISK in outcome:
        raise DiskFull
    if FAILED in outcome:
        log_event("reading_failed", **outcome[FAILED])
        raise ReadingFailed


def ended_from_outside() -> ServiceUnavailable:
    """The refusal where a reading was killed, as by a system without memory."""
    rule = "The reading of these files was ended from outside; send them again."
    return ServiceUnavailable(rule, {"Retry-After": str(RETRY_AFTER_SECONDS)})
