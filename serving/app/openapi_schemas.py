"""Schemas of the bodies in OpenAPI: the public documents of the service, as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from accounts.document import json_schema
from detector.verdict_schema import verdict_schema
from serving.app.openapi_examples import LINES as LINES_EXAMPLE
from serving.limits import Limits
from serving.routes.decision_body import LONGEST_TEXTS, PATTERNS
from serving.store.decisions import CONFIDENCES, COUNTS, WHAT_IT_IS

__all__ = [
    "SOURCE_FILES_SENTENCE",
    "UNDERSTOOD",
    "default_limit",
    "list_object",
    "or_null",
    "ref",
    "schemas",
    "source_schema",
    "strict_object",
]


def schemas() -> dict[str, Any]:
    """All component schemas by name, but that of jobs."""
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
    """A schema without ``$schema``, for components are in OpenAPI's own dialect.

    Without its title, too: generated clients would take that for its name.
    """
    return {name: value for name, value in schema.items() if name not in ("$schema", "title")}


def ref(name: str) -> dict[str, str]:
    """A reference to a component schema.

    >>> ref("Job")
    {'$ref': '#/components/schemas/Job'}
    """
    return {"$ref": f"#/components/schemas/{name}"}


def default_limit(setting: str) -> int:
    """The default of a limit in the settings."""
    return int(Limits.model_fields[setting].default)


def strict_object(**properties: Any) -> dict[str, Any]:
    """An object that has all of these properties and no other.

    >>> strict_object(status=TEXT)["required"]
    ['status']
    """
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def or_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that also allows null."""
    return {"anyOf": [schema, {"type": "null"}]}


def list_object(name: str, items: Mapping[str, Any]) -> dict[str, Any]:
    """An object with a list as its only property."""
    return strict_object(**{name: {"type": "array", "items": items}})


TEXT: Final = {"type": "string"}

TIMESTAMP: Final = {
    "type": "string",
    "format": "date-time",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$",
}

COUNT: Final = {"type": "integer", "minimum": 0}

SHA256: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}

HEX_ID: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}

BATCH: Final = {"type": "array", "items": ref("Account"), "maxItems": default_limit("most_accounts")}

REFUSED: Final = {
    "type": "object",
    "properties": {"account_id": {"type": ["string", "null"]}, "problem": ref("Problem")},
    "required": ["account_id", "problem"],
    "additionalProperties": False,
}

FAULT_ROW: Final = strict_object(place=TEXT, account_id=TEXT, field=TEXT, rule=TEXT)

UNDERSTOOD: Final = strict_object(
    files={
        "type": "object",
        "description": "Name of the source of each file; null where none is known.",
        "additionalProperties": {"type": ["string", "null"]},
    },
    sentences={
        "type": "array",
        "description": "What was made of the files: sources, columns, and what found no place.",
        "items": TEXT,
    },
    faults={"type": "array", "description": "Everything that was refused, row by row.", "items": FAULT_ROW},
) | {"description": "Only where files of other programs were sent."}

SOURCE_FILES_SENTENCE: Final = (
    "Files of other programs, as `assay import` and the desk take them, are recognised by what they hold: "
    "one as the body (CSV, TSV, Excel, JSON), or several, such as the pages of an export, as a form of files "
    "(`multipart/form-data`), unpacked, of at most `desk_upload_bytes` in all."
)


