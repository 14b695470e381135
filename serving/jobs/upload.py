"""A job's body on its way to the disk: never held in memory, counted and hashed as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from errno import EDQUOT, EFBIG, ENOSPC
from hashlib import sha256
from pathlib import Path
from shutil import disk_usage
from typing import Final

from anyio import to_thread
from starlette.requests import Request

from accounts.errors import BadInput, Fault
from serving.http.bodies import CLOSE, TooLarge, is_packed, unpacked
from serving.http.problems import Refused
from serving.jobs.job_files import create, settle
from serving.settings import Settings

__all__ = ["Incoming", "NoSpace", "check_stated", "is_full", "receive"]

AT_ONCE: Final = 2**20
LOOKS_EACH: Final = 16 * 2**20
KEPT_FREE: Final = 256 * 2**20
"""Bytes that an input leaves free on its disk, for results and everything else there."""


class NoSpace(Refused):
    """The disk is full."""

    status = 507

    def __init__(self) -> None:
        super().__init__("There is not enough space left on the service's disk.", CLOSE)


class Incoming:
    """A body as it is written to a file.

    Parameters
    ----------
    path
        Where to.
    most_bytes, most_lines
        How many bytes it may have, and lines, and as many blank ones; None: the lines do not matter.
    """

    def __init__(self, path: Path, most_bytes: int, most_lines: int | None) -> None:
        self.path = path
        self.file = create(path)
        self.unchecked = 0
        self.most_bytes = most_bytes
        self.most_lines = most_lines
        self.hash = sha256()
        self.bytes = 0
        self.lines = 0
        self.blank = 0
        self.in_a_line = False

    def take(self, piece: bytes) -> None:
        """Add some of it.

        Raises
        ------
        TooLarge
            If it has more than it may.
        """
        self.bytes += len(piece)
        self.hash.update(piece)
        self.count(piece)
        self.check_space(len(piece))
        if self.bytes > self.most_bytes:
            raise too_large(self.most_bytes)
        if self.most_lines is not None and max(self.lines, self.blank) > self.most_lines:
            what = "accounts" if self.lines > self.most_lines else "blank lines"
            raise TooLarge(f"The body must hold at most {self.most_lines:,} {what}.", "job_accounts", CLOSE)
        self.file.write(piece)

    def check_space(self, more: int) -> None:
        """Look now and then whether the disk still has what an input leaves free.

        Raises
        ------
        NoSpace
            If it has not.
        """
        self.unchecked += more
        if self.unchecked >= LOOKS_EACH:
            self.unchecked = 0
            if disk_usage(self.path.parent).free < KEPT_FREE:
                raise NoSpace()

    def count(self, piece: bytes) -> None:
        """Count the lines, and apart from them the blank ones: those make pieces as well."""
        *whole, last = piece.split(b"\n")
        for line in whole:
            told = self.in_a_line or bool(line.strip())
            self.lines += told
            self.blank += not told
            self.in_a_line = False
        self.in_a_line = self.in_a_line or bool(last.strip())

    def finish(self) -> None:
        """Wait until all is on the disk.

        Raises
        ------
        BadInput
            If there was nothing.
        """
        self.lines += self.in_a_line
        if not self.lines:
            raise BadInput(Fault("", "", "is empty. Account documents were expected."))
        settle(self.file)


async def receive(request: Request, path: Path, settings: Settings, most_lines: int | None) -> Incoming:
    """Write the body to a file.

    Raises
    ------
    TooLarge
        By the length that it states, before any of it is read, or by what has come.
    Refused
        If it is packed in another way than by gzip, or damaged.
    BadInput
        If it is empty.
    NoSpace
        If the disk cannot hold it.
    """
    stream: AsyncIterator[bytes] = request.stream()
    if is_packed(request):
        stream = unpacked(stream, settings.largest_gzip_ratio, settings.job_bytes)
    incoming = await to_thread.run_sync(Incoming, path, settings.job_bytes, most_lines)
    try:
        async for piece in gathered(stream):
            await to_thread.run_sync(incoming.take, piece)
        await to_thread.run_sync(incoming.finish)
    except OSError as error:
        raise NoSpace() if is_full(error) else error from error
    finally:
        discard_buffer(incoming)
    return incoming


def check_stated(request: Request, most: int, free: int) -> None:
    """Refuse by the stated length, before anything is read."""
    stated = request.headers.get("content-length", "")
    length = int(stated) if stated.isdecimal() else 0
    if length > most:
        raise too_large(most)
    if length + KEPT_FREE > free:
        raise NoSpace()


async def gathered(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The body in larger pieces than the network's."""
    held = bytearray()
    async for piece in stream:
        held += piece
        if len(held) >= AT_ONCE:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def is_full(error: OSError) -> bool:
    """Whether it is a disk without space."""
    return error.errno in (ENOSPC, EDQUOT, EFBIG)


def discard_buffer(incoming: Incoming) -> None:
    """Close the file; what a full disk did not take is not missed."""
    try:
        incoming.file.close()
    except OSError as error:
        if not is_full(error):
            raise


def too_large(most: int) -> TooLarge:
    """The body has too many bytes."""
    return TooLarge(f"The body must be at most {most:,} bytes long.", "job_bytes", CLOSE)
