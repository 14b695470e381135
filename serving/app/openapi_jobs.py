"""What the interface's description says of bulk jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from serving.app.openapi_parts import (
    ANY_KEY,
    ANY_REQUEST,
    BAD_REQUEST,
    COMMON_HEADERS,
    CONFLICT,
    CONTENT_TOO_LARGE,
    HEX_ID,
    INSUFFICIENT_STORAGE,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    SHA256,
    TEXT,
    TIMESTAMP,
    UNPROCESSABLE_CONTENT,
    UNSUPPORTED_MEDIA_TYPE,
    json_responses,
    problem,
    ref,
    responses,
    strict_object,
)  # fmt: skip
from serving.jobs.result_formats import RESULT_FORMATS
from serving.routes.jobs_query import INPUT_FORMATS, LARGEST_PAGE
from serving.store.api_keys import Scope
from serving.store.job_rows import JobState

__all__ = ["job_paths"]

JOB_PATH: Final = "/v1/jobs/{job_id}"

JOB_PARAMETER: Final = {"name": "job_id", "in": "path", "required": True, "schema": HEX_ID}


def or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


COUNT: Final = {"type": "integer", "minimum": 0}

JOB: Final = strict_object(
    job_id=HEX_ID,
    state={"enum": [state.value for state in JobState], "description": "The last three are its ends."},
    created_at=TIMESTAMP,
    started_at=or_null(TIMESTAMP),
    ended_at=or_null(TIMESTAMP),
    expires_at=or_null(TIMESTAMP) | {"description": "When its results are removed; null until it has ended."},
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


def job_paths(keyed: Callable[..., dict[str, Any]], once: Mapping[str, Any]) -> dict[str, Any]:
    """The routes of jobs; with what is said of every operation that wants a key, and of one key's answers."""
    return {
        "/v1/jobs": {"post": create_operation(keyed, once), "get": list_operation(keyed)},
        JOB_PATH: {
            "get": keyed(
                Scope.READ,
                "How far a job is",
                json_responses("The job.", ref("Job"), NOT_FOUND, *ANY_KEY),
                parameters=[JOB_PARAMETER],
            ),
            "delete": keyed(
                Scope.SCORE,
                "Remove a job that has ended, with its results",
                no_content(NOT_FOUND, CONFLICT, *ANY_KEY),
                parameters=[JOB_PARAMETER],
            ),
        },
        f"{JOB_PATH}/cancel": {
            "post": keyed(
                Scope.SCORE,
                "End a job that waits or runs",
                json_responses("The job as it is now.", ref("Job"), NOT_FOUND, CONFLICT, *ANY_KEY),
                description="No result is added from then on; those that are there can be had.",
                parameters=[JOB_PARAMETER],
            )
        },
        f"{JOB_PATH}/results": {"get": results_operation(keyed)},
    }


def no_content(*problems: str) -> dict[str, Any]:
    """An answer without a body, and the problems that there may be instead."""
    good = {"204": {"description": "It is gone.", "headers": COMMON_HEADERS}}
    return good | {status: problem(status) for status in sorted({*problems, *ANY_REQUEST})}


def create_operation(keyed: Callable[..., dict[str, Any]], once: Mapping[str, Any]) -> dict[str, Any]:
    """How a job is made."""
    good = json_responses(
        "The job.", ref("Job"), BAD_REQUEST, CONFLICT, CONTENT_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
        UNPROCESSABLE_CONTENT, INSUFFICIENT_STORAGE, *ANY_KEY, status="202", again=True,
    )  # fmt: skip
    good["202"]["headers"]["Location"] = {"description": "Where the job is.", "schema": TEXT}
    lines = {"schema": {"type": "string"}, "description": "An account document in every line."}
    table = {
        "schema": {"type": "string", "format": "binary"},
        "description": "Parquet with one column, `document`: the JSON text of an account document.",
    }
    content = {media_type: lines if form == "ndjson" else table for media_type, form in INPUT_FORMATS.items()}
    return keyed(
        Scope.SCORE,
        "A job that judges many accounts",
        good,
        description="How many accounts and bytes it may have, the service's settings say.",
        parameters=[once],
        requestBody={"required": True, "content": content},
    )


def list_operation(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """How jobs are listed."""
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 20}
    return keyed(
        Scope.READ,
        "The jobs, the newest first",
        json_responses(
            "Some of them.",
            strict_object(
                jobs={"type": "array", "items": ref("Job")},
                next=or_null(TEXT) | {"description": "The cursor of those that follow; null at the end."},
            ),
            BAD_REQUEST,
            *ANY_KEY,
        ),
        parameters=[
            {"name": "limit", "in": "query", "schema": limit},
            {"name": "cursor", "in": "query", "schema": TEXT, "description": "`next` of an earlier answer."},
        ],
    )


def results_operation(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """How results are handed out."""
    told = {
        "ndjson": {"type": "string", "description": "In every line a verdict, or a document's problem."},
        "csv": {"type": "string", "description": "A row for each; no cell is a spreadsheet's formula."},
        "parquet": {"type": "string", "format": "binary", "description": "The same columns, and the line."},
    }
    content = {RESULT_FORMATS[name].media_type: {"schema": schema} for name, schema in told.items()}
    named = {"Content-Disposition": {"description": "A name for the file.", "schema": TEXT}}
    wrong = (BAD_REQUEST, NOT_FOUND, NOT_ACCEPTABLE, CONFLICT, *ANY_KEY)
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
