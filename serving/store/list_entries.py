"""Entries of a list: one creator each, with what the queue shows, sorts and filters by.

A row repeats what it needs of the verdict and the evidence, so that a page of the queue reads one
table by one index, however many creators the list has.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, select, tuple_, update

from accounts.errors import AssayError
from serving.store.list_rules import list_rules_of
from serving.store.pseudonyms import account_sha256
from serving.store.stale_page import StalePage
from serving.store.tables import list_entries, verdicts
from serving.store.timestamps import now

__all__ = [
    "Entry",
    "EntryFilter",
    "EntryRemoved",
    "EntryState",
    "JudgedMeanwhile",
    "NewEntry",
    "PageOf",
    "check_entry",
    "check_is_current",
    "count_entries",
    "entry_of_account",
    "facets_of",
    "find_entries",
    "get_entry",
    "neighbours_of",
    "page_of_entries",
    "put_entries_in",
    "state_after",
]


class EntryRemoved(AssayError):
    """A creator was removed from a list while something was written about it; HTTP 404."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This creator was removed from the list meanwhile; nothing was stored.")


class JudgedMeanwhile(StalePage):
    """A creator was judged again since it was read; HTTP 409."""

    def __init__(self) -> None:
        super().__init__(
            "This creator was judged again meanwhile; nothing was stored."
            " Look at it as it is now, and repeat it if it still holds."
        )


