"""Rules of a list: whether decisions need a second person, and how often it is screened again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from accounts.errors import WrongUsage
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.lists import check_list
from serving.store.store import Store
from serving.store.tables import list_rules

__all__ = [
    "MAX_WATCH_DAYS",
    "ListRules",
    "list_rules_of",
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
