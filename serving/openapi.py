"""The interface in OpenAPI 3.1, made from the schemas of the account and the verdict: docs/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from accounts.document import json_schema
from detector.verdict_schema import verdict_schema
from features.evidence import BLOCKS
from serving.asking import EXPLAIN
from serving.bodies import Form
from serving.limits import MIB, Limits
from serving.problems import MEDIA_TYPE

__all__ = ["openapi", "render"]

QUESTION, UNLIKED, SLOW, TOO_LARGE, OTHER_FORM = "400", "406", "408", "413", "415"
HOST, WRONG, BROKEN, NOT_NOW, LATE = "421", "422", "500", "503", "504"
ANYWHERE: Final = (HOST, BROKEN, LATE)
"""What any route may answer."""

BODY: Final = (QUESTION, SLOW, TOO_LARGE, OTHER_FORM, WRONG, NOT_NOW)
"""What a route that takes a body may answer."""


def render() -> str:
    """The text of docs/openapi.json."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


def openapi() -> dict[str, Any]:
    """The whole document.

    >>> list(openapi()["paths"])
    ['/v1/verdicts', '/v1/verdicts/batch', '/v1/model', '/v1/openapi.json', '/livez', '/readyz', '/metrics']
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Assay",
            "version": "1",
            "description": "Says whether a creator's engagement is real, why, and how sure it is.",
        },
        "paths": PATHS,
        "components": {"schemas": schemas(), "headers": HEADERS},
    }


def schemas() -> dict[str, Any]:
    """What the bodies hold."""
    return {
        "Account": bare(json_schema()),
        "Verdict": bare(verdict_schema()),
        "Problem": PROBLEM,
        "Model": MODEL,
    }


def bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema as a component: what it is written in is OpenAPI's own dialect."""
    return {name: value for name, value in schema.items() if name != "$schema"}


