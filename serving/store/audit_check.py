"""Verification of the audit log: whether its chains are whole, and the stored rows have its hashes.

Everything is read in transactions of a moment, a few hundred rows in each, so that a log of hours of
reading holds up no checkpoint. What is written meanwhile is read too: chains only grow, and rows that
seem wrong are looked at again together with the end of their chain.

Every fault is named, not the first alone. An entry that is not as it was written ends nothing: the next one
is checked by its own hash, and what a changed entry says now is noted, as long as it is about one row.
"""

from __future__ import annotations

import hmac
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    cast,
    func,
    or_,
    select,
    true,
    union,
)  # fmt: skip

from serving.store.audit_faults import MALFORMED, EntryFault, Faults, RowFault, printable
from serving.store.audit_log import ERASURE, FIRST_HASH, ChainHead, keyed_hash, sha256_of
from serving.store.audit_rows import TABLES, NotedRows, removed_rows
from serving.store.audit_switch import KEYED
from serving.store.decisions import in_order, standing_of
from serving.store.row_seals import is_typed
from serving.store.seal_switch import ROWS_SEALED
from serving.store.store import Store
from serving.store.tables import audit_entries, decisions, jobs, tenants, verdicts
from serving.store.verdict_rows import MADE, REMOVAL_ACTIONS, content_sha256

__all__ = ["ChainCheck", "verify_audit_logs"]

ROWS_AT_ONCE: Final = 500

ContentHashes: TypeAlias = dict[str, dict[str, str]]
"""By verdict id: the verdict's hash under the empty name, and those of its decisions by their ids."""

UNREADABLE: Final = ""
"""The hash of a row with values of other types than its columns have, which SQLite keeps: no row's own."""

LISTED: Final = "~listed"
"""The name beside a verdict's hashes, behind all others, of one that its columns for look-ups do not fit."""

ENTRY_NAMES: Final = {"tenant", "entry", "verdict_id", "action", "details", "previous"}
"""What is read of an entry."""

ENTRY_IS_NUMBER: Final = cast(audit_entries.c.entry, BigInteger) == audit_entries.c.entry
"""SQLite keeps other values, too."""


@dataclass(frozen=True)
class ChainCheck:
    """The outcome of checking a tenant's chain.

    Attributes
    ----------
    head
        The chain's last entry; noted elsewhere, it also shows whether a whole log was rewritten.
    faults
        A sentence for each fault, up to ``MOST_NAMED``; none where all is as it was written.
    more
        How many faults there are besides.
    fits_key
        Whether any entry's hash fits the key; None where no entry needs it.
    """

    head: ChainHead
    faults: tuple[str, ...] = ()
    more: int = 0
    fits_key: bool | None = None

    @property
    def fault(self) -> str | None:
        """The first fault; None where there is none."""
        return next(iter(self.faults), None)


class ReadEntry(NamedTuple):
    """An entry as it was read: None of what is no entry, what is wrong, and whether its hash is keyed."""

    document: Mapping[str, Any] | None
    fault: EntryFault | None
    is_keyed: bool


