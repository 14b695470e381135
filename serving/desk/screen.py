"""Screen: files are dropped, what was understood is shown and corrected, then judged with live progress."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final

from anyio import CancelScope, to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from accounts.errors import WrongUsage
from accounts.importing.catalogue import SOURCES
from accounts.importing.files import SUFFIXES
from reporting.numbers import Numbers
from serving.desk.creator_files import locale_of
from serving.desk.csv_export import CSV_TYPE, attachment, csv_parts
from serving.desk.forms import field, read_form
from serving.desk.mapper import FIELD_NAMES, TABLE_NAMES
from serving.desk.pages import FormRules, form_rules, redirect, session_of
from serving.desk.reading import read_dropped
from serving.desk.rendering import render
from serving.desk.screening_run import begin_run
from serving.desk.sent_forms import answer_before, once
from serving.desk.typed_averages import PLATFORM_CHOICES, typed_document
from serving.http.authentication import ScopedEndpoints
from serving.http.forms import FormLimits
from serving.http.problems import NotFound
from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.jobs.tenant_bytes import check_room
from serving.jobs.upload import check_content_length
from serving.routes.dependencies import screening_service, store_access
from serving.routes.rendering_turns import whole_in_turns
from serving.settings import Settings
from serving.store.api_keys import Scope
from serving.store.lists import get_list, list_lists
from serving.store.members import actor_name
from serving.store.screenings import (
    ErasedMeanwhile,
    ListChoice,
    Screening,
    ScreeningState,
    TooManyScreenings,
    create_screening,
    erased_from,
    erasures_of,
    finish_reading,
    get_screening,
    remove_screening,
    start_screening,
    unfinished_screenings,
    withdraw_screening,
)
from serving.store.store import Store

__all__ = ["SCREEN_PAGES"]

IDS: Final = re.compile("[0-9a-f]{32}")
LOOKED_EVERY: Final = 0.4
LONGEST_STREAM: Final = 25.0
"""Seconds after which a stream ends; the browser asks for the next one, of whichever worker."""

STARTED: Final = "This was started already."

WAITING: Final = (ScreeningState.ARRIVING, ScreeningState.RECEIVED)
LARGEST_MAPPER: Final = FormLimits(2**20, fields=10_000)
"""The form with a field for each column of each table."""

FAULT_COLUMNS: Final = ("place", "account_id", "field", "rule")


async def show_drop(request: Request) -> Response:
    """The page on which files are dropped, or averages typed in."""
    lists = await store_access(request).read(list_lists, session_of(request).caller.tenant)
    settings = settings_of(request)
    return render(
        request, "screen.html", lists=lists, wanted_list=request.query_params.get("list", ""),
        suffixes=sorted(SUFFIXES | {".parquet"}), sources=list(SOURCES.values()),
        platforms=PLATFORM_CHOICES, most=settings.desk_upload_bytes,
    )  # fmt: skip


async def receive(request: Request) -> Response:
    """Take in dropped files, or the averages of one creator, and show what was understood."""
    form, tenant = await read_form(request), session_of(request).caller.tenant
    screening_id = await answer_before(request, tenant) or await keep_and_read(request, form)
    wanted = await field(request, "list")
    return redirect(request, f"/screen/{screening_id}" + (f"?list={wanted}" if IDS.fullmatch(wanted) else ""))


async def keep_and_read(request: Request, form: FormData) -> str:
    """Keep what was dropped, and read it: the id of its screening.

    Where the same form came meanwhile, and was read first, it is the id of that one, and this one is removed.
    """
    session, access = session_of(request), store_access(request)
    screening_id, settings, tenant = secrets.token_hex(16), settings_of(request), session.caller.tenant
    files = ScreeningFiles.of(settings, screening_id)
    folder = await to_thread.run_sync(screenings_folder(settings).name)
    place = (tenant, screening_id)
    await access.run(create_screening, *place, folder, session.caller.actor, settings.jobs_at_once)
    async with removed_on_error(request, screening_id):
        await to_thread.run_sync(files.create)
        await keep_dropped(form, files)
        await read_dropped(request, tenant, files)
        await check_room(access, settings, tenant)
        kept = str(await once(request, tenant, finish_reading_once, *place))
    if kept != screening_id:
        await to_thread.run_sync(files.remove)
        await access.run(remove_screening, *place)
    return kept


@wraps(finish_reading)
def finish_reading_once(store: Store, tenant: str, screening_id: str) -> str:
    """Let a screening be started; its id."""
    finish_reading(store, tenant, screening_id)
    return screening_id


async def check_before_files(request: Request) -> None:
    """Refuse dropped files before they come, where there is no room for them.

    Raises
    ------
    TooManyScreenings, TenantFull, DiskFull
        Of the tenant as many wait, or lie on the disk, as may; or the disk is full.
    """
    settings, access, tenant = settings_of(request), store_access(request), session_of(request).caller.tenant
    if len(await access.read(unfinished_screenings, tenant)) >= settings.jobs_at_once:
        raise TooManyScreenings(settings.jobs_at_once)
    await check_room(access, settings, tenant)
    folder = screenings_folder(settings)
    await to_thread.run_sync(folder.name)
    check_content_length(request, settings.desk_upload_bytes, await to_thread.run_sync(folder.free))


@asynccontextmanager
async def removed_on_error(request: Request, screening_id: str) -> AsyncIterator[None]:
    """Around the work on a screening that cannot be started yet: an error removes it and its files.

    Raises
    ------
    ErasedMeanwhile
        In place of whatever came of it that an erasure removed its files.
    """
    access, tenant = store_access(request), session_of(request).caller.tenant
    files = ScreeningFiles.of(settings_of(request), screening_id)
    try:
        yield
    except BaseException as error:
        with CancelScope(shield=True):
            erasures = await access.read(erasures_of, tenant, screening_id)
            await to_thread.run_sync(files.remove)
            await access.run(remove_screening, tenant, screening_id)
        if erasures and isinstance(error, Exception):
            raise ErasedMeanwhile from error
        raise


async def keep_dropped(form: FormData, files: ScreeningFiles) -> None:
    """Keep the files of a form, or the document of what was typed in.

    Raises
    ------
    WrongUsage
        If there is neither, or what was typed in cannot be meant.
    """
    dropped = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    for one in dropped:
        await to_thread.run_sync(files.keep, str(one.filename), one.file)
    if dropped:
        return
    if not str(form.get("handle", "")).strip():
        raise WrongUsage("No file was chosen, and no creator typed in.")
    document, averages = typed_document(form, datetime.now(UTC))
    (files.uploads / "typed.json").write_text(json.dumps(document))
    files.write_json(files.path / "averages.json", averages)


async def show_screening(request: Request) -> Response:
    """A screening as far as it is: understood, running, or done."""
    screening, files = await screening_of(request)
    if screening.state not in WAITING:
        return await show_progress(request, screening, files)
    summary = await summary_of(files)
    lists = await store_access(request).read(list_lists, screening.tenant)
    averages = await to_thread.run_sync(files.read_json, files.path / "averages.json")
    return render(
        request, "understood.html", screening=screening, understood=summary, lists=lists, averages=averages,
        table_names=TABLE_NAMES, field_names=FIELD_NAMES, default_name=default_name(request),
        wanted_list=request.query_params.get("list", ""),
    )  # fmt: skip


async def show_progress(request: Request, screening: Screening, files: ScreeningFiles) -> Response:
    """How far a screening is; when it is done, what came of it."""
    access, tenant = store_access(request), screening.tenant
    faults = await to_thread.run_sync(lambda: list(files.fault_rows()))
    shortlist = None
    if screening.list_id:
        shortlist = await access.read(get_list, tenant, screening.list_id)
    by = await access.read(actor_name, tenant, screening.created_by)
    return render(
        request, "screening.html", screening=screening, faults=faults[:200], fault_count=len(faults),
        shortlist=shortlist, by=by, begun_before=request.query_params.get("begun") == "before",
    )  # fmt: skip


async def correct(request: Request) -> Response:
    """Read the files again with what somebody corrected of the tables' columns."""
    screening, files = await waiting_screening(request)
    form = {name: value for name, value in (await read_form(request)).items() if isinstance(value, str)}
    access, place = store_access(request), (screening.tenant, screening.screening_id)
    erased = await access.read(erased_from, screening)
    before = len(erased)
    await summary_of(files)
    try:
        await read_dropped(request, screening.tenant, files, form, erased)
        await access.run(finish_reading, *place, before)
    except Exception as error:
        if isinstance(error, ErasedMeanwhile) or await access.read(erasures_of, *place) > before:
            await to_thread.run_sync(files.remove)
            raise ErasedMeanwhile from error
        raise
    return redirect(request, f"/screen/{screening.screening_id}#tables")


