"""What people do about a creator: explain a jump, decide, approve, send the creator a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import WrongUsage
from accounts.schema import EVENTS, MAX_ANNOTATIONS
from serving.desk.addresses import address_outside
from serving.desk.creator import show_creator
from serving.desk.creator_files import entry_of
from serving.desk.forms import WrongField, field, read_form, required_field
from serving.desk.pages import Endpoint, redirect, session_of
from serving.desk.rejudging import hashed, judge_again
from serving.desk.rendering import render
from serving.desk.sent_forms import DONE, once, secret_once
from serving.http.authentication import ScopedEndpoints
from serving.http.problems import NotFound
from serving.routes.dependencies import store_access
from serving.store.api_keys import Scope
from serving.store.audit_log import Event
from serving.store.contests import close_contest, contests_about, link_works, open_contest
from serving.store.decisions import ABOUT_VERDICTS, Findings, HumanDecision, Ruling
from serving.store.entry_decisions import ShownEntry, approve_decision, decide_entry
from serving.store.list_entries import Entry
from serving.store.stale_page import StalePage
from serving.store.store import Store
from serving.store.timestamps import now

__all__ = ["CASEWORK", "annotation_of"]

LONGEST_NOTE: Final = 2_000
LONGEST_REASON: Final = 4_000
LIFETIMES: Final = {str(days): timedelta(days=days) for days in (3, 7, 14, 30)}


def as_shown(handle: Endpoint) -> Endpoint:
    """The endpoint of a form of a creator's page; where the page is stale, that as it is now, and why."""

    @wraps(handle)
    async def endpoint(request: Request) -> Response:
        try:
            return await handle(request)
        except StalePage as fault:
            form = (await read_form(request)).items()
            return await show_creator(request, fault, {k: v for k, v in form if isinstance(v, str)})

    return endpoint


@as_shown
async def explain(request: Request) -> Response:
    """Add what somebody says of a stretch of the history, and judge the account again."""
    _, entry = await entry_of(request)
    who = session_of(request).name
    annotation = await annotation_of(request, who)
    event = entry_event(request, entry, "annotation.added", {"annotation_sha256": hashed(annotation)})
    await judge_again(request, entry, adding(annotation), event)
    return redirect(request, f"{address_of(entry)}#growth")


