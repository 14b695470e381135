"""Forms that come with a request, read within limits of size, fields and time."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from tempfile import gettempdir
from time import monotonic
from typing import Final

from anyio import fail_after
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from serving.http.bodies import CLOSE, BodyTimeout, BodyTooLarge, UnsupportedBody, check_charset, stated_type
from serving.http.disk import DiskFull
from serving.http.problems import RequestProblem
from serving.http.whole_numbers import whole_number
from serving.limits import MIB
from serving.store.disk_space import RESERVED_BYTES, SPACE_CHECK_BYTES

__all__ = ["MULTIPART", "ORDINARY_FORM", "FormLimits", "first_field", "limit_form", "read_form"]

MULTIPART: Final = "multipart/form-data"
MOST_FILES: Final = 1_000
MOST_ESCAPES: Final = 50_000
"""Escaped bytes of a form: unescaping them is Python's work, a second for every few million."""

LONGEST_FIRST_FIELD: Final = 4_096


TOO_MUCH: Final = ("Too many", "Field exceeded", "Part exceeded")
"""How Starlette begins to say that a form of files has more than it may."""


class DamagedForm(RequestProblem):
    """400: the body says that it is a form of files, and is not."""

    status = 400


@dataclass(frozen=True)
class FormLimits:
    """What a form may have.

    Attributes
    ----------
    bytes
        In all; where a setting is the limit, ``setting`` names it.
    fields
        How many, beside files.
    files
        How many files; 0: it is no form of files (``multipart/form-data``).
    paced
        Whether it may take ``body_seconds`` for each MiB that has come, and not for the whole.
    """

    bytes: int = 128 * 2**10
    fields: int = 64
    files: int = 0
    setting: str | None = None
    paced: bool = False

    @classmethod
    def of_files(cls, most: int, *, paced: bool = False) -> FormLimits:
        """Those of a form with files of so many bytes, as ``desk_upload_bytes`` says."""
        return cls(most, files=MOST_FILES, setting="desk_upload_bytes", paced=paced)


ORDINARY_FORM: Final = FormLimits()
"""Of a form whose longest field is a text of some thousand characters, each of which may come as 12 bytes."""


async def read_form(request: Request, limits: FormLimits = ORDINARY_FORM) -> FormData:
    """The form of a request; read once, with the limits of whoever asks for it first.

    Raises
    ------
    BodyTooLarge
        As soon as it has more bytes, fields or escaped bytes than it may.
    BodyTimeout
        If it does not come in time.
    UnsupportedBody
        If it names another character set than UTF-8: a parser would decode it by whatever codec is named.
    DamagedForm
        If it is no form of files, though it says so, or breaks off.
    """
    if request._form is None:
        limit_form(request, limits)
        if stated_type(request) != MULTIPART:
            check_fields(await request.body(), limits)
    try:
        return await request.form(
            max_files=limits.files, max_fields=limits.fields, max_part_size=limits.bytes
        )
    except HTTPException as error:  # of Starlette, whose kinds of faults are sentences
        kind = BodyTooLarge if error.detail.startswith(TOO_MUCH) else DamagedForm
        raise kind(f"The form cannot be read: {error.detail}", headers=CLOSE) from error


class FormEnd:
    r"""Looks for the boundary that ends a form of files: what comes before it may be the half of a file.

    >>> end = FormEnd('multipart/form-data; boundary="x"')
    >>> for piece in (b'--x\r\n\r\na --x--', b'\r\n--x', b'--\r\n'):
    ...     end.look(piece)
    ...     print(end.is_there)
    False
    False
    True
    """

    def __init__(self, content_type: str) -> None:
        kind, parameters = parse_options_header(content_type)
        self.mark = b"\r\n--%s--" % parameters.get(b"boundary", b"")
        self.tail = b"\r\n"
        self.is_there = kind.decode("latin-1").lower() != MULTIPART

    def look(self, piece: bytes) -> None:
        """Look in the next piece."""
        window = self.tail + piece
        self.is_there = self.is_there or self.mark in window
        self.tail = window[1 - len(self.mark) :]


def check_fields(body: bytes, limits: FormLimits) -> None:
    """Refuse an urlencoded form before it is parsed, by how many fields and escaped bytes it has."""
    if body.count(b"&") + body.count(b";") >= limits.fields:
        raise BodyTooLarge(f"A form must have at most {limits.fields:,} fields.")
    if body.count(b"%") > MOST_ESCAPES:
        raise BodyTooLarge(f"A form must have at most {MOST_ESCAPES:,} escaped bytes.")


