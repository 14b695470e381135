"""Examples of bodies, built from their schemas: each is one that its schema allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from serving.http.problems import problem

__all__ = ["LINES", "example_of", "problem_example"]

NAMED: Final[Mapping[str, Any]] = {
    "account_id": "yt:UC42",
    "actor": "key:4f1c0a9b2d3e",
    "as_of": "2026-11-01T00:00:00Z",
    "by": "Jo of the vetting team",
    "platform": "youtube",
    "reason": "A giveaway on 12 October explains the jump.",
    "tenant": "default",
}
"""Values by the name of their property, where a schema alone would say little."""

DIGITS: Final = "0123456789abcdef"
TEXTS: Final[Mapping[str, str]] = {
    "text/csv": "account_id,label\nyt:UC42,authentic\n",
    "text/plain": "assay_requests_in_flight 1.0\n",
}
LINES: Final = '{"account_id": "yt:UC42", "platform": "youtube", "as_of": "2026-11-01T00:00:00Z"}\n'
TIMESTAMP: Final = "2026-11-25T22:00:00.123456Z"


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], media_type: str) -> Any:
    """An example of a body.

    Parameters
    ----------
    schema
        Of the body.
    schemas
        The components that it may refer to, by name.
    media_type
        Of the body: one that is not JSON is a text, and bytes are those of a text.

    Examples
    --------
    >>> example_of({"type": "object", "properties": {"by": {"type": "string"}}, "required": ["by"]}, {}, "")
    {'by': 'Jo of the vetting team'}
    """
    if schema.get("type") == "string":
        return schema.get("examples", [TEXTS.get(media_type, LINES)])[0]
    return value_of("", schema, schemas)


def value_of(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """A value that a schema allows, for the property of a name."""
    if "$ref" in schema:
        return value_of(name, schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "anyOf" in schema:
        return value_of(name, schema["anyOf"][0], schemas)
    if "const" in schema or "examples" in schema:
        return schema.get("const", schema.get("examples", [None])[0])
    kinds = schema.get("type", ())
    kind = kinds if isinstance(kinds, str) else next(iter(kinds), "")
    if name in NAMED and kind == "string" and NAMED[name] in schema.get("enum", (NAMED[name],)):
        return NAMED[name]
    if "enum" in schema:
        return schema["enum"][0]
    return value_of_type(kind, schema, schemas)


def value_of_type(kind: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """A value of a JSON type that a schema allows; of an object only what is required."""
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: value_of(name, properties[name], schemas) for name in schema.get("required", ())}
    if kind == "array":
        return [value_of("", schema["items"], schemas)] * max(1, schema.get("minItems", 1))
    if kind == "string":
        return text_of(schema)
    return {"integer": schema.get("minimum", 1), "number": 0.5, "boolean": True}.get(kind)


def text_of(schema: Mapping[str, Any]) -> str:
    """A text that a schema allows: a digest or an id of its length, a time, or a word."""
    if schema.get("format") == "date-time":
        return TIMESTAMP
    length = next((size for size in (64, 32) if schema.get("pattern") == f"^[0-9a-f]{{{size}}}$"), 0)
    return (DIGITS * 4)[:length] or "text"


def problem_example(status: int, response: Mapping[str, Any]) -> dict[str, Any]:
    """The problem document of a response, with what its description says as the detail.

    >>> problem_example(404, {"description": "There is no such verdict."})["title"]
    'Not Found'
    """
    return problem(status, response["description"])
