"""Screenings: what was dropped on the desk, from its arrival to the entries of a list.

A list that is screened again is a screening, too, without files: see :mod:`serving.store.list_screenings`.

Whoever works on one says so in ``beat_at``; after some time without a word another takes it up where
it stopped, for every piece's entries and the number done are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from accounts.errors import AssayError
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.engine import insert_if_absent
from serving.store.job_folders import note_alive_in
from serving.store.lists import create_list_in
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.tables import screening_erasures, screenings
from serving.store.timestamps import CLOCK_DIFFERENCE, now

__all__ = [
    "ErasedMeanwhile",
    "ListChoice",
    "Screening",
    "ScreeningState",
    "TakenOver",
    "TooManyScreenings",
    "advance_in",
    "create_screening",
    "end_screening",
    "erase_from_screenings",
    "erased_from",
    "erasures_of",
    "finish_reading",
    "get_screening",
    "list_screening",
    "note_at_work",
    "remove_screening",
    "remove_screenings",
    "screenings_in",
    "silent_screenings",
    "stale_screenings",
    "start_screening",
    "take_over",
    "unfinished_screenings",
    "withdraw_screening",
]


class ErasedMeanwhile(AssayError):
    """An account was erased while files arrived or were read, which may speak of it; HTTP 409."""

    status = 409

    def __init__(self) -> None:
        super().__init__("An account was erased while these files were read; drop them again without it.")


class TooManyScreenings(AssayError):
    """A tenant has as many screenings that wait or run as it may; HTTP 429."""

    status = 429

    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most:,} screenings may wait or run at once; start or discard some.")


class TakenOver(Exception):
    """Another process works on a screening, or it has ended: whoever finds that lets go of it."""


class ScreeningState(StrEnum):
    """How far a screening is; what arrives cannot be started yet."""

    ARRIVING = "arriving"
    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Screening:
    """A row of the table ``screenings``.

    Attributes
    ----------
    total
        Of a list that is screened again: the creators that were looked at, and those that are still to be.
    refused
        How many faults there were; of a list that is screened again how many creators were left as they are.
    """

    tenant: str
    screening_id: str
    state: ScreeningState
    folder: str
    created_at: str
    created_by: str
    beat_at: str
    list_id: str | None
    total: int | None
    done: int
    refused: int
    problem: str | None
    after_entry: str | None

    @property
    def is_again(self) -> bool:
        """Whether a list is screened again, and no files were dropped."""
        return self.after_entry is not None


_waits: Final = screenings.c.state.in_((ScreeningState.ARRIVING.value, ScreeningState.RECEIVED.value))

_has_files: Final = screenings.c.after_entry.is_(None)

_COLUMNS: Final = tuple(screenings.c[name] for name in Screening.__dataclass_fields__)


def _screening(row: Any) -> Screening:
    values = dict(row._mapping)
    return Screening(**values | {"state": ScreeningState(values["state"])})


def _place(tenant: str, screening_id: str) -> tuple[Any, Any]:
    return screenings.c.tenant == tenant, screenings.c.screening_id == screening_id


def create_screening(  # noqa: PLR0913, PLR0917 - one row, and how many there may be
    store: Store, tenant: str, screening_id: str, folder: str, actor: str, most: int
) -> None:
    """Note that files arrive in the folder with this id: from now on an erasure finds them.

    Raises
    ------
    TooManyScreenings
        If ``most`` of the tenant wait or run.
    """
    moment = now()
    row = {
        "tenant": tenant,
        "screening_id": screening_id,
        "state": ScreeningState.ARRIVING.value,
        "folder": folder,
        "created_at": moment,
        "created_by": actor,
        "beat_at": moment,
        "done": 0,
        "refused": 0,
    }
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        if len(unfinished_screenings(connection, tenant)) >= most:
            raise TooManyScreenings(most)
        connection.execute(insert(screenings), row)
        note_alive_in(connection, folder)
        details = {"screening_id": screening_id}
        append(connection, head, [Event("screening.received", actor, details=details)])


def finish_reading(store: Store, tenant: str, screening_id: str, erased_before: int = 0) -> None:
    """Let a screening whose files were read be started, unless an account was erased meanwhile.

    Parameters
    ----------
    erased_before
        How many erasures there were of it when the reading began.

    Raises
    ------
    ErasedMeanwhile
        If there are more now, or the screening is gone; its files must be removed then.
    """
    arrived = update(screenings).where(*_place(tenant, screening_id))
    with store.database.writing() as connection:
        lock_tenants(connection, [tenant])
        if erasures_of(connection, tenant, screening_id) > erased_before:
            raise ErasedMeanwhile
        values = {"state": ScreeningState.RECEIVED.value, "beat_at": now()}
        if not connection.execute(arrived.where(_waits).values(values)).rowcount:
            raise ErasedMeanwhile


def erasures_of(connection: Connection, tenant: str, screening_id: str) -> int:
    """How many accounts were erased since a screening's files arrived."""
    own = (screening_erasures.c.tenant == tenant, screening_erasures.c.screening_id == screening_id)
    counted = select(func.count()).select_from(screening_erasures).where(*own)
    return int(connection.execute(counted).scalar_one())


