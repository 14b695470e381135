"""Request bodies: read within their limits of size and time, and decompressed where they are gzip."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any, Final

from anyio import fail_after
from anyio.lowlevel import checkpoint
from starlette.requests import Request

from accounts import media_types
from accounts.errors import BadInput, Fault
from accounts.reading.json_parser import ParseError, parse_json
from accounts.reading.quoting import escape, quote
from serving.http.problems import LimitExceeded, RequestProblem
from serving.http.whole_numbers import whole_number
from serving.limits import MIB, Limits

__all__ = [
    "CLOSE",
    "LARGEST_DECISION",
    "Body",
    "BodyFormat",
    "BodyTimeout",
    "BodyTooLarge",
    "UnsupportedBody",
    "check_charset",
    "parse_object",
    "read_batch_body",
    "read_body",
    "read_decision_body",
    "receive_body",
    "stated_type",
]

LARGEST_DECISION: Final = 64 * 2**10

FREE_BYTES: Final = 2**16
"""Up to this decompressed size the ratio of a gzip body does not matter."""

GZIP: Final = 16 + zlib.MAX_WBITS
UTF_8: Final = frozenset({"utf-8", "utf8", "us-ascii"})
"""Names of UTF-8, and of the part of it that is ASCII."""

CLOSE: Final = {"Connection": "close"}
"""For answers before a body was read: its rest would be taken for the next request."""


class BodyFormat(StrEnum):
    """The media type of a body: one JSON value, or a JSON document in every line."""

    JSON = media_types.JSON
    LINES = media_types.LINES


@dataclass(frozen=True)
class Body:
    """A request's body.

    Attributes
    ----------
    data
        Its bytes, decompressed.
    format
        Its media type.
    """

    data: bytes
    format: BodyFormat


class BodyTooLarge(LimitExceeded):
    """413: the body is larger than it may be, as sent or decompressed."""

    status = 413


class BodyTimeout(LimitExceeded):
    """408: the body did not arrive within ``body_seconds``."""

    status = 408


class UnsupportedBody(RequestProblem):
    """415: the body's media type or encoding is none that this route reads."""

    status = 415


class DamagedBody(RequestProblem):
    """400: the body says that it is gzip, and is not, or not whole."""

    status = 400


async def read_body(request: Request, limits: Limits) -> Body:
    """The body of a request about one account.

    Raises
    ------
    RequestProblem
        If its media type is another than JSON, or it is too large, too slow, or damaged.
    """
    return await _read(request, limits, limits.largest_document_bytes, "largest_document_bytes")


async def read_batch_body(request: Request, limits: Limits) -> Body:
    """The body of a request about many accounts, JSON or JSON Lines; refused as :func:`read_body` does."""
    return await _read(request, limits, limits.largest_batch_bytes, "largest_batch_bytes", lines=True)


async def read_decision_body(request: Request, limits: Limits) -> bytes:
    """The body of a decision; refused as :func:`read_body` does."""
    return (await _read(request, limits, LARGEST_DECISION, None)).data


async def _read(
    request: Request, limits: Limits, most: int, setting: str | None, *, lines: bool = False
) -> Body:
    """The body, refused as soon as it is known to exceed a limit."""
    media_type = body_format(request, lines=lines)
    whole = BytesIO()

    async def take(piece: bytes) -> None:
        whole.write(piece)

    await receive_body(request, limits, most, setting, take)
    return Body(whole.getvalue(), media_type)  # its own bytes, and no copy of them


async def receive_body(
    request: Request, limits: Limits, most: int, setting: str | None, take: Callable[[bytes], Awaitable[None]]
) -> None:
    """Receive a body of whatever kind, decompressed, piece by piece as it comes.

    Raises
    ------
    RequestProblem
        If it is too large, too slow, or damaged.
    """
    compressed = is_gzipped(request)
    stated = request.headers.get("content-length", "")
    if stated and whole_number(stated, most) is None:
        raise too_large(most, setting)
    size = 0
    try:
        with fail_after(limits.body_seconds):
            stream = request.stream()
            async for piece in gunzip(stream, limits.largest_gzip_ratio, most) if compressed else stream:
                size += len(piece)
                if size > most:
                    raise too_large(most, setting)
                await take(piece)
    except TimeoutError as error:
        rule = f"The body must have come within {limits.body_seconds:g} seconds."
        raise BodyTimeout(rule, "body_seconds", CLOSE) from error


