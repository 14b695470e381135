"""Verification of the audit log: whether its chains are whole, and the stored rows have its hashes.

Everything is read in transactions of a moment, a few hundred rows in each, so that a log of hours of
reading holds up no checkpoint. What is written meanwhile is read too: chains only grow, and rows that
seem wrong are looked at again together with the end of their chain.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, Connection, Row, Table, select, union

from serving.store.audit_log import FIRST_HASH, ChainHead, keyed_hash, sha256_of
from serving.store.audit_rows import TABLES, ChainBroken, NotedRows, check_none_removed
from serving.store.audit_switch import KEYED
from serving.store.decisions import in_order, standing_of
from serving.store.engine import NoUsableStore
from serving.store.store import Store
from serving.store.tables import audit_entries, decisions, jobs, tenants, verdicts
from serving.store.verdict_rows import REMOVAL_ACTIONS, content_sha256

__all__ = ["ChainCheck", "verify_audit_logs"]

ROWS_AT_ONCE: Final = 500
NO_TEXT: Final = "decode to UTF-8"
"""In what SQLite's driver says of a text that is none."""


ContentHashes: TypeAlias = dict[str, dict[str, str]]
"""By verdict id: the verdict's hash under the empty name, and those of its decisions by their ids."""

UNREADABLE: Final = ""
"""The hash of a row with values of other types than its columns have, which SQLite keeps: no row's own."""

LISTED: Final = "~listed"
"""The name beside a verdict's hashes, behind all others, of one that its columns for look-ups do not fit."""


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


