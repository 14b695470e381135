"""Parameters in OpenAPI: the query, path and header parameters of the operations."""

from __future__ import annotations

from typing import Final

from accounts.schema import MAX_IDENTIFIER_LENGTH
from features.evidence import BLOCKS
from serving.app.openapi_schemas import HEX_ID
from serving.http.idempotency import LONGEST_KEY
from serving.http.query import EXPLAIN
from serving.routes.observations import SOURCE_PATTERN
from serving.routes.reports import LOCALE_PATTERN

__all__ = [
    "ACCOUNT_ID",
    "ACCOUNT_PARAMETER",
    "ACCOUNT_QUERY",
    "IDEMPOTENCY_KEY",
    "LOCALE_PARAMETER",
    "SCREENING_PARAMETERS",
    "SOURCE_PARAMETER",
    "VERDICT_PARAMETER",
    "WITH_OBSERVED",
]  # fmt: skip

WITH_OBSERVED: Final = {
    "name": "with_observed",
    "in": "query",
    "description": "Whether what `POST /v1/observations` has stored of the accounts joins the documents: "
    "points of the follower history and earlier counts of the posts.",
    "schema": {"type": "boolean", "default": False},
}

SCREENING_PARAMETERS: Final = [
    {
        "name": "explain",
        "in": "query",
        "description": "none: no reasons. flagged: those of accounts that are accused or sent to review. "
        "all: those of every account. Older clients say reasons for flagged, and full for all.",
        "schema": {"type": "string", "enum": list(EXPLAIN), "default": "flagged"},
    },
    {
        "name": "blocks",
        "in": "query",
        "description": "What the verdict would be with less evidence: the blocks that the detector is shown, "
        "with commas between them; all unless told.",
        "style": "form",
        "explode": False,
        "schema": {
            "type": "array", "items": {"type": "string", "enum": list(BLOCKS)}, "minItems": 1,
            "uniqueItems": True,
        },
    },
    WITH_OBSERVED,
]  # fmt: skip  # fmt: skip

SOURCE_PARAMETER: Final = {
    "name": "source",
    "in": "query",
    "description": "Where the documents come from; verdicts name it.",
    "schema": {"type": "string", "pattern": f"^{SOURCE_PATTERN}$", "default": "account document"},
}

IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request gets the same answer, and with another one a 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
}

ACCOUNT_ID: Final = {"type": "string", "minLength": 1, "maxLength": MAX_IDENTIFIER_LENGTH}

ANY_ACCOUNT_ID: Final = {"type": "string", "minLength": 1}
"""Of any length: one that was refused for its own stands in remembered answers and jobs till it is erased."""

VERDICT_PARAMETER: Final = {"name": "verdict_id", "in": "path", "required": True, "schema": HEX_ID}

LOCALE_PARAMETER: Final = {
    "name": "locale",
    "in": "query",
    "description": "How numbers and dates are written, such as de or pt-BR.",
    "schema": {"type": "string", "pattern": f"^{LOCALE_PATTERN}$", "default": "en_GB"},
}

ACCOUNT_PARAMETER: Final = {
    "name": "account_id",
    "in": "path",
    "required": True,
    "description": "As in the account's documents, percent-encoded. One with control characters, or one that "
    "a path could not hold (`..`), goes into the query of `DELETE /v1/subjects`.",
    "schema": ANY_ACCOUNT_ID | {"pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]+$"},
}

ACCOUNT_QUERY: Final = {
    "name": "account_id",
    "in": "query",
    "required": True,
    "description": "As in the account's documents, percent-encoded; any id can stand here, also "
    "one that is too long for a document: what refused it may be remembered.",
    "schema": ANY_ACCOUNT_ID,
}