class EntryState(StrEnum):
    """What a person has done about a creator in a list; what waits for a second person is not decided yet."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"
    NEEDS_DATA = "needs data"
    SECOND_PERSON = "second person"
    CONTESTED = "contested"


def state_after(decision: str) -> EntryState:
    """The state of a creator by what was decided about its verdict, as the table ``verdicts`` has it.

    >>> str(state_after("waiting")), str(state_after("withdrawn")), str(state_after("overturned"))
    ('second person', 'open', 'overturned')
    """
    found = {"none": EntryState.OPEN, "withdrawn": EntryState.OPEN, "waiting": EntryState.SECOND_PERSON}
    return found.get(decision) or EntryState(decision)


FACETS: Final = ("label", "platform", "tier", "state", "assigned")
"""The columns that the queue is filtered by."""


@dataclass(frozen=True)
class NewEntry:
    """A creator that comes into a list, or is screened again; see the table ``list_entries``."""

    account_id: str
    name: str
    platform: str
    tier: str
    label: str
    risk: float
    suspicion: float | None
    threshold: float | None
    score: int | None
    level: str
    first_reason: str
    followers: int | None
    verdict_id: str
    evidence_sha256: str


@dataclass(frozen=True)
class Entry(NewEntry):
    """A creator in a list, as a person works on it."""

    tenant: str
    list_id: str
    entry_id: str
    state: EntryState
    assigned: str
    screened_at: str
    changed_at: str
    comments: int


@dataclass(frozen=True)
class EntryFilter:
    """Which entries of a list are wanted: equal in every column given, with the text in name or id."""

    search: str = ""
    equal: Mapping[str, str] | None = None

    def clauses(self) -> Iterable[ColumnElement[bool]]:
        """The conditions of the query."""
        for name, value in (self.equal or {}).items():
            if name in FACETS:
                yield list_entries.c[name] == value
        if self.search:
            yield list_entries.c.search.contains(self.search.lower(), autoescape=True)


class PageOf(NamedTuple):
    """Which of the entries, in their order."""

    start: int = 0
    limit: int = 50


def storable(written: str) -> str:
    r"""A text without what no database takes: NUL and halves of surrogate pairs.

    >>> storable("a\0b\ud800")
    'a\ufffdb\ufffd'
    """
    whole = written.replace("\0", "\ufffd").encode("utf-16", "surrogatepass")
    return whole.decode("utf-16", "replace")


_COLUMNS: Final = tuple(list_entries.c[name] for name in Entry.__dataclass_fields__)


def put_entries_in(connection: Connection, tenant: str, list_id: str, entries: Sequence[NewEntry]) -> None:
    """Put creators into a list, in the transaction of a connection.

    Where somebody decided about a creator's verdict already, the creator has that state. One that is in the
    list already gets the new verdict; without a decision about it, it is open again where its label changed,
    and where a decision about the verdict before waited for a second person: nobody can approve it any more.
    """
    known = _known(connection, tenant, list_id, [account_sha256(entry.account_id) for entry in entries])
    decided = _decided(connection, tenant, list_id, [entry.verdict_id for entry in entries])
    moment, new = now(), {}
    for entry in entries:
        digest = account_sha256(entry.account_id)
        values = _values(entry) | {"screened_at": moment, "changed_at": moment}
        begins = decided.get(entry.verdict_id)
        if (found := known.get(digest)) is None:
            own = {"tenant": tenant, "list_id": list_id, "entry_id": secrets.token_hex(16)}
            state = begins or EntryState.OPEN
            start = {"account_sha256": digest, "state": state.value, "assigned": "", "comments": 0}
            new[digest] = own | start | values
            continue
        place, other = _place(tenant, list_id, found.entry_id), found.verdict_id != entry.verdict_id
        waited = found.state == EntryState.SECOND_PERSON and other
        if begins is None and (waited or found.label != entry.label):
            begins = EntryState.OPEN
        again = {"state": begins.value} if begins and other else {}
        connection.execute(update(list_entries).where(place).values(values | again))
    if new:
        connection.execute(insert(list_entries), list(new.values()))


def _decided(
    connection: Connection, tenant: str, list_id: str, verdict_ids: Sequence[str]
) -> dict[str, EntryState]:
    """By verdict, the state of what somebody decided about it.

    A list that asks for a second person takes over only what waits for one: whoever decided where nobody
    asked for two decides there again.
    """
    own = (verdicts.c.tenant == tenant, verdicts.c.verdict_id.in_(verdict_ids))
    rows = connection.execute(select(verdicts.c.verdict_id, verdicts.c.decision).where(*own))
    states = {str(verdict_id): state_after(decision) for verdict_id, decision in rows}
    if list_rules_of(connection, tenant, list_id).second_person:
        return {name: state for name, state in states.items() if state is EntryState.SECOND_PERSON}
    return {name: state for name, state in states.items() if state is not EntryState.OPEN}


def _known(
    connection: Connection, tenant: str, list_id: str, digests: Sequence[str]
) -> dict[str, Row[tuple[str, str, str, str, str]]]:
    own = (list_entries.c.tenant == tenant, list_entries.c.list_id == list_id)
    names = ("account_sha256", "entry_id", "label", "state", "verdict_id")
    columns = (list_entries.c[name] for name in names)
    rows = connection.execute(select(*columns).where(*own, list_entries.c.account_sha256.in_(digests)))
    return {row.account_sha256: row for row in rows}


def _values(entry: NewEntry) -> dict[str, Any]:
    texts = {
        name: storable(value) if isinstance(value, str) else value for name, value in asdict(entry).items()
    }
    return texts | {"search": f"{texts['name']}\n{texts['account_id']}".lower()}


def _place(tenant: str, list_id: str, entry_id: str) -> ColumnElement[bool]:
    return and_(
        list_entries.c.tenant == tenant,
        list_entries.c.list_id == list_id,
        list_entries.c.entry_id == entry_id,
    )


def entry_of_account(connection: Connection, tenant: str, list_id: str, account_id: str) -> str | None:
    """The id of an account's entry in a list; None where it is not in it."""
    found = _known(connection, tenant, list_id, [account_sha256(account_id)])
    return next((str(row.entry_id) for row in found.values()), None)


def get_entry(connection: Connection, tenant: str, list_id: str, entry_id: str) -> Entry | None:
    """An entry of a tenant's list; None where there is none."""
    row = connection.execute(select(*_COLUMNS).where(_place(tenant, list_id, entry_id))).first()
    return None if row is None else _entry(row)


def check_entry(connection: Connection, tenant: str, list_id: str, entry_id: str) -> Entry:
    """An entry, in the transaction that writes something about it.

    Raises
    ------
    EntryRemoved
        If it is gone: its account was erased, or its list or its evidence removed.
    """
    if (found := get_entry(connection, tenant, list_id, entry_id)) is None:
        raise EntryRemoved
    return found