def limit_form(request: Request, limits: FormLimits) -> None:
    """Let the body of a request raise once it has more than it may, or is too slow; once is enough.

    Raises
    ------
    BodyTooLarge
        If it says so itself, before any of it is read.
    UnsupportedBody
        If it names another character set than UTF-8, or has files where there are none.
    """
    if getattr(request.state, "form_is_limited", False):
        return
    check_charset(request, "A form")
    if stated_type(request) == MULTIPART and not limits.files:
        raise UnsupportedBody("This form must come as application/x-www-form-urlencoded.", CLOSE)
    stated = request.headers.get("content-length", "")
    if stated and whole_number(stated, limits.bytes) is None:
        raise too_large(limits)
    seconds = request.app.state.settings.body_seconds if "app" in request.scope else 30.0
    end = FormEnd(request.headers.get("content-type", ""))
    request._receive = limited(request._receive, limits, seconds, end)
    request.state.form_is_limited = True


def limited(
    receive: Callable[[], Awaitable[Message]], limits: FormLimits, seconds: float, end: FormEnd
) -> Callable[[], Awaitable[Message]]:
    """What gives the pieces of a form as long as it is within its limits, and the disk has room for it.

    Once it is whole, nothing can come but that the client hangs up, at any time.
    """
    began, received, unchecked, is_whole = monotonic(), 0, 0, False

    async def receive_within_limits() -> Message:
        nonlocal received, unchecked, is_whole
        if is_whole:
            return await receive()
        allowed = seconds * (1 + received // MIB) if limits.paced else seconds
        try:
            with fail_after(max(0.0, began + allowed - monotonic())):
                message = await receive()
        except TimeoutError as error:
            what = "Each MiB of the form" if limits.paced else "The form"
            rule = f"{what} must have come within {seconds:g} seconds."
            raise BodyTimeout(rule, "body_seconds", CLOSE) from error
        size = len(message.get("body", b""))
        received, unchecked = received + size, unchecked + size
        if received > limits.bytes:
            raise too_large(limits)
        end.look(message.get("body", b""))
        is_whole = message["type"] == "http.request" and not message.get("more_body")
        if is_whole and not end.is_there:
            raise DamagedForm("The form breaks off before the boundary that ends it.", CLOSE)
        if unchecked > SPACE_CHECK_BYTES:
            unchecked = 0
            if disk_usage(Path(gettempdir())).free < RESERVED_BYTES:
                raise DiskFull
        return message

    return receive_within_limits


def too_large(limits: FormLimits) -> BodyTooLarge:
    """The refusal of a form of more bytes than it may have."""
    return BodyTooLarge(f"What is sent must have at most {limits.bytes:,} bytes.", limits.setting, CLOSE)


async def first_field(request: Request, name: str) -> str | None:
    """The first field of a form of files, read before any file is; None where it is not this field.

    What was read of the body for that is given once more to whoever reads the form.
    """
    receive, held, head = request._receive, list[Message](), b""
    pattern = field_pattern(request.headers.get("content-type", ""), name)
    found: re.Match[bytes] | None = None
    while found is None and len(head) < LONGEST_FIRST_FIELD:
        message = await receive()
        held.append(message)
        head += message.get("body", b"")[:LONGEST_FIRST_FIELD]
        found = pattern.match(head)
        if message["type"] != "http.request" or not message.get("more_body", False):
            break

    async def receive_again() -> Message:
        return held.pop(0) if held else await receive()

    request._receive = receive_again
    return None if found is None else found[1].decode("ascii")


def field_pattern(content_type: str, name: str) -> re.Pattern[bytes]:
    r"""What the beginning of a form of files with this field looks like.

    >>> body = b'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nab12\r\n--x'
    >>> field_pattern('multipart/form-data; boundary="x"', "csrf").match(body)[1]
    b'ab12'
    """
    found = re.search(r'boundary="?([^";,\s]{1,200})', content_type)
    boundary = re.escape((found[1] if found else "").encode("latin-1", "replace"))
    named = rb'Content-Disposition:[^\r\n]*[; ]name="?%s"?(?:;[^\r\n]*)?' % re.escape(name.encode())
    other = rb"(?:Content-T[^\r\n]*\r\n)*"
    return re.compile(
        rb"(?:\r\n)?--%s[ \t]*\r\n%s%s\r\n%s\r\n([\w-]{1,256})\r\n--%s"
        % (boundary, other, named, other, boundary),
        re.IGNORECASE | re.ASCII,
    )
