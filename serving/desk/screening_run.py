"""A screening at work: its documents are screened piece by piece beside the event loop, into a list.

Every piece's verdicts, evidence and entries, and how far the screening is, are stored in one transaction:
whoever takes it up after a crash goes on behind the last whole piece. So it does where the database was lost.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Final

from anyio import to_thread
from starlette.applications import Starlette

from accounts.errors import AssayError, NoUsableModel
from detector.screening import Detector
from serving.desk.screened_pieces import (
    Destination,
    Piece,
    screen_in_turn,
    screen_piece,
    store_screened_in,
)
from serving.desk.screening_again import screen_again
from serving.desk.typed_averages import averages_sentence
from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.observe.log import log_error
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.audit_log import lock_tenants
from serving.store.engine import NoUsableStore, RowsHeld
from serving.store.entry_work import EntryPlace, comment_on_entry
from serving.store.list_entries import entry_of_account
from serving.store.lists import ListRemoved
from serving.store.pseudonyms import account_sha256
from serving.store.screenings import (
    Screening,
    TakenOver,
    advance_in,
    end_screening,
    erased_from,
    note_at_work,
    remove_screenings,
    silent_screenings,
    stale_screenings,
    take_over,
)
from serving.store.store import Store
from serving.store.timestamps import now

__all__ = ["begin_run", "tend_screenings"]

PIECE_ACCOUNTS: Final = 25
SILENT: Final = timedelta(seconds=60)
TYPED_IN: Final = "typed in"
TENDED_EVERY: Final = 20.0
INTERNAL: Final = "Something went wrong inside; the service's log says what. Start it again."


def begin_run(app: Starlette, screening: Screening) -> None:
    """Work on a screening beside the requests; the application keeps hold of the task until it ends."""
    tasks = tasks_of(app)
    task = asyncio.create_task(run(app, screening))
    tasks[screening.screening_id] = task
    task.add_done_callback(lambda _: tasks.pop(screening.screening_id, None))


def tasks_of(app: Starlette) -> dict[str, asyncio.Task[None]]:
    """The work on screenings in this process, by their ids."""
    if not hasattr(app.state, "desk_tasks"):
        app.state.desk_tasks = {}
    tasks = app.state.desk_tasks
    assert isinstance(tasks, dict)
    return tasks


async def run(app: Starlette, screening: Screening) -> None:
    """Screen what is left of a screening, and end it; an error ends it, too, with a sentence.

    Where the database is lost, or there is no model, it does not end: it is taken up once that is back.
    """
    access: StoreAccess = app.state.store_access
    files = ScreeningFiles.of(app.state.settings, screening.screening_id)
    try:
        problem = await screen_rest(app, screening)
        await access.run(end_screening, screening, problem)
        await to_thread.run_sync(files.remove_inputs)
    except TakenOver:
        return
    except (NoUsableStore, NoUsableModel) as error:
        log_error("screening_interrupted", error)


async def screen_rest(app: Starlette, screening: Screening) -> str | None:
    """Screen what is left of a screening; why that failed, in a sentence.

    Raises
    ------
    TakenOver, NoUsableStore, NoUsableModel
        If somebody else has taken it over, the database was lost, or there is no model.
    """
    try:
        await (screen_again if screening.is_again else screen_dropped)(app, screening)
    except (TakenOver, NoUsableStore, NoUsableModel):
        raise
    except ListRemoved as error:  # somebody's wish, and no fault
        return str(error)
    except AssayError as error:
        log_error("screening_failed", error)
        return str(error)
    except Exception as error:
        log_error("screening_failed", error)
        return INTERNAL
    return None


async def screen_dropped(app: Starlette, screening: Screening) -> None:
    """Screen piece by piece until the last.

    Raises
    ------
    ListRemoved, TakenOver
        If the list was removed, or the screening taken over, meanwhile.
    """
    access: StoreAccess = app.state.store_access
    files = ScreeningFiles.of(app.state.settings, screening.screening_id)
    done = screening.done
    while lines := await to_thread.run_sync(files.document_lines, done, PIECE_ACCOUNTS):
        screen = partial(screen_lines, lines)
        piece = await screen_in_turn(app, screening.tenant, sum(map(len, lines)), screen)
        app.state.metrics.said.count(verdict for verdict, _ in piece.verdicts)
        done += len(lines)
        await access.run(store_piece, screening, piece, done)
        if piece.failed:
            await access.run(note_failed, screening, files, piece.failed)
    await access.run(note_averages, screening, files)


def screen_lines(lines: Sequence[bytes], detector: Detector, broken: str | None) -> Piece:
    """Screen some lines of documents in this thread; see :func:`screen_piece`."""
    documents = [document for document in map(json.loads, lines) if document]  # none: it was erased
    return screen_piece(detector, documents, broken)


def store_piece(store: Store, screening: Screening, piece: Piece, done: int) -> None:
    """Store a piece, without the accounts that were erased meanwhile.

    Raises
    ------
    ListRemoved, TakenOver
        If its list was removed, or the screening taken over, meanwhile; nothing is stored then.
    """
    tenant = screening.tenant
    with store.database.writing() as connection:
        lock_tenants(connection, [tenant])  # first: an erasure is noted before what follows is read, or after
        advance_in(connection, screening, done, len(piece.failed))
        erased = erased_from(connection, screening)
        wanted = [one for one in piece.verdicts if account_sha256(one[0].account_id) not in erased]
        place = Destination(tenant, str(screening.list_id), screening.created_by)
        store_screened_in(connection, store, place, wanted)


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
    """Look once; where there is no model nothing is taken up: another service may have one."""
    access: StoreAccess = app.state.store_access
    settings: Settings = app.state.settings
    folder = await to_thread.run_sync(screenings_folder(settings).name)
    if own := list(tasks_of(app)):
        await access.run(note_at_work, own)
    is_able = not isinstance(app.state.screening, NoUsableModel)
    for screening in await access.read(silent_screenings, folder, now(plus=-SILENT)) if is_able else ():
        if screening.screening_id in own:
            continue
        with suppress(RowsHeld):  # till the next look
            if await access.run(take_over, screening):
                begin_run(app, screening)
    lifetime = timedelta(hours=settings.desk_upload_hours)
    if stale := await access.read(stale_screenings, folder, lifetime):
        for screening in stale:
            files = ScreeningFiles.of(settings, screening.screening_id)
            await to_thread.run_sync(files.remove)
        await access.run(remove_screenings, stale)