def ref(name: str) -> dict[str, str]:
    """A component by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def body(schema: Mapping[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    """Content of one media type."""
    return {media_type: {"schema": schema}}


def answers(about: str, schema: Mapping[str, Any], *problems: str) -> dict[str, Any]:
    """The good answer, and the problems that there may be instead."""
    return answered(about, body(schema), *problems)


def answered(about: str, content: Mapping[str, Any], *problems: str) -> dict[str, Any]:
    """The same with content of any types."""
    good = {"200": {"description": about, "headers": EVERY, "content": content}}
    return good | {
        status: {
            "description": PROBLEMS[status],
            "headers": EVERY | (AGAIN if status == NOT_NOW else {}),
            "content": body(ref("Problem"), MEDIA_TYPE),
        }
        for status in sorted({*problems, *ANYWHERE})
    }


PROBLEMS: Final[Mapping[str, str]] = {
    QUESTION: "A parameter is unknown or has no such value, or the body is not packed as it says.",
    UNLIKED: "The answer is wanted in a form that it cannot have.",
    SLOW: "The body did not come in time (`body_seconds`).",
    TOO_LARGE: "The body is too large, or becomes too large when it is unpacked; `setting` names the limit.",
    OTHER_FORM: "The body is in another form, or packed otherwise, than this route takes.",
    HOST: "The Host header names no host that is allowed (`allowed_hosts`).",
    WRONG: "The body is no account document, or holds more than it may; every fault is named.",
    BROKEN: "Something went wrong inside.",
    NOT_NOW: "There is no usable model, too many are waiting (`most_waiting`, `most_batches_waiting`), or "
    "the service is about to end.",
    LATE: "The answer took too long (`request_seconds`).",
}

HEADERS: Final = {
    "X-Request-ID": {
        "description": "The request's id: its own, if that has 1 to 64 letters, digits, dots, dashes or "
        "underscores, else a new one.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    },
    "Assay-Model": {
        "description": "sha256 of the model that was in use, where one was asked for.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
    "Retry-After": {
        "description": "Seconds to wait, where too many are waiting.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
}

EVERY: Final = {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", "Assay-Model")}
AGAIN: Final = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}

ASKED: Final = [
    {
        "name": "explain",
        "in": "query",
        "description": "none: no reasons. reasons: those of accounts that are accused or sent to review. "
        "full: those of every account.",
        "schema": {"type": "string", "enum": list(EXPLAIN), "default": "reasons"},
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
]  # fmt: skip


def default(setting: str) -> int:
    """A limit, where nothing else is set."""
    return int(Limits.model_fields[setting].default)


PACKED: Final = "It may be packed by gzip (`Content-Encoding: gzip`)."
BATCH: Final = {"type": "array", "items": ref("Account"), "maxItems": default("most_accounts")}

REFUSED: Final = {
    "type": "object",
    "properties": {"account_id": {"type": ["string", "null"]}, "problem": ref("Problem")},
    "required": ["account_id", "problem"],
    "additionalProperties": False,
}

VERDICTS: Final = {
    "type": "object",
    "properties": {
        "verdicts": {
            "type": "array",
            "description": "One for each document, in order: its verdict, or what is wrong with it.",
            "items": {"anyOf": [ref("Verdict"), REFUSED]},
        }
    },
    "required": ["verdicts"],
    "additionalProperties": False,
}

FAULT: Final = {
    "type": "object",
    "properties": {
        "field": {
            "type": "string",
            "description": "Path in the document, such as posts[3].likes; may be empty.",
        },
        "rule": {"type": "string", "description": "What must hold, and what was found."},
        "sentence": {"type": "string", "description": "Both in one sentence."},
        "setting": {"type": "string", "description": "The setting that is the limit, where there is one."},
    },
    "required": ["field", "rule", "sentence"],
}

PROBLEM: Final = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "setting": {"type": "string", "description": "The setting that is the limit, where there is one."},
        "errors": {"type": "array", "items": FAULT},
    },
    "required": ["type", "title", "status", "detail"],
}

RATE: Final = {"type": ["number", "null"], "minimum": 0, "maximum": 1}

LEVEL: Final = {
    "type": "object",
    "properties": {
        "level": {"type": "string"},
        "calibration_accounts": {"type": "integer", "minimum": 0},
        "threshold": RATE | {"description": "Null: nobody is flagged at this level."},
        "expected_recall": RATE,
        "false_accusation_rate": RATE | {"description": "As measured on a part of its own."},
    },
    "required": ["level", "calibration_accounts", "threshold", "expected_recall", "false_accusation_rate"],
}

MODEL: Final = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("name", "version", "sha256", "created_at", "catalogue")},
        "trained_on": {"type": "array", "items": {"type": "string"}},
        "calibrated_on": {"type": "string"},
        "alpha": {"type": "number"},
        "confidence": {"type": "number"},
        "levels": {"type": "array", "items": LEVEL},
    },
    "required": [
        "name", "version", "sha256", "created_at", "catalogue", "trained_on", "calibrated_on", "alpha",
        "confidence", "levels",
    ],
}  # fmt: skip

TEXT: Final = {"type": "string", "description": "One JSON object in every line, as in the list."}

ALIVE: Final = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}

PATHS: Final[Mapping[str, Any]] = {
    "/v1/verdicts": {
        "post": {
            "summary": "The verdict on one account",
            "description": "The body is one account document of at most "
            f"{default('largest_document_bytes') // MIB} MiB. {PACKED}",
            "parameters": ASKED,
            "requestBody": {"required": True, "content": body(ref("Account"))},
            "responses": answers("The verdict.", ref("Verdict"), *BODY),
        }
    },
    "/v1/verdicts/batch": {
        "post": {
            "summary": f"Verdicts on up to {default('most_accounts'):,} accounts",
            "description": "The body is a list of account documents, or one in every line, of at most "
            f"{default('largest_batch_bytes') // MIB} MiB in all. {PACKED} A bad document gets its problem "
            "in its place, and the others their verdicts; `Accept` says whether as a list or line by line.",
            "parameters": ASKED,
            "requestBody": {"required": True, "content": body(BATCH) | body(TEXT, Form.LINES)},
            "responses": answered(
                "Verdicts and problems.", body(VERDICTS) | body(TEXT, Form.LINES), *BODY, UNLIKED
            ),
        }
    },
    "/v1/model": {
        "get": {
            "summary": "What the model is, promises and rests on",
            "responses": answers("The model.", ref("Model"), NOT_NOW),
        }
    },
    "/v1/openapi.json": {
        "get": {"summary": "This document", "responses": answers("The document.", {"type": "object"})}
    },
    "/livez": {
        "get": {"summary": "Whether the process answers", "responses": answers("It does.", ALIVE)},
    },
    "/readyz": {
        "get": {
            "summary": "Whether a model is loaded and judges its golden accounts as it should",
            "responses": answers("It is.", ALIVE, NOT_NOW),
        }
    },
    "/metrics": {
        "get": {
            "summary": "What the service counts, in Prometheus' text",
            "responses": answered("The counts.", body({"type": "string"}, "text/plain")),
        }
    },
}
