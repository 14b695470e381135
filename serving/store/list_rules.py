"""Rules of a list: whether decisions need a second person, and how often it is screened again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from accounts.errors import WrongUsage
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.lists import check_list
from serving.store.stale_page import StalePage
from serving.store.store import Store
from serving.store.tables import list_rules

__all__ = [
    "MAX_WATCH_DAYS",
    "ListRules",
    "RulesChanged",
    "list_rules_of",
    "set_list_rules",
]

MAX_WATCH_DAYS: Final = 365


class RulesChanged(StalePage):
    """Somebody changed the rules of a list since the page was shown; HTTP 409."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed the rules of this list meanwhile; nothing was stored."
            " Look at them as they are now, and repeat it if it still holds."
        )


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

    @property
    def as_set(self) -> tuple[bool, int]:
        """What people set of them."""
        return self.second_person, self.watch_days


def list_rules_of(connection: Connection, tenant: str, list_id: str) -> ListRules:
    """A list's rules; those of a new list where none were set."""
    own = (list_rules.c.tenant == tenant, list_rules.c.list_id == list_id)
    columns = (list_rules.c.second_person, list_rules.c.watch_days, list_rules.c.watched_at)
    row = connection.execute(select(*columns).where(*own)).first()
    return ListRules() if row is None else ListRules(bool(row[0]), row[1], row[2])


def set_list_rules(  # noqa: PLR0913, PLR0917 - a place, what was shown, the rules and who
    store: Store, tenant: str, list_id: str, rules: ListRules, actor: str, shown: ListRules | None = None
) -> None:
    """Set a list's rules, with an entry in the audit log; by those that a page showed, where one did.

    Raises
    ------
    WrongUsage
        If the days cannot be.
    ListRemoved
        If the list is gone.
    RulesChanged
        If it has other rules than the page showed.
    """
    if not 0 <= rules.watch_days <= MAX_WATCH_DAYS:
        raise WrongUsage(f"A list is screened again every 1 to {MAX_WATCH_DAYS} days, or 0: not by itself.")
    values = {"second_person": int(rules.second_person), "watch_days": rules.watch_days}
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        check_list(connection, tenant, list_id)
        before = list_rules_of(connection, tenant, list_id)
        if shown is not None and before.as_set != shown.as_set:
            raise RulesChanged
        own = (list_rules.c.tenant == tenant, list_rules.c.list_id == list_id)
        connection.execute(delete(list_rules).where(*own))
        row = {"tenant": tenant, "list_id": list_id, "watched_at": before.watched_at} | values
        connection.execute(insert(list_rules), row)
        details = {"list_id": list_id} | values
        append(connection, head, [Event("list.rules_set", actor, details=details)])
