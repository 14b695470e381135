"""The watch list: creators are screened again with what was observed since, and what changed is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from anyio import to_thread
from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from accounts.document import to_documents
from accounts.errors import AssayError, WrongUsage
from accounts.observations import OF_ACCOUNT, join_observations
from accounts.reading import read_document
from reporting.differences import Difference, verdict_differences
from serving.desk.creator_files import locale_of
from serving.desk.forms import field
from serving.desk.lists import list_of
from serving.desk.pages import redirect, session_of
from serving.desk.rejudging import document_of, judge_document, store_judged
from serving.desk.rendering import render
from serving.http.authentication import ScopedEndpoints
from serving.observe.log import log_error
from serving.routes.dependencies import screening_service, store_access
from serving.screening.service import ScreeningService
from serving.store.access import StoreAccess
from serving.store.api_keys import Scope
from serving.store.audit_log import Event
from serving.store.list_entries import (
    Entry,
    EntryFilter,
    EntryRemoved,
    JudgedMeanwhile,
    PageOf,
    page_of_entries,
)
from serving.store.list_rules import (
    MAX_WATCH_DAYS,
    ListRules,
    claim_watched_lists,
    list_rules_of,
    note_watched,
    set_list_rules,
)
from serving.store.lists import ListRemoved, Shortlist
from serving.store.observation_rows import observations_about
from serving.store.store import Store, account_sha256
from serving.store.timestamps import format_timestamp
from serving.store.verdict_history import verdicts_of_account

__all__ = ["WATCH_PAGES", "screen_list_again", "watch_lists"]

AT_ONCE: Final = 500
SHOWN: Final = 100
LOOKED_EVERY: Final = 600.0
NOTABLE_SCORE: Final = 3
"""Points of the score from which on a change of it alone is shown."""


@dataclass(frozen=True)
class Change:
    """What changed about a creator from the verdict before to the newest."""

    entry: Entry
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    differences: tuple[Difference, ...]


async def show_watch(request: Request) -> Response:
    """A list's rules, and which of its creators changed."""
    shortlist, access = await list_of(request), store_access(request)
    rules = await access.read(list_rules_of, shortlist.tenant, shortlist.list_id)
    changes = await access.read(changes_in, shortlist, locale_of(request))
    return render(
        request, "watch.html", shortlist=shortlist, rules=rules, changes=changes, most=MAX_WATCH_DAYS
    )


async def change_rules(request: Request) -> Response:
    """Set how often a list is screened again, and whether decisions need a second person."""
    shortlist, caller = await list_of(request), session_of(request).caller
    days = await field(request, "watch_days") or "0"
    if not days.isdecimal() or len(days) > 3:
        raise WrongUsage(f"A list is screened again every 1 to {MAX_WATCH_DAYS} days, or 0: not by itself.")
    before = await store_access(request).read(list_rules_of, shortlist.tenant, shortlist.list_id)
    second = await field(request, "second_person") == "yes" if Scope.ADMIN in caller.scopes else None
    rules = ListRules(before.second_person if second is None else second, int(days))
    await store_access(request).run(set_list_rules, shortlist.tenant, shortlist.list_id, rules, caller.actor)
    return redirect(request, f"/lists/{shortlist.list_id}/watch")


async def screen_now(request: Request) -> Response:
    """Screen all creators of a list again."""
    shortlist = await list_of(request)
    service, access = screening_service(request), store_access(request)
    actor = session_of(request).caller.actor
    await screen_list_again(access, service, shortlist.tenant, shortlist.list_id, actor)
    return redirect(request, f"/lists/{shortlist.list_id}/watch")


def changes_in(connection: Connection, shortlist: Shortlist, locale: str) -> list[Change]:
    """The creators of a list whose newest verdict is another one than the one before."""
    entries = page_of_entries(
        connection, shortlist.tenant, shortlist.list_id, EntryFilter(), PageOf(0, AT_ONCE)
    )
    found = []
    for entry in entries:
        documents = [
            document
            for _, document in verdicts_of_account(connection, entry.tenant, account_sha256(entry.account_id))
        ]
        after = next((one for one in documents if one["verdict_id"] == entry.verdict_id), None)
        before = next((one for one in documents if one["verdict_id"] != entry.verdict_id), None)
        if before and after and notable(before, after):
            found.append(Change(entry, before, after, verdict_differences(before, after, locale)))
    return found[:SHOWN]