def adding(annotation: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The change of a document that adds an annotation."""

    def change(document: dict[str, Any]) -> dict[str, Any]:
        given = document.get("annotations") or []
        if len(given) >= MAX_ANNOTATIONS:
            raise WrongUsage(f"An account has at most {MAX_ANNOTATIONS} explained stretches.")
        return document | {"annotations": [*given, annotation]}

    return change


async def annotation_of(request: Request, who: str) -> dict[str, Any]:
    """The annotation of a form.

    Raises
    ------
    WrongField
        If a field is missing or too long, or the link is no web address.
    """
    kind = await field(request, "kind")
    if kind not in EVENTS:
        raise WrongField("kind", "Say what it was: choose one of the kinds.")
    found: dict[str, Any] = {
        "kind": kind,
        "from": await required_field(request, "from", "The first day"),
        "to": await required_field(request, "to", "The last day"),
        "who": who,
        "when": now(),
    }
    for name, label in (("note", "The note"), ("link", "The link")):
        value = await field(request, name)
        if len(value) > LONGEST_NOTE:
            raise WrongField(name, f"{label} must have at most {LONGEST_NOTE:,} characters.")
        found |= {name: value} if value else {}
    if not re.match(r"https?://[^\s/]", found.get("link", "https://a"), re.IGNORECASE):
        raise WrongField("link", "The link must begin with https:// or http://.")
    return found


@as_shown
async def withdraw(request: Request) -> Response:
    """Take an annotation back, and judge the account again."""
    _, entry = await entry_of(request)
    when = await required_field(request, "when", "The annotation")
    event = entry_event(request, entry, "annotation.withdrawn", {"when": when[:40]})
    await judge_again(request, entry, without(when), event)
    return redirect(request, f"{address_of(entry)}#growth")


def without(when: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The change of a document that takes the annotation of that time out."""

    def change(document: dict[str, Any]) -> dict[str, Any]:
        given = document.get("annotations") or []
        left = [one for one in given if same_moment(one.get("when"), when) is False]
        if len(left) == len(given):
            raise WrongUsage("This explanation is not there any more.")
        changed = {name: value for name, value in document.items() if name != "annotations"}
        return changed | ({"annotations": left} if left else {})

    return change


def same_moment(one: object, other: str) -> bool:
    """Whether two timestamps are the same, with or without microseconds that are 0."""
    return isinstance(one, str) and one.replace(".000000Z", "Z") == other.replace(".000000Z", "Z")


@as_shown
async def decide(request: Request) -> Response:
    """Confirm or overturn the verdict, or ask for data."""
    _, entry = await entry_of(request)
    session, form = session_of(request), await read_form(request)
    outcome = await field(request, "outcome")
    if outcome not in ABOUT_VERDICTS:
        raise WrongUsage("Say what you decide: confirm, overturn, or needs data.")
    counts = tuple(str(value) for value in form.getlist("counts") if value)
    findings = Findings(await field(request, "label"), counts, await field(request, "confidence"))
    decision = HumanDecision(Ruling(outcome), session.name, await reason_of(request))
    await decide_once(request, entry, await shown_on_page(request), decision, findings)
    return redirect(request, f"{address_of(entry)}#decision")


async def shown_on_page(request: Request) -> ShownEntry:
    """What the creator's page showed, as its form says; where that says nothing, nothing at all."""
    names = ("verdict_id", "shown_state", "decision_id", "statement_id")
    return ShownEntry(*[await field(request, name) for name in names])


async def decide_once(
    request: Request, entry: Entry, shown: ShownEntry, decision: HumanDecision, findings: Findings | None
) -> None:
    """Decide about a creator as the form of a request says, by what was shown.

    Raises
    ------
    NotFound
        If the verdict is gone.
    """
    place, actor = (entry.list_id, entry.entry_id), session_of(request).caller.actor

    @wraps(decide_entry)
    def decide_entry_once(store: Store) -> str | None:
        decided = decide_entry(store, entry.tenant, place, shown, decision, findings, actor)
        return None if decided is None else DONE

    if await once(request, entry.tenant, decide_entry_once) is None:
        raise NotFound("The verdict on this creator is no longer stored.")


@as_shown
async def approve(request: Request) -> Response:
    """Approve the decision that waits, or send it back."""
    _, entry = await entry_of(request)
    session = session_of(request)
    agrees = await field(request, "do") == "approve"
    approval = HumanDecision(Ruling.CONFIRMED, session.name, await reason_of(request))
    place, actor = (entry.list_id, entry.entry_id), session.caller.actor
    shown, approves = await shown_on_page(request), await field(request, "approves")

    @wraps(approve_decision)
    def approve_once(store: Store) -> str:
        approve_decision(store, entry.tenant, place, shown, approval, actor, approves=approves, agrees=agrees)
        return DONE

    await once(request, entry.tenant, approve_once)
    return redirect(request, f"{address_of(entry)}#decision")


async def reason_of(request: Request) -> str:
    """The reason of a form; :class:`WrongUsage` where it is missing or too long."""
    reason = await required_field(request, "reason", "The reason")
    if len(reason) > LONGEST_REASON:
        raise WrongUsage(f"The reason must have at most {LONGEST_REASON:,} characters.")
    return reason


async def invite_creator(request: Request) -> Response:
    """Make a link for the creator, and show it this once; to a form sent again only while it works."""
    shortlist, entry = await entry_of(request)
    days = await field(request, "days")
    if days not in LIFETIMES:
        raise WrongUsage(f"A link holds for {', '.join(LIFETIMES)} days.")
    address_outside(request, "/")  # refused before a link is made that nobody would see
    actor = session_of(request).caller.actor
    place = (entry.tenant, entry.list_id, entry.entry_id)
    secret, _ = await secret_once(request, entry.tenant, open_contest_once, place, LIFETIMES[days], actor)
    address = address_outside(request, f"/contests/{secret}")
    works = await store_access(request).read(link_works, secret)
    return render(
        request, "contest_link.html", shortlist=shortlist, entry=entry, address=address, days=days,
        works=works,
    )  # fmt: skip


@wraps(open_contest)
def open_contest_once(
    store: Store, secret: str, place: tuple[str, str, str], lifetime: timedelta, actor: str
) -> str:
    """Open a contest whose link has this secret."""
    open_contest(store, *place, lifetime, actor, secret)
    return DONE


async def close_link(request: Request) -> Response:
    """End a creator's link."""
    _, entry = await entry_of(request)
    access, wanted = store_access(request), await field(request, "contest")
    for contest in await access.read(contests_about, entry.tenant, entry.list_id, entry.entry_id):
        if contest.contest_id == wanted:
            await access.run(close_contest, contest, session_of(request).caller.actor)
    return redirect(request, f"{address_of(entry)}#contest")


@as_shown
async def take_over(request: Request) -> Response:
    """Take an event that the creator explained over as an annotation, and judge the account again."""
    _, entry = await entry_of(request)
    annotation = await annotation_of(request, f"the creator, taken over by {session_of(request).name}"[:256])
    event = entry_event(request, entry, "annotation.added", {"annotation_sha256": hashed(annotation)})
    await judge_again(request, entry, adding(annotation), event)
    return redirect(request, f"{address_of(entry)}#growth")


def entry_event(request: Request, entry: Entry, action: str, details: dict[str, Any]) -> Event:
    """An event about an entry's verdict."""
    actor = session_of(request).caller.actor
    return Event(action, actor, verdict_id=entry.verdict_id, details={"entry_id": entry.entry_id} | details)


def address_of(entry: Entry) -> str:
    """Where an entry's page is."""
    return f"/lists/{entry.list_id}/{entry.entry_id}"


_ENTRY: Final = "/lists/{list_id}/{entry_id}"

CASEWORK: Final[dict[str, ScopedEndpoints]] = {
    f"{_ENTRY}/explain": {"POST": (Scope.DECIDE, explain)},
    f"{_ENTRY}/withdraw": {"POST": (Scope.DECIDE, withdraw)},
    f"{_ENTRY}/decide": {"POST": (Scope.DECIDE, decide)},
    f"{_ENTRY}/approve": {"POST": (Scope.DECIDE, approve)},
    f"{_ENTRY}/invite": {"POST": (Scope.DECIDE, invite_creator)},
    f"{_ENTRY}/close-link": {"POST": (Scope.DECIDE, close_link)},
    f"{_ENTRY}/take-over": {"POST": (Scope.DECIDE, take_over)},
}
