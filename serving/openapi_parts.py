"""What the interface's description is made of: schemas, problems, headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from accounts.document import json_schema
from detector.verdict_schema import verdict_schema
from serving.bench import MOST_IN_A_BATCH
from serving.decision import LONGEST
from serving.problems import MEDIA_TYPE

__all__ = ["answers", "body", "ref", "schemas"]

WRONG_HEADER, UNKNOWN, NOT_ALLOWED, NOT_THERE, CONFLICT = "400", "401", "403", "404", "409"
TOO_LARGE, WRONG, TOO_OFTEN, NOTHING_WORKS = "413", "422", "429", "503"
NOT_ACCEPTABLE, WRONG_FORM, NO_SPACE = "406", "415", "507"
KEYED: Final = (UNKNOWN, NOT_ALLOWED, TOO_OFTEN, NOTHING_WORKS)
"""What any request that wants a key may get."""


def schemas() -> dict[str, Any]:
    """What the bodies hold."""
    return {
        "Account": bare(json_schema()),
        "Verdict": bare(verdict_schema()),
        "Problem": PROBLEM,
        "Model": MODEL,
        "Decision": DECISION,
        "DecisionMade": DECISION_MADE,
        "AuditEntry": AUDIT_ENTRY,
        "Replay": REPLAY,
        "Feature": FEATURE,
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


def answers(
    about: str, schema: Mapping[str, Any], *problems: str, status: str = "200", again: bool = False
) -> dict[str, Any]:
    """The good answer, and the problems that there may be instead."""
    good: dict[str, Any] = {"description": about, "content": body(schema)}
    if again:
        good["headers"] = {"Idempotent-Replayed": REPLAYED}
    return {status: good} | {name: problem(name) for name in sorted(problems)}


def problem(status: str) -> dict[str, Any]:
    """What a problem's answer holds."""
    told = {"description": PROBLEMS[status], "content": body(ref("Problem"), MEDIA_TYPE)}
    return told | ({"headers": HEADERS[status]} if status in HEADERS else {})


PROBLEMS: Final[Mapping[str, str]] = {
    WRONG_HEADER: "A header or the query cannot be meant like that.",
    UNKNOWN: "There is no API key, or one that is not known, was revoked, or has expired.",
    NOT_ALLOWED: "The API key lacks the scope, or the service does not do this.",
    NOT_THERE: "There is no such thing, or it is another tenant's.",
    NOT_ACCEPTABLE: "There is no such form of answer.",
    WRONG_FORM: "The body is in no form that is taken.",
    CONFLICT: "It does not fit what came before; the detail says how.",
    TOO_LARGE: "The body is too large.",
    WRONG: "The body breaks a rule; every fault is named.",
    TOO_OFTEN: "The API key asked too often.",
    NOTHING_WORKS: "There is no usable model, or the database does not answer.",
    NO_SPACE: "There is no space left on the service's disk.",
}

TEXT: Final = {"type": "string"}
MOMENT: Final = {"type": "string", "format": "date-time"}
SHA256: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
VERDICT_ID: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
REPLAYED: Final = {
    "description": "`true` where the answer was given before to the same Idempotency-Key.",
    "schema": {"const": "true"},
}
AFTER: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
HEADERS: Final[Mapping[str, Any]] = {
    UNKNOWN: {"WWW-Authenticate": {"description": "`Bearer`, and what is wrong.", "schema": TEXT}},
    NOT_ALLOWED: {"WWW-Authenticate": {"description": "`Bearer`, and the scope.", "schema": TEXT}},
    CONFLICT: AFTER,
    TOO_OFTEN: AFTER,
    NOTHING_WORKS: AFTER,
}


def thing(**properties: Any) -> dict[str, Any]:
    """An object that has all of these and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
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

ALIVE: Final = {"type": "object", "properties": {"status": TEXT}, "required": ["status"]}

OUTCOME: Final = {"enum": ["confirmed", "overturned"], "description": "Whether the verdict stands."}

DECISION: Final = thing(
    outcome=OUTCOME,
    **{name: {"type": "string", "minLength": 1, "maxLength": most} for name, most in LONGEST.items()},
)

DECISION_MADE: Final = thing(
    at=MOMENT, by=TEXT, decision_id=VERDICT_ID, outcome=OUTCOME, reason=TEXT, verdict_id=VERDICT_ID
)

AUDIT_ENTRY: Final = thing(
    action={"type": "string", "description": "What was done, such as verdict.made."},
    actor={"type": "string", "description": "Who did it: `key:` and the id of an API key."},
    at=MOMENT,
    details={"type": "object"},
    entry={"type": "integer", "minimum": 1},
    hash=SHA256 | {"description": "SHA-256 of the entry without it, sorted and without spaces."},
    previous=SHA256 | {"description": "The hash of the entry before."},
    subject={"type": ["string", "null"], "description": "Keyed digest of the account's id."},
    tenant=TEXT,
    verdict_id=TEXT,
)

SCORES: Final = thing(
    label=TEXT,
    labels_over_threshold={"type": "array", "items": TEXT},
    probabilities={"type": "object", "additionalProperties": RATE},
    suspicion=RATE,
)

REPLAY: Final = thing(
    verdict_id=VERDICT_ID,
    same={"type": "boolean", "description": "Whether it is the same, to the last bit."},
    replayed=SCORES,
    kept=SCORES,
    model={"type": "object"},
)

FEATURE: Final = thing(
    **dict.fromkeys(("name", "family", "meaning", "view"), TEXT),
    blocks={"type": "array", "items": TEXT},
    unit=TEXT,
    speaks_to={"type": "array", "items": TEXT},
    **dict.fromkeys(("direction", "sentence", "source"), TEXT),
)

ERASED: Final = thing(
    **{name: {"type": "integer", "minimum": 0} for name in ("verdicts", "decisions", "answers", "job_lines")}
)


def several(name: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """An object with a list in it."""
    return thing(**{name: {"type": "array", "items": items}})
