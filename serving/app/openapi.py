"""The OpenAPI 3.1 document of the service, which is docs/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from serving.app.openapi_deliveries import DELIVERIES, delivery_operations
from serving.app.openapi_drift import DRIFT, drift_operation
from serving.app.openapi_finding import (
    ACCOUNT_RECORD,
    DAMAGED,
    SUMMARY,
    account_operation,
    audit_operation,
    list_operation,
)
from serving.app.openapi_jobs import JOB, job_paths
from serving.app.openapi_operations import TAGS, described_paths
from serving.app.openapi_parameters import (
    ACCOUNT_PARAMETER,
    ACCOUNT_QUERY,
    IDEMPOTENCY_KEY,
    LOCALE_PARAMETER,
    SCREENING_PARAMETERS,
    SOURCE_PARAMETER,
    VERDICT_PARAMETER,
)
from serving.app.openapi_responses import (
    ANY_BODY,
    ANY_KEY,
    HEADER_COMPONENTS,
    SCREENING_PROBLEMS,
    Status,
    content,
    json_responses,
    problem,
    responses,
)
from serving.app.openapi_schemas import (
    BATCH,
    ERASURE,
    LABEL,
    LINES,
    OBSERVED,
    SOURCE_FILES_SENTENCE,
    STATUS,
    SUBJECT,
    TEXT,
    VERDICTS,
    default_limit,
    list_object,
    ref,
    schemas,
    source_schema,
    strict_object,
)
from serving.app.openapi_webhooks import WEBHOOK, webhook_paths
from serving.http.bodies import LARGEST_DECISION, BodyFormat
from serving.limits import MIB
from serving.routes.source_files import FILE_TYPES, MULTIPART
from serving.store.api_keys import Scope

__all__ = ["openapi", "render"]

KEY: Final = "apiKey"


def render() -> str:
    """The document as the text of docs/openapi.json."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