def screenings_in(connection: Connection, tenant: str, folder: str) -> list[str]:
    """The ids of a tenant's screenings whose files lie in a folder."""
    own = (screenings.c.tenant == tenant, screenings.c.folder == folder)
    return list(connection.execute(select(screenings.c.screening_id).where(*own)).scalars())


def unfinished_screenings(connection: Connection, tenant: str) -> list[str]:
    """The ids of a tenant's screenings of files that wait or run."""
    ended = (ScreeningState.DONE.value, ScreeningState.FAILED.value)
    own = (screenings.c.tenant == tenant, screenings.c.state.not_in(ended), _has_files)
    return list(connection.execute(select(screenings.c.screening_id).where(*own)).scalars())


def get_screening(connection: Connection, tenant: str, screening_id: str) -> Screening | None:
    """A tenant's screening; None where there is none with this id."""
    row = connection.execute(select(*_COLUMNS).where(*_place(tenant, screening_id))).first()
    return None if row is None else _screening(row)


def list_screening(connection: Connection, tenant: str, list_id: str) -> Screening | None:
    """The screening of a list again that runs, or else the newest one; None where no row is left of any."""
    own = (screenings.c.tenant == tenant, screenings.c.list_id == list_id, ~_has_files)
    runs = screenings.c.state == ScreeningState.RUNNING.value
    order = (runs.desc(), screenings.c.created_at.desc())
    row = connection.execute(select(*_COLUMNS).where(*own).order_by(*order).limit(1)).first()
    return None if row is None else _screening(row)


class ListChoice(NamedTuple):
    """The list that a screening runs into; where ``list_id`` is None a new one of that name."""

    list_id: str | None
    name: str = ""


def start_screening(
    store: Store, screening: Screening, into: ListChoice, sizes: tuple[int, int], actor: str
) -> bool:
    """Let a screening that has only arrived run into a list; whether it had not been started before.

    A new list is created in the same transaction: one that is started twice leaves no empty one behind.
    ``sizes`` are how many accounts it has, and how many were refused.
    """
    tenant, (total, refused) = screening.tenant, sizes
    place = _place(tenant, screening.screening_id)
    values = {"state": ScreeningState.RUNNING.value, "total": total, "refused": refused, "beat_at": now()}
    waiting = (*place, screenings.c.state == ScreeningState.RECEIVED.value)
    with store.database.writing() as connection:
        lock_tenants(connection, [tenant])
        if not connection.execute(update(screenings).where(*waiting).values(values)).rowcount:
            return False
        list_id = into.list_id or create_list_in(connection, tenant, into.name, actor)
        connection.execute(update(screenings).where(*place).values(list_id=list_id))
        head = lock_tenants(connection, [tenant])[tenant]
        details = {"screening_id": screening.screening_id, "list_id": list_id, "accounts": total}
        append(connection, head, [Event("screening.started", actor, details=details)])
    return True


def advance_in(connection: Connection, screening: Screening, done: int, failed: int) -> None:
    """Note a finished piece, in the transaction that stores its entries.

    ``done`` is the number of accounts after the piece, ``failed`` how many of it could not be screened.

    Raises
    ------
    TakenOver
        If another has done this piece meanwhile.
    """
    running = (
        *_place(screening.tenant, screening.screening_id),
        screenings.c.state == ScreeningState.RUNNING.value,
        screenings.c.done < done,
    )
    values = {"done": done, "beat_at": now(), "refused": screenings.c.refused + failed}
    if not connection.execute(update(screenings).where(*running).values(values)).rowcount:
        raise TakenOver


