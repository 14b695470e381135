"""What the interface's description is made of: schemas, problems, headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from accounts.document import json_schema
from detector.verdict_schema import verdict_schema
from features.evidence import BLOCKS
from serving.http.problems import MEDIA_TYPE
from serving.http.query import EXPLAIN
from serving.limits import Limits
from serving.routes.decision_body import LONGEST_TEXTS

__all__ = ["content", "json_responses", "ref", "responses", "schemas"]

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT = "400", "401", "403", "404", "409"
NOT_ACCEPTABLE, REQUEST_TIMEOUT, CONTENT_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, MISDIRECTED_REQUEST = (
    "406",
    "408",
    "413",
    "415",
    "421",
)
UNPROCESSABLE_CONTENT, TOO_MANY_REQUESTS, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE, GATEWAY_TIMEOUT = (
    "422",
    "429",
    "500",
    "503",
    "504",
)
ANY_REQUEST: Final = (MISDIRECTED_REQUEST, INTERNAL_SERVER_ERROR, GATEWAY_TIMEOUT)
"""What any request may get."""

ANY_BODY: Final = (
    BAD_REQUEST,
    REQUEST_TIMEOUT,
    CONTENT_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    UNPROCESSABLE_CONTENT,
)
"""What a request with a body may get."""

INSUFFICIENT_STORAGE: Final = "507"
ANY_KEY: Final = (UNAUTHORIZED, FORBIDDEN, TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE)
"""What any request that wants a key may get."""


def schemas() -> dict[str, Any]:
    """What the bodies hold."""
    return {
        "Account": component(json_schema()),
        "Verdict": component(verdict_schema()),
        "Problem": PROBLEM,
        "Model": MODEL,
        "Decision": DECISION,
        "DecisionMade": DECISION_MADE,
        "AuditEntry": AUDIT_ENTRY,
        "Replay": REPLAY,
        "Feature": FEATURE,
    }


def component(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema as a component: what it is written in is OpenAPI's own dialect."""
    return {name: value for name, value in schema.items() if name != "$schema"}


def ref(name: str) -> dict[str, str]:
    """A component by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def content(schema: Mapping[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    """Content of one media type."""
    return {media_type: {"schema": schema}}


def json_responses(
    about: str, schema: Mapping[str, Any], *problems: str, status: str = "200", again: bool = False
) -> dict[str, Any]:
    """The good answer in JSON, and the problems that there may be instead."""
    return responses(about, content(schema), *problems, status=status, again=again)


def responses(
    about: str, content: Mapping[str, Any], *problems: str, status: str = "200", again: bool = False
) -> dict[str, Any]:
    """The same with content of any types."""
    headers = COMMON_HEADERS | ({"Idempotent-Replayed": REPLAYED_HEADER} if again else {})
    good: dict[str, Any] = {"description": about, "headers": headers, "content": content}
    return {status: good} | {name: problem(name) for name in sorted({*problems, *ANY_REQUEST})}


def problem(status: str) -> dict[str, Any]:
    """What a problem's answer holds."""
    headers = COMMON_HEADERS | PROBLEM_HEADERS.get(status, {})
    return {
        "description": PROBLEMS[status],
        "headers": headers,
        "content": content(ref("Problem"), MEDIA_TYPE),
    }


def default_limit(setting: str) -> int:
    """A limit, where nothing else is set."""
    return int(Limits.model_fields[setting].default)


PROBLEMS: Final[Mapping[str, str]] = {
    BAD_REQUEST: "A parameter or header is unknown or has no such value, or the body is not packed as it "
    "says.",
    UNAUTHORIZED: "There is no API key, or one that is not known, was revoked, or has expired.",
    FORBIDDEN: "The API key lacks the scope, or the service does not do this.",
    NOT_FOUND: "There is no such thing, or it is another tenant's.",
    CONFLICT: "It does not fit what came before; the detail says how.",
    NOT_ACCEPTABLE: "The answer is wanted in a form that it cannot have.",
    REQUEST_TIMEOUT: "The body did not come in time (`body_seconds`).",
    CONTENT_TOO_LARGE: "The body is too large, or becomes so when it is unpacked; `setting` names the limit.",
    UNSUPPORTED_MEDIA_TYPE: "The body is in another form, or packed otherwise, than this route takes.",
    MISDIRECTED_REQUEST: "The Host header names no host that is allowed (`allowed_hosts`).",
    UNPROCESSABLE_CONTENT: "The body breaks a rule, or holds more than it may; every fault is named.",
    INTERNAL_SERVER_ERROR: "Something went wrong inside.",
    GATEWAY_TIMEOUT: "The answer took too long (`request_seconds`).",
    TOO_MANY_REQUESTS: "The API key asked too often.",
    SERVICE_UNAVAILABLE: "There is no usable model, the database does not answer, too many are waiting "
    "(`most_waiting`, `most_batches_waiting`), or the service is about to end.",
    INSUFFICIENT_STORAGE: "There is no space left on the service's disk.",
}

