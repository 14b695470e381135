"""Request bodies, unpacked and read up to their limits."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from anyio import fail_after
from anyio.lowlevel import checkpoint
from starlette.requests import Request

from serving.http.problems import Beyond, Refused
from serving.limits import MIB, Limits

__all__ = [
    "CLOSE",
    "LARGEST_DECISION",
    "Body",
    "Form",
    "OtherForm",
    "TooLarge",
    "read_batch",
    "read_body",
    "read_decision_body",
]

LARGEST_DECISION: Final = 64 * 2**10

FREE_BYTES: Final = 2**16
"""Up to this size the ratio of a packed body is not looked at."""

GZIP: Final = 16 + zlib.MAX_WBITS
CLOSE: Final = {"Connection": "close"}
"""What is left of a body that was not read would be taken for the next request."""


class Form(StrEnum):
    """How documents stand in a body."""

    JSON = "application/json"
    LINES = "application/x-ndjson"


@dataclass(frozen=True)
class Body:
    """A body, unpacked.

    Attributes
    ----------
    data
        Its bytes.
    form
        How documents stand in it.
    """

    data: bytes
    form: Form


class TooLarge(Beyond):
    """The body is larger than it may be."""

    status = 413


class TooSlow(Beyond):
    """The body did not come in time."""

    status = 408


class OtherForm(Refused):
    """The body is in no form that this route takes."""

    status = 415


class Damaged(Refused):
    """The body is not packed as it says."""

    status = 400


async def read_body(request: Request, limits: Limits) -> Body:
    """The body of a question about one account.

    Raises
    ------
    Refused
        If it is in another form, too large, too slow, or damaged.
    """
    return await _read(request, limits, limits.largest_document_bytes, "largest_document_bytes")


async def read_batch(request: Request, limits: Limits) -> Body:
    """The body of a question about many; refused as :func:`read_body` does."""
    return await _read(request, limits, limits.largest_batch_bytes, "largest_batch_bytes", lines=True)


async def read_decision_body(request: Request, limits: Limits) -> bytes:
    """The body of a decision; refused as :func:`read_body` does."""
    return (await _read(request, limits, LARGEST_DECISION, None)).data


async def _read(
    request: Request, limits: Limits, most: int, setting: str | None, *, lines: bool = False
) -> Body:
    """The body, refused as soon as it is known to be beyond a limit."""
    form = form_of(request, lines=lines)
    packed = is_packed(request)
    stated = request.headers.get("content-length", "")
    # Not int(): of thousands of digits Python makes no number.
    if stated.isdecimal() and (len(stated) > len(str(most)) or int(stated) > most):
        raise too_large(most, setting)
    pieces = bytearray()
    try:
        with fail_after(limits.body_seconds):
            stream = request.stream()
            async for piece in unpacked(stream, limits.largest_gzip_ratio, most) if packed else stream:
                pieces += piece
                if len(pieces) > most:
                    raise too_large(most, setting)
    except TimeoutError as error:
        rule = f"The body must have come within {limits.body_seconds:g} seconds."
        raise TooSlow(rule, "body_seconds", CLOSE) from error
    return Body(bytes(pieces), form)


def form_of(request: Request, *, lines: bool) -> Form:
    """The form that a body says it has; JSON where it says nothing."""
    said = request.headers.get("content-type")
    name = said.partition(";")[0].strip().lower() if said is not None else Form.JSON
    taken = list(Form) if lines else [Form.JSON]
    if name not in taken:
        raise OtherForm(f"The body must be {' or '.join(taken)}.", CLOSE | {"Accept-Post": ", ".join(taken)})
    return Form(name)


def is_packed(request: Request) -> bool:
    """Whether a body came packed."""
    said = request.headers.get("content-encoding", "identity").strip().lower()
    if said not in ("gzip", "x-gzip", "identity", ""):
        raise OtherForm("The body must come as it is or by gzip.", CLOSE | {"Accept-Encoding": "gzip"})
    return said in ("gzip", "x-gzip")


async def unpacked(stream: AsyncIterator[bytes], ratio: int, most: int) -> AsyncIterator[bytes]:
    """A gzip body piece by piece, never more unpacked at a time than may still come.

    Raises
    ------
    TooLarge
        As soon as it becomes too many times larger.
    Damaged
        If it is no gzip file, breaks off, or holds more than one.
    """
    unpacking = zlib.decompressobj(GZIP)
    came = made = 0
    cap = min(most + 1, MIB)
    async for piece in stream:
        came += len(piece)
        left, part = piece, b""
        while left or len(part) == cap:  # what did not fit may wait inside, with nothing left of the piece
            await checkpoint()
            part = unpack(unpacking, left, cap)
            made += len(part)
            if made > max(FREE_BYTES, came * ratio):
                rule = f"The body must not become more than {ratio:,} times larger when it is unpacked."
                raise TooLarge(rule, "largest_gzip_ratio", CLOSE)
            yield part
            left = unpacking.unconsumed_tail
        if unpacking.unused_data:
            raise Damaged("The body must be one gzip stream, and nothing after it.", CLOSE)
    if not unpacking.eof:
        raise Damaged("The body must be packed by gzip, as it says, and whole.", CLOSE)


def unpack(unpacking: zlib._Decompress, piece: bytes, most: int) -> bytes:
    """Some of what a piece holds."""
    try:
        return unpacking.decompress(piece, most)
    except zlib.error as error:
        raise Damaged("The body must be packed by gzip, as it says, and whole.", CLOSE) from error


def too_large(most: int, setting: str | None) -> TooLarge:
    """The refusal of a body by its size."""
    size = f"{most // MIB} MiB" if most % MIB == 0 else f"{most:,} bytes"
    return TooLarge(f"The body must be at most {size} long.", setting, CLOSE)
