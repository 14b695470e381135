"""Verification of the audit log: whether its chains are whole, and the stored rows have its hashes."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select, select, union

from serving.store.audit_log import FIRST_HASH, ChainHead, sha256_of
from serving.store.store import Store
from serving.store.tables import audit_entries, decisions, tenants, verdicts
from serving.store.verdict_rows import REMOVAL_ACTIONS, content_sha256

__all__ = ["ChainCheck", "verify_audit_logs"]


ContentHashes: TypeAlias = dict[str, dict[str, str]]
"""By verdict id: the verdict's hash under the empty name, and those of its decisions by their ids."""


@dataclass(frozen=True)
class ChainCheck:
    """The outcome of checking a tenant's chain.

    Attributes
    ----------
    head
        The chain's last entry; noted elsewhere, it also shows whether a whole log was rewritten.
    fault
        The first fault; None where there is none.
    """

    head: ChainHead
    fault: str | None


class ChainBroken(Exception):
    """A chain or a stored row is not as it was written; the message is the fault."""


def verify_audit_logs(store: Store) -> list[ChainCheck]:
    """Check the chains and the stored rows of all tenants."""
    with store.database.snapshot() as connection:
        names = union(select(tenants.c.tenant), select(audit_entries.c.tenant))
        return [_check_chain(connection, name) for name in sorted(connection.execute(names).scalars())]


def _check_chain(connection: Connection, tenant: str) -> ChainCheck:
    head = ChainHead(tenant, 0, FIRST_HASH)
    contents: ContentHashes = {}
    try:
        with closing(_rows(connection, tenant)) as rows:
            for row in rows:
                entry = check_entry(row, head)
                head = ChainHead(tenant, row.entry, row.hash)
                expect_contents(contents, entry)
        _check_end(connection, head)
        _check_contents(connection, tenant, contents)
    except ChainBroken as broken:
        return ChainCheck(head, str(broken))
    return ChainCheck(head, None)


def _rows(connection: Connection, tenant: str) -> Generator[Row[Any], None, None]:
    wanted = select(audit_entries).where(audit_entries.c.tenant == tenant).order_by(audit_entries.c.entry)
    yield from stream_rows(connection, wanted)


def stream_rows(connection: Connection, wanted: Select[Any]) -> Generator[Row[Any], None, None]:
    """The rows of a query in batches, so that memory does not grow with them."""
    with connection.execute(wanted, execution_options={"yield_per": 1_000}) as result:
        yield from result


def check_entry(row: Row[Any], last: ChainHead) -> Mapping[str, Any]:
    """The entry of a row, checked against the entry before.

    Raises
    ------
    Broken
        If it is not the one that was written after ``last``.
    """
    due = last.entries + 1
    if row.entry != due:
        raise ChainBroken(f"entry {due} is missing")
    if sha256_of(row.document) != row.hash:
        raise ChainBroken(f"entry {due} was changed")
    entry: Mapping[str, Any] = json.loads(row.document)
    own = (entry["tenant"], entry["entry"], entry["verdict_id"])
    if own != (row.tenant, row.entry, row.verdict_id):
        raise ChainBroken(f"entry {due} was moved or changed")
    if entry["previous"] != last.hash:
        raise ChainBroken(
            f"entry {due} does not follow entry {last.entries}: one of them was changed or moved"
        )
    return entry


def expect_contents(contents: ContentHashes, entry: Mapping[str, Any]) -> None:
    """Update the hashes of rows that must be stored after an entry."""
    verdict_id, details = entry["verdict_id"], entry["details"]
    if entry["action"] in REMOVAL_ACTIONS:
        contents.pop(verdict_id, None)
    elif "content_sha256" in details:
        kept = contents.setdefault(verdict_id, {})
        kept[details.get("decision_id", "")] = details["content_sha256"]


def _check_end(connection: Connection, head: ChainHead) -> None:
    wanted = select(tenants.c.audit_entries, tenants.c.audit_hash).where(tenants.c.tenant == head.tenant)
    end = connection.execute(wanted).first()
    if end is None:
        raise ChainBroken("its tenant was removed")
    if end.audit_entries > head.entries:
        raise ChainBroken(f"entry {head.entries + 1} is missing, with all up to {end.audit_entries}")
    if tuple(end) != (head.entries, head.hash):
        raise ChainBroken(f"entry {head.entries} is not the last one that was written")


def _check_contents(connection: Connection, tenant: str, noted: ContentHashes) -> None:
    found: ContentHashes = {}
    for verdict_id, decision_id, content in _stored_hashes(connection, tenant):
        found.setdefault(verdict_id, {})[decision_id] = content
    if found == noted:
        return
    for verdict_id in sorted(found.keys() | noted.keys()):
        _compare(verdict_id, found.get(verdict_id, {}), noted.get(verdict_id, {}))


def _compare(verdict_id: str, found: Mapping[str, str], noted: Mapping[str, str]) -> None:
    """Compare a verdict's and its decisions' stored hashes with the log's."""
    for decision_id in sorted(found.keys() | noted.keys()):
        called = f"verdict {verdict_id}" + (f": decision {decision_id}" if decision_id else "")
        if decision_id not in found:
            raise ChainBroken(f"{called} was removed")
        if decision_id not in noted:
            raise ChainBroken(f"{called} was added")
        if found[decision_id] != noted[decision_id]:
            raise ChainBroken(f"{called} was changed")


def _stored_hashes(connection: Connection, tenant: str) -> Iterator[tuple[str, str, str]]:
    """The hashes of all stored verdicts and decisions of a tenant: verdict id, decision id, hash."""
    for row in stream_rows(connection, select(verdicts).where(verdicts.c.tenant == tenant)):
        yield row.verdict_id, "", content_sha256(row._asdict())
    decided = select(decisions.c.verdict_id, decisions.c.decision_id, decisions.c.document)
    for row in stream_rows(connection, decided.where(decisions.c.tenant == tenant)):
        yield row.verdict_id, row.decision_id, sha256_of(row.document)