@dataclass
class Chain:
    """A tenant's chain as far as it was read, and what must be stored by it.

    Attributes
    ----------
    store, tenant
        Whose chain it is.
    noted
        The ends that were noted elsewhere, by their numbers.
    head
        The last entry that was read.
    last_good
        The number of the last that is as it was written.
    keyed
        Whether an entry's hash is keyed; every later one's must be.
    fits_key
        As in :class:`ChainCheck`.
    plain
        The first and the last entry without a key.
    sealed
        Whether an entry holds a seal: rows of an older Assay are sealed before there is any.
    end_named
        Whether a fault of the chain's end was named.
    contents
        What must be stored of verdicts.
    by_subject
        The verdicts of each account, by its digest.
    outlived
        The verdicts that an erasure of their account did not find: somebody had hidden them from it.
    rows
        What else must be stored.
    faults
        What is wrong.
    """

    store: Store
    tenant: str
    noted: Mapping[int, Set[ChainHead]]
    head: ChainHead
    last_good: int = 0
    keyed: bool = False
    fits_key: bool | None = None
    plain: tuple[int, int] | None = None
    sealed: bool = False
    end_named: bool = False
    contents: ContentHashes = field(default_factory=dict)
    by_subject: dict[str, set[str]] = field(default_factory=dict)
    outlived: set[str] = field(default_factory=set)
    rows: NotedRows = field(default_factory=NotedRows)
    faults: Faults = field(default_factory=Faults)

    def read_on(self, connection: Connection) -> bool:
        """Read and check the next entries; whether there were any."""
        later = (audit_entries.c.tenant == self.tenant, audit_entries.c.entry > self.head.entries)
        wanted = select(audit_entries).where(*later, ENTRY_IS_NUMBER).order_by(audit_entries.c.entry)
        rows = connection.execute(wanted.limit(ROWS_AT_ONCE)).all()
        end = connection.execute(select(tenants.c.audit_entries).where(tenants.c.tenant == self.tenant))
        last = end.scalar()
        due = last if isinstance(last, int) else math.inf
        return bool(rows) and all(self.take(row, due) for row in rows)

    def take(self, row: Row[Any], last: float) -> bool:
        """Check and note the entry of a row; not one that was added far behind the last one."""
        read, due = self.read_entry(row), self.head.entries + 1
        follows = row.entry == due
        if not follows:
            if read.fault and row.entry > last:
                return False
            self.faults.add_entries(EntryFault.MISSING, due, row.entry - 1)
        if read.is_keyed or read.fault is EntryFault.CHANGED:
            self.fits_key = self.fits_key or read.is_keyed
        if read.fault:
            self.faults.add_entries(read.fault, row.entry, row.entry)
        elif read.document and follows and self.last_good == self.head.entries:
            self.check_previous(read.document["previous"])
        self.head = ChainHead(self.tenant, row.entry, row.hash)
        is_good = read.fault is None
        if is_good:
            self.last_good = row.entry
            self.check_noted()
        if read.document:
            self.note(read.document, is_good and self.check_key(read), is_good)
        return True

    def read_entry(self, row: Row[Any]) -> ReadEntry:
        """The entry of a row; one without a key only stands before the first that has one."""
        try:
            is_keyed = hmac.compare_digest(keyed_hash(self.store.key, row.document), row.hash)
            is_good = is_keyed or (not self.keyed and sha256_of(row.document) == row.hash)
        except MALFORMED:
            return ReadEntry(None, EntryFault.UNREADABLE, False)
        try:
            entry = parse_entry(row.document)
        except MALFORMED:
            return ReadEntry(None, EntryFault.UNREADABLE if is_good else EntryFault.CHANGED, is_keyed)
        is_placed = (entry["tenant"], entry["entry"], entry["verdict_id"]) == (
            row.tenant,
            row.entry,
            row.verdict_id,
        )
        if is_good:
            return ReadEntry(entry, None if is_placed else EntryFault.MOVED, is_keyed)
        return ReadEntry(entry if is_placed else None, EntryFault.CHANGED, is_keyed)

    def check_previous(self, previous: object) -> None:
        """Check the hash that the next entry names of the last one, which is good by itself."""
        if previous != self.head.hash:
            last = self.head.entries
            self.faults.add_broken(
                f"entry {last + 1} does not follow entry {last}: one of them was changed or moved"
            )

    def check_noted(self) -> None:
        """Check what was noted elsewhere of the last entry, or of the log before its first."""
        if self.noted.get(self.head.entries, set()) - {self.head}:
            self.faults.add_broken(f"entry {self.head.entries} is not the one that was noted elsewhere")

    def check_key(self, read: ReadEntry) -> bool:
        """Check that entries are keyed from one on, which ends those without a key; whether this one fits."""
        number = self.head.entries
        if not read.is_keyed:
            self.plain = (self.plain[0] if self.plain else number, number)
            return True
        begins = read.document is not None and read.document["action"] == KEYED
        if self.keyed and begins:
            self.faults.add_broken(f"entry {number} keys the log again: the database was set back")
            return False
        if not self.keyed and self.plain and not begins:
            self.faults.add_broken(f"entry {number} follows entries without a key, and does not end them")
            if self.plain[0] < self.plain[1]:
                self.faults.add_entries(EntryFault.KEYLESS, *self.plain)
        self.keyed = True
        return True

    def note(self, entry: Mapping[str, Any], is_fit: bool, is_good: bool) -> None:
        """Note what must be stored after an entry; of a broken one only what it says of a single row."""
        verdict_id, details, action = entry["verdict_id"], entry["details"], entry["action"]
        if action in (KEYED, ROWS_SEALED) and not is_fit:
            return
        if action == ROWS_SEALED and self.sealed:
            self.faults.add_broken("rows were sealed again as they stood: the database was set back")
            return
        self.sealed = self.sealed or (is_good and (action == ROWS_SEALED or "seal" in details))
        try:
            self.rows.note(action, details, str(entry.get("at")))
        except MALFORMED:  # no wonder where the entry before it that it changes is broken
            if is_good and not self.faults.is_broken:
                self.faults.add_entries(EntryFault.UNREADABLE, self.head.entries, self.head.entries)
        subject = str(entry.get("subject"))
        if action == ERASURE and is_good:
            self.outlived |= self.by_subject.pop(subject, set()) & self.contents.keys()
        elif action in REMOVAL_ACTIONS:
            self.contents.pop(verdict_id, None)
            self.outlived.discard(verdict_id)
        elif "content_sha256" in details and isinstance(verdict_id, str):  # a comment is of an entry
            digests = self.contents.setdefault(verdict_id, {})
            digests[str(details.get("decision_id", ""))] = details["content_sha256"]
            if action == MADE:
                self.outlived.discard(verdict_id)
            if "decision_id" not in details:
                self.by_subject.setdefault(subject, set()).add(verdict_id)

    def check_end(self, connection: Connection) -> None:
        """Read to the end, and check that the tenant's row names it."""
        while self.read_on(connection):
            pass
        self.faults.end_run()
        if self.end_named:
            return
        wanted = select(tenants.c.audit_entries, tenants.c.audit_hash).where(tenants.c.tenant == self.tenant)
        for sentence in self.end_faults(connection.execute(wanted).first()):
            self.end_named = True
            self.faults.add(sentence)

    def end_faults(self, end: Any) -> Iterator[str]:
        """What is wrong with the chain's end by the tenant's row, and by what was noted elsewhere."""
        last = self.head.entries
        if end is None:
            yield "its tenant was removed"
            if not last:
                return
        elif not isinstance(end.audit_entries, int):
            yield "its row in tenants cannot be read"
        elif end.audit_entries > last:
            self.faults.is_broken = True
            yield f"entry {last + 1} is missing, with all up to {end.audit_entries}"
            last = end.audit_entries
        elif end.audit_entries < self.last_good or (
            last == self.last_good and end.audit_hash != self.head.hash
        ):
            yield f"entry {last} is not the last one that was written"
        if missing := [number for number in self.noted if not 0 <= number <= last]:
            self.faults.is_broken = True
            yield f"entry {min(missing)} is missing, which was noted elsewhere"
        if self.plain and not self.keyed:
            yield "its entries have no key: an older Assay's log was put in the place of this one"

    def check_entries(self) -> None:
        """Read and check all entries, and look for rows that are none of the chain."""
        self.check_noted()
        more = True
        while more:
            with self.store.database.reading() as connection:
                more = self.read_on(connection)
        own = audit_entries.c.tenant == self.tenant
        with self.store.database.snapshot() as connection:
            self.check_end(connection)
            number = audit_entries.c.entry
            strays = or_(number < 1, number > self.head.entries, ~ENTRY_IS_NUMBER)
            for entry in connection.execute(select(number).where(own, strays).order_by(number)).scalars():
                self.faults.add(f"entry {entry} was added")

    def check_verdicts(self) -> None:
        """Check the stored verdicts and decisions against the log."""
        found = stored_hashes(self.store, self.tenant)
        names = sorted(found.keys() | self.contents.keys())
        wrong = [name for name in names if found.get(name) != self.contents.get(name)]
        for start in range(0, len(wrong), ROWS_AT_ONCE):
            names = wrong[start : start + ROWS_AT_ONCE]
            with self.store.database.snapshot() as connection:  # they may have been written meanwhile
                self.check_end(connection)
                now = hashes_of(self.store, connection, self.tenant, names)
                for name in names:
                    for fault in differences(name, now.get(name, {}), self.contents.get(name, {})):
                        self.faults.add_row(fault)
        for name in sorted(self.outlived & found.keys()):
            fault = RowFault(f"verdict {name} is of an account that was erased after it was given")
            self.faults.add_row(fault)
        self.check_ids("verdict", verdicts, verdicts.c.verdict_id)
        self.check_ids("decision", decisions, decisions.c.decision_id, decisions.c.verdict_id)

    def check_rows(self) -> None:
        """Check API keys, members, webhooks, sessions, invitations and contests, all of one moment."""
        with self.store.database.snapshot() as connection:
            self.check_end(connection)
            for fault in self.rows.check(connection, self.store.key, self.tenant):
                self.faults.add_row(fault)

    def check_jobs(self) -> None:
        """Check the jobs, some of each moment; then that none is missing."""
        last, more = "", True
        own = select(jobs.c.tenant, jobs.c.job_id, jobs.c.state).where(
            jobs.c.tenant == self.tenant, is_plain(self.store, jobs.c.job_id)
        )
        while more:
            with self.store.database.snapshot() as connection:
                self.check_end(connection)
                wanted = own.where(jobs.c.job_id > last).order_by(jobs.c.job_id).limit(ROWS_AT_ONCE)
                rows = connection.execute(wanted).all()
                for row in rows:
                    for fault in self.rows.check_job(connection, row.tenant, row.job_id, row.state):
                        self.faults.add_row(fault)
            more = bool(rows)
            last = rows[-1].job_id if rows else last
        with self.store.database.snapshot() as connection:
            self.check_end(connection)
            stored = {row.job_id for row in connection.execute(own)}
        for fault in removed_rows("job", self.rows.jobs.keys(), stored):
            self.faults.add_row(fault)
        self.check_ids("job", jobs, jobs.c.job_id)

    def check_ids(self, kind: str, table: Table, name: Column[str], *more: Column[str]) -> None:
        """Name the rows whose ids are none that Assay writes, or are those of other rows.

        All others are found without them, and a look-up finds one row of each id.
        """
        plain = (is_plain(self.store, column) for column in (name, *more))
        own = select(name).where(table.c.tenant == self.tenant).order_by(name)
        with self.store.database.reading() as connection:
            for row_id in connection.execute(own.where(~and_(*plain))).scalars():
                self.faults.add(f"{kind} {row_id} was added or changed")
            for row_id in connection.execute(own.group_by(name).having(func.count() > 1)).scalars():
                self.faults.add(f"{kind} {row_id} is there more than once")