@dataclass
class Chain:
    """A tenant's chain as far as it was read, and what must be stored by it.

    Attributes
    ----------
    store, tenant
        Whose chain it is.
    noted
        The ends that were noted elsewhere.
    head
        The last entry that was read.
    keyed
        Whether that entry's hash is keyed; every later one's must be.
    contents
        What must be stored of verdicts.
    rows
        What else must be stored.
    """

    store: Store
    tenant: str
    noted: frozenset[ChainHead]
    head: ChainHead
    keyed: bool = False
    contents: ContentHashes = field(default_factory=dict)
    rows: NotedRows = field(default_factory=NotedRows)

    def read_on(self, connection: Connection) -> bool:
        """Read and check the next entries; whether there were any.

        Raises
        ------
        ChainBroken
            If an entry is not the one that was written.
        """
        own = (audit_entries.c.tenant == self.tenant, audit_entries.c.entry > self.head.entries)
        wanted = select(audit_entries).where(*own).order_by(audit_entries.c.entry).limit(ROWS_AT_ONCE)
        rows = connection.execute(wanted).all()
        for row in rows:
            entry = self.check_entry(row)
            self.head = ChainHead(self.tenant, row.entry, row.hash)
            self.note(entry)
        return bool(rows)

    def check_entry(self, row: Row[Any]) -> Mapping[str, Any]:
        """The entry of a row, checked against the entry before and against what was noted elsewhere."""
        due = self.head.entries + 1
        if row.entry != due:
            raise ChainBroken(f"entry {due} is missing")
        entry: Mapping[str, Any] = json.loads(row.document)
        self.check_hash(row, entry)
        own = (entry["tenant"], entry["entry"], entry["verdict_id"])
        if own != (row.tenant, row.entry, row.verdict_id):
            raise ChainBroken(f"entry {due} was moved or changed")
        if entry["previous"] != self.head.hash:
            raise ChainBroken(
                f"entry {due} does not follow entry {self.head.entries}: one of them was changed or moved"
            )
        self.check_noted(ChainHead(self.tenant, due, row.hash))
        return entry

    def check_noted(self, head: ChainHead) -> None:
        """Check that what was noted elsewhere of an entry, or of the log before its first, is the same."""
        if any(end.entries == head.entries and end != head for end in self.noted):
            raise ChainBroken(f"entry {head.entries} is not the one that was noted elsewhere")

    def check_hash(self, row: Row[Any], entry: Mapping[str, Any]) -> None:
        """Check an entry's hash; one without a key only stands before the first that has one."""
        if hmac.compare_digest(keyed_hash(self.store.key, row.document), row.hash):
            if self.keyed and entry["action"] == KEYED:
                raise ChainBroken(f"entry {row.entry} keys the log again: the database was set back")
            if not self.keyed and row.entry > 1 and entry["action"] != KEYED:
                raise ChainBroken(f"entry {row.entry} follows entries without a key, and does not end them")
            self.keyed = True
        elif self.keyed or sha256_of(row.document) != row.hash:
            raise ChainBroken(f"entry {row.entry} was changed")

    def note(self, entry: Mapping[str, Any]) -> None:
        """Note what must be stored after an entry."""
        verdict_id, details = entry["verdict_id"], entry["details"]
        self.rows.note(entry["action"], details)
        if entry["action"] in REMOVAL_ACTIONS:
            self.contents.pop(verdict_id, None)
        elif "content_sha256" in details and verdict_id is not None:  # a comment is of an entry
            digests = self.contents.setdefault(verdict_id, {})
            digests[details.get("decision_id", "")] = details["content_sha256"]

    def check_end(self, connection: Connection) -> None:
        """Read to the end, and check that the tenant's row names it."""
        while self.read_on(connection):
            pass
        wanted = select(tenants.c.audit_entries, tenants.c.audit_hash).where(tenants.c.tenant == self.tenant)
        end = connection.execute(wanted).first()
        if end is None:
            raise ChainBroken("its tenant was removed")
        if end.audit_entries > self.head.entries:
            raise ChainBroken(f"entry {self.head.entries + 1} is missing, with all up to {end.audit_entries}")
        if tuple(end) != (self.head.entries, self.head.hash):
            raise ChainBroken(f"entry {self.head.entries} is not the last one that was written")
        if missing := [end.entries for end in self.noted if not 0 <= end.entries <= self.head.entries]:
            raise ChainBroken(f"entry {min(missing)} is missing, which was noted elsewhere")
        if self.head.entries and not self.keyed:
            raise ChainBroken(
                "its entries have no key: an older Assay's log was put in the place of this one"
            )

    def check_verdicts(self) -> None:
        """Check the stored verdicts and decisions against the log."""
        found = stored_hashes(self.store, self.tenant)
        names = sorted(found.keys() | self.contents.keys())
        wrong = [name for name in names if found.get(name) != self.contents.get(name)]
        for start in range(0, len(wrong), ROWS_AT_ONCE):
            names = wrong[start : start + ROWS_AT_ONCE]
            with self.store.database.snapshot() as connection:  # they may have been written meanwhile
                self.check_end(connection)
                now = hashes_of(connection, self.tenant, names)
                for name in names:
                    compare(name, now.get(name, {}), self.contents.get(name, {}))

    def check_rows(self) -> None:
        """Check API keys, members, webhooks, sessions, invitations and contests, all of one moment."""
        with self.store.database.snapshot() as connection:
            self.check_end(connection)
            self.rows.check(connection, self.store.key, self.tenant)

    def check_jobs(self) -> None:
        """Check the jobs, some of each moment; then that none is missing."""
        last, more = "", True
        own = select(jobs.c.tenant, jobs.c.job_id, jobs.c.state).where(jobs.c.tenant == self.tenant)
        while more:
            with self.store.database.snapshot() as connection:
                self.check_end(connection)
                wanted = own.where(jobs.c.job_id > last).order_by(jobs.c.job_id).limit(ROWS_AT_ONCE)
                rows = connection.execute(wanted).all()
                for row in rows:
                    self.rows.check_job(connection, row.tenant, row.job_id, row.state)
            more = bool(rows)
            last = rows[-1].job_id if rows else last
        with self.store.database.snapshot() as connection:
            self.check_end(connection)
            stored = {row.job_id for row in connection.execute(own)}
        check_none_removed("job", self.rows.jobs.keys(), stored)


def verify_audit_logs(store: Store, noted: Iterable[ChainHead] = ()) -> list[ChainCheck]:
    """Check the chains and the stored rows of all tenants.

    Parameters
    ----------
    noted
        Ends that were noted elsewhere, at any time: each must be in its chain.
    """
    ends = list(noted)
    with store.database.reading() as connection:
        stored = union(*(select(table.c.tenant) for table in (tenants, audit_entries, *TABLES)))
        names = set(connection.execute(stored).scalars())
    names |= {end.tenant for end in ends}
    return [
        _check_chain(store, name, frozenset(end for end in ends if end.tenant == name))
        for name in sorted(names)
    ]


def _check_chain(store: Store, tenant: str, noted: frozenset[ChainHead]) -> ChainCheck:
    chain = Chain(store, tenant, noted, ChainHead(tenant, 0, FIRST_HASH))
    try:
        chain.check_noted(chain.head)
        more = True
        while more:
            with store.database.reading() as connection:
                more = chain.read_on(connection)
        with store.database.snapshot() as connection:
            chain.check_end(connection)
        chain.check_verdicts()
        chain.check_rows()
        chain.check_jobs()
    except ChainBroken as broken:
        return ChainCheck(chain.head, str(broken))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return ChainCheck(chain.head, f"a row is not as Assay writes any: {type(error).__name__}, {error}")
    except NoUsableStore as error:
        if NO_TEXT not in str(error):
            raise
        return ChainCheck(chain.head, "a text of a row is no UTF-8")
    return ChainCheck(chain.head, None)


