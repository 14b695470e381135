"""The verdict's JSON Schema, rendered from its classes: ``docs/verdict.schema.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import EnumType, StrEnum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from detector.json_result import json_name
from detector.verdict import Verdict

__all__ = ["render", "verdict_schema"]

NAMES: Final[Mapping[Any, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    NoneType: "null",
}


def render() -> str:
    """The schema as the file holds it."""
    return json.dumps(verdict_schema(), indent=2, ensure_ascii=False) + "\n"


def verdict_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a verdict; every key is required, none other is allowed."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Assay verdict, version 1",
        **of_class(Verdict),
    }


def of_class(kind: Any) -> dict[str, Any]:
    """Schema of a frozen result, with the descriptions of its docstring."""
    hints = get_type_hints(kind, include_extras=True)
    about = descriptions(kind.__doc__)
    names = [one.name for one in fields(kind)]
    return {
        "type": "object",
        "description": kind.__doc__.splitlines()[0],
        "properties": {
            json_name(name): {"description": about[name]} | of_type(hints[name]) for name in names
        },
        "required": [json_name(name) for name in names],
        "additionalProperties": False,
    }


def of_type(kind: Any) -> dict[str, Any]:  # noqa: PLR0911
    """Schema of a type as it stands in an annotation.

    >>> of_type(tuple[float, float] | None)
    {'anyOf': [{'type': 'array', 'items': {'type': 'number'}, 'minItems': 2, 'maxItems': 2},
               {'type': 'null'}]}
    """
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return of_type(inside[0]) | dict(inside[1:])
    if origin in (Union, UnionType):
        return {"anyOf": [of_type(one) for one in inside]}
    if origin is tuple and inside[-1] is Ellipsis:
        return {"type": "array", "items": of_type(inside[0])}
    if origin is tuple:
        # A plain list of one length: generators of clients know no ``prefixItems``.
        kinds = [of_type(one) for one in dict.fromkeys(inside)]
        items = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        return {"type": "array", "items": items, "minItems": len(inside), "maxItems": len(inside)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": of_type(inside[1])}
    if isinstance(kind, EnumType):
        values: list[StrEnum] = list(kind)
        return {"type": "string", "enum": [one.value for one in values]}
    return of_class(kind) if is_dataclass(kind) else {"type": NAMES[kind]}


def descriptions(docstring: str) -> dict[str, str]:
    """Each attribute's text in a numpydoc docstring.

    >>> descriptions('''One line.
    ...
    ...     Attributes
    ...     ----------
    ...     alpha, beta
    ...         Both of
    ...         them.
    ...     ''')
    {'alpha': 'Both of them.', 'beta': 'Both of them.'}
    """
    body = docstring.partition("----------\n")[2]
    found = re.findall(r"^    (\w[\w, ]*)\n((?:        .*\n?)+)", body, flags=re.MULTILINE)
    return {name.strip(): " ".join(text.split()) for names, text in found for name in names.split(",")}