async def summary_of(files: ScreeningFiles) -> dict[str, Any]:
    """What was understood of a screening.

    Raises
    ------
    NotFound
        If its files were removed.
    """
    summary = await to_thread.run_sync(files.read_json, files.summary)
    if summary is None:
        raise no_such_screening()
    assert isinstance(summary, dict)
    return summary


async def start(request: Request) -> Response:
    """Judge what was understood, into a list that is there or a new one."""
    screening, files = await waiting_screening(request)
    screening_service(request)  # a sentence where there is no model
    summary = await summary_of(files)
    if not summary["counts"]["accounts"]:
        raise WrongUsage("There is no account to screen: correct the tables, or drop other files.")
    into = await chosen_list(request, screening)
    sizes = (summary["counts"]["accounts"], summary["faults"])
    actor, access = session_of(request).caller.actor, store_access(request)
    if await access.run(start_screening, screening, into, sizes, actor):
        found = await access.read(get_screening, screening.tenant, screening.screening_id)
        assert found
        begin_run(request.app, found)
    return redirect(request, f"/screen/{screening.screening_id}")


async def chosen_list(request: Request, screening: Screening) -> ListChoice:
    """The list that the form chooses; a new one of the name that it gives.

    Raises
    ------
    NotFound
        If the list is gone.
    """
    chosen, access = await field(request, "list"), store_access(request)
    if chosen and (not IDS.fullmatch(chosen) or not await access.read(get_list, screening.tenant, chosen)):
        raise NotFound("There is no such list.")
    if chosen:
        return ListChoice(chosen)
    return ListChoice(None, await field(request, "name") or default_name(request))


