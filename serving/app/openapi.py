"""The interface in OpenAPI 3.1, made from the schemas of the account and the verdict: docs/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from serving.app.openapi_jobs import JOB, job_paths
from serving.app.openapi_parts import (
    ANY_BODY,
    ANY_KEY,
    BATCH,
    CONFLICT,
    ERASURE,
    HEADER_COMPONENTS,
    HEX_ID,
    INSUFFICIENT_STORAGE,
    LINES,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    SCREENING_PARAMETERS,
    SERVICE_UNAVAILABLE,
    STATUS,
    TEXT,
    VERDICTS,
    content,
    default_limit,
    json_responses,
    list_object,
    ref,
    responses,
    schemas,
    strict_object,
)  # fmt: skip
from serving.http.bodies import LARGEST_DECISION, BodyFormat
from serving.limits import MIB
from serving.store.api_keys import Scope

__all__ = ["openapi", "render"]

KEY: Final = "apiKey"


def render() -> str:
    """The text of docs/openapi.json."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


def openapi() -> dict[str, Any]:
    """The whole document.

    >>> list(openapi()["paths"])[:2]
    ['/v1/verdicts', '/v1/verdicts/batch']
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Assay",
            "version": "1",
            "description": "Says whether a creator's engagement is real, why, and how sure it is.",
        },
        "paths": PATHS,
        "components": {
            "schemas": schemas() | {"Job": JOB},
            "headers": HEADER_COMPONENTS,
            "securitySchemes": {
                KEY: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key that `assay keys create` printed. Not asked for over loopback by a "
                    "service that was started with --no-auth.",
                }
            },
        },
    }


def scoped_operation(scope: Scope, summary: str, responses: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An operation that wants a key with a scope."""
    return {"summary": summary, "security": [{KEY: [scope.value]}], **more, "responses": responses}


