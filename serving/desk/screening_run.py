"""A screening at work: its documents are screened piece by piece beside the event loop, into a list.

Every piece's verdicts, evidence and entries, and how far the screening is, are stored in one transaction:
whoever takes it up after a crash goes on behind the last whole piece.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from anyio import to_thread
from sqlalchemy import Connection
from starlette.applications import Starlette

from accounts.errors import AssayError
from accounts.reading import read_documents
from detector.labels import Explain
from detector.screening import Detector
from serving.desk.new_entries import new_entry
from serving.desk.typed_averages import averages_sentence
from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.observe.log import log_error
from serving.screening.promises import with_caveat
from serving.screening.records import log_unjudged, screen_each
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.audit_log import lock_tenants
from serving.store.engine import NoUsableStore
from serving.store.entry_work import EntryPlace, comment_on_entry
from serving.store.evidence import store_evidence_in
from serving.store.list_entries import entry_of_account, put_entries_in
from serving.store.lists import ListRemoved, check_list
from serving.store.screenings import (
    Screening,
    advance_in,
    end_screening,
    erased_from,
    remove_screenings,
    silent_screenings,
    stale_screenings,
    take_over,
)
from serving.store.store import Store, account_sha256
from serving.store.timestamps import now
from serving.store.verdict_rows import NewVerdict, TenantVerdict, store_verdicts_in

__all__ = ["Destination", "begin_run", "screen_piece", "store_screened_in", "tend_screenings"]

PIECE_ACCOUNTS: Final = 25
SILENT: Final = timedelta(seconds=60)
TYPED_IN: Final = "typed in"
TENDED_EVERY: Final = 20.0
INTERNAL: Final = "Something went wrong inside; the service's log says what. Start it again."


ScreenedDocument: TypeAlias = tuple[NewVerdict, dict[str, Any]]
"""A verdict, and the pseudonymised document that it is about."""


class Piece(NamedTuple):
    """Some screened documents: verdicts with their documents, and what could not be screened."""

    verdicts: list[ScreenedDocument]
    failed: list[dict[str, Any]]


def begin_run(app: Starlette, screening: Screening) -> None:
    """Work on a screening beside the requests; the application keeps hold of the task until it ends."""
    tasks: set[asyncio.Task[None]] = getattr(app.state, "desk_tasks", set())
    app.state.desk_tasks = tasks
    task = asyncio.create_task(run(app, screening))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def run(app: Starlette, screening: Screening) -> None:
    """Screen what is left of a screening, and end it; an error ends it, too, with a sentence.

    Where the database is lost it does not end: it is taken up once that is back.
    """
    access: StoreAccess = app.state.store_access
    try:
        await screen_rest(app, screening)
    except ListRemoved as error:  # somebody's wish, and no fault
        await access.run(end_screening, screening, str(error))
        files = ScreeningFiles.of(app.state.settings, screening.screening_id)
        await to_thread.run_sync(files.remove_inputs)
    except NoUsableStore as error:
        log_error("screening_interrupted", error)
    except AssayError as error:
        log_error("screening_failed", error)
        await access.run(end_screening, screening, str(error))
    except Exception as error:
        log_error("screening_failed", error)
        await access.run(end_screening, screening, INTERNAL)


async def screen_rest(app: Starlette, screening: Screening) -> None:
    """Screen piece by piece until the last, or until somebody else has taken the screening over."""
    access: StoreAccess = app.state.store_access
    files = ScreeningFiles.of(app.state.settings, screening.screening_id)
    done = screening.done
    while lines := await to_thread.run_sync(files.document_lines, done, PIECE_ACCOUNTS):
        service = app.state.screening
        if isinstance(service, AssayError):
            raise service
        documents = [document for document in map(json.loads, lines) if document]  # none: it was erased
        broken = service.promises.sentence(screening.tenant, service.detector.bundle.sha256)
        piece = await to_thread.run_sync(
            screen_piece, service.detector, documents, broken, limiter=service.batches
        )
        app.state.metrics.said.count(verdict for verdict, _ in piece.verdicts)
        done += len(lines)
        if not await access.run(store_piece, screening, piece, done):
            return
        if piece.failed:
            await access.run(note_failed, screening, files, piece.failed)
    await access.run(note_averages, screening, files)
    await access.run(end_screening, screening)
    await to_thread.run_sync(files.remove_inputs)


def screen_piece(detector: Detector, documents: Sequence[dict[str, Any]], broken: str | None = None) -> Piece:
    """Screen some pseudonymised documents in this thread; one that raises fails alone.

    ``broken`` says why the model's promise does not hold; None while nothing speaks against it.
    """
    chunk = read_documents(documents)
    by_id = {document["account_id"]: document for document in documents}
    names = chunk.tables.accounts["account_id"].to_list()
    screened = screen_each(detector, chunk.tables, Explain.ALL)
    piece = Piece([], [failed_row(str(fault.account_id), fault.rule) for fault in chunk.faults])
    for name, verdict in zip(names, screened, strict=True):
        if isinstance(verdict, NewVerdict):
            piece.verdicts.append((with_caveat(verdict, broken), by_id[name]))
        else:
            log_unjudged(verdict)
            piece.failed.append(failed_row(name, "could not be screened; the service's log says why."))
    return piece


def failed_row(account_id: str, rule: str) -> dict[str, Any]:
    """A fault of an account that was read, and could not be screened."""
    return {"place": "", "account_id": account_id, "field": "", "rule": rule}


def store_piece(store: Store, screening: Screening, piece: Piece, done: int) -> bool:
    """Store a piece, without the accounts that were erased meanwhile; whether the screening still runs.

    Raises
    ------
    ListRemoved
        If its list was removed meanwhile; nothing is stored then.
    """
    tenant = screening.tenant
    with store.database.writing() as connection:
        lock_tenants(connection, [tenant])  # first: an erasure is noted before what follows is read, or after
        if not advance_in(connection, screening, done, len(piece.failed)):
            return False
        erased = erased_from(connection, screening)
        wanted = [one for one in piece.verdicts if account_sha256(one[0].account_id) not in erased]
        place = Destination(tenant, str(screening.list_id), screening.created_by)
        store_screened_in(connection, store, place, wanted)
    return True


def note_failed(
    store: Store, screening: Screening, files: ScreeningFiles, failed: Sequence[dict[str, Any]]
) -> None:
    """Add to a screening's faults what could not be screened, without the accounts that were erased.

    Whoever erases one notes that first and rewrites the file then, under the same lock.
    """
    with files.locked():
        with store.database.reading() as connection:
            erased = erased_from(connection, screening)
        files.add_faults(row for row in failed if account_sha256(row["account_id"]) not in erased)


def note_averages(store: Store, screening: Screening, files: ScreeningFiles) -> None:
    """Keep averages that were typed in with their creator, as a comment."""
    averages = files.read_json(files.path / "averages.json")
    text = averages_sentence(averages) if averages else ""
    if not text:
        return
    for line in files.document_lines(0, 1):
        if (document := json.loads(line)) is not None:
            with store.database.reading() as connection:
                entry_id = entry_of_account(
                    connection, screening.tenant, str(screening.list_id), document["account_id"]
                )
            if entry_id is not None:
                place = EntryPlace(screening.tenant, str(screening.list_id), entry_id)
                comment_on_entry(store, place, text, TYPED_IN, screening.created_by)


class Destination(NamedTuple):
    """Where screened creators go: the tenant and the list; ``actor`` asked for it."""

    tenant: str
    list_id: str
    actor: str


def store_screened_in(
    connection: Connection, store: Store, place: Destination, screened: Sequence[ScreenedDocument]
) -> None:
    """Store verdicts, evidence and entries of a list, in the transaction of a connection.

    Raises
    ------
    ListRemoved
        If the list is gone.
    """
    lock_tenants(connection, [place.tenant])
    check_list(connection, place.tenant, place.list_id)
    entries = [TenantVerdict(place.tenant, place.actor, verdict) for verdict, _ in screened]
    store_verdicts_in(connection, store, entries)
    rows = [
        new_entry(verdict, document, store_evidence_in(connection, place.tenant, document))
        for verdict, document in screened
    ]
    put_entries_in(connection, place.tenant, place.list_id, rows)


async def tend_screenings(app: Starlette) -> None:
    """Take up screenings that nobody works on any more, and remove old ones, for ever.

    An error is logged and the work tried again.
    """
    while True:
        try:
            await tend(app)
        except Exception as error:
            log_error("screenings_not_tended", error)
        await asyncio.sleep(TENDED_EVERY)


async def tend(app: Starlette) -> None:
    """Look once."""
    access: StoreAccess = app.state.store_access
    settings: Settings = app.state.settings
    folder = await to_thread.run_sync(screenings_folder(settings).name)
    for screening in await access.read(silent_screenings, folder, now(plus=-SILENT)):
        if await access.run(take_over, screening):
            begin_run(app, screening)
    lifetime = timedelta(hours=settings.desk_upload_hours)
    if stale := await access.read(stale_screenings, folder, lifetime):
        for screening in stale:
            files = ScreeningFiles.of(settings, screening.screening_id)
            await to_thread.run_sync(files.remove)
        await access.run(remove_screenings, stale)
