"""Responses in OpenAPI: the good answer of an operation, its problems by status, and their headers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from serving.app.openapi_schemas import SHA256, TEXT, ref
from serving.http.problems import MEDIA_TYPE

__all__ = [
    "ANY_BODY",
    "ANY_KEY",
    "COMMON_HEADERS",
    "HEADER_COMPONENTS",
    "SCREENING_PROBLEMS",
    "Status",
    "content",
    "json_responses",
    "no_content",
    "problem",
    "responses",
]


class Status(StrEnum):
    """The statuses of problems, as OpenAPI names them."""

    BAD_REQUEST = "400"
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    NOT_ACCEPTABLE = "406"
    REQUEST_TIMEOUT = "408"
    CONFLICT = "409"
    CONTENT_TOO_LARGE = "413"
    UNSUPPORTED_MEDIA_TYPE = "415"
    MISDIRECTED_REQUEST = "421"
    UNPROCESSABLE_CONTENT = "422"
    TOO_MANY_REQUESTS = "429"
    REQUEST_HEADER_FIELDS_TOO_LARGE = "431"
    INTERNAL_SERVER_ERROR = "500"
    NOT_IMPLEMENTED = "501"
    SERVICE_UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    INSUFFICIENT_STORAGE = "507"


ANY_REQUEST: Final = (
    Status.BAD_REQUEST,
    Status.MISDIRECTED_REQUEST,
    Status.REQUEST_HEADER_FIELDS_TOO_LARGE,
    Status.INTERNAL_SERVER_ERROR,
    Status.NOT_IMPLEMENTED,
    Status.GATEWAY_TIMEOUT,
)
"""The problems of any request."""

ANY_BODY: Final = (
    Status.REQUEST_TIMEOUT,
    Status.CONTENT_TOO_LARGE,
    Status.UNSUPPORTED_MEDIA_TYPE,
    Status.UNPROCESSABLE_CONTENT,
)
"""The problems of a request with a body."""

ANY_KEY: Final = (Status.UNAUTHORIZED, Status.FORBIDDEN, Status.TOO_MANY_REQUESTS, Status.SERVICE_UNAVAILABLE)
"""The problems of a request that needs a key."""

SCREENING_PROBLEMS: Final = (Status.CONFLICT, *ANY_BODY, *ANY_KEY)
"""The problems of operations with a key, a body and idempotency."""


def content(schema: Mapping[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    """The ``content`` of a body: one media type with its schema."""
    return {media_type: {"schema": schema}}


def json_responses(
    about: str, schema: Mapping[str, Any], *problems: str, status: str = "200", again: bool = False
) -> dict[str, Any]:
    """The good response in JSON and the problems by status; as :func:`responses`."""
    return responses(about, content(schema), *problems, status=status, again=again)


def responses(
    about: str, content: Mapping[str, Any], *problems: str, status: str = "200", again: bool = False
) -> dict[str, Any]:
    """The good response of an operation, and the problems that it may answer instead, by status.

    Parameters
    ----------
    about
        What the good response is.
    content
        Its schemas by media type.
    problems
        Statuses, beside those that any request may get.
    again
        Whether the operation is idempotent: the header then says so of a repeated answer.
    """
    headers = COMMON_HEADERS | ({"Idempotent-Replayed": REPLAYED_HEADER} if again else {})
    good: dict[str, Any] = {"description": about, "headers": headers, "content": content}
    return {status: good} | {name: problem(name) for name in sorted({*problems, *ANY_REQUEST})}


def no_content(*problems: str) -> dict[str, Any]:
    """A good response without a body, and the problems by status."""
    good = {"204": {"description": "It is gone.", "headers": COMMON_HEADERS}}
    return good | {status: problem(status) for status in sorted({*problems, *ANY_REQUEST})}


def problem(status: str) -> dict[str, Any]:
    """The response with a problem of this status."""
    headers = COMMON_HEADERS | PROBLEM_HEADERS.get(status, {})
    return {
        "description": PROBLEMS[status],
        "headers": headers,
        "content": content(ref("Problem"), MEDIA_TYPE),
    }


PROBLEMS: Final[Mapping[str, str]] = {
    Status.BAD_REQUEST: "A parameter or header is unknown or has no such value, a header stands twice, the "
    "path has control characters, or the body is not packed as it says.",
    Status.UNAUTHORIZED: "There is no API key, or one that is not known, was revoked, or has expired.",
    Status.FORBIDDEN: "The API key lacks the scope, or the service does not do this.",
    Status.NOT_FOUND: "There is no such thing, or it is another tenant's.",
    Status.CONFLICT: "It does not fit what came before; the detail says how.",
    Status.NOT_ACCEPTABLE: "The answer is wanted in a form that it cannot have.",
    Status.REQUEST_TIMEOUT: "The body did not come in time (`body_seconds`).",
    Status.CONTENT_TOO_LARGE: "The body is too large, or becomes so when it is unpacked; "
    "`setting` names the limit.",
    Status.UNSUPPORTED_MEDIA_TYPE: "The body is in another form, or packed otherwise, than this route takes.",
    Status.MISDIRECTED_REQUEST: "The Host header names no host that is allowed (`allowed_hosts`).",
    Status.REQUEST_HEADER_FIELDS_TOO_LARGE: "Request line and headers are longer than 64 KiB together.",
    Status.UNPROCESSABLE_CONTENT: "The body breaks a rule, or holds more than it may; every fault is named.",
    Status.INTERNAL_SERVER_ERROR: "Something went wrong inside.",
    Status.NOT_IMPLEMENTED: "The body has another transfer coding than `chunked`.",
    Status.GATEWAY_TIMEOUT: "The answer took too long (`request_seconds`).",
    Status.TOO_MANY_REQUESTS: "The API key asked too often.",
    Status.SERVICE_UNAVAILABLE: "There is no usable model, the database does not answer, too many "
    "are waiting (`most_waiting`, `most_batches_waiting`, `most_uploads`, `most_pdfs`, `most_downloads`), or "
    "the service is about to end.",
    Status.INSUFFICIENT_STORAGE: "There is no space left on the service's disk.",
}

REPLAYED_HEADER: Final = {
    "description": "`true` where the answer was given before to the same Idempotency-Key.",
    "schema": {"const": "true"},
}

COMMON_HEADERS: Final = {
    "X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"},
    "Assay-Model": {"$ref": "#/components/headers/Assay-Model"},
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimit-Policy"},
}

HEADER_COMPONENTS: Final = {
    "X-Request-ID": {
        "description": "The request's id: its own, if that has 1 to 64 letters, digits, dots, dashes or "
        "underscores, else a new one.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    },
    "Assay-Model": {
        "description": "sha256 of the model that spoke, where one did.",
        "schema": SHA256,
    },
    "RateLimit": {
        "description": "What is left to the key in this worker, and the seconds until it is whole; where it "
        "has a limit.",
        "schema": {"type": "string", "pattern": '^"key";r=[0-9]+;t=[0-9]+$'},
    },
    "RateLimit-Policy": {
        "description": "How many requests the key may make in how many seconds.",
        "schema": {"type": "string", "pattern": '^"key";q=[0-9]+;w=60$'},
    },
}

RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}

PROBLEM_HEADERS: Final[Mapping[str, Any]] = {
    Status.UNAUTHORIZED: {
        "WWW-Authenticate": {"description": "`Bearer`, and what is wrong.", "schema": TEXT}
    },
    Status.FORBIDDEN: {"WWW-Authenticate": {"description": "`Bearer`, and the scope.", "schema": TEXT}},
    Status.CONFLICT: RETRY_AFTER,
    Status.TOO_MANY_REQUESTS: RETRY_AFTER,
    Status.SERVICE_UNAVAILABLE: RETRY_AFTER,
}
