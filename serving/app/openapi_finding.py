"""The operations in OpenAPI that find again what is stored, and the schemas of what they answer."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any, Final

from accounts.time_patterns import RFC_3339_TIME
from detector.labels import Label
from serving.app.openapi_parameters import ACCOUNT_ID, VERDICT_PARAMETER
from serving.app.openapi_responses import ANY_KEY, Status, json_responses
from serving.app.openapi_schemas import COUNT, HEX_ID, SHA256, TEXT, TIMESTAMP, or_null, ref, strict_object
from serving.routes.jobs_query import DEFAULT_PAGE, LARGEST_PAGE
from serving.routes.verdicts import ENTRIES_IN_PAGE
from serving.store.account_record import MOST_OF_EACH
from serving.store.api_keys import Scope
from serving.store.decisions import Standing
from serving.store.list_entries import EntryState

__all__ = ["ACCOUNT_RECORD", "DAMAGED", "SUMMARY", "account_operation", "audit_operation", "list_operation"]

LABEL: Final = {"type": "string", "enum": [label.value for label in Label]}

DECISION: Final = {
    "type": "string",
    "enum": [standing.value for standing in Standing],
    "description": "What stands of people's decisions about it; waiting: a second person must agree.",
}

SEALED: Final = b"sixteen bytes .." + b"2026-11-25T22:00:00.123456Z " + b"0" * 32
CURSOR: Final = {
    "type": "string",
    "pattern": "^[A-Za-z0-9_=-]{92,116}$",
    "examples": [base64.urlsafe_b64encode(SEALED).decode()],
}

ENTRY: Final = {"type": "string", "pattern": "^[0-9]{1,19}$", "examples": ["1000"]}
"""The number of an entry of the audit log, as a cursor."""

NEXT: Final = or_null(CURSOR) | {"description": "The cursor of those that follow; null at the end."}

SUMMARY: Final = strict_object(
    verdict_id=HEX_ID,
    account_id=TEXT,
    platform=TEXT,
    as_of=TEXT,
    label=LABEL,
    suspicion={"type": ["number", "null"], "minimum": 0, "maximum": 1},
    authenticity_score={"type": ["integer", "null"], "minimum": 0, "maximum": 100},
    level=TEXT,
    made_at=TIMESTAMP,
    model_sha256=SHA256,
    decision=DECISION,
)


DAMAGED: Final = strict_object(verdict_id=HEX_ID, made_at=TIMESTAMP, problem=ref("Problem")) | {
    "description": "A verdict that was changed or damaged in the database."
}

LISTED: Final = {"anyOf": [ref("VerdictSummary"), ref("DamagedVerdict")]}
"""An entry of a list of verdicts."""


def objects(**properties: Any) -> dict[str, Any]:
    """A list of objects that have all of these properties."""
    return {"type": "array", "items": strict_object(**properties)}


ACCOUNT_RECORD: Final = strict_object(
    account_id=TEXT,
    platforms={"type": "array", "items": TEXT, "description": "Where it was judged or seen."},
    verdicts=strict_object(
        count=COUNT,
        history={
            "type": "array",
            "items": LISTED,
            "description": f"The newest first, at most {MOST_OF_EACH}.",
        },
        next=or_null(CURSOR)
        | {"description": "Where `GET /v1/verdicts?account_id=` goes on; null at the end."},
    ),
    waiting={
        "type": "array",
        "items": ref("DecisionMade"),
        "description": "The decisions that wait for a second person.",
    },
    observations=strict_object(
        count=COUNT,
        newest=objects(
            observed_at=TIMESTAMP,
            platform=TEXT,
            source=TEXT,
            **dict.fromkeys(("followers", "following", "posts"), or_null(COUNT)),
            of_posts=COUNT | {"description": "Posts whose counts were seen."},
        ),
    ),
    lists=objects(
        list_id=HEX_ID,
        entry_id=HEX_ID,
        state={"type": "string", "enum": [state.value for state in EntryState]},
        verdict_id=HEX_ID,
        screened_at=TIMESTAMP,
    ),
    evidence=objects(evidence_sha256=SHA256, stored_at=TIMESTAMP, bytes=COUNT),
)


def list_operation(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The operation that finds verdicts; ``keyed`` is ``openapi.scoped_operation``."""
    return keyed(
        Scope.READ,
        "The verdicts, the newest first, by what is known of them",
        json_responses(
            "A page of them.",
            strict_object(verdicts={"type": "array", "items": LISTED}, next=NEXT),
            Status.BAD_REQUEST,
            *ANY_KEY,
        ),
        description="All that is asked for must hold. Pages neither repeat nor leave out a verdict, however "
        "many are made meanwhile: those are newer, and come first when it is asked anew. One that was "
        "damaged in the database stands in its place with its `problem`.",
        parameters=[
            parameter("account_id", ACCOUNT_ID, "As in the account's documents, percent-encoded."),
            parameter("label", LABEL, "What the verdict says."),
            parameter("decision", DECISION, "What people decided."),
            parameter("model", SHA256, "sha256 of the model that gave it."),
            parameter("since", TIME, "Made then or later."),
            parameter("until", TIME, "Made before then."),
            parameter("limit", LIMIT, "Verdicts in a page."),
            parameter("cursor", CURSOR, "`next` of an earlier answer to the same question."),
        ],
    )


def audit_operation(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The operation that lists the audit log's entries about a verdict."""
    following = or_null(ENTRY) | {"description": "The `cursor` of those that follow; null at the end."}
    return keyed(
        Scope.READ,
        "What the audit log says of a verdict, the oldest first, also after it was erased",
        json_responses(
            f"A page of the entries, at most {ENTRIES_IN_PAGE:,}.",
            strict_object(entries={"type": "array", "items": ref("AuditEntry")}, next=following),
            Status.BAD_REQUEST,
            Status.NOT_FOUND,
            *ANY_KEY,
        ),
        parameters=[VERDICT_PARAMETER, parameter("cursor", ENTRY, "`next` of an earlier answer.")],
    )


TIME: Final = {
    "type": "string",
    "format": "date-time",
    "pattern": f"^{RFC_3339_TIME}$",
    "examples": ["2026-11-25T22:00:00Z"],
}
LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE}


def parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    """A query parameter that may be left out."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


def account_operation(keyed: Callable[..., dict[str, Any]], named: Mapping[str, Any]) -> dict[str, Any]:
    """The operation that says what is stored of the account that a parameter names."""
    return keyed(
        Scope.READ,
        "What is stored of an account",
        json_responses("Its record.", ref("AccountRecord"), Status.NOT_FOUND, *ANY_KEY),
        description="Its verdicts, the decisions that wait, what was observed of it, and where it stands in "
        f"the desk's lists: the newest {MOST_OF_EACH} of each. 404 where nothing is stored.",
        parameters=[named],
    )
