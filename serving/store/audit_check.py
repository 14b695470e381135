"""Whether the audit log is whole, and what is kept is what it says."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, select, union

from serving.store.audit_log import FIRST, Head, sha256_of
from serving.store.store import Store
from serving.store.tables import audit_entries, decisions, tenants, verdicts
from serving.store.verdict_rows import GONE, content_sha256

__all__ = ["Checked", "verify"]


Contents: TypeAlias = dict[str, dict[str, str]]
"""Of each verdict its hash, by the empty name, and those of the decisions about it."""


@dataclass(frozen=True)
class Checked:
    """A tenant's log, checked.

    Attributes
    ----------
    head
        Its end; noted elsewhere, it also shows whether a whole log was written anew.
    fault
        The first thing found wrong; None where all is well.
    """

    head: Head
    fault: str | None


class Broken(Exception):
    """The log is not as it was written."""


def verify(store: Store) -> list[Checked]:
    """Check the logs of all tenants."""
    with store.database.unmoving() as connection:
        names = union(select(tenants.c.tenant), select(audit_entries.c.tenant))
        return [_checked(connection, name) for name in sorted(connection.execute(names).scalars())]


def _checked(connection: Connection, tenant: str) -> Checked:
    head = Head(tenant, 0, FIRST)
    contents: Contents = {}
    try:
        with closing(_rows(connection, tenant)) as rows:
            for row in rows:
                entry = checked_entry(row, head)
                head = Head(tenant, row.entry, row.hash)
                note(contents, entry)
        _check_end(connection, head)
        _check_contents(connection, tenant, contents)
    except Broken as broken:
        return Checked(head, str(broken))
    return Checked(head, None)


def _rows(connection: Connection, tenant: str) -> Generator[Row[Any], None, None]:
    wanted = select(audit_entries).where(audit_entries.c.tenant == tenant).order_by(audit_entries.c.entry)
    yield from streamed(connection, wanted)


def streamed(connection: Connection, wanted: Select[Any]) -> Generator[Row[Any], None, None]:
    """Rows as they come, so that memory does not grow with them."""
    with connection.execute(wanted, execution_options={"yield_per": 1_000}) as result:
        yield from result


def checked_entry(row: Row[Any], last: Head) -> Mapping[str, Any]:
    """The entry of a row.

    Raises
    ------
    Broken
        If it is not the one that was written after ``last``.
    """
    due = last.entries + 1
    if row.entry != due:
        raise Broken(f"entry {due} is missing")
    if sha256_of(row.document) != row.hash:
        raise Broken(f"entry {due} was changed")
    entry: Mapping[str, Any] = json.loads(row.document)
    own = (entry["tenant"], entry["entry"], entry["verdict_id"])
    if own != (row.tenant, row.entry, row.verdict_id):
        raise Broken(f"entry {due} was moved or changed")
    if entry["previous"] != last.hash:
        raise Broken(f"entry {due} does not follow entry {last.entries}: one of them was changed or moved")
    return entry


def note(contents: Contents, entry: Mapping[str, Any]) -> None:
    """Note what should be kept from here on, with its hash."""
    verdict_id, details = entry["verdict_id"], entry["details"]
    if entry["action"] in GONE:
        contents.pop(verdict_id, None)
    elif "content_sha256" in details:
        kept = contents.setdefault(verdict_id, {})
        kept[details.get("decision_id", "")] = details["content_sha256"]


def _check_end(connection: Connection, head: Head) -> None:
    wanted = select(tenants.c.audit_entries, tenants.c.audit_hash).where(tenants.c.tenant == head.tenant)
    end = connection.execute(wanted).first()
    if end is None:
        raise Broken("its tenant was removed")
    if end.audit_entries > head.entries:
        raise Broken(f"entry {head.entries + 1} is missing, with all up to {end.audit_entries}")
    if tuple(end) != (head.entries, head.hash):
        raise Broken(f"entry {head.entries} is not the last one that was written")


def _check_contents(connection: Connection, tenant: str, noted: Contents) -> None:
    found: Contents = {}
    for verdict_id, decision_id, content in _contents(connection, tenant):
        found.setdefault(verdict_id, {})[decision_id] = content
    if found == noted:
        return
    for verdict_id in sorted(found.keys() | noted.keys()):
        _compare(verdict_id, found.get(verdict_id, {}), noted.get(verdict_id, {}))


def _compare(verdict_id: str, found: Mapping[str, str], noted: Mapping[str, str]) -> None:
    """A verdict and the decisions about it, with what the log says they are."""
    for decision_id in sorted(found.keys() | noted.keys()):
        called = f"verdict {verdict_id}" + (f": decision {decision_id}" if decision_id else "")
        if decision_id not in found:
            raise Broken(f"{called} was removed")
        if decision_id not in noted:
            raise Broken(f"{called} was added")
        if found[decision_id] != noted[decision_id]:
            raise Broken(f"{called} was changed")


def _contents(connection: Connection, tenant: str) -> Iterator[tuple[str, str, str]]:
    """Verdicts and decisions about them, with the hash of what they are."""
    for row in streamed(connection, select(verdicts).where(verdicts.c.tenant == tenant)):
        yield row.verdict_id, "", content_sha256(row._asdict())
    decided = select(decisions.c.verdict_id, decisions.c.decision_id, decisions.c.document)
    for row in streamed(connection, decided.where(decisions.c.tenant == tenant)):
        yield row.verdict_id, row.decision_id, sha256_of(row.document)
