"""The watch list: creators are screened again with what was observed since, and what changed is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import AssayError, WrongUsage
from reporting.differences import Difference, verdict_differences
from serving.desk.creator_files import locale_of
from serving.desk.forms import field
from serving.desk.lists import list_of
from serving.desk.pages import redirect, session_of
from serving.desk.rendering import render
from serving.desk.screening_run import begin_run
from serving.desk.sent_forms import DONE, once
from serving.http.authentication import ScopedEndpoints
from serving.http.whole_numbers import whole_number
from serving.observe.log import log_error
from serving.routes.dependencies import screening_service, store_access
from serving.store.access import StoreAccess
from serving.store.api_keys import Scope
from serving.store.list_entries import Entry, EntryFilter, PageOf, page_of_entries
from serving.store.list_rules import MAX_WATCH_DAYS, ListRules, list_rules_of, set_list_rules
from serving.store.list_screenings import begin_again, claim_watched_lists
from serving.store.lists import Shortlist
from serving.store.members import actor_name
from serving.store.pseudonyms import account_sha256
from serving.store.screenings import Screening, list_screening
from serving.store.stale_page import StalePage
from serving.store.store import Store
from serving.store.stored_documents import DocumentDamaged
from serving.store.verdict_history import verdict_before
from serving.store.verdict_rows import get_verdict

__all__ = ["WATCH_PAGES", "watch_lists"]

MOST_COMPARED: Final = 500
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


class Unknown(NamedTuple):
    """A creator of whom it is not known what changed: a verdict was damaged in the database."""

    entry: Entry
    damage: str


class Changes(NamedTuple):
    """The changes that are shown, of so many creators that were compared, and those that are not known."""

    shown: list[Change]
    compared: int
    unknown: list[Unknown]


async def show_watch(request: Request, fault: StalePage | None = None) -> Response:
    """A list's rules, whether it is being screened again, and which of its creators changed.

    Where a page before was stale, with that.
    """
    shortlist, access = await list_of(request), store_access(request)
    place = (shortlist.tenant, shortlist.list_id)
    rules, screening = await access.read(list_rules_of, *place), await access.read(list_screening, *place)
    by = await access.read(actor_name, shortlist.tenant, screening.created_by) if screening else ""
    changes = await access.read(changes_in, shortlist, locale_of(request))
    return render(
        request, "watch.html", fault.status if fault else 200, fault=fault,
        shortlist=shortlist, rules=rules, screening=screening, by=by,
        changes=changes, most=MAX_WATCH_DAYS,
    )  # fmt: skip


async def change_rules(request: Request) -> Response:
    """Set how often a list is screened again, and whether decisions need a second person."""
    shortlist, caller = await list_of(request), session_of(request).caller
    days = await field(request, "watch_days") or "0"
    if not days.isdecimal() or len(days) > 3:
        raise WrongUsage(f"A list is screened again every 1 to {MAX_WATCH_DAYS} days, or 0: not by itself.")
    shown = await shown_rules(request)
    second = await field(request, "second_person") == "yes" if Scope.ADMIN in caller.scopes else None
    rules = ListRules(shown.second_person if second is None else second, int(days))

    @wraps(set_list_rules)
    def set_rules_once(store: Store) -> str:
        set_list_rules(store, shortlist.tenant, shortlist.list_id, rules, caller.actor, shown)
        return DONE

    try:
        await once(request, shortlist.tenant, set_rules_once)
    except StalePage as fault:
        return await show_watch(request, fault)
    return redirect(request, f"/lists/{shortlist.list_id}/watch")


async def shown_rules(request: Request) -> ListRules:
    """The rules that a page showed, as its form says; such as no list has, where it does not."""
    days = whole_number(await field(request, "shown_days"), MAX_WATCH_DAYS)
    return ListRules(await field(request, "shown_second") == "yes", -1 if days is None else days)


async def screen_now(request: Request) -> Response:
    """Begin to screen all creators of a list again, and show the progress; that of who began before."""
    shortlist, actor = await list_of(request), session_of(request).caller.actor
    screening_service(request)  # a sentence where there is no model
    new = list[Screening]()

    @wraps(begin_again)
    def begin_again_once(store: Store) -> str:
        screening, is_new = begin_again(store, shortlist.tenant, shortlist.list_id, actor)
        new.extend([screening] * is_new)
        return screening.screening_id + ("" if is_new else "?begun=before")

    address = await once(request, shortlist.tenant, begin_again_once)
    for screening in new:
        begin_run(request.app, screening)
    return redirect(request, f"/screen/{address}")


def changes_in(connection: Connection, shortlist: Shortlist, locale: str) -> Changes:
    """The creators of a list whose newest verdict is another one than the one before.

    Those of the highest risk are compared, each by its entry with one verdict: others have hundreds. One of
    whose two verdicts one was damaged in the database is named with that.
    """
    place = (shortlist.tenant, shortlist.list_id)
    entries = page_of_entries(connection, *place, EntryFilter(), PageOf(0, MOST_COMPARED))
    shown, compared, unknown = list[Change](), 0, list[Unknown]()
    for entry in entries:
        if len(shown) == SHOWN:
            break
        compared += 1
        try:
            if change := change_of(connection, entry, locale):
                shown.append(change)
        except DocumentDamaged as damage:
            unknown.append(Unknown(entry, str(damage)))
    return Changes(shown, compared, unknown)


def change_of(connection: Connection, entry: Entry, locale: str) -> Change | None:
    """What changed about a creator; None where that is nothing of note.

    Raises
    ------
    DocumentDamaged
        If a verdict cannot be read.
    """
    account = account_sha256(entry.account_id)
    before = verdict_before(connection, entry.tenant, account, entry.verdict_id)
    if before is None or not is_notable(before, entry):
        return None
    stored = get_verdict(connection, entry.tenant, entry.verdict_id)
    if stored is None:
        return None
    after = stored.read()
    return Change(entry, before, after, verdict_differences(before, after, locale))


def is_notable(before: Mapping[str, Any], entry: Entry) -> bool:
    """Whether the label changed, or the score by some points."""
    scores = (before["authenticity_score"], entry.score)
    if before["label"] != entry.label or (None in scores and scores[0] != scores[1]):
        return True
    return None not in scores and abs(scores[0] - scores[1]) >= NOTABLE_SCORE


async def watch_lists(app: Starlette) -> None:
    """Screen the lists that are due again, for ever; an error is logged, and the work tried again."""
    while True:
        try:
            await watch_once(app)
        except Exception as error:
            log_error("lists_not_watched", error)
        await asyncio.sleep(LOOKED_EVERY)


async def watch_once(app: Starlette) -> None:
    """Begin to screen the lists that are due now."""
    access: StoreAccess = app.state.store_access
    if isinstance(app.state.screening, AssayError) or not app.state.settings.store_verdicts:
        return
    for screening in await access.run(claim_watched_lists):
        begin_run(app, screening)


WATCH_PAGES: Final[dict[str, ScopedEndpoints]] = {
    "/lists/{list_id}/watch": {"GET": (Scope.READ, show_watch), "POST": (Scope.SCORE, change_rules)},
    "/lists/{list_id}/watch/now": {"POST": (Scope.SCORE, screen_now)},
}