TEXT: Final = {"type": "string"}
TIMESTAMP: Final = {"type": "string", "format": "date-time"}
SHA256: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
HEX_ID: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
REPLAYED_HEADER: Final = {
    "description": "`true` where the answer was given before to the same Idempotency-Key.",
    "schema": {"const": "true"},
}
COMMON_HEADERS: Final = {
    "X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"},
    "Assay-Model": {"$ref": "#/components/headers/Assay-Model"},
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
}
RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
PROBLEM_HEADERS: Final[Mapping[str, Any]] = {
    UNAUTHORIZED: {"WWW-Authenticate": {"description": "`Bearer`, and what is wrong.", "schema": TEXT}},
    FORBIDDEN: {"WWW-Authenticate": {"description": "`Bearer`, and the scope.", "schema": TEXT}},
    CONFLICT: RETRY_AFTER,
    TOO_MANY_REQUESTS: RETRY_AFTER,
    SERVICE_UNAVAILABLE: RETRY_AFTER,
}


def strict_object(**properties: Any) -> dict[str, Any]:
    """An object that has all of these and nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


BATCH: Final = {"type": "array", "items": ref("Account"), "maxItems": default_limit("most_accounts")}

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
        "false_accusation_rate": RATE
        | {"description": "As measured on a part of its own; null where it was not, or on too few accounts."},
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

STATUS: Final = {"type": "object", "properties": {"status": TEXT}, "required": ["status"]}

OUTCOME: Final = {"enum": ["confirmed", "overturned"], "description": "Whether the verdict stands."}

DECISION: Final = strict_object(
    outcome=OUTCOME,
    **{name: {"type": "string", "minLength": 1, "maxLength": most} for name, most in LONGEST_TEXTS.items()},
)

DECISION_MADE: Final = strict_object(
    at=TIMESTAMP, by=TEXT, decision_id=HEX_ID, outcome=OUTCOME, reason=TEXT, verdict_id=HEX_ID
)

AUDIT_ENTRY: Final = strict_object(
    action={"type": "string", "description": "What was done, such as verdict.made."},
    actor={"type": "string", "description": "Who did it: `key:` and the id of an API key."},
    at=TIMESTAMP,
    details={"type": "object"},
    entry={"type": "integer", "minimum": 1},
    hash=SHA256 | {"description": "SHA-256 of the entry without it, sorted and without spaces."},
    previous=SHA256 | {"description": "The hash of the entry before."},
    subject={"type": ["string", "null"], "description": "Keyed digest of the account's id."},
    tenant=TEXT,
    verdict_id=TEXT,
)

SCORES: Final = strict_object(
    label=TEXT,
    labels_over_threshold={"type": "array", "items": TEXT},
    probabilities={"type": "object", "additionalProperties": RATE},
    suspicion=RATE,
)

REPLAY: Final = strict_object(
    verdict_id=HEX_ID,
    same={"type": "boolean", "description": "Whether it is the same, to the last bit."},
    replayed=SCORES,
    kept=SCORES,
    model={"type": "object"},
)

FEATURE: Final = strict_object(
    name=TEXT,
    version={
        "type": "integer",
        "minimum": 1,
        "description": "Of its meaning.",
    },
    **dict.fromkeys(("family", "meaning", "view"), TEXT),
    blocks={"type": "array", "items": TEXT},
    unit=TEXT,
    speaks_to={"type": "array", "items": TEXT},
    **dict.fromkeys(("direction", "sentence", "source"), TEXT),
)

ERASURE: Final = strict_object(
    **{name: {"type": "integer", "minimum": 0} for name in ("verdicts", "decisions", "answers", "job_lines")}
)


LINES: Final = {"type": "string", "description": "One JSON object in every line, as in the list."}

SCREENING_PARAMETERS: Final = [
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


def list_object(name: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """An object with a list in it."""
    return strict_object(**{name: {"type": "array", "items": items}})
