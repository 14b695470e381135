"""What the interface's description says of bulk jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from serving.app.openapi_parts import (
    ANYWHERE,
    CONFLICT,
    EVERY,
    KEYED,
    MOMENT,
    NO_SPACE,
    NOT_THERE,
    OTHER_FORM,
    SHA256,
    TEXT,
    TOO_LARGE,
    UNLIKED,
    VERDICT_ID,
    WRONG,
    WRONG_QUESTION,
    answered,
    answers,
    problem,
    ref,
    thing,
)  # fmt: skip
from serving.jobs.result_formats import FORMS
from serving.routes.jobs_query import MOST_ON_A_PAGE, TAKEN
from serving.store.api_keys import Scope
from serving.store.job_rows import State

__all__ = ["job_paths"]

ONE: Final = "/v1/jobs/{job_id}"

OF_JOB: Final = {"name": "job_id", "in": "path", "required": True, "schema": VERDICT_ID}


def or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


COUNT: Final = {"type": "integer", "minimum": 0}

JOB: Final = thing(
    job_id=VERDICT_ID,
    state={"enum": [state.value for state in State], "description": "The last three are its ends."},
    created_at=MOMENT,
    started_at=or_null(MOMENT),
    ended_at=or_null(MOMENT),
    expires_at=or_null(MOMENT) | {"description": "When its results are removed; null until it has ended."},
    input=thing(form={"enum": sorted(set(TAKEN.values()))}, bytes=COUNT, sha256=SHA256),
    accounts=thing(
        total=or_null(COUNT) | {"description": "Null while a Parquet file has not been read."},
        done=COUNT | {"description": "Those that have their result."},
        refused=COUNT | {"description": "Those of them whose result is a problem."},
    ),
    model=or_null(thing(version=TEXT, sha256=SHA256))
    | {"description": "The model that judges all of its accounts; null until it starts."},
    stalled=or_null(TEXT) | {"description": "Why it cannot go on at present."},
    problem=or_null(ref("Problem")) | {"description": "Why it failed."},
    results=or_null(TEXT) | {"description": "Where its results are; null until it has ended."},
)


def job_paths(keyed: Callable[..., dict[str, Any]], once: Mapping[str, Any]) -> dict[str, Any]:
    """The routes of jobs; with what is said of every operation that wants a key, and of one key's answers."""
    return {
        "/v1/jobs": {"post": new_job(keyed, once), "get": all_jobs(keyed)},
        ONE: {
            "get": keyed(
                Scope.READ,
                "How far a job is",
                answers("The job.", ref("Job"), NOT_THERE, *KEYED),
                parameters=[OF_JOB],
            ),
            "delete": keyed(
                Scope.SCORE,
                "Remove a job that has ended, with its results",
                gone(NOT_THERE, CONFLICT, *KEYED),
                parameters=[OF_JOB],
            ),
        },
        f"{ONE}/cancel": {
            "post": keyed(
                Scope.SCORE,
                "End a job that waits or runs",
                answers("The job as it is now.", ref("Job"), NOT_THERE, CONFLICT, *KEYED),
                description="No result is added from then on; those that are there can be had.",
                parameters=[OF_JOB],
            )
        },
        f"{ONE}/results": {"get": results(keyed)},
    }


def gone(*problems: str) -> dict[str, Any]:
    """An answer without a body, and the problems that there may be instead."""
    good = {"204": {"description": "It is gone.", "headers": EVERY}}
    return good | {status: problem(status) for status in sorted({*problems, *ANYWHERE})}


def new_job(keyed: Callable[..., dict[str, Any]], once: Mapping[str, Any]) -> dict[str, Any]:
    """How a job is made."""
    good = answers(
        "The job.", ref("Job"), *(WRONG_QUESTION, CONFLICT, TOO_LARGE, OTHER_FORM, WRONG, NO_SPACE), *KEYED,
        status="202", again=True,
    )  # fmt: skip
    good["202"]["headers"]["Location"] = {"description": "Where the job is.", "schema": TEXT}
    lines = {"schema": {"type": "string"}, "description": "An account document in every line."}
    table = {
        "schema": {"type": "string", "format": "binary"},
        "description": "Parquet with one column, `document`: the JSON text of an account document.",
    }
    content = {media_type: lines if form == "ndjson" else table for media_type, form in TAKEN.items()}
    return keyed(
        Scope.SCORE,
        "A job that judges many accounts",
        good,
        description="How many accounts and bytes it may have, the service's settings say.",
        parameters=[once],
        requestBody={"required": True, "content": content},
    )


def all_jobs(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """How jobs are listed."""
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ON_A_PAGE, "default": 20}
    return keyed(
        Scope.READ,
        "The jobs, the newest first",
        answers(
            "Some of them.",
            thing(
                jobs={"type": "array", "items": ref("Job")},
                next=or_null(TEXT) | {"description": "The cursor of those that follow; null at the end."},
            ),
            WRONG_QUESTION,
            *KEYED,
        ),
        parameters=[
            {"name": "limit", "in": "query", "schema": limit},
            {"name": "cursor", "in": "query", "schema": TEXT, "description": "`next` of an earlier answer."},
        ],
    )


def results(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """How results are handed out."""
    told = {
        "ndjson": {"type": "string", "description": "In every line a verdict, or a document's problem."},
        "csv": {"type": "string", "description": "A row for each; no cell is a spreadsheet's formula."},
        "parquet": {"type": "string", "format": "binary", "description": "The same columns, and the line."},
    }
    content = {FORMS[name].media_type: {"schema": schema} for name, schema in told.items()}
    named = {"Content-Disposition": {"description": "A name for the file.", "schema": TEXT}}
    wrong = (WRONG_QUESTION, NOT_THERE, UNLIKED, CONFLICT, *KEYED)
    good = answered("One for each account, in order.", content, *wrong)
    good["200"]["headers"] = good["200"]["headers"] | named
    return keyed(
        Scope.READ,
        "The results of a job that has ended, in input order",
        good,
        parameters=[
            OF_JOB,
            {
                "name": "format",
                "in": "query",
                "schema": {"enum": list(FORMS)},
                "description": "Goes before `Accept`.",
            },
        ],
    )
