"""What a request about jobs asks for: the format of its input or its results, and the page of the list."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from accounts.media_types import JSON, LINES, PARQUET
from serving.http.bodies import CLOSE, UnsupportedBody, check_charset, stated_type
from serving.http.content_negotiation import negotiate
from serving.http.query import InvalidParameter, flag, query_values
from serving.http.whole_numbers import whole_number
from serving.jobs.result_formats import RESULT_FORMATS, ResultFormat
from serving.routes.source_files import FILE_TYPES, MULTIPART
from serving.store.job_rows import Job, PagePosition

__all__ = [
    "FILES",
    "INPUT_FORMATS",
    "LARGEST_PAGE",
    "cursor_after",
    "cursor_of",
    "job_options",
    "limit_of",
    "page_of",
    "result_format",
]

FILES: Final = "files"
INPUT_FORMATS: Final = {
    LINES: "ndjson",
    "application/jsonl": "ndjson",
    PARQUET: "parquet",
    **dict.fromkeys((*FILE_TYPES, MULTIPART, JSON), FILES),
}
"""The media types of inputs, each with its name in a job's document; ``files`` are of other programs."""

JSON_TYPES: Final = frozenset({JSON, LINES, "application/jsonl"})
LARGEST_PAGE: Final = 100
DEFAULT_PAGE: Final = 20
PLACES: Final = re.compile("[0-9TZ:.-]{20,32} [0-9a-f]{32}")


def job_options(request: Request) -> tuple[str, bool]:
    """The format of a job's input, by the request's ``Content-Type``, and whether observations join it.

    Raises
    ------
    UnsupportedBody
        If the content type is missing, or another than those, or JSON is not stated to be UTF-8.
    InvalidParameter
        If there is another query parameter than ``with_observed``.
    """
    observed = flag(query_values(request.query_params, "with_observed"), "with_observed")
    stated = stated_type(request)
    if stated not in INPUT_FORMATS:
        raise UnsupportedBody(f"The body's Content-Type must be one of {', '.join(INPUT_FORMATS)}.", CLOSE)
    if stated in JSON_TYPES:
        check_charset(request)
    return INPUT_FORMATS[stated], observed


def result_format(request: Request) -> ResultFormat:
    """The format of the results: the query parameter ``format``, else by content negotiation.

    Raises
    ------
    InvalidParameter
        If ``format`` names none.
    NotAcceptable
        If ``Accept`` excludes them all.
    """
    if (named_form := query_values(request.query_params, "format").get("format")) is not None:
        if named_form not in RESULT_FORMATS:
            raise InvalidParameter(f"format must be one of {', '.join(RESULT_FORMATS)}.")
        return RESULT_FORMATS[named_form]
    by_type = {form.media_type: form for form in RESULT_FORMATS.values()}
    return by_type[negotiate(request, list(by_type))]


def page_of(request: Request) -> tuple[int, PagePosition | None]:
    """How many jobs a page has, and the position in the list after which it begins.

    Raises
    ------
    InvalidParameter
        If the limit or the cursor is none.
    """
    given = query_values(request.query_params, "limit", "cursor")
    return limit_of(given), _place(given.get("cursor"))


def limit_of(given: Mapping[str, str]) -> int:
    """How many a page has: the parameter ``limit``.

    Raises
    ------
    InvalidParameter
        If it is not in its range.
    """
    asked = given.get("limit", str(DEFAULT_PAGE))
    if not (found := whole_number(asked, LARGEST_PAGE)):
        raise InvalidParameter(f"limit must be a whole number from 1 to {LARGEST_PAGE}.")
    return found


def _place(cursor: str | None) -> PagePosition | None:
    if cursor is None:
        return None
    try:
        place = base64.b64decode(cursor, b"-_", validate=True).decode("ascii")
    except ValueError:
        place = ""
    if not PLACES.fullmatch(place):
        raise InvalidParameter("cursor must be the `next` of an earlier answer.")
    return PagePosition(*place.split())


def cursor_after(last: Job) -> str:
    """The cursor of the page that begins after this job."""
    return cursor_of(PagePosition(last.created_at, last.job_id))


def cursor_of(position: PagePosition) -> str:
    """A position in the list as a cursor."""
    return base64.urlsafe_b64encode(f"{position.created_at} {position.job_id}".encode()).decode()
