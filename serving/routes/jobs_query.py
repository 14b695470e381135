"""What a request about jobs asks for: forms, and parts of the list."""

from __future__ import annotations

import base64
import re
from typing import Final

from starlette.requests import Request

from serving.http.bodies import CLOSE, OtherForm
from serving.http.content_negotiation import preferred
from serving.http.query import WrongQuestion, given_of
from serving.jobs.result_formats import FORMS, Form
from serving.store.job_rows import Job, Place

__all__ = ["MOST_ON_A_PAGE", "TAKEN", "form_of", "part_of", "wanted", "written_cursor"]

TAKEN: Final = {
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/vnd.apache.parquet": "parquet",
}
"""Media types of bodies, each with the form that it means."""

MOST_ON_A_PAGE: Final = 100
ON_A_PAGE: Final = 20
LIMITS: Final = re.compile("[0-9]{1,4}")
PLACES: Final = re.compile("[0-9TZ:.-]{20,32} [0-9a-f]{32}")


def form_of(request: Request) -> str:
    """The form of the body.

    Raises
    ------
    OtherForm
        If it is stated to be in another than those that are taken.
    WrongQuestion
        If the question has a parameter: a job has none.
    """
    given_of(request.query_params)
    stated = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if stated not in TAKEN:
        raise OtherForm(f"The body's Content-Type must be one of {', '.join(TAKEN)}.", CLOSE)
    return TAKEN[stated]


def wanted(request: Request) -> Form:
    """The form that the results are wanted in: as ``format`` says, else as ``Accept`` does."""
    if (named_form := given_of(request.query_params, "format").get("format")) is not None:
        if named_form not in FORMS:
            raise WrongQuestion(f"format must be one of {', '.join(FORMS)}.")
        return FORMS[named_form]
    by_type = {form.media_type: form for form in FORMS.values()}
    return by_type[preferred(request, list(by_type))]


def part_of(request: Request) -> tuple[int, Place | None]:
    """How many jobs are wanted at once, and where the wanted part of the list begins."""
    given = given_of(request.query_params, "limit", "cursor")
    return _limit(given.get("limit", str(ON_A_PAGE))), _place(given.get("cursor"))


def _limit(asked: str) -> int:
    if not (LIMITS.fullmatch(asked) and 1 <= int(asked) <= MOST_ON_A_PAGE):
        raise WrongQuestion(f"limit must be a whole number from 1 to {MOST_ON_A_PAGE}.")
    return int(asked)


def _place(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    try:
        place = base64.b64decode(cursor, b"-_", validate=True).decode("ascii")
    except ValueError:
        place = ""
    if not PLACES.fullmatch(place):
        raise WrongQuestion("cursor must be the `next` of an earlier answer.")
    return Place(*place.split())


def written_cursor(last: Job) -> str:
    """What leads to the jobs after this one."""
    return base64.urlsafe_b64encode(f"{last.created_at} {last.job_id}".encode()).decode()
