"""Lists that are screened again: each at most once at a time, because somebody asks or its days are over.

The work is in the database alone, so that any process can go on with it: behind ``after_entry``, in the
order of the entries' ids. Those that come into the list meanwhile have just been screened.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from serving.store.audit_log import Event, append, lock_tenants
from serving.store.engine import RowsHeld
from serving.store.list_rules import list_rules_of
from serving.store.lists import check_list
from serving.store.screenings import (
    Screening,
    ScreeningState,
    TakenOver,
    get_screening,
    list_screening,
)
from serving.store.store import Store
from serving.store.tables import evidence, list_entries, list_rules, screenings
from serving.store.timestamps import CLOCK_DIFFERENCE, now

__all__ = [
    "SERVICE",
    "advance_again_in",
    "begin_again",
    "claim_watched_lists",
    "next_entries",
    "note_watched",
]

SERVICE: Final = "service"
"""Who begins what nobody asked for."""


def begin_again(store: Store, tenant: str, list_id: str, actor: str) -> tuple[Screening, bool]:
    """Begin to screen a list again: the screening, and whether it is new; of one list one runs at a time.

    Raises
    ------
    ListRemoved
        If the list is gone.
    """
    with store.database.writing() as connection:
        return _begin_in(connection, tenant, list_id, actor)


def _begin_in(connection: Connection, tenant: str, list_id: str, actor: str) -> tuple[Screening, bool]:
    head = lock_tenants(connection, [tenant])[tenant]
    check_list(connection, tenant, list_id)
    newest = list_screening(connection, tenant, list_id)
    if newest and newest.state is ScreeningState.RUNNING:
        return newest, False
    moment, screening_id = now(), secrets.token_hex(16)
    total = _count_after(connection, tenant, list_id, "")
    row = {
        "tenant": tenant, "screening_id": screening_id, "state": ScreeningState.RUNNING.value, "folder": "",
        "created_at": moment, "created_by": actor, "beat_at": moment, "list_id": list_id,
        "total": total, "done": 0, "refused": 0, "after_entry": "",
    }  # fmt: skip
    connection.execute(insert(screenings), row)
    details = {"screening_id": screening_id, "list_id": list_id, "accounts": total, "again": True}
    append(connection, head, [Event("screening.started", actor, details=details)])
    begun = get_screening(connection, tenant, screening_id)
    assert begun
    return begun, True


def claim_watched_lists(store: Store, at: datetime | None = None) -> list[Screening]:
    """Begin to screen the lists again that are due; of several services one does, each list by itself."""
    moment, rules = at or datetime.now(UTC), list_rules.c
    with store.database.reading() as connection:
        columns = (rules.tenant, rules.list_id, rules.watch_days, rules.watched_at)
        watched = connection.execute(select(*columns).where(rules.watch_days > 0)).all()
    due = [tuple(place) for *place, days, watched_at in watched if is_due(watched_at, days, moment)]
    return [begun for tenant, list_id in due if (begun := _claim(store, tenant, list_id, moment))]


def _claim(store: Store, tenant: str, list_id: str, moment: datetime) -> Screening | None:
    """Begin to screen a list again if it is still due, nobody does, and nobody holds its tenant's row."""
    with suppress(RowsHeld), store.database.writing() as connection:
        lock_tenants(connection, [tenant])
        rules = list_rules_of(connection, tenant, list_id)
        if not rules.watch_days or not is_due(rules.watched_at, rules.watch_days, moment):
            return None
        screening, is_new = _begin_in(connection, tenant, list_id, SERVICE)
        if not is_new:
            return None
        note_watched(connection, tenant, list_id)
        return screening
    return None


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


def next_entries(connection: Connection, screening: Screening, most: int) -> list[tuple[str, int]]:
    """Ids of the next entries, at most so many, each with the bytes of its evidence; 0 where that is gone."""
    entry, document = list_entries.c, evidence.c
    same = (document.tenant == entry.tenant) & (document.evidence_sha256 == entry.evidence_sha256)
    wanted = (
        select(entry.entry_id, func.coalesce(document.bytes, 0))
        .select_from(list_entries.outerjoin(evidence, same))
        .where(*_later(screening.tenant, str(screening.list_id), str(screening.after_entry)))
        .order_by(entry.entry_id)
        .limit(most)
    )
    return [(entry_id, size) for entry_id, size in connection.execute(wanted)]


def advance_again_in(
    connection: Connection, screening: Screening, entry_ids: Sequence[str], left: int
) -> None:
    """Note a finished piece, in the transaction that stores what came of it.

    ``entry_ids`` are the entries that were looked at, ``left`` how many of them stay as they are.

    Raises
    ------
    TakenOver
        If another has done this piece meanwhile.
    """
    tenant, list_id, last = screening.tenant, str(screening.list_id), entry_ids[-1]
    running = (
        screenings.c.tenant == tenant,
        screenings.c.screening_id == screening.screening_id,
        screenings.c.state == ScreeningState.RUNNING.value,
        screenings.c.after_entry == screening.after_entry,
    )
    done = screenings.c.done + len(entry_ids)
    values = {
        "after_entry": last, "done": done, "refused": screenings.c.refused + left, "beat_at": now(),
        "total": done + _count_after(connection, tenant, list_id, last),
    }  # fmt: skip
    if not connection.execute(update(screenings).where(*running).values(values)).rowcount:
        raise TakenOver


def _later(tenant: str, list_id: str, after_entry: str) -> tuple[ColumnElement[bool], ...]:
    entry = list_entries.c
    return entry.tenant == tenant, entry.list_id == list_id, entry.entry_id > after_entry


def _count_after(connection: Connection, tenant: str, list_id: str, after_entry: str) -> int:
    counted = select(func.count()).select_from(list_entries).where(*_later(tenant, list_id, after_entry))
    return int(connection.execute(counted).scalar_one())