def notable(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the label changed, or the score by some points."""
    scores = (before["authenticity_score"], after["authenticity_score"])
    if before["label"] != after["label"] or (None in scores and scores[0] != scores[1]):
        return True
    return None not in scores and abs(scores[0] - scores[1]) >= NOTABLE_SCORE


async def screen_list_again(
    access: StoreAccess, service: ScreeningService, tenant: str, list_id: str, actor: str
) -> int:
    """Screen each creator of a list again with what was observed since; how many were."""
    count, start = 0, 0
    while True:
        page = PageOf(start, AT_ONCE)
        entries = await access.read(page_of_entries, tenant, list_id, EntryFilter(), page)
        for entry in entries:
            count += await screen_entry_again(access, service, entry, actor)
        if len(entries) < AT_ONCE:
            break
        start += AT_ONCE
    await access.run(noted, tenant, list_id)
    return count


def noted(store: Store, tenant: str, list_id: str) -> None:
    """Note that a list was screened again; nothing where it was removed meanwhile."""
    with suppress(ListRemoved), store.database.writing() as connection:
        note_watched(connection, tenant, list_id)


async def screen_entry_again(
    access: StoreAccess, service: ScreeningService, entry: Entry, actor: str
) -> bool:
    """Screen one creator again; whether it could be judged, and nobody removed or judged it meanwhile."""
    try:
        document = await access.run(observed_since, entry)
        judged = await to_thread.run_sync(
            judge_document, service, document, entry.tenant, limiter=service.batches
        )
        if judged.verdict.verdict_id != entry.verdict_id:
            event = Event("entry.screened_again", actor, verdict_id=judged.verdict.verdict_id)
            await access.run(store_judged, entry, judged, actor, [event])
    except (WrongUsage, EntryRemoved, JudgedMeanwhile):
        return False
    return True


def observed_since(store: Store, entry: Entry) -> dict[str, Any]:
    """The evidence of an entry, as of the newest observation of its account, with all that was observed."""
    document = document_of(store, entry)
    with store.database.reading() as connection:
        seen = [
            one
            for one in observations_about(connection, entry.tenant, [entry.account_id])
            if one.platform == entry.platform
        ]
    newest = max(seen, key=lambda one: one.observed_at, default=None)
    if newest is None or newest.observed_at <= datetime.fromisoformat(document["as_of"]):
        return document
    counts = {name: getattr(newest, name) for name in OF_ACCOUNT if getattr(newest, name) is not None}
    later = document | {
        "as_of": format_timestamp(newest.observed_at),
        "profile": (document.get("profile") or {}) | counts,
    }
    (joined,) = to_documents(join_observations(read_document(later), seen))
    return joined


async def watch_lists(app: Starlette) -> None:
    """Screen the lists that are due again, for ever; an error is logged, and the work tried again."""
    while True:
        try:
            await watch_once(app)
        except Exception as error:
            log_error("lists_not_watched", error)
        await asyncio.sleep(LOOKED_EVERY)


async def watch_once(app: Starlette) -> None:
    """Screen the lists that are due now."""
    access: StoreAccess = app.state.store_access
    service = app.state.screening
    if isinstance(service, AssayError) or not app.state.settings.store_verdicts:
        return
    for tenant, list_id in await access.run(claim_watched_lists):
        await screen_list_again(access, service, tenant, list_id, "service")


WATCH_PAGES: Final[dict[str, ScopedEndpoints]] = {
    "/lists/{list_id}/watch": {"GET": (Scope.READ, show_watch), "POST": (Scope.SCORE, change_rules)},
    "/lists/{list_id}/watch/now": {"POST": (Scope.SCORE, screen_now)},
}