def check_is_current(connection: Connection, entry: Entry) -> None:
    """Check, in the transaction that stores what came of an entry, that it is as it was when it was read.

    Raises
    ------
    EntryRemoved
        If it is gone; another entry of the same account is another one.
    JudgedMeanwhile
        If it has another verdict, or other evidence, which what is to be stored knows nothing of.
    """
    stored = check_entry(connection, entry.tenant, entry.list_id, entry.entry_id)
    if (stored.verdict_id, stored.evidence_sha256) != (entry.verdict_id, entry.evidence_sha256):
        raise JudgedMeanwhile


def _entry(row: Any) -> Entry:
    values = dict(row._mapping)
    return Entry(**values | {"state": EntryState(values["state"])})


def page_of_entries(
    connection: Connection, tenant: str, list_id: str, wanted: EntryFilter, page: PageOf
) -> list[Entry]:
    """A page of a list's entries, those of the highest risk first."""
    own = (list_entries.c.tenant == tenant, list_entries.c.list_id == list_id)
    order = (list_entries.c.risk.desc(), list_entries.c.entry_id.desc())
    query = select(*_COLUMNS).where(*own, *wanted.clauses()).order_by(*order)
    return list(map(_entry, connection.execute(query.offset(page.start).limit(page.limit))))


def neighbours_of(connection: Connection, entry: Entry) -> tuple[Entry | None, Entry | None]:
    """The entries of a list before and after one, in the order of the queue; None at its ends."""
    own = (list_entries.c.tenant == entry.tenant, list_entries.c.list_id == entry.list_id)
    rank, here = tuple_(list_entries.c.risk, list_entries.c.entry_id), (entry.risk, entry.entry_id)
    above = select(*_COLUMNS).where(*own, rank > here).order_by(list_entries.c.risk, list_entries.c.entry_id)
    order = (list_entries.c.risk.desc(), list_entries.c.entry_id.desc())
    below = select(*_COLUMNS).where(*own, rank < here).order_by(*order)
    before, after = (connection.execute(query.limit(1)).first() for query in (above, below))
    return (None if before is None else _entry(before)), (None if after is None else _entry(after))


def find_entries(
    connection: Connection, tenant: str, list_id: str, wanted: EntryFilter, page: PageOf
) -> tuple[list[Entry], int]:
    """A page of a list's entries, those of the highest risk first, and how many there are in all.

    A search reads through all entries: once, for their ids alone.
    """
    if not wanted.search:
        entries = page_of_entries(connection, tenant, list_id, wanted, page)
        return entries, count_entries(connection, tenant, list_id, wanted)
    own = (list_entries.c.tenant == tenant, list_entries.c.list_id == list_id)
    found = select(list_entries.c.risk, list_entries.c.entry_id).where(*own, *wanted.clauses())
    # Sorted here: in the order of its index the database would fetch each row from another place.
    ids = [entry_id for _, entry_id in sorted(connection.execute(found), reverse=True)]
    some = ids[page.start : page.start + page.limit]
    rows = connection.execute(select(*_COLUMNS).where(*own, list_entries.c.entry_id.in_(some)))
    by_id = {entry.entry_id: entry for entry in map(_entry, rows)}
    return [by_id[entry_id] for entry_id in some], len(ids)


def count_entries(connection: Connection, tenant: str, list_id: str, wanted: EntryFilter) -> int:
    """How many entries of a list a filter lets through."""
    own = (list_entries.c.tenant == tenant, list_entries.c.list_id == list_id)
    query = select(func.count()).select_from(list_entries).where(*own, *wanted.clauses())
    return int(connection.execute(query).scalar_one())


def facets_of(connection: Connection, tenant: str, list_id: str) -> dict[str, dict[str, int]]:
    """Of each column that the queue is filtered by, how many entries have which value."""
    own = (list_entries.c.tenant == tenant, list_entries.c.list_id == list_id)
    columns = [list_entries.c[name] for name in FACETS]
    counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    for *values, number in connection.execute(select(*columns, func.count()).where(*own).group_by(*columns)):
        for name, value in zip(FACETS, values, strict=True):
            counts[name][value] = counts[name].get(value, 0) + number
    return counts
