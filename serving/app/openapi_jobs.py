"""The operations of bulk jobs in OpenAPI, and the schema of a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from serving.app.openapi_parameters import WITH_OBSERVED
from serving.app.openapi_responses import (
    ANY_BODY,
    ANY_KEY,
    Status,
    json_responses,
    no_content,
    responses,
)
from serving.app.openapi_schemas import (
    COUNT,
    HEX_ID,
    LINES,
    SHA256,
    SOURCE_FILES_SENTENCE,
    TEXT,
    TIMESTAMP,
    UNDERSTOOD,
    or_null,
    ref,
    source_schema,
    strict_object,
)
from serving.jobs.result_formats import RESULT_FORMATS
from serving.routes.jobs_query import INPUT_FORMATS, LARGEST_PAGE, cursor_of
from serving.store.api_keys import Scope
from serving.store.job_rows import JobState, PagePosition

__all__ = ["job_paths"]

JOB_PATH: Final = "/v1/jobs/{job_id}"

JOB_PARAMETER: Final = {"name": "job_id", "in": "path", "required": True, "schema": HEX_ID}


CURSOR: Final = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_=-]{72,96}$",
    "examples": [cursor_of(PagePosition("2026-11-25T22:00:00.123456Z", "0123456789abcdef" * 2))],
}

JOB: Final = strict_object(
    job_id=HEX_ID,
    state={"enum": [state.value for state in JobState], "description": "The last three are its ends."},
    created_at=TIMESTAMP,
    started_at=or_null(TIMESTAMP),
    ended_at=or_null(TIMESTAMP),
    expires_at=or_null(TIMESTAMP) | {"description": "When its results are removed; null until it has ended."},
    with_observed={"type": "boolean", "description": "Whether what was observed joins its accounts."},
    input=strict_object(form={"enum": sorted(set(INPUT_FORMATS.values()))}, bytes=COUNT, sha256=SHA256),
    accounts=strict_object(
        total=or_null(COUNT) | {"description": "Null while a Parquet file has not been read."},
        done=COUNT | {"description": "Those that have their result."},
        refused=COUNT | {"description": "Those of them whose result is a problem."},
    ),
    model=or_null(strict_object(version=TEXT, sha256=SHA256))
    | {"description": "The model that judges all of its accounts; null until it starts."},
    stalled=or_null(TEXT) | {"description": "Why it cannot go on at present."},
    problem=or_null(ref("Problem")) | {"description": "Why it failed."},
    results=or_null(TEXT) | {"description": "Where its results are; null until it has ended."},
)


DOCUMENTS: Final = {
    "anyOf": [ref("Account"), {"type": "array", "items": ref("Account"), "minItems": 1}],
    "description": "One account document, or a list of them; or a file of a known source.",
}

CREATED: Final = JOB | {"properties": {**JOB["properties"], "understood": UNDERSTOOD}}
"""The answer to a job's creation."""


def job_paths(keyed: Callable[..., dict[str, Any]], once: Mapping[str, Any]) -> dict[str, Any]:
    """The paths of jobs.

    Parameters
    ----------
    keyed
        Makes an operation that needs a scope; as ``openapi.scoped_operation``.
    once
        The parameter ``Idempotency-Key``.
    """
    return {
        "/v1/jobs": {"post": create_operation(keyed, once), "get": list_operation(keyed)},
        JOB_PATH: {
            "get": keyed(
                Scope.READ,
                "How far a job is",
                json_responses("The job.", ref("Job"), Status.NOT_FOUND, *ANY_KEY),
                parameters=[JOB_PARAMETER],
            ),
            "delete": keyed(
                Scope.SCORE,
                "Remove a job that has ended, with its results",
                no_content(Status.NOT_FOUND, Status.CONFLICT, *ANY_KEY),
                parameters=[JOB_PARAMETER],
            ),
        },
        f"{JOB_PATH}/cancel": {
            "post": keyed(
                Scope.SCORE,
                "End a job that waits or runs",
                json_responses(
                    "The job as it is now.", ref("Job"), Status.NOT_FOUND, Status.CONFLICT, *ANY_KEY
                ),
                description="No result is added from then on; those that are there can be had.",
                parameters=[JOB_PARAMETER],
            )
        },
        f"{JOB_PATH}/results": {"get": results_operation(keyed)},
    }


def create_operation(keyed: Callable[..., dict[str, Any]], once: Mapping[str, Any]) -> dict[str, Any]:
    """The operation that creates a job."""
    good = json_responses(
        "The job; of files of other programs also what was understood of them.", CREATED,
        Status.BAD_REQUEST, Status.CONFLICT, *ANY_BODY, Status.INSUFFICIENT_STORAGE, *ANY_KEY,
        status="202", again=True,
    )  # fmt: skip
    good["202"]["headers"]["Location"] = {"description": "Where the job is.", "schema": TEXT}
    lines = {"schema": LINES | {"description": "An account document in every line."}}
    column = "Parquet with one column, `document`: the JSON text of an account document."
    table = {"schema": {"type": "string", "format": "binary", "description": column}}
    bodies = {"ndjson": lines, "parquet": table}
    # Lines come last: a client that knows bodies by their types alone sends all bytes as the last one.
    content = {
        media_type: bodies[form] if form in bodies else {"schema": source_schema(media_type)}
        for media_type, form in reversed(INPUT_FORMATS.items())
    } | {"application/json": {"schema": DOCUMENTS}}
    return keyed(
        Scope.SCORE,
        "A job that judges many accounts",
        good,
        description="How many accounts and bytes it may have, the service's settings say. "
        f"{SOURCE_FILES_SENTENCE} What is refused of them stands in `understood.faults`, row by row; the "
        "others are judged.",
        parameters=[WITH_OBSERVED, once],
        requestBody={"required": True, "content": content},
    )


def list_operation(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The operation that lists jobs."""
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 20}
    return keyed(
        Scope.READ,
        "The jobs, the newest first",
        json_responses(
            "Some of them.",
            strict_object(
                jobs={"type": "array", "items": ref("Job")},
                next=or_null(CURSOR) | {"description": "The cursor of those that follow; null at the end."},
            ),
            Status.BAD_REQUEST,
            *ANY_KEY,
        ),
        parameters=[
            {"name": "limit", "in": "query", "schema": limit},
            {
                "name": "cursor",
                "in": "query",
                "schema": CURSOR,
                "description": "`next` of an earlier answer.",
            },
        ],
    )


def results_operation(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The operation that downloads a job's results."""
    schemas = {
        "ndjson": LINES | {"description": "In every line a verdict, or a document's problem."},
        "csv": {"type": "string", "description": "A row for each; no cell is a spreadsheet's formula."},
        "parquet": {"type": "string", "format": "binary", "description": "The same columns, and the line."},
    }
    content = {RESULT_FORMATS[name].media_type: {"schema": schema} for name, schema in schemas.items()}
    named = {"Content-Disposition": {"description": "A name for the file.", "schema": TEXT}}
    wrong = (Status.BAD_REQUEST, Status.NOT_FOUND, Status.NOT_ACCEPTABLE, Status.CONFLICT, *ANY_KEY)
    good = responses("One for each account, in order.", content, *wrong)
    good["200"]["headers"] = good["200"]["headers"] | named
    return keyed(
        Scope.READ,
        "The results of a job that has ended, in input order",
        good,
        parameters=[
            JOB_PARAMETER,
            {
                "name": "format",
                "in": "query",
                "schema": {"enum": list(RESULT_FORMATS)},
                "description": "Goes before `Accept`.",
            },
        ],
    )
