"""A list that is screened again: each of its creators on its stored evidence, with what was observed since.

It is a screening as that of dropped files is, and goes on where it stopped; see :mod:`screening_run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import accumulate
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection
from starlette.applications import Starlette

from accounts.document import to_documents
from accounts.errors import BadInput, WrongUsage
from accounts.observations import OF_ACCOUNT
from accounts.reading import read_document
from detector.screening import Detector
from serving.desk.rejudging import document_of
from serving.desk.screened_pieces import (
    Destination,
    ScreenedDocument,
    screen_in_turn,
    screen_piece,
    store_screened_in,
)
from serving.store.access import StoreAccess
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.list_entries import Entry, EntryRemoved, JudgedMeanwhile, check_is_current, get_entry
from serving.store.list_screenings import advance_again_in, next_entries, note_watched
from serving.store.observation_rows import join_stored, newest_observation
from serving.store.screenings import Screening
from serving.store.store import Store
from serving.store.stored_documents import DocumentDamaged
from serving.store.timestamps import format_timestamp

__all__ = ["screen_again"]

PIECE_ACCOUNTS: Final = 25
PIECE_BYTES: Final = 4 * 2**20

JudgedEntry: TypeAlias = tuple[Entry, ScreenedDocument]
"""An entry as it was read, with its new verdict and the document that this is about."""


async def screen_again(app: Starlette, screening: Screening) -> None:
    """Screen piece by piece until the last entry.

    Raises
    ------
    ListRemoved, TakenOver
        If the list was removed, or the screening taken over, meanwhile.
    """
    access: StoreAccess = app.state.store_access
    while found := await access.read(next_entries, screening, PIECE_ACCOUNTS):
        sizes = list(accumulate(size for _, size in found))
        count = max(1, sum(size <= PIECE_BYTES for size in sizes))
        entry_ids = [entry_id for entry_id, _ in found[:count]]
        judge = partial(judge_entries, access, screening, entry_ids)
        judged = await screen_in_turn(app, screening.tenant, sizes[count - 1], judge)
        stored = await access.run(store_again, screening, entry_ids, judged)
        app.state.metrics.said.count(verdict for verdict, _ in stored)
        screening = replace(screening, after_entry=entry_ids[-1])
    await access.run(note_screened, screening)


def judge_entries(
    access: StoreAccess,
    screening: Screening,
    entry_ids: Sequence[str],
    detector: Detector,
    broken: str | None,
) -> list[JudgedEntry]:
    """Judge entries again in this thread, as they are now; those that are gone or cannot be are left out."""
    store, entries, documents = access.opened(), dict[str, Entry](), list[dict[str, Any]]()
    for entry_id in entry_ids:
        with store.database.reading() as connection:
            entry = get_entry(connection, screening.tenant, str(screening.list_id), entry_id)
        document = entry and observed_since(store, entry)
        if entry and document:
            entries[document["account_id"]] = entry
            documents.append(document)
    piece = screen_piece(detector, documents, broken)
    return [(entries[document["account_id"]], (verdict, document)) for verdict, document in piece.verdicts]


def observed_since(store: Store, entry: Entry) -> dict[str, Any] | None:
    """The evidence of an entry, as of the newest observation of its account, with all that was observed.

    None where it is not stored any more, or cannot be read.
    """
    try:
        document = document_of(store, entry)
        with store.database.reading() as connection:
            newest = newest_observation(connection, entry.tenant, document["account_id"], entry.platform)
        if newest is None or newest.observed_at <= datetime.fromisoformat(document["as_of"]):
            return document
        counts = {name: getattr(newest, name) for name in OF_ACCOUNT if getattr(newest, name) is not None}
        later = document | {
            "as_of": format_timestamp(newest.observed_at),
            "profile": (document.get("profile") or {}) | counts,
        }
        (joined,) = to_documents(join_stored(store, entry.tenant, read_document(later)))
    except (BadInput, WrongUsage, DocumentDamaged):
        return None
    return joined


def store_again(
    store: Store, screening: Screening, entry_ids: Sequence[str], judged: Sequence[JudgedEntry]
) -> list[ScreenedDocument]:
    """Store a piece; the verdicts that are new. An entry that was removed or judged meanwhile stays as it is.

    Raises
    ------
    ListRemoved, TakenOver
        If the list was removed, or the screening taken over, meanwhile; nothing is stored then.
    """
    tenant, list_id, actor = screening.tenant, str(screening.list_id), screening.created_by
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        current = [(entry, screened) for entry, screened in judged if is_current(connection, entry)]
        advance_again_in(connection, screening, entry_ids, len(entry_ids) - len(current))
        new = [screened for entry, screened in current if screened[0].verdict_id != entry.verdict_id]
        events = [Event("entry.screened_again", actor, verdict_id=verdict.verdict_id) for verdict, _ in new]
        append(connection, head, events)
        store_screened_in(connection, store, Destination(tenant, list_id, actor), new)
    return new


def is_current(connection: Connection, entry: Entry) -> bool:
    """Whether an entry is still as it was read."""
    try:
        check_is_current(connection, entry)
    except (EntryRemoved, JudgedMeanwhile):
        return False
    return True


def note_screened(store: Store, screening: Screening) -> None:
    """Note that the list was screened again just now; :class:`ListRemoved` where it is gone."""
    with store.database.writing() as connection:
        note_watched(connection, screening.tenant, str(screening.list_id))
