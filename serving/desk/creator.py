"""The page of one creator, and the parts of it that are loaded when they are looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from anyio import to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import WrongUsage
from detector.verdict import AnnotationReading
from reporting.comment_listing import GROUP_TITLES, ListedComment
from reporting.differences import Difference, verdict_differences
from reporting.growth import Jump
from reporting.reasons.growth import jump_sentence
from reporting.turning import MOST_CHANGES, what_would_turn
from reporting.value import CURRENCIES, contract_costs, read_fee
from serving.desk.creator_files import file_of
from serving.desk.lists import page_number
from serving.desk.pages import session_of
from serving.desk.rendering import is_htmx, render
from serving.http.authentication import ScopedEndpoints
from serving.http.whole_numbers import whole_number
from serving.routes.dependencies import screening_service, store_access
from serving.store.api_keys import Scope
from serving.store.contests import contests_about, newest_statement, statements_of
from serving.store.decisions import CONFIDENCES, COUNTS, WHAT_IT_IS, decisions_about, waiting_decision
from serving.store.entry_work import EntryPlace, comments_on_entry
from serving.store.list_entries import Entry, neighbours_of
from serving.store.list_rules import list_rules_of
from serving.store.members import list_members
from serving.store.pseudonyms import account_sha256
from serving.store.stale_page import StalePage
from serving.store.stored_documents import DocumentDamaged
from serving.store.verdict_history import verdicts_of_account

__all__ = ["CREATOR_PAGES", "EVENT_NAMES", "WORDS"]

COMMENTS_A_PAGE: Final = 25
MOST_POSTS: Final = 99_999
TEXTS_SHOWN: Final = 12
EVENT_NAMES: Final[Mapping[str, str]] = {
    "giveaway": "Giveaway",
    "press": "Press or a mention elsewhere",
    "ads": "Advertising",
    "viral_post": "A post that went viral",
    "purge": "The platform removed accounts",
    "attack": "An attack with bought followers",
    "migration": "Moved from another platform",
}
ENTRY_PATH: Final = "/lists/{list_id}/{entry_id}"


async def show_creator(
    request: Request, fault: StalePage | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    """Everything about one creator on one page; where a page before was stale, with that.

    ``typed`` is what somebody typed into its form.
    """
    shortlist, entry, file = await file_of(request)
    around = await store_access(request).read(around_entry, entry)
    pictures = await to_thread.run_sync(lambda: file.pictures)
    return render(
        request, "creator.html", fault.status if fault else 200, fault=fault, typed=typed or {},
        shortlist=shortlist, entry=entry, file=file, shown=file.shown,
        pictures=pictures, events=EVENT_NAMES, what_it_is=WHAT_IT_IS, counts=COUNTS,
        confidences=CONFIDENCES, currencies=CURRENCIES, place=f"/lists/{entry.list_id}/{entry.entry_id}",
        actor=session_of(request).caller.actor, **WORDS, **around,
    )  # fmt: skip


def explained_by(jump: Jump, annotations: Sequence[AnnotationReading]) -> list[str]:
    """Who explained a jump; nobody, where a part of it is not explained."""
    start, end = jump.start.isoformat(), jump.end.isoformat()
    return (
        [] if not jump.explained else [one.who for one in annotations if one.from_ <= end and one.to > start]
    )


def day_after(day: date) -> date:
    """The day after a count: the first that a jump from it can have begun on."""
    return day + timedelta(days=1)


WORDS: Final[Mapping[str, Any]] = {
    "jump_words": jump_sentence,
    "explained_by": explained_by,
    "day_after": day_after,
}
"""What the templates call."""


def around_entry(connection: Connection, entry: Entry) -> dict[str, Any]:
    """What the store holds around an entry: its neighbours, decisions, rules, contests, comments, members."""
    decided = decisions_about(connection, entry.tenant, entry.verdict_id)
    before, after = neighbours_of(connection, entry)
    members = list_members(connection, entry.tenant)
    contested = contests_about(connection, entry.tenant, entry.list_id, entry.entry_id)
    return {
        "before": before,
        "after": after,
        "decisions": decided,
        "waiting": waiting_decision(decided),
        "newest_decision": decided[-1]["decision_id"] if decided else "",
        "newest_statement": newest_statement(connection, entry.tenant, entry.list_id, entry.entry_id),
        "rules": list_rules_of(connection, entry.tenant, entry.list_id),
        "contests": [(one, statements_of(connection, entry.tenant, one.contest_id)) for one in contested],
        "members": {one.member_id: one.name for one in members},
        "able": [one for one in members if one.disabled_at is None],
        "comments": comments_on_entry(connection, EntryPlace(entry.tenant, entry.list_id, entry.entry_id)),
    }


async def show_comments(request: Request) -> Response:
    """The comments by group, or a page of one group's."""
    shortlist, entry, file = await file_of(request)
    values = request.query_params
    listing = file.comments
    kind, key = values.get("kind", ""), values.get("key", "")[:16]
    number = page_number(request)
    if listing is not None:
        await to_thread.run_sync(lambda: (listing.groups, listing.texts))
    total, rows = 0, list[ListedComment]()
    if listing is not None and kind in GROUP_TITLES:
        start = (number - 1) * COMMENTS_A_PAGE
        total, rows = listing.comments(kind, key, start, COMMENTS_A_PAGE)
    template = "creator_comments.html" if is_htmx(request) else "creator_comments_page.html"
    return render(
        request, template, shortlist=shortlist, entry=entry, shown=file.shown, listing=listing, kind=kind,
        key=key, titles=GROUP_TITLES, total=total, rows=rows, page=number, most_texts=TEXTS_SHOWN,
        pages=max(1, -(-total // COMMENTS_A_PAGE)), place=f"/lists/{entry.list_id}/{entry.entry_id}",
    )  # fmt: skip


async def show_turning(request: Request) -> Response:
    """What would turn the verdict."""
    shortlist, entry, file = await file_of(request)
    service = screening_service(request)
    turning = None
    if file.tables is not None:
        judge = partial(
            what_would_turn, service.detector, file.verdict, file.tables, file.shown.numbers.locale
        )
        turning = await service.in_turn(entry.tenant, MOST_CHANGES * file.bytes, judge)
    template = "creator_turning.html" if is_htmx(request) else "creator_turning_page.html"
    return render(request, template, shortlist=shortlist, entry=entry, shown=file.shown, turning=turning)


async def show_value(request: Request) -> Response:
    """What a fee buys."""
    shortlist, entry, file = await file_of(request)
    values = request.query_params
    fee, currency, posts = (values.get(name, "")[:40] for name in ("fee", "currency", "posts"))
    problem, costs = "", None
    try:
        amount = read_fee(fee)
        number = whole_number(posts, MOST_POSTS) or 0
        costs = contract_costs(file.shown, amount, currency, number)
    except WrongUsage as error:
        problem = str(error)
    template = "creator_value.html" if is_htmx(request) else "creator_value_page.html"
    return render(
        request, template, shortlist=shortlist, entry=entry, shown=file.shown, costs=costs, problem=problem,
        fee=fee, currency=currency, posts=posts, currencies=CURRENCIES,
        place=f"/lists/{entry.list_id}/{entry.entry_id}",
    )  # fmt: skip


async def show_history(request: Request) -> Response:
    """All verdicts of the creator, and what changed from each to the next."""
    shortlist, entry, file = await file_of(request)
    found = await store_access(request).read(
        verdicts_of_account, entry.tenant, account_sha256(entry.account_id)
    )
    steps = await to_thread.run_sync(steps_between, found, file.shown.numbers.locale)
    template = "creator_history.html" if is_htmx(request) else "creator_history_page.html"
    return render(request, template, shortlist=shortlist, entry=entry, shown=file.shown, steps=steps)


class Step(NamedTuple):
    """A verdict of a creator's history.

    Attributes
    ----------
    document
        The verdict; None where it was damaged in the database, as ``damage`` says.
    differences
        What changed from the one before; None where there is none, or one of them was damaged.
    """

    made_at: str
    document: Mapping[str, Any] | None
    damage: str
    differences: tuple[Difference, ...] | None


def steps_between(
    documents: Sequence[tuple[str, Mapping[str, Any] | DocumentDamaged]], locale: str
) -> list[Step]:
    """The verdicts, the newest first, each with what changed from the one before."""
    before = [document for _, document in documents[1:]]
    return [
        step_from(earlier, made_at, document, locale)
        for (made_at, document), earlier in zip_longest(documents, before)
    ]


def step_from(
    before: Mapping[str, Any] | DocumentDamaged | None,
    made_at: str,
    document: Mapping[str, Any] | DocumentDamaged,
    locale: str,
) -> Step:
    """A verdict of a history, by the one before."""
    if isinstance(document, DocumentDamaged):
        return Step(made_at, None, str(document), None)
    if before is None or isinstance(before, DocumentDamaged):
        return Step(made_at, document, "", None)
    return Step(made_at, document, "", verdict_differences(before, document, locale))


CREATOR_PAGES: Final[dict[str, ScopedEndpoints]] = {
    ENTRY_PATH: {"GET": (Scope.READ, show_creator)},
    f"{ENTRY_PATH}/comment-groups": {"GET": (Scope.READ, show_comments)},
    f"{ENTRY_PATH}/turning": {"GET": (Scope.READ, show_turning)},
    f"{ENTRY_PATH}/value": {"GET": (Scope.READ, show_value)},
    f"{ENTRY_PATH}/history": {"GET": (Scope.READ, show_history)},
}