def source_schema(media_type: str) -> dict[str, Any]:
    """The schema of a body that is a file of another program, or a form of several."""
    if media_type == "multipart/form-data":
        files = {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
        return {"type": "object", "format": "binary", "properties": {"files": files}, "required": ["files"]}
    schema = {"type": "string", "format": "binary", "description": "A file of a known source."}
    return schema | ({"examples": [TABLES[media_type]]} if media_type in TABLES else {})


TABLES: Final[Mapping[str, str]] = {
    "text/csv": "username,followers,as_of\nana,1200,2026-11-01\n",
    "text/tab-separated-values": "username\tfollowers\tas_of\nana\t1200\t2026-11-01\n",
}
"""Examples of files of other programs that are text, by media type."""


VERDICTS: Final = {
    "type": "object",
    "properties": {
        "verdicts": {
            "type": "array",
            "description": "One for each document, in order: its verdict, or what is wrong with it.",
            "items": {"anyOf": [ref("Verdict"), REFUSED]},
        },
        "understood": UNDERSTOOD,
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
        "pointer": {"type": "string", "description": "The same as a JSON pointer, such as /posts/3/likes."},
        "value": {
            "type": "string",
            "description": "What stood there, as JSON, escaped and cut to 60 characters; missing where the "
            "rule is about more than a value.",
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
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "Where its kind is explained, on a page of the service.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {
            "type": "string",
            "description": "Its kind, which never changes; docs/problems.md lists them.",
        },
        "setting": {"type": "string", "description": "The setting that is the limit, where there is one."},
        "errors": {"type": "array", "items": FAULT},
    },
    "required": ["type", "title", "status", "detail", "code"],
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
}  # fmt: skip  # fmt: skip

STATUS: Final = {"type": "object", "properties": {"status": TEXT}, "required": ["status"]}

OUTCOME: Final = {
    "enum": ["confirmed", "overturned", "needs data"],
    "description": "Whether the verdict stands, or more is to be sent before anybody can say.",
}

OUTCOME_MADE: Final = {
    "enum": [*OUTCOME["enum"], "withdrawn"],
    "description": "Whether the verdict stands; withdrawn: the decision before it holds no more.",
}

DECISION: Final = strict_object(
    outcome=OUTCOME,
    **{
        name: {"type": "string", "minLength": 1, "maxLength": most, "pattern": PATTERNS[name]}
        for name, most in LONGEST_TEXTS.items()
    },
)

FINDINGS: Final = strict_object(
    label={"enum": list(WHAT_IT_IS), "description": "What the person says that the account is."},
    counts={"type": "array", "items": {"enum": [name for names in COUNTS.values() for name in names]}},
    confidence={"enum": list(CONFIDENCES)},
)

_MADE: Final = strict_object(
    at=TIMESTAMP, by=TEXT, decision_id=HEX_ID, outcome=OUTCOME_MADE, reason=TEXT, verdict_id=HEX_ID
)

DECISION_MADE: Final = _MADE | {
    "properties": _MADE["properties"] | {
        "actor": TEXT | {"description": "Who decided at the desk, as the audit log names them."},
        "findings": FINDINGS,
        "becomes_label": {
            "type": "boolean",
            "description": "False: nobody said at the desk what the account is, and it is no label.",
        },
        "waits": {"type": "boolean", "description": "Whether it holds only once a second person approves."},
        "approves": HEX_ID | {"description": "The decision that this one approves, or sends back."},
        "agrees": {"type": "boolean", "description": "Whether the second person approves."},
    },
}  # fmt: skip

AUDIT_ENTRY: Final = strict_object(
    action={"type": "string", "description": "What was done, such as verdict.made."},
    actor={"type": "string", "description": "Who did it: `key:` and the id of an API key."},
    at=TIMESTAMP,
    details={"type": "object"},
    entry={"type": "integer", "minimum": 1},
    hash=SHA256 | {"description": "HMAC-SHA-256 of the entry without it, sorted and without spaces."},
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

LABEL: Final = strict_object(
    account_id=TEXT,
    label={"enum": list(WHAT_IT_IS)},
    counts={"type": "array", "items": TEXT, "description": "What somebody says is not its own."},
    source=TEXT,
    when=TEXT,
    confidence={"type": "number", "minimum": 0, "maximum": 1},
    who=TEXT,
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

PENDING: Final = {
    "type": "boolean",
    "description": "Whether the database's write-ahead log may still hold what was erased; it is cut as "
    "soon as no reader needs it, and `GET /v1/subjects` says when.",
}

ERASED: Final = (
    "verdicts", "decisions", "answers", "observations", "entries", "evidence", "deliveries", "job_lines",
)  # fmt: skip

ERASURE: Final = strict_object(**dict.fromkeys(ERASED, COUNT), pending=PENDING)

SUBJECT: Final = strict_object(verdicts=COUNT, pending=PENDING)

OBSERVED: Final = strict_object(
    new={"type": "integer", "minimum": 0, "description": "Observations that were not stored before."},
    completed={"type": "integer", "minimum": 0, "description": "Stored ones that gained counts."},
    known={"type": "integer", "minimum": 0, "description": "Stored ones that nothing was added to."},
    empty={"type": "integer", "minimum": 0, "description": "Documents without a single count."},
    refused={
        "type": "array",
        "items": strict_object(account_id={"type": ["string", "null"]}, problem=ref("Problem")),
        "description": "The bad documents.",
    },
)

LINES: Final = {
    "type": "string",
    "format": "binary",
    "description": "One JSON object in every line, as in the list.",
    "examples": [LINES_EXAMPLE],
}
"""Bytes and no text, so that a generated client neither decodes nor holds what may be gigabytes."""