def default_name(request: Request) -> str:
    """The name of a list that nobody named: the day, as whoever screens writes it."""
    return f"Shortlist of {Numbers(locale_of(request)).day(datetime.now(UTC).date())}"


async def discard(request: Request) -> Response:
    """Remove what was dropped and not screened.

    Raises
    ------
    WrongUsage
        If somebody has started it.
    """
    screening, files = await waiting_screening(request)
    access, place = store_access(request), (screening.tenant, screening.screening_id)
    if not await access.run(withdraw_screening, *place):
        raise WrongUsage(STARTED)
    await to_thread.run_sync(files.remove)
    await access.run(remove_screening, *place)
    return redirect(request, "/screen")


async def stream_progress(request: Request) -> Response:
    """The progress of a screening as server-sent events."""
    screening, _ = await screening_of(request)
    return StreamingResponse(
        events(request, screening), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def events(request: Request, screening: Screening) -> AsyncIterator[str]:
    """An event whenever the number done or the state changes, until the end or for 25 seconds."""
    before = ""
    yield "retry: 1000\n\n"
    for _ in range(int(LONGEST_STREAM / LOOKED_EVERY)):
        found = await store_access(request).read(get_screening, screening.tenant, screening.screening_id)
        if found is None or request.app.state.shutdown.begun:
            return
        data = json.dumps({"state": found.state, "done": found.done, "total": found.total})
        if data != before:
            yield f"event: progress\ndata: {data}\n\n"
        before = data
        if found.state is not ScreeningState.RUNNING:
            return
        await asyncio.sleep(LOOKED_EVERY)


async def download_faults(request: Request) -> Response:
    """Everything that was refused, as a table."""
    screening, files = await screening_of(request)
    rows = await to_thread.run_sync(lambda: list(files.fault_rows()))
    name = f"assay-faults-{screening.screening_id[:8]}"
    return attachment(await whole_in_turns(request, csv_parts(FAULT_COLUMNS, rows)), f"{name}.csv", CSV_TYPE)


async def waiting_screening(request: Request) -> tuple[Screening, ScreeningFiles]:
    """The screening of the path, which has not been started.

    Raises
    ------
    NotFound
        If what was dropped was removed.
    WrongUsage
        If it has been.
    """
    screening, files = await screening_of(request)
    if screening.state not in WAITING:
        raise WrongUsage(STARTED)
    if not files.summary.exists():
        raise no_such_screening()
    return screening, files


async def screening_of(request: Request) -> tuple[Screening, ScreeningFiles]:
    """The screening that the path names, and its files.

    Raises
    ------
    NotFound
        If there is none, or it is another tenant's, or its files lie elsewhere.
    """
    screening_id, tenant = str(request.path_params["screening_id"]), session_of(request).caller.tenant
    found = None
    if IDS.fullmatch(screening_id):
        found = await store_access(request).read(get_screening, tenant, screening_id)
    if found is None:
        raise no_such_screening()
    return found, ScreeningFiles.of(settings_of(request), screening_id)


def no_such_screening() -> NotFound:
    """One refusal for a screening that never was, that was removed, and of another tenant."""
    return NotFound("There is no such screening; what was not screened in time was removed.")


def settings_of(request: Request) -> Settings:
    """The service's settings."""
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


form_rules(
    receive,
    FormRules(
        lambda settings: FormLimits.of_files(settings.desk_upload_bytes, paced=True), check_before_files
    ),
)
form_rules(correct, FormRules(lambda _: LARGEST_MAPPER))

SCREENING: Final = "/screen/{screening_id}"

SCREEN_PAGES: Final[dict[str, ScopedEndpoints]] = {
    "/screen": {"GET": (Scope.SCORE, show_drop), "POST": (Scope.SCORE, receive)},
    SCREENING: {"GET": (Scope.SCORE, show_screening)},
    f"{SCREENING}/columns": {"POST": (Scope.SCORE, correct)},
    f"{SCREENING}/start": {"POST": (Scope.SCORE, start)},
    f"{SCREENING}/discard": {"POST": (Scope.SCORE, discard)},
    f"{SCREENING}/progress": {"GET": (Scope.SCORE, stream_progress)},
    f"{SCREENING}/faults.csv": {"GET": (Scope.SCORE, download_faults)},
}