def end_screening(store: Store, screening: Screening, problem: str | None = None) -> None:
    """End a running screening: done, or failed with a sentence that says why."""
    running = (
        *_place(screening.tenant, screening.screening_id),
        screenings.c.state == ScreeningState.RUNNING.value,
    )
    state = ScreeningState.DONE if problem is None else ScreeningState.FAILED
    with store.database.writing() as connection:
        head = lock_tenants(connection, [screening.tenant])[screening.tenant]
        ended = update(screenings).where(*running).values(state=state.value, problem=problem, beat_at=now())
        if connection.execute(ended).rowcount:
            details = {"screening_id": screening.screening_id}
            event = Event(f"screening.{state.value}", screening.created_by, details=details)
            append(connection, head, [event])


def silent_screenings(connection: Connection, folder: str, before: str) -> list[Screening]:
    """The running screenings on which nobody has worked since a timestamp, of a folder or without files.

    Those that were worked on in the future count as well: the clock was set back meanwhile.
    """
    running = screenings.c.state == ScreeningState.RUNNING.value
    silent = ~screenings.c.beat_at.between(before, now(plus=CLOCK_DIFFERENCE))
    wanted = (running, screenings.c.folder.in_((folder, "")), silent)
    return list(map(_screening, connection.execute(select(*_COLUMNS).where(*wanted))))


def note_at_work(store: Store, screening_ids: Iterable[str]) -> None:
    """Note that somebody works on these running screenings, or waits for a turn at one.

    One whose row another transaction holds is left out: nobody else can take it up, either.
    """
    running = screenings.c.state == ScreeningState.RUNNING.value
    own = select(screenings.c.screening_id).where(running, screenings.c.screening_id.in_(list(screening_ids)))
    free = screenings.c.screening_id.in_(own.with_for_update(skip_locked=True))
    with store.database.writing() as connection:
        connection.execute(update(screenings).where(free).values(beat_at=now()))


def take_over(store: Store, screening: Screening) -> bool:
    """Take up a silent screening; of several that try at once one does."""
    same = (*_place(screening.tenant, screening.screening_id), screenings.c.beat_at == screening.beat_at)
    with store.database.writing() as connection:
        return bool(connection.execute(update(screenings).where(*same).values(beat_at=now())).rowcount)


def stale_screenings(connection: Connection, folder: str, lifetime: timedelta) -> list[Screening]:
    """The screenings, of a folder or without files, that arrived so long ago and do not run."""
    running = screenings.c.state == ScreeningState.RUNNING.value
    old = screenings.c.beat_at < now(plus=-lifetime)
    wanted = (~running, screenings.c.folder.in_((folder, "")), old)
    return list(map(_screening, connection.execute(select(*_COLUMNS).where(*wanted))))


def remove_screenings(store: Store, removed: Iterable[Screening]) -> None:
    """Remove the rows of screenings whose files were removed."""
    with store.database.writing() as connection:
        for screening in removed:
            connection.execute(delete(screenings).where(*_place(screening.tenant, screening.screening_id)))


def withdraw_screening(store: Store, tenant: str, screening_id: str) -> bool:
    """Let one that was not started be started no more, before its files are removed; whether it was not."""
    withdrawn = update(screenings).where(*_place(tenant, screening_id), _waits)
    with store.database.writing() as connection:
        lock_tenants(connection, [tenant])
        return bool(connection.execute(withdrawn.values(state=ScreeningState.ARRIVING.value)).rowcount)


def remove_screening(store: Store, tenant: str, screening_id: str) -> None:
    """Remove the row of one that was not started, after its files were removed."""
    with store.database.writing() as connection:
        lock_tenants(connection, [tenant])
        connection.execute(delete(screenings).where(*_place(tenant, screening_id), _waits))


def erase_from_screenings(store: Store, tenant: str, account_id: str) -> list[Screening]:
    """Let no screening of a tenant's files store an account from now on; all of these.

    Where a list is screened again, an entry that was erased is missed before anything is stored of it.
    """
    own = select(*_COLUMNS).where(screenings.c.tenant == tenant, _has_files)
    with store.database.writing() as connection:
        lock_tenants(connection, [tenant])
        found = list(map(_screening, connection.execute(own)))
        rows = [
            {
                "tenant": tenant,
                "screening_id": one.screening_id,
                "account_sha256": account_sha256(account_id),
            }
            for one in found
        ]
        if rows:
            connection.execute(insert_if_absent(connection, screening_erasures), rows)
    return found


def erased_from(connection: Connection, screening: Screening) -> frozenset[str]:
    """The accounts that were erased while a screening waited or ran, by the SHA-256 of their ids."""
    own = (
        screening_erasures.c.tenant == screening.tenant,
        screening_erasures.c.screening_id == screening.screening_id,
    )
    return frozenset(connection.execute(select(screening_erasures.c.account_sha256).where(*own)).scalars())