def openapi() -> dict[str, Any]:
    """The whole document: paths, webhooks, schemas, headers and authentication.

    >>> list(openapi()["paths"])[:2]
    ['/v1/verdicts', '/v1/verdicts/batch']
    """
    component_schemas = schemas() | {
        "Job": JOB,
        "VerdictSummary": SUMMARY,
        "DamagedVerdict": DAMAGED,
        "AccountRecord": ACCOUNT_RECORD,
        "Webhook": WEBHOOK,
        **DELIVERIES,
        "Drift": DRIFT,
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Assay",
            "version": "1",
            "description": "Says whether a creator's engagement is real, why, and how sure it is.",
        },
        "tags": TAGS,
        "paths": described_paths(PATHS, component_schemas),
        "webhooks": delivery_operations(component_schemas),
        "components": {
            "schemas": component_schemas,
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
    """An operation that needs a key with a scope."""
    return {"summary": summary, "security": [{KEY: [scope.value]}], **more, "responses": responses}


def required_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A request body in JSON that must not be missing."""
    return {"required": True, "content": content(schema)}


def subject_operations(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """The operations on the account that a parameter names."""
    stored_verdicts = scoped_operation(
        Scope.ADMIN,
        "How many verdicts there are on an account, and whether its erasure is pending",
        json_responses("Both.", SUBJECT, *ANY_KEY),
        parameters=[parameter],
    )
    return {"get": stored_verdicts, "delete": erase_operation(parameter)}


def erase_operation(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """The operation that erases the account that a parameter names."""
    return scoped_operation(
        Scope.ADMIN,
        "Remove all that is kept of an account",
        json_responses(
            "How much was removed.", ERASURE, Status.CONFLICT, Status.INSUFFICIENT_STORAGE, *ANY_KEY
        ),
        description="Verdicts, the numbers that they rest on, decisions about them, remembered answers, "
        "what was observed of it, and its lines in the inputs and results of bulk jobs. The audit log keeps "
        "that it was done, without a word about a person.",
        parameters=[parameter],
    )


GZIP_SENTENCE: Final = "It may be packed by gzip (`Content-Encoding: gzip`)."

VERDICT_PATH: Final = "/v1/verdicts/{verdict_id}"

REPORT_SENTENCE: Final = (
    "Two pages to read, and an appendix with everything behind them: the evidence where the desk holds it, "
    "and what people decided."
)
BYTES: Final = {"type": "string", "format": "binary"}
REPORT_PROBLEMS: Final = (Status.BAD_REQUEST, Status.NOT_FOUND, *ANY_KEY)
EVIDENCE_SENTENCE: Final = (
    "The body is the account document that the verdict was given on, which is drawn whole and not stored; "
    "of another one the answer is 409."
)


def report_operations(summary: str, answers: Mapping[str, Any], description: str) -> dict[str, Any]:
    """A report of what is stored, and the same of the account document that the caller sends."""
    parameters = [VERDICT_PARAMETER, LOCALE_PARAMETER]
    of_body = {str(name): problem(name) for name in (Status.CONFLICT, *ANY_BODY)}
    of_post = dict(sorted({**answers, **of_body}.items()))
    return {
        "get": scoped_operation(
            Scope.READ, summary, answers, description=description, parameters=parameters
        ),
        "post": scoped_operation(
            Scope.READ, f"{summary}, on the evidence that is sent", of_post,
            description=f"{description} {EVIDENCE_SENTENCE}", parameters=parameters,
            requestBody=required_body(ref("Account")),
        ),
    }  # fmt: skip


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
        ),
        "get": list_operation(scoped_operation),
    },
    "/v1/verdicts/batch": {
        "post": scoped_operation(
            Scope.SCORE,
            f"Verdicts on up to {default_limit('most_accounts'):,} accounts",
            responses(
                "Verdicts and problems.",
                content(VERDICTS) | content(LINES, BodyFormat.LINES),
                *SCREENING_PROBLEMS,
                Status.NOT_ACCEPTABLE,
                Status.INSUFFICIENT_STORAGE,
                again=True,
            ),
            description="The body is a list of account documents, or one in every line, of at most "
            f"{default_limit('largest_batch_bytes') // MIB} MiB in all. {GZIP_SENTENCE} "
            "A bad document gets its problem in its place, and the others their verdicts; `Accept` says "
            f"whether as a list or line by line. {SOURCE_FILES_SENTENCE} What was understood of them stands "
            "in `understood`, in lines as the last one.",
            parameters=[*SCREENING_PARAMETERS, IDEMPOTENCY_KEY],
            requestBody={
                "required": True,
                "content": content(BATCH)
                | {one: {"schema": source_schema(one)} for one in (MULTIPART, *FILE_TYPES)}
                | content(LINES, BodyFormat.LINES),
            },
        )
    },
    VERDICT_PATH: {
        "get": scoped_operation(
            Scope.READ,
            "A verdict that was made before, byte for byte",
            json_responses("The verdict.", ref("Verdict"), Status.NOT_FOUND, *ANY_KEY),
            parameters=[VERDICT_PARAMETER],
        )
    },
    f"{VERDICT_PATH}/report.html": report_operations(
        "The report of a verdict as one HTML file",
        responses("The report.", content(TEXT, "text/html"), *REPORT_PROBLEMS),
        f"{REPORT_SENTENCE} Without scripts, and with nothing to fetch.",
    ),
    f"{VERDICT_PATH}/report.pdf": report_operations(
        "The report of a verdict as PDF/A-3, the verdict's JSON attached",
        responses("The report.", content(BYTES, "application/pdf"), *REPORT_PROBLEMS),
        f"{REPORT_SENTENCE} The same bytes for the same verdict, evidence and decisions.",
    ),
    f"{VERDICT_PATH}/report.pdf.sig": report_operations(
        "The detached Ed25519 signature of the PDF, 64 bytes",
        responses("The signature.", content(BYTES, "application/octet-stream"), *REPORT_PROBLEMS),
        "404 where the service has no key to sign with (`report_key`).",
    ),
    f"{VERDICT_PATH}/replay": {
        "post": scoped_operation(
            Scope.READ,
            "The verdict computed again from the numbers that it rests on",
            json_responses(
                "What comes out, and what came out then.",
                ref("Replay"),
                Status.NOT_FOUND,
                Status.CONFLICT,
                *ANY_KEY,
            ),
            description="By the model that spoke, in use or not; 409 if the service no longer has it.",
            parameters=[VERDICT_PARAMETER],
        )
    },
    f"{VERDICT_PATH}/decisions": {
        "get": scoped_operation(
            Scope.READ,
            "What people decided about a verdict, the oldest first",
            json_responses(
                "The decisions.", list_object("decisions", ref("DecisionMade")), Status.NOT_FOUND, *ANY_KEY
            ),
            parameters=[VERDICT_PARAMETER],
        ),
        "post": scoped_operation(
            Scope.DECIDE,
            "A person's decision about a verdict",
            json_responses(
                "The decision.",
                ref("DecisionMade"),
                Status.NOT_FOUND,
                *SCREENING_PROBLEMS,
                status="201",
                again=True,
            ),
            description=f"The body is at most {LARGEST_DECISION // 2**10} KiB long.",
            parameters=[VERDICT_PARAMETER, IDEMPOTENCY_KEY],
            requestBody=required_body(ref("Decision")),
        ),
    },
    f"{VERDICT_PATH}/audit": {"get": audit_operation(scoped_operation)},
    "/v1/observations": {
        "post": scoped_operation(
            Scope.SCORE,
            "Store what documents show of accounts at their time",
            json_responses("How much was stored.", OBSERVED, *SCREENING_PROBLEMS, again=True),
            description="The body is an account document, a list of them, or one in every line, of at most "
            f"{default_limit('largest_batch_bytes') // MIB} MiB in all. {GZIP_SENTENCE} "
            "An account may stand in several. Stored are followers, following, posts, and the counts of each "
            "post, at the document's `as_of`; nothing else of it. The same again changes nothing. "
            "A bad document among several is refused, and the others are stored.",
            parameters=[SOURCE_PARAMETER, IDEMPOTENCY_KEY],
            requestBody={
                "required": True,
                "content": content({"anyOf": [ref("Account"), BATCH]}) | content(LINES, BodyFormat.LINES),
            },
        )
    },
    **job_paths(scoped_operation, IDEMPOTENCY_KEY),
    "/v1/accounts": {"get": account_operation(scoped_operation, ACCOUNT_QUERY)},
    "/v1/accounts/{account_id}": {"get": account_operation(scoped_operation, ACCOUNT_PARAMETER)},
    **webhook_paths(scoped_operation, IDEMPOTENCY_KEY),
    "/v1/subjects": subject_operations(ACCOUNT_QUERY),
    "/v1/subjects/{account_id}": subject_operations(ACCOUNT_PARAMETER),
    "/v1/model": {
        "get": scoped_operation(
            Scope.READ,
            "What the model is, promises and rests on",
            json_responses("The model.", ref("Model"), *ANY_KEY),
        )
    },
    "/v1/drift": {"get": drift_operation(scoped_operation)},
    "/v1/labels": {
        "get": scoped_operation(
            Scope.READ,
            "What people decided about accounts, to retrain on",
            json_responses(
                "One label for each account, by the newest decision that holds.",
                list_object("labels", LABEL),
                Status.BAD_REQUEST,
                *ANY_KEY,
            ),
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
    "/docs": {
        "get": {
            "summary": "This document as a page",
            "responses": responses("The page.", content(TEXT, "text/html")),
        }
    },
    "/docs/problems": {
        "get": {
            "summary": "Every kind of problem, which `type` of a problem leads to",
            "responses": responses("The page.", content(TEXT, "text/html")),
        }
    },
    "/livez": {
        "get": {"summary": "Whether the process answers", "responses": json_responses("It does.", STATUS)},
    },
    "/readyz": {
        "get": {
            "summary": "Whether a model judges its golden accounts as it should, and writes succeed",
            "responses": json_responses("They do.", STATUS, Status.SERVICE_UNAVAILABLE),
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