def verify_audit_logs(store: Store, noted: Iterable[ChainHead] = ()) -> list[ChainCheck]:
    """Check the chains and the stored rows of all tenants.

    Parameters
    ----------
    noted
        Ends that were noted elsewhere, at any time: each must be in its chain.
    """
    with store.database.reading() as connection:
        stored = union(*(select(table.c.tenant) for table in (tenants, audit_entries, *TABLES)))
        names = set(connection.execute(stored).scalars())
    by_tenant: dict[str, dict[int, set[ChainHead]]] = {}
    for end in noted:
        by_tenant.setdefault(end.tenant, {}).setdefault(end.entries, set()).add(end)
    names |= by_tenant.keys()
    return [_check_chain(store, name, by_tenant.get(name, {})) for name in sorted(names, key=printable)]


def _check_chain(store: Store, tenant: str, noted: Mapping[int, Set[ChainHead]]) -> ChainCheck:
    chain = Chain(store, tenant, noted, ChainHead(tenant, 0, FIRST_HASH))
    if printable(tenant) != tenant:
        chain.faults.add("its name is not as Assay writes any")
        return ChainCheck(ChainHead(printable(tenant), 0, FIRST_HASH), tuple(chain.faults.named))
    for check in (chain.check_entries, chain.check_verdicts, chain.check_rows, chain.check_jobs):
        try:
            check()
        except MALFORMED as error:
            what = check.__name__.removeprefix("check_")
            chain.faults.add(f"its {what} are not as Assay writes any: {type(error).__name__}, {error}")
    chain.faults.end_run()
    return ChainCheck(chain.head, tuple(chain.faults.named), chain.faults.more, chain.fits_key)


