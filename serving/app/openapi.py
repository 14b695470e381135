"""The interface in OpenAPI 3.1, made from the schemas of the account and the verdict: docs/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from serving.app.openapi_jobs import JOB, job_paths
from serving.app.openapi_parts import (
    ALIVE,
    ASKED,
    BATCH,
    CONFLICT,
    ERASED,
    EVERYWHERE,
    KEYED,
    LINES,
    NO_SPACE,
    NOT_THERE,
    NOTHING_WORKS,
    TAKEN,
    TEXT,
    UNLIKED,
    VERDICT_ID,
    VERDICTS,
    answered,
    answers,
    body,
    default,
    ref,
    schemas,
    several,
    thing,
)  # fmt: skip
from serving.http.bodies import LARGEST_DECISION, Form
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
            "headers": EVERYWHERE,
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


def keyed(scope: Scope, summary: str, responses: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An operation that wants a key with a scope."""
    return {"summary": summary, "security": [{KEY: [scope.value]}], **more, "responses": responses}


def taken(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A body that there must be."""
    return {"required": True, "content": body(schema)}


ONCE: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request gets the same answer, and with another one a 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}

OF_VERDICT: Final = {"name": "verdict_id", "in": "path", "required": True, "schema": VERDICT_ID}

OF_ACCOUNT: Final = {
    "name": "account_id",
    "in": "path",
    "required": True,
    "description": "As in the account's documents, percent-encoded.",
    "schema": {"type": "string"},
}

MADE: Final = (CONFLICT, *TAKEN, *KEYED)
PACKED: Final = "It may be packed by gzip (`Content-Encoding: gzip`)."

ONE: Final = "/v1/verdicts/{verdict_id}"

PATHS: Final[Mapping[str, Any]] = {
    "/v1/verdicts": {
        "post": keyed(
            Scope.SCORE,
            "The verdict on one account",
            answers("The verdict.", ref("Verdict"), *MADE, again=True),
            description="The body is one account document of at most "
            f"{default('largest_document_bytes') // MIB} MiB. {PACKED}",
            parameters=[*ASKED, ONCE],
            requestBody=taken(ref("Account")),
        )
    },
    "/v1/verdicts/batch": {
        "post": keyed(
            Scope.SCORE,
            f"Verdicts on up to {default('most_accounts'):,} accounts",
            answered(
                "Verdicts and problems.", body(VERDICTS) | body(LINES, Form.LINES), *MADE, UNLIKED, again=True
            ),
            description="The body is a list of account documents, or one in every line, of at most "
            f"{default('largest_batch_bytes') // MIB} MiB in all. {PACKED} A bad document gets its problem "
            "in its place, and the others their verdicts; `Accept` says whether as a list or line by line.",
            parameters=[*ASKED, ONCE],
            requestBody={"required": True, "content": body(BATCH) | body(LINES, Form.LINES)},
        )
    },
    ONE: {
        "get": keyed(
            Scope.READ,
            "A verdict that was made before, byte for byte",
            answers("The verdict.", ref("Verdict"), NOT_THERE, *KEYED),
            parameters=[OF_VERDICT],
        )
    },
    f"{ONE}/replay": {
        "post": keyed(
            Scope.READ,
            "The verdict computed again from the numbers that it rests on",
            answers("What comes out, and what came out then.", ref("Replay"), NOT_THERE, CONFLICT, *KEYED),
            description="By the model that spoke; 409 if that is neither in use, nor the champion, the one "
            "before it or the starter.",
            parameters=[OF_VERDICT],
        )
    },
    f"{ONE}/decisions": {
        "get": keyed(
            Scope.READ,
            "What people decided about a verdict, the oldest first",
            answers("The decisions.", several("decisions", ref("DecisionMade")), NOT_THERE, *KEYED),
            parameters=[OF_VERDICT],
        ),
        "post": keyed(
            Scope.DECIDE,
            "A person's decision about a verdict",
            answers("The decision.", ref("DecisionMade"), NOT_THERE, *MADE, status="201", again=True),
            description=f"The body is at most {LARGEST_DECISION // 2**10} KiB long.",
            parameters=[OF_VERDICT, ONCE],
            requestBody=taken(ref("Decision")),
        ),
    },
    f"{ONE}/audit": {
        "get": keyed(
            Scope.READ,
            "What the audit log says of a verdict, the oldest first, also after it was erased",
            answers("The entries.", several("entries", ref("AuditEntry")), NOT_THERE, *KEYED),
            parameters=[OF_VERDICT],
        )
    },
    **job_paths(keyed, ONCE),
    "/v1/subjects/{account_id}": {
        "delete": keyed(
            Scope.ADMIN,
            "Remove all that is kept of an account",
            answers("How much was removed.", ERASED, CONFLICT, NO_SPACE, *KEYED),
            description="Verdicts, the numbers that they rest on, decisions about them, remembered answers, "
            "and its lines in the inputs and results of bulk jobs. The audit log keeps that it was done, "
            "without a word about a person.",
            parameters=[OF_ACCOUNT],
        )
    },
    "/v1/model": {
        "get": keyed(
            Scope.READ,
            "What the model is, promises and rests on",
            answers("The model.", ref("Model"), *KEYED),
        )
    },
    "/v1/features": {
        "get": keyed(
            Scope.READ,
            "Every feature and what it means",
            answers(
                "The catalogue.",
                thing(catalogue={"type": "string"}, features={"type": "array", "items": ref("Feature")}),
                *KEYED,
            ),
        )
    },
    "/v1/schema": {
        "get": keyed(
            Scope.READ,
            "The JSON schemas of the account document and the verdict",
            answers("Both.", thing(account={"type": "object"}, verdict={"type": "object"}), *KEYED),
        )
    },
    "/v1/openapi.json": {
        "get": keyed(Scope.READ, "This document", answers("The document.", {"type": "object"}, *KEYED))
    },
    "/livez": {
        "get": {"summary": "Whether the process answers", "responses": answers("It does.", ALIVE)},
    },
    "/readyz": {
        "get": {
            "summary": "Whether a model judges its golden accounts as it should, and the database answers",
            "responses": answers("They do.", ALIVE, NOTHING_WORKS),
        }
    },
    "/metrics": {
        "get": {
            "summary": "What the service counts, in Prometheus' text",
            "description": "Wants a key with the scope admin, but not over loopback.",
            "security": [{}, {KEY: [Scope.ADMIN.value]}],
            "responses": answered("The counts.", body(TEXT, "text/plain"), *KEYED),
        }
    },
}
