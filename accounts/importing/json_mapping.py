"""A mapping in TOML for JSON of no known source: where its objects lie, and which path is which field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from accounts.networks import NETWORKS, network_of
from accounts.reading.quoting import escape, quote, suggest
from accounts.schema import TABLES

__all__ = ["faults_of_json_mapping", "is_json_mapping"]

_KEYS: Final = ("path", "fields")
_TOP: Final = ("platform", "zone")


def is_json_mapping(given: Mapping[str, Any]) -> bool:
    """Whether a TOML file says where objects lie, and not what columns are called."""
    return any(isinstance(part, dict) and "path" in part for part in given.values())


def faults_of_json_mapping(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and rule of everything that is wrong with a mapping."""
    for name, part in given.items():
        if name in TABLES:
            yield from _faults_of_part(name, part)
        elif name == "platform" and (not isinstance(part, str) or network_of(part) is None):
            near = suggest(part, NETWORKS) if isinstance(part, str) else "."
            yield name, f"must be the name of a network. Got {quote(part)}{near}"
        elif name not in _TOP:
            yield escape(name), f"is no key of a JSON mapping{suggest(name, (*TABLES, *_TOP))}"
    accounts = given.get("accounts")
    fields = accounts.get("fields") if isinstance(accounts, dict) else None
    if not isinstance(fields, dict) or "account_id" not in fields:
        yield "accounts.fields.account_id", "must be the path of the account's name. It is missing."


def _faults_of_part(table: str, part: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(part, dict):
        yield table, f"must be a table. Got {quote(part)}."
        return
    for key in part.keys() - set(_KEYS):
        yield f"{table}.{escape(key)}", f"is not known{suggest(key, _KEYS)}"
    if not isinstance(part.get("path"), str):
        yield (
            f"{table}.path",
            f"must say where the objects lie, such as data.users[]. Got {quote(part.get('path'))}.",
        )
    fields = part.get("fields", {})
    if not isinstance(fields, dict):
        yield f"{table}.fields", f"must be a table of fields. Got {quote(fields)}."
        return
    for name, path in fields.items():
        if name not in TABLES[table]:
            yield f"{table}.fields.{escape(name)}", f"is not a field of {table}{suggest(name, TABLES[table])}"
        elif not isinstance(path, str) or not path:
            yield f"{table}.fields.{name}", f"must be a path, such as stats.likes. Got {quote(path)}."
