"""Lists: the saved shortlists of a tenant, each with its creators."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from accounts.errors import AssayError, WrongUsage
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.evidence import remove_unused_evidence, unused_evidence
from serving.store.pending_erasures import note_pending
from serving.store.stale_page import StalePage
from serving.store.store import Store
from serving.store.tables import list_entries, lists
from serving.store.timestamps import now

__all__ = [
    "LONGEST_NAME", "ListChanged", "ListRemoved", "Shortlist", "check_list", "check_list_name", "create_list",
    "create_list_in", "get_list", "list_lists", "remove_list", "rename_list",
]  # fmt: skip

LONGEST_NAME = 200


class ListRemoved(AssayError):
    """A list was removed while something was written into it; HTTP 404."""

    status = 404

    def __init__(self) -> None:
        super().__init__("The list was removed meanwhile.")


class ListChanged(StalePage):
    """Creators came into a list, or left it, since the page was shown; HTTP 409."""

    def __init__(self) -> None:
        super().__init__("Creators came into this list, or left it, meanwhile; nothing was removed.")


@dataclass(frozen=True)
class Shortlist:
    """A list: its name, who made it when, and how many creators it has, open ones among them."""

    tenant: str
    list_id: str
    name: str
    created_at: str
    created_by: str
    entries: int
    open: int


def check_list_name(name: str) -> str:
    """A list's name, trimmed.

    Raises
    ------
    WrongUsage
        If it is empty, too long, or has characters that cannot be seen.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise WrongUsage(f"A list's name must be printable text of 1 to {LONGEST_NAME} characters.")
    return name


def create_list(store: Store, tenant: str, name: str, actor: str) -> str:
    """Create an empty list; its id."""
    with store.database.writing() as connection:
        return create_list_in(connection, tenant, name, actor)


def create_list_in(connection: Connection, tenant: str, name: str, actor: str) -> str:
    """Create an empty list in the transaction of a connection; its id."""
    row = {
        "tenant": tenant,
        "list_id": secrets.token_hex(16),
        "name": check_list_name(name),
        "created_at": now(),
        "created_by": actor,
    }
    head = lock_tenants(connection, [tenant])[tenant]
    connection.execute(insert(lists), row)
    append(connection, head, [Event("list.created", actor, details={"list_id": row["list_id"]})])
    return row["list_id"]


def check_list(connection: Connection, tenant: str, list_id: str) -> None:
    """Check, in the transaction that writes into a list, that it is still there.

    Raises
    ------
    ListRemoved
        If it is not.
    """
    place = (lists.c.tenant == tenant, lists.c.list_id == list_id)
    if connection.execute(select(lists.c.list_id).where(*place)).first() is None:
        raise ListRemoved


def rename_list(store: Store, tenant: str, list_id: str, name: str, actor: str) -> bool:
    """Give a list another name; whether there is such a list."""
    name = check_list_name(name)
    place = (lists.c.tenant == tenant, lists.c.list_id == list_id)
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        if not connection.execute(update(lists).where(*place).values(name=name)).rowcount:
            return False
        append(connection, head, [Event("list.renamed", actor, details={"list_id": list_id})])
    return True


def remove_list(store: Store, tenant: str, list_id: str, actor: str, entries: int | None = None) -> bool:
    """Remove a list with its entries, and the evidence that no other list rests on; whether there was one.

    The evidence, which may be long, goes a few documents at a time: what is left of a removal that was
    killed goes with the next one.

    Raises
    ------
    ListChanged
        If it does not have as many entries as a page showed, where one did.
    """
    place = (lists.c.tenant == tenant, lists.c.list_id == list_id)
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        found = get_list(connection, tenant, list_id)
        if found is not None and entries not in (None, found.entries):
            raise ListChanged
        if not connection.execute(delete(lists).where(*place)).rowcount:
            return False
        unused = unused_evidence(connection, tenant)
        details = {"list_id": list_id, "evidence": len(unused)}
        append(connection, head, [Event("list.removed", actor, details=details)])
        note_pending(connection, tenant)
    remove_unused_evidence(store, tenant, unused)
    return True


def get_list(connection: Connection, tenant: str, list_id: str) -> Shortlist | None:
    """A tenant's list; None where it has none with this id."""
    row = connection.execute(_lists(tenant).where(lists.c.list_id == list_id)).first()
    return None if row is None else Shortlist(*row)


def list_lists(connection: Connection, tenant: str) -> list[Shortlist]:
    """A tenant's lists, the newest first."""
    wanted = _lists(tenant).order_by(lists.c.created_at.desc())
    return [Shortlist(*row) for row in connection.execute(wanted)]


def _lists(tenant: str) -> Select[str, str, str, str, str, int, int]:
    own = (list_entries.c.tenant == lists.c.tenant, list_entries.c.list_id == lists.c.list_id)
    entries = select(func.count()).where(*own).scalar_subquery()
    still_open = select(func.count()).where(*own, list_entries.c.state == "open").scalar_subquery()
    columns = (lists.c.tenant, lists.c.list_id, lists.c.name, lists.c.created_at, lists.c.created_by)
    return select(*columns, entries, still_open).where(lists.c.tenant == tenant)