def compare(verdict_id: str, found: Mapping[str, str], noted: Mapping[str, str]) -> None:
    """Compare a verdict's and its decisions' stored hashes with the log's."""
    for decision_id in sorted(found.keys() | noted.keys()):
        if decision_id == LISTED:
            raise ChainBroken(f"verdict {verdict_id} is listed under another label or decision than it has")
        called = f"verdict {verdict_id}" + (f": decision {decision_id}" if decision_id else "")
        if decision_id not in found:
            raise ChainBroken(f"{called} was removed")
        if decision_id not in noted:
            raise ChainBroken(f"{called} was added")
        if found[decision_id] != noted[decision_id]:
            raise ChainBroken(f"{called} was changed")


def stored_hashes(store: Store, tenant: str) -> ContentHashes:
    """The hashes of all stored verdicts and decisions of a tenant, each few of one moment."""
    return content_hashes(
        rows_in_turn(store, tenant, verdicts, verdicts.c.verdict_id),
        rows_in_turn(store, tenant, decisions, decisions.c.decision_id),
    )


def hashes_of(connection: Connection, tenant: str, verdict_ids: Iterable[str]) -> ContentHashes:
    """The hashes of some verdicts and their decisions."""
    names = list(verdict_ids)
    own = (verdicts.c.tenant == tenant, verdicts.c.verdict_id.in_(names))
    about = (decisions.c.tenant == tenant, decisions.c.verdict_id.in_(names))
    return content_hashes(
        connection.execute(select(verdicts).where(*own)), connection.execute(select(decisions).where(*about))
    )


def content_hashes(stored: Iterable[Row[Any]], decided: Iterable[Row[Any]]) -> ContentHashes:
    """The hashes of verdicts and decisions by their rows.

    The columns by which verdicts are found follow from the rest, and no hash covers them: what stands under
    a wrong one has an entry ``LISTED``.
    """
    found: ContentHashes = {}
    decided_as: dict[str, str] = {}
    for row in stored:
        hashes = found.setdefault(row.verdict_id, {})
        hashes[""] = content_sha256(row._asdict()) if is_typed(verdicts, row) else UNREADABLE
        if label_of(row.document) not in ("", row.label):
            hashes[LISTED] = row.label
        decided_as[row.verdict_id] = row.decision
    documents: dict[str, list[str]] = {}
    for row in decided:
        digest = sha256_of(row.document) if is_typed(decisions, row) else UNREADABLE
        found.setdefault(row.verdict_id, {})[row.decision_id] = digest
        documents.setdefault(row.verdict_id, []).append(row.document)
    for verdict_id, decision in decided_as.items():
        if decision != decided_by(documents.get(verdict_id, [])):
            found[verdict_id][LISTED] = decision
    return found


def is_typed(table: Table, row: Row[Any]) -> bool:
    """Whether each value of a row has the type of its column, or is missing."""
    return all(
        value is None or isinstance(value, column.type.python_type)
        for column, value in zip(table.columns, row, strict=True)
    )


def label_of(document: str) -> str:
    """The label in a verdict's document; empty where it has none, or is no verdict.

    >>> label_of('{"label": "review"}'), label_of("{}"), label_of("review")
    ('review', '', '')
    """
    try:
        read = json.loads(document)
    except ValueError:
        return ""
    return str(read.get("label", "")) if isinstance(read, dict) else ""


def decided_by(documents: Iterable[str]) -> str | None:
    """What stands by some decisions' documents, in any order; None where these are none."""
    try:
        return str(standing_of(in_order(map(json.loads, documents))))
    except (KeyError, TypeError, ValueError):
        return None


def rows_in_turn(store: Store, tenant: str, table: Table, name: Column[str]) -> Iterator[Row[Any]]:
    """All rows of a tenant in the order of their ids, a few in each transaction."""
    last, more = "", True
    while more:
        wanted = select(table).where(table.c.tenant == tenant, name > last)
        with store.database.reading() as connection:
            rows = connection.execute(wanted.order_by(name).limit(ROWS_AT_ONCE)).all()
        yield from rows
        more = bool(rows)
        last = rows[-1]._mapping[name] if rows else last