def parse_entry(document: str) -> Mapping[str, Any]:
    """An entry by its document; raises one of ``MALFORMED`` where it is none."""
    entry: Mapping[str, Any] = json.loads(document)
    if not entry.keys() >= ENTRY_NAMES:
        raise KeyError(*ENTRY_NAMES - entry.keys())
    if not (isinstance(entry["action"], str) and isinstance(entry["details"], dict)):
        raise TypeError(entry["action"])
    return entry


def is_plain(store: Store, column: Column[str]) -> ColumnElement[bool]:
    """Whether an id is a text of ASCII characters: SQLite keeps other values, by which no page can begin."""
    if not store.database.is_sqlite:
        return true()
    return and_(func.typeof(column) == "text", func.glob("*[^ -~]*", column) == 0)


def differences(verdict_id: str, found: Mapping[str, str], noted: Mapping[str, str]) -> Iterator[RowFault]:
    """How a verdict's and its decisions' stored hashes differ from the log's."""
    called = f"verdict {verdict_id}"
    differing = [name for name in sorted(found.keys() | noted.keys()) if found.get(name) != noted.get(name)]
    if differing == [LISTED]:  # beside others it may follow from them
        yield RowFault(f"{called} is listed under another label or decision than it has", is_certain=True)
    for name in differing:
        if name == LISTED:
            continue
        what = "removed" if name not in found else "changed" if name in noted else "added"
        yield RowFault(f"{called}: decision {name} was {what}" if name else f"{called} was {what}")


