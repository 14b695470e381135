"""What is done about a creator from the queue itself; each answers with the creator's row as it is then."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import WrongUsage
from serving.desk.addresses import own_page
from serving.desk.casework import decide_once
from serving.desk.forms import field, required_field
from serving.desk.lists import IDS, filter_of, list_of
from serving.desk.pages import redirect, session_of
from serving.desk.rendering import is_htmx, render
from serving.desk.sent_forms import DONE, once
from serving.http.authentication import ScopedEndpoints
from serving.http.problems import NotFound
from serving.routes.dependencies import store_access
from serving.store.api_keys import Scope
from serving.store.decisions import ABOUT_VERDICTS, Findings, HumanDecision, Ruling
from serving.store.entry_decisions import ShownEntry, reopen_entry
from serving.store.entry_work import EntryPlace, assign_entry, comment_on_entry, comments_on_entry
from serving.store.list_entries import Entry, EntryState, facets_of, get_entry
from serving.store.members import list_members
from serving.store.stale_page import StalePage
from serving.store.store import Store
from serving.store.verdict_history import damaged_among

__all__ = ["TRIAGE_PAGES"]

LONGEST_REASON: Final = 4_000
RULINGS: Final = {EntryState(ruling.value): ruling for ruling in ABOUT_VERDICTS}


async def assign(request: Request) -> Response:
    """Assign a creator to a member, to whoever asks, or to nobody."""
    entry, session = await entry_of(request), session_of(request)
    wanted = await field(request, "member")
    member_id = (session.member_id or "") if wanted == "me" else wanted
    if wanted == "me" and entry.assigned == member_id:
        member_id = ""  # asked twice: given back
    await changed(request, assign_entry, entry, member_id, session.caller.actor)
    return await row_response(request, entry)


async def comment(request: Request) -> Response:
    """Add a comment."""
    entry, session = await entry_of(request), session_of(request)
    text = await required_field(request, "text", "The comment")
    await changed(request, comment_on_entry, entry, text, session.name, session.caller.actor)
    return await row_response(request, entry)


async def triage(request: Request) -> Response:
    """Confirm or overturn the verdict or ask for data, with a reason, or open the case again.

    Where the row was stale, it is answered as it is now, beside a sentence.

    Raises
    ------
    WrongUsage
        If the state is none, there is no reason, or it contradicts what the account is said to be.
    """
    entry, session = await entry_of(request), session_of(request)
    wanted = await field(request, "state")
    if wanted not in (EntryState.OPEN, *RULINGS):
        raise WrongUsage("A creator is open, confirmed, overturned, or needs data.")
    state = EntryState(wanted)
    shown = ShownEntry(await field(request, "verdict_id"), await field(request, "shown_state"))
    reason = (await required_field(request, "reason", "The reason"))[:LONGEST_REASON]
    if state in RULINGS:
        decision = HumanDecision(RULINGS[state], session.name, reason)
        found = await field(request, "label")
        findings = Findings(found) if found else None
        work = decide_once(request, entry, shown, decision, findings)
    else:
        withdrawal = HumanDecision(Ruling.WITHDRAWN, session.name, reason)
        work = changed(request, reopen_with_reason, entry, shown, withdrawal, session.caller.actor)
    try:
        await work
    except StalePage as fault:
        if not is_htmx(request):
            raise
        return await row_response(request, entry, fault)
    return await row_response(request, entry)


def reopen_with_reason(
    store: Store, place: EntryPlace, shown: ShownEntry, withdrawal: HumanDecision, actor: str
) -> bool:
    """Open a case again; whether there is such an entry."""
    if reopen_entry(store, place.tenant, (place.list_id, place.entry_id), shown, withdrawal, actor):
        return True
    # It was of no decision: the reason is what somebody says of the creator.
    return comment_on_entry(store, place, withdrawal.reason, withdrawal.by, actor)


async def changed(request: Request, change: Callable[..., bool], entry: Entry, *values: Any) -> None:
    """Apply a change to an entry, as the form of a request says.

    Raises
    ------
    NotFound
        If it was removed meanwhile.
    """

    @wraps(change)
    def change_once(store: Store) -> str | None:
        return DONE if change(store, place_of(entry), *values) else None

    if await once(request, entry.tenant, change_once) is None:
        raise no_such_creator()


async def show_comments(request: Request) -> Response:
    """The comments on a creator, as the queue's dialog shows them."""
    entry = await entry_of(request)
    found = await store_access(request).read(comments_on_entry, place_of(entry))
    return render(request, "entry_comments.html", entry=entry, comments=found)


async def row_response(request: Request, entry: Entry, fault: StalePage | None = None) -> Response:
    """The row, the counts of list and filters where htmx asks, else the page that the form is on."""
    if await field(request, "back") == "page":
        return redirect(request, f"/lists/{entry.list_id}/{entry.entry_id}#team")
    if not is_htmx(request):
        return redirect(request, f"/lists/{entry.list_id}#entry-{entry.entry_id}")
    now = await entry_of(request)
    members = await store_access(request).read(list_members, entry.tenant)
    names = {member.member_id: member.name for member in members}
    shortlist = await list_of(request)
    facets = await store_access(request).read(facets_of, entry.tenant, entry.list_id)
    damaged = await store_access(request).read(damaged_among, entry.tenant, [now.verdict_id])
    return render(
        request, "queue_refused.html" if fault else "queue_answer.html", fault.status if fault else 200,
        sentence=str(fault), entry=now, members=names, shortlist=shortlist, facets=facets, damaged=damaged,
        wanted=filter_of(QueryParams(own_page(request.headers.get("hx-current-url")).query)),
    )  # fmt: skip


async def entry_of(request: Request) -> Entry:
    """The creator that the path names.

    Raises
    ------
    NotFound
        If there is none, or it is another tenant's.
    """
    shortlist = await list_of(request)
    place = (shortlist.tenant, shortlist.list_id, str(request.path_params["entry_id"]))
    found = await store_access(request).read(get_entry, *place) if IDS.fullmatch(place[2]) else None
    if found is None:
        raise no_such_creator()
    return found


def place_of(entry: Entry) -> EntryPlace:
    """Where an entry is."""
    return EntryPlace(entry.tenant, entry.list_id, entry.entry_id)


def no_such_creator() -> NotFound:
    """One refusal for a creator that never was in the list, that was removed, and of another tenant."""
    return NotFound("There is no such creator in this list.")


ENTRY: Final = "/lists/{list_id}/{entry_id}"

TRIAGE_PAGES: Final[dict[str, ScopedEndpoints]] = {
    f"{ENTRY}/assign": {"POST": (Scope.SCORE, assign)},
    f"{ENTRY}/comments": {"GET": (Scope.READ, show_comments), "POST": (Scope.SCORE, comment)},
    f"{ENTRY}/triage": {"POST": (Scope.DECIDE, triage)},
}