def stated_type(request: Request) -> str:
    """The media type that a request states, without its parameters; empty where it states none.

    >>> stated_type(Request({"type": "http", "headers": [(b"content-type", b"Text/CSV; charset=utf-8")]}))
    'text/csv'
    """
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_charset(request: Request, what: str = "JSON") -> None:
    """Check that a body is stated to be UTF-8, if anything is stated: JSON and forms are never anything else.

    Raises
    ------
    UnsupportedBody
        If another character set is stated.
    """
    _, *parameters = request.headers.get("content-type", "").split(";")
    for name, _, value in (parameter.partition("=") for parameter in parameters):
        stated = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and stated not in UTF_8:
            raise UnsupportedBody(f"{what} must be UTF-8. Got charset={escape(stated)}.", CLOSE)


def body_format(request: Request, *, lines: bool) -> BodyFormat:
    """The media type that a request states; JSON where it states none.

    Raises
    ------
    UnsupportedBody
        If it states another than the route reads, or another character set than UTF-8.
    """
    check_charset(request)
    stated = request.headers.get("content-type")
    name = stated.partition(";")[0].strip().lower() if stated is not None else BodyFormat.JSON
    accepted = list(BodyFormat) if lines else [BodyFormat.JSON]
    if name not in accepted:
        raise UnsupportedBody(
            f"The body must be {' or '.join(accepted)}. Got {escape(name) or 'nothing'}: with curl send "
            f"it by --json, or with the header Content-Type: {accepted[0]}.",
            CLOSE | {"Accept-Post": ", ".join(accepted)},
        )
    return BodyFormat(name)


def is_gzipped(request: Request) -> bool:
    """Whether a body comes compressed by gzip.

    Raises
    ------
    UnsupportedBody
        If it comes compressed in another way.
    """
    stated = request.headers.get("content-encoding", "identity").strip().lower()
    if stated not in ("gzip", "x-gzip", "identity", ""):
        raise UnsupportedBody("The body must come as it is or by gzip.", CLOSE | {"Accept-Encoding": "gzip"})
    return stated in ("gzip", "x-gzip")


async def gunzip(stream: AsyncIterator[bytes], ratio: int, most: int) -> AsyncIterator[bytes]:
    """Decompress a gzip body piece by piece, never by more at a time than may still come.

    Raises
    ------
    BodyTooLarge
        As soon as its ratio exceeds the limit.
    DamagedBody
        If it is no gzip file, breaks off, or holds more than one.
    """
    decompressor = zlib.decompressobj(GZIP)
    received = produced = 0
    cap = min(most + 1, MIB)
    async for piece in stream:
        received += len(piece)
        left, part = piece, b""
        while left or len(part) == cap:  # what did not fit may wait inside, with nothing left of the piece
            await checkpoint()
            part = decompress(decompressor, left, cap)
            produced += len(part)
            if produced > max(FREE_BYTES, received * ratio):
                rule = f"The body must not become more than {ratio:,} times larger when it is unpacked."
                raise BodyTooLarge(rule, "largest_gzip_ratio", CLOSE)
            yield part
            left = decompressor.unconsumed_tail
        if decompressor.unused_data:
            raise DamagedBody("The body must be one gzip stream, and nothing after it.", CLOSE)
    if not decompressor.eof:
        raise DamagedBody("The body must be packed by gzip, as it says, and whole.", CLOSE)


def decompress(decompressor: zlib._Decompress, piece: bytes, most: int) -> bytes:
    """At most so many decompressed bytes of a piece.

    Raises
    ------
    DamagedBody
        If it is not gzip.
    """
    try:
        return decompressor.decompress(piece, most)
    except zlib.error as error:
        raise DamagedBody("The body must be packed by gzip, as it says, and whole.", CLOSE) from error


def too_large(most: int, setting: str | None) -> BodyTooLarge:
    """The refusal of a body of more bytes than it may have, which names the setting."""
    size = f"{most // MIB} MiB" if most % MIB == 0 else f"{most:,} bytes"
    return BodyTooLarge(f"The body must be at most {size} long.", setting, CLOSE)


def parse_object(body: bytes) -> dict[str, Any]:
    """The one JSON object that a body holds.

    Raises
    ------
    BadInput
        If it is no JSON, or no object.

    Examples
    --------
    >>> parse_object(b'{"outcome": "confirmed"}')
    {'outcome': 'confirmed'}
    """
    try:
        document = parse_json(body)
    except ParseError as error:
        raise BadInput(Fault("", "", f"{error}.")) from error
    if not isinstance(document, dict):
        raise BadInput(Fault("", "", f"must be an object. Got {quote(document)}."))
    return document