def stored_hashes(store: Store, tenant: str) -> ContentHashes:
    """The hashes of all stored verdicts and decisions of a tenant, each few of one moment."""
    is_known = is_plain(store, decisions.c.verdict_id)
    return content_hashes(
        rows_in_turn(store, tenant, verdicts, verdicts.c.verdict_id),
        rows_in_turn(store, tenant, decisions, decisions.c.decision_id, is_known),
    )


def hashes_of(store: Store, connection: Connection, tenant: str, verdict_ids: Iterable[str]) -> ContentHashes:
    """The hashes of some verdicts and their decisions."""
    names = list(verdict_ids)
    own = (verdicts.c.tenant == tenant, verdicts.c.verdict_id.in_(names))
    about = (decisions.c.tenant == tenant, decisions.c.verdict_id.in_(names))
    is_known = is_plain(store, decisions.c.decision_id)
    return content_hashes(
        connection.execute(select(verdicts).where(*own)),
        connection.execute(select(decisions).where(*about, is_known)),
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
        hashes[""] = digest_of(verdicts, row)
        if label_of(row.document) not in ("", row.label):
            hashes[LISTED] = row.label
        decided_as[row.verdict_id] = row.decision
    documents: dict[str, list[str]] = {}
    for row in decided:
        found.setdefault(row.verdict_id, {})[row.decision_id] = digest_of(decisions, row)
        documents.setdefault(row.verdict_id, []).append(row.document)
    for verdict_id, decision in decided_as.items():
        if decision != decided_by(documents.get(verdict_id, [])):
            found[verdict_id][LISTED] = decision
    return found


def digest_of(table: Table, row: Row[Any]) -> str:
    """The hash of a verdict or a decision, as the log has it."""
    if not is_typed(table, row):
        return UNREADABLE
    try:
        return content_sha256(row._asdict()) if table is verdicts else sha256_of(row.document)
    except MALFORMED:  # a text that is no UTF-8, or none at all
        return UNREADABLE


def label_of(document: str) -> str:
    """The label in a verdict's document; empty where it has none, or is no verdict.

    >>> label_of('{"label": "review"}'), label_of("{}"), label_of("review")
    ('review', '', '')
    """
    try:
        read = json.loads(document)
    except MALFORMED:
        return ""
    return str(read.get("label", "")) if isinstance(read, dict) else ""


def decided_by(documents: Iterable[str]) -> str | None:
    """What stands by some decisions' documents, in any order; None where these are none."""
    try:
        return str(standing_of(in_order(map(json.loads, documents))))
    except MALFORMED:
        return None


def rows_in_turn(
    store: Store, tenant: str, table: Table, name: Column[str], *more: ColumnElement[bool]
) -> Iterator[Row[Any]]:
    """All rows of a tenant in the order of their ids, a few in each transaction."""
    last, is_more = "", True
    while is_more:
        wanted = select(table).where(table.c.tenant == tenant, name > last, is_plain(store, name), *more)
        with store.database.reading() as connection:
            rows = connection.execute(wanted.order_by(name).limit(ROWS_AT_ONCE)).all()
        yield from rows
        is_more = bool(rows)
        last = rows[-1]._mapping[name] if rows else last
