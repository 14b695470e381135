"""Forms that come with a request, read within a limit of size."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.types import Message

from serving.http.bodies import CLOSE, BodyTooLarge, check_charset
from serving.http.whole_numbers import whole_number

__all__ = ["LARGEST_FORM", "MOST_FILES", "read_form"]

LARGEST_FORM: Final = 2**20
MOST_FIELDS: Final = 10_000
MOST_FILES: Final = 1_000


async def read_form(request: Request, most: int | None = None) -> FormData:
    """The form of a request; read once, however often it is asked for.

    Parameters
    ----------
    request
        Whose route may have set ``request.state.largest_form``.
    most
        Bytes that it may have; otherwise what the route allows, else 1 MiB.

    Raises
    ------
    BodyTooLarge
        As soon as it has more.
    UnsupportedBody
        If it names another character set than UTF-8: a parser would decode it by whatever codec is named.
    """
    check_charset(request, "A form")
    if request._form is None:
        limit_body(request, most or LARGEST_FORM)
    return await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LARGEST_FORM)


def limit_body(request: Request, most: int) -> None:
    """Let a request's body raise once it has more than so many bytes."""
    receive, received = request._receive, 0
    stated = request.headers.get("content-length", "")
    if stated and whole_number(stated, most) is None:
        raise too_large(most)

    async def receive_within_limit() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise too_large(most)
        return message

    request._receive = receive_within_limit


def too_large(most: int) -> BodyTooLarge:
    """The refusal of a form of more than so many bytes."""
    return BodyTooLarge(f"What is sent must have at most {most:,} bytes.", None, CLOSE)
