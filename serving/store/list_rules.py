"""Rules of a list: whether decisions need a second person, and how often it is screened again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from accounts.errors import WrongUsage
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.lists import check_list
from serving.store.store import Store
from serving.store.tables import list_rules
from serving.store.timestamps import CLOCK_DIFFERENCE, now

__all__ = [
    "MAX_WATCH_DAYS",
    "ListRules",
    "claim_watched_lists",
    "list_rules_of",
    "note_watched",
    "set_list_rules",
]

MAX_WATCH_DAYS: Final = 365


@dataclass(frozen=True)
class ListRules:
    """The rules of a list.

    Attributes
    ----------
    second_person
        Whether a decision holds only once a second person has approved it.
    watch_days
        Screened again every so many days; 0: only when somebody asks.
    watched_at
        When it was screened again last; empty: never.
    """

    second_person: bool = False
    watch_days: int = 0
    watched_at: str = ""


def list_rules_of(connection: Connection, tenant: str, list_id: str) -> ListRules:
    """A list's rules; those of a new list where none were set."""
    own = (list_rules.c.tenant == tenant, list_rules.c.list_id == list_id)
    columns = (list_rules.c.second_person, list_rules.c.watch_days, list_rules.c.watched_at)
    row = connection.execute(select(*columns).where(*own)).first()
    return ListRules() if row is None else ListRules(bool(row[0]), row[1], row[2])


def set_list_rules(store: Store, tenant: str, list_id: str, rules: ListRules, actor: str) -> None:
    """Set a list's rules, with an entry in the audit log.

    Raises
    ------
    WrongUsage
        If the days cannot be.
    ListRemoved
        If the list is gone.
    """
    if not 0 <= rules.watch_days <= MAX_WATCH_DAYS:
        raise WrongUsage(f"A list is screened again every 1 to {MAX_WATCH_DAYS} days, or 0: not by itself.")
    values = {"second_person": int(rules.second_person), "watch_days": rules.watch_days}
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        check_list(connection, tenant, list_id)
        watched = list_rules_of(connection, tenant, list_id).watched_at
        own = (list_rules.c.tenant == tenant, list_rules.c.list_id == list_id)
        connection.execute(delete(list_rules).where(*own))
        row = {"tenant": tenant, "list_id": list_id, "watched_at": watched} | values
        connection.execute(insert(list_rules), row)
        details = {"list_id": list_id} | values
        append(connection, head, [Event("list.rules_set", actor, details=details)])


def claim_watched_lists(store: Store, at: datetime | None = None) -> list[tuple[str, str]]:
    """Tenants and lists that are due, each claimed: of several services one screens it again."""
    moment = at or datetime.now(UTC)
    claimed = []
    with store.database.writing() as connection:
        watched = select(list_rules).where(list_rules.c.watch_days > 0).with_for_update()
        for row in connection.execute(watched).all():
            if is_due(row.watched_at, row.watch_days, moment):
                own = (list_rules.c.tenant == row.tenant, list_rules.c.list_id == row.list_id)
                connection.execute(update(list_rules).where(*own).values(watched_at=now()))
                claimed.append((row.tenant, row.list_id))
    return claimed


def is_due(watched_at: str | None, days: int, moment: datetime) -> bool:
    """Whether a list is to be screened again: never, long ago, or before the clock was set back.

    >>> moment = datetime(2026, 11, 25, tzinfo=UTC)
    >>> watched = (None, "2026-11-18T00:00:00Z", "2026-11-24T00:00:00Z", "2027-01-01T00:00:00Z")
    >>> [is_due(at, 7, moment) for at in watched]
    [True, True, False, True]
    """
    if not watched_at:
        return True
    ago = moment - datetime.fromisoformat(watched_at)
    return not -CLOCK_DIFFERENCE <= ago < timedelta(days=days)


def note_watched(connection: Connection, tenant: str, list_id: str) -> None:
    """Note that a list was screened again just now; :class:`ListRemoved` where it is gone."""
    lock_tenants(connection, [tenant])
    check_list(connection, tenant, list_id)
    own = (list_rules.c.tenant == tenant, list_rules.c.list_id == list_id)
    if not connection.execute(update(list_rules).where(*own).values(watched_at=now())).rowcount:
        row = {"tenant": tenant, "list_id": list_id, "second_person": 0, "watch_days": 0, "watched_at": now()}
        connection.execute(insert(list_rules), row)