def required_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A body that there must be."""
    return {"required": True, "content": content(schema)}


IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request gets the same answer, and with another one a 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}

VERDICT_PARAMETER: Final = {"name": "verdict_id", "in": "path", "required": True, "schema": HEX_ID}

ACCOUNT_PARAMETER: Final = {
    "name": "account_id",
    "in": "path",
    "required": True,
    "description": "As in the account's documents, percent-encoded.",
    "schema": {"type": "string"},
}

SCREENING_PROBLEMS: Final = (CONFLICT, *ANY_BODY, *ANY_KEY)
GZIP_SENTENCE: Final = "It may be packed by gzip (`Content-Encoding: gzip`)."

VERDICT_PATH: Final = "/v1/verdicts/{verdict_id}"

PATHS: Final[Mapping[str, Any]] = {
    "/v1/verdicts": {
        "post": scoped_operation(
            Scope.SCORE,
            "The verdict on one account",
            json_responses("The verdict.", ref("Verdict"), *SCREENING_PROBLEMS, again=True),
            description="The body is one account document of at most "
            f"{default_limit('largest_document_bytes') // MIB} MiB. {GZIP_SENTENCE}",
            parameters=[*SCREENING_PARAMETERS, IDEMPOTENCY_KEY],
            requestBody=required_body(ref("Account")),
        )
    },
    "/v1/verdicts/batch": {
        "post": scoped_operation(
            Scope.SCORE,
            f"Verdicts on up to {default_limit('most_accounts'):,} accounts",
            responses(
                "Verdicts and problems.",
                content(VERDICTS) | content(LINES, BodyFormat.LINES),
                *SCREENING_PROBLEMS,
                NOT_ACCEPTABLE,
                again=True,
            ),
            description="The body is a list of account documents, or one in every line, of at most "
            f"{default_limit('largest_batch_bytes') // MIB} MiB in all. {GZIP_SENTENCE} "
            "A bad document gets its problem in its place, and the others their verdicts; `Accept` says "
            "whether as a list or line by line.",
            parameters=[*SCREENING_PARAMETERS, IDEMPOTENCY_KEY],
            requestBody={"required": True, "content": content(BATCH) | content(LINES, BodyFormat.LINES)},
        )
    },
    VERDICT_PATH: {
        "get": scoped_operation(
            Scope.READ,
            "A verdict that was made before, byte for byte",
            json_responses("The verdict.", ref("Verdict"), NOT_FOUND, *ANY_KEY),
            parameters=[VERDICT_PARAMETER],
        )
    },
    f"{VERDICT_PATH}/replay": {
        "post": scoped_operation(
            Scope.READ,
            "The verdict computed again from the numbers that it rests on",
            json_responses(
                "What comes out, and what came out then.", ref("Replay"), NOT_FOUND, CONFLICT, *ANY_KEY
            ),
            description="By the model that spoke; 409 if that is neither in use, nor the champion, the one "
            "before it or the starter.",
            parameters=[VERDICT_PARAMETER],
        )
    },
    f"{VERDICT_PATH}/decisions": {
        "get": scoped_operation(
            Scope.READ,
            "What people decided about a verdict, the oldest first",
            json_responses(
                "The decisions.", list_object("decisions", ref("DecisionMade")), NOT_FOUND, *ANY_KEY
            ),
            parameters=[VERDICT_PARAMETER],
        ),
        "post": scoped_operation(
            Scope.DECIDE,
            "A person's decision about a verdict",
            json_responses(
                "The decision.", ref("DecisionMade"), NOT_FOUND, *SCREENING_PROBLEMS, status="201", again=True
            ),
            description=f"The body is at most {LARGEST_DECISION // 2**10} KiB long.",
            parameters=[VERDICT_PARAMETER, IDEMPOTENCY_KEY],
            requestBody=required_body(ref("Decision")),
        ),
    },
    f"{VERDICT_PATH}/audit": {
        "get": scoped_operation(
            Scope.READ,
            "What the audit log says of a verdict, the oldest first, also after it was erased",
            json_responses("The entries.", list_object("entries", ref("AuditEntry")), NOT_FOUND, *ANY_KEY),
            parameters=[VERDICT_PARAMETER],
        )
    },
    **job_paths(scoped_operation, IDEMPOTENCY_KEY),
    "/v1/subjects/{account_id}": {
        "delete": scoped_operation(
            Scope.ADMIN,
            "Remove all that is kept of an account",
            json_responses("How much was removed.", ERASURE, CONFLICT, INSUFFICIENT_STORAGE, *ANY_KEY),
            description="Verdicts, the numbers that they rest on, decisions about them, remembered answers, "
            "and its lines in the inputs and results of bulk jobs. The audit log keeps that it was done, "
            "without a word about a person.",
            parameters=[ACCOUNT_PARAMETER],
        )
    },
    "/v1/model": {
        "get": scoped_operation(
            Scope.READ,
            "What the model is, promises and rests on",
            json_responses("The model.", ref("Model"), *ANY_KEY),
        )
    },
    "/v1/features": {
        "get": scoped_operation(
            Scope.READ,
            "Every feature and what it means",
            json_responses(
                "The catalogue.",
                strict_object(
                    catalogue={"type": "string"}, features={"type": "array", "items": ref("Feature")}
                ),
                *ANY_KEY,
            ),
        )
    },
    "/v1/schema": {
        "get": scoped_operation(
            Scope.READ,
            "The JSON schemas of the account document and the verdict",
            json_responses(
                "Both.", strict_object(account={"type": "object"}, verdict={"type": "object"}), *ANY_KEY
            ),
        )
    },
    "/v1/openapi.json": {
        "get": scoped_operation(
            Scope.READ, "This document", json_responses("The document.", {"type": "object"}, *ANY_KEY)
        )
    },
    "/livez": {
        "get": {"summary": "Whether the process answers", "responses": json_responses("It does.", STATUS)},
    },
    "/readyz": {
        "get": {
            "summary": "Whether a model judges its golden accounts as it should, and the database answers",
            "responses": json_responses("They do.", STATUS, SERVICE_UNAVAILABLE),
        }
    },
    "/metrics": {
        "get": {
            "summary": "What the service counts, in Prometheus' text",
            "description": "Wants a key with the scope admin, but not over loopback.",
            "security": [{}, {KEY: [Scope.ADMIN.value]}],
            "responses": responses("The counts.", content(TEXT, "text/plain"), *ANY_KEY),
        }
    },
}
