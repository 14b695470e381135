"""Upload: a job's body is streamed to the disk, and counted and hashed as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.requests import Request

from accounts.errors import BadInput, Fault
from serving.http.bodies import CLOSE, BodyTooLarge, gunzip, is_gzipped
from serving.http.disk import DiskFull
from serving.http.problems import LimitExceeded
from serving.http.whole_numbers import whole_number
from serving.jobs.counting_writer import CountingWriter, Excess, ExcessError
from serving.jobs.job_files import create_private, sync_file
from serving.settings import Settings
from serving.store.disk_space import RESERVED_BYTES, is_disk_full

__all__ = [
    "PIECE_BYTES",
    "TenantFull",
    "Upload",
    "check_content_length",
    "discard_buffer",
    "receive_upload",
]

PIECE_BYTES: Final = 2**20


class TenantFull(LimitExceeded):
    """507: the tenant's jobs and dropped files take as much space on the disk as they may."""

    status = 507

    def __init__(self, most: int) -> None:
        rule = (
            f"The tenant's jobs and dropped files may take {most:,} bytes on the disk; remove some that have "
            "ended."
        )
        super().__init__(rule, "tenant_bytes", CLOSE)


class Upload:
    """A body that is being written to a file.

    Parameters
    ----------
    path
        Where to.
    most_bytes, most_lines
        How many bytes it may have, and lines, and as many blank ones; None: the lines do not matter.
    """

    def __init__(self, path: Path, most_bytes: int, most_lines: int | None) -> None:
        self.path = path
        self.file = create_private(path)
        self.writer = CountingWriter(self.file, path.parent, most_bytes)
        self.most_bytes = most_bytes
        self.most_lines = most_lines
        self.hash = sha256()
        self.lines = 0
        self.blank = 0
        self.in_a_line = False

    def take(self, piece: bytes) -> None:
        """Write a piece of the body.

        Raises
        ------
        BodyTooLarge
            If the body has more bytes, lines or blank lines than it may.
        DiskFull
            If the disk has less than ``RESERVED_BYTES`` left.
        """
        self.hash.update(piece)
        self.count(piece)
        if self.most_lines is not None and max(self.lines, self.blank) > self.most_lines:
            what = "accounts" if self.lines > self.most_lines else "blank lines"
            raise BodyTooLarge(
                f"The body must hold at most {self.most_lines:,} {what}.", "job_accounts", CLOSE
            )
        try:
            self.writer.write(piece)
        except ExcessError as error:
            raise DiskFull() if error.excess is Excess.SPACE else too_large(self.most_bytes) from error

    def count(self, piece: bytes) -> None:
        """Count lines with a document, and blank ones: those make pieces of the job, too."""
        *whole, last = piece.split(b"\n")
        for line in whole:
            has_text = self.in_a_line or bool(line.strip())
            self.lines += has_text
            self.blank += not has_text
            self.in_a_line = False
        self.in_a_line = self.in_a_line or bool(last.strip())

    def finish(self) -> None:
        """Flush the file to the disk.

        Raises
        ------
        BadInput
            If the body has no line with a document.
        """
        self.lines += self.in_a_line
        if not self.lines:
            raise BadInput(Fault("", "", "is empty. Account documents were expected."))
        sync_file(self.file)


async def receive_upload(
    request: Request, path: Path, settings: Settings, most_lines: int | None, count: Callable[[int], None]
) -> Upload:
    """Stream a request's body to a file, decompressed.

    Parameters
    ----------
    count
        Called with the size of each piece before it is written.

    Raises
    ------
    BodyTooLarge
        As soon as it has more than it may.
    RequestProblem
        If it is compressed in another way than by gzip, or damaged.
    BadInput
        If it holds no document.
    DiskFull
        If the disk cannot hold it.
    """
    stream: AsyncIterator[bytes] = request.stream()
    if is_gzipped(request):
        stream = gunzip(stream, settings.largest_gzip_ratio, settings.job_bytes)
    upload = await to_thread.run_sync(Upload, path, settings.job_bytes, most_lines)
    try:
        async for piece in in_larger_pieces(stream):
            count(len(piece))
            await to_thread.run_sync(upload.take, piece)
        await to_thread.run_sync(upload.finish)
    finally:
        discard_buffer(upload)
    return upload


def check_content_length(request: Request, most: int, free: int) -> None:
    """Refuse a body by its stated length, before any of it is read.

    Raises
    ------
    BodyTooLarge
        If it is longer than it may be.
    DiskFull
        If the disk has no room for it.
    """
    stated = request.headers.get("content-length", "")
    length = whole_number(stated, most) if stated else 0
    if length is None:
        raise too_large(most)
    if length + RESERVED_BYTES > free:
        raise DiskFull()


async def in_larger_pieces(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join the network's pieces to pieces of at least ``PIECE_BYTES``; the last may be shorter."""
    held = bytearray()
    async for piece in stream:
        held += piece
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def discard_buffer(upload: Upload) -> None:
    """Close an upload's file; a full disk may not take the rest, which is then not needed."""
    try:
        upload.file.close()
    except OSError as error:
        if not is_disk_full(error):
            raise


def too_large(most: int) -> BodyTooLarge:
    """The refusal of a body of more than ``job_bytes``."""
    return BodyTooLarge(f"The body must be at most {most:,} bytes long.", "job_bytes", CLOSE)
