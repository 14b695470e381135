"""A verdict's JSON document, read with its types: what is stored, answered and written to files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from accounts.errors import BadInput, Fault
from detector.verdict import VERDICT_SCHEMA, Verdict

__all__ = ["read_verdict"]


def read_verdict(document: Mapping[str, Any] | str | bytes) -> Verdict:
    """The verdict that a document holds; keys that are not known are left out of account.

    Parameters
    ----------
    document
        The verdict's JSON, parsed or as text; of any release that wrote version 1.

    Raises
    ------
    BadInput
        If it is no verdict of version 1; the fault names the field and the rule.

    Examples
    --------
    >>> read_verdict({"schema": 2})
    Traceback (most recent call last):
        ...
    accounts.errors.BadInput: schema must be 1, the version of verdicts that is known. Got 2.
    """
    if not isinstance(document, Mapping):
        document = _parsed(document)
    if document.get("schema") != VERDICT_SCHEMA:
        raise BadInput(Fault("", "schema", _VERSION.format(document.get("schema"))))
    try:
        return _adapter().validate_python(_with_fields(document))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise BadInput(Fault("", field, f"does not belong to a verdict: {first['msg']}.")) from error


def _with_fields(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with the field's own name beside ``from``, which is a word of Python's own."""
    given = document.get("annotations")
    if not isinstance(given, list):
        return document
    named = [{**one, "from_": one.get("from")} if isinstance(one, Mapping) else one for one in given]
    return {**document, "annotations": named}


def _parsed(text: str | bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadInput(Fault("", "", f"A verdict must be JSON: {error}.")) from error
    if not isinstance(found, Mapping):
        raise BadInput(Fault("", "", "A verdict must be a JSON object."))
    return found


@cache
def _adapter() -> TypeAdapter[Verdict]:
    return TypeAdapter(Verdict)


_VERSION = f"must be {VERDICT_SCHEMA}, the version of verdicts that is known. Got {{!r}}."
