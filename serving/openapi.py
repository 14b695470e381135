"""The interface in OpenAPI 3.1, made from the schemas of the account and the verdict: docs/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from accounts.document import json_schema
from detector.verdict_schema import verdict_schema
from serving.bench import MOST_IN_A_BATCH
from serving.bodies import LARGEST_BATCH, LARGEST_DOCUMENT
from serving.problems import MEDIA_TYPE

__all__ = ["openapi", "render"]

MIB: Final = 2**20
TOO_LARGE, WRONG, NO_MODEL = "413", "422", "503"


def render() -> str:
    """The text of docs/openapi.json."""
    return json.dumps(openapi(), indent=2, ensure_ascii=False) + "\n"


def openapi() -> dict[str, Any]:
    """The whole document.

    >>> list(openapi()["paths"])
    ['/v1/verdicts', '/v1/verdicts/batch', '/v1/model', '/v1/openapi.json', '/livez', '/readyz']
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Assay",
            "version": "1",
            "description": "Says whether a creator's engagement is real, why, and how sure it is.",
        },
        "paths": PATHS,
        "components": {"schemas": schemas()},
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
    good = {"200": {"description": about, "content": body(schema)}}
    return good | {
        status: {"description": PROBLEMS[status], "content": body(ref("Problem"), MEDIA_TYPE)}
        for status in problems
    }


PROBLEMS: Final[Mapping[str, str]] = {
    TOO_LARGE: "The body is too large.",
    WRONG: "The body is no account document; every fault is named.",
    NO_MODEL: "There is no usable model.",
}

BATCH: Final = {"type": "array", "items": ref("Account"), "maxItems": MOST_IN_A_BATCH}

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

ALIVE: Final = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}

PATHS: Final[Mapping[str, Any]] = {
    "/v1/verdicts": {
        "post": {
            "summary": "The verdict on one account",
            "description": f"The body is one account document of at most {LARGEST_DOCUMENT // MIB} MiB.",
            "requestBody": {"required": True, "content": body(ref("Account"))},
            "responses": answers("The verdict.", ref("Verdict"), TOO_LARGE, WRONG, NO_MODEL),
        }
    },
    "/v1/verdicts/batch": {
        "post": {
            "summary": f"Verdicts on up to {MOST_IN_A_BATCH:,} accounts",
            "description": f"The body is a list of account documents of at most {LARGEST_BATCH // MIB} MiB "
            "in all. A bad document gets its problem in its place, and the others their verdicts.",
            "requestBody": {"required": True, "content": body(BATCH)},
            "responses": answers("Verdicts and problems.", VERDICTS, TOO_LARGE, WRONG, NO_MODEL),
        }
    },
    "/v1/model": {
        "get": {
            "summary": "What the model is, promises and rests on",
            "responses": answers("The model.", ref("Model"), NO_MODEL),
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
            "responses": answers("It is.", ALIVE, NO_MODEL),
        }
    },
}
