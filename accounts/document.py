"""The account document for other programs: its JSON Schema, and tables turned back into documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import polars as pl

from accounts.networks import NETWORKS
from accounts.schema import (
    ACCOUNT_KEYS,
    EVENTS,
    LISTS,
    MAX_ANNOTATIONS,
    MAX_COUNT,
    MAX_IDENTIFIER_LENGTH,
    PLATFORMS,
    PROFILE,
    SCHEMA_VERSION,
    Field,
    Kind,
    Part,
)
from accounts.tables import Tables
from accounts.time_patterns import ACCOUNT_DATE, ACCOUNT_TIME

__all__ = ["json_schema", "render", "to_documents"]

_TYPES: Final[Mapping[Kind, dict[str, Any]]] = {
    "identifier": {"type": "string", "minLength": 1, "maxLength": MAX_IDENTIFIER_LENGTH},
    "platform": {"type": "string", "enum": list(dict.fromkeys((*PLATFORMS, *NETWORKS)))},
    "event": {"type": "string", "enum": list(EVENTS)},
    "text": {"type": "string"},
    "count": {"type": "integer", "minimum": 0, "maximum": MAX_COUNT},
    "flag": {"type": "boolean"},
    "time": {"type": "string", "pattern": f"^{ACCOUNT_TIME}$"},
    "date": {"type": "string", "pattern": f"^{ACCOUNT_DATE}$"},
}


def json_schema() -> dict[str, Any]:
    """The account document as a JSON Schema, draft 2020-12.

    The schema holds the rules of single values. Rules between values stand in the descriptions
    and :mod:`accounts.reading` checks them: nothing is dated after ``as_of``, and the fields that
    name rows are unique. A schema also cannot tell 3.0 from 3; the reader refuses 3.0 for a count.

    >>> json_schema()["required"]
    ['account_id', 'platform', 'as_of']
    """
    lists: dict[str, dict[str, Any]] = {
        name: {"type": ["array", "null"], "items": _object(part)} for name, part in LISTS.items()
    }
    lists["annotations"]["maxItems"] = MAX_ANNOTATIONS
    version = {"type": ["integer", "null"], "enum": [SCHEMA_VERSION, None]}
    keys = _object(ACCOUNT_KEYS)
    profile = {**_object(PROFILE), "type": ["object", "null"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Assay account document, version {SCHEMA_VERSION}",
        "description": "One account as it was observed. Absent and null are the same, and never zero.",
        **keys,
        "properties": {"schema": version, **keys["properties"], "profile": profile, **lists},
    }


def render() -> str:
    r"""The text of docs/account.schema.json, which ``make docs`` writes.

    >>> render().startswith("{"), render().endswith("}\n")
    (True, True)
    """
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _object(part: Part) -> dict[str, Any]:
    required = [name for name, field in part.items() if field.required]
    return {
        "type": "object",
        "properties": {name: _value(field) for name, field in part.items()},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _value(field: Field) -> dict[str, Any]:
    about = f"{field.about} Not after as_of." if field.past else field.about
    kind = dict(_TYPES[field.kind])
    if not field.required:
        kind["type"] = [kind["type"], "null"]
    return {**kind, "description": about}


def to_documents(tables: Tables) -> Iterator[dict[str, Any]]:
    """Turn tables back into documents, in the order of the accounts table; null values are left out.

    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 3}])
    >>> list(to_documents(tables))
    [{'schema': 1, 'account_id': 'a', 'platform': 'x', 'profile': {'followers': 3}}]
    """
    lists = {name: _by_account(tables[name]) for name in LISTS}
    for account in _written(tables.accounts).iter_rows(named=True):
        account_id = account["account_id"]
        parts: dict[str, Any] = {"profile": _present(account, PROFILE)}
        parts |= {name: rows[account_id] for name, rows in lists.items() if account_id in rows}
        yield {
            "schema": SCHEMA_VERSION,
            **_present(account, ACCOUNT_KEYS),
            **{name: part for name, part in parts.items() if part},
        }


def _by_account(frame: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    fields = [name for name in frame.columns if name != "account_id"]
    for row in _written(frame).iter_rows(named=True):
        rows.setdefault(row["account_id"], []).append(_present(row, fields))
    return rows


def _present(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if row[name] is not None}


def _written(frame: pl.DataFrame) -> pl.DataFrame:
    """Format times and dates as ISO 8601 texts."""
    return frame.with_columns(
        pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ"),
        pl.col(pl.Date).dt.strftime("%Y-%m-%d"),
    )
