"""The page of all lists, and the queue of one: its creators by risk, searched, filtered and paged."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from serving.desk.forms import field, required_field
from serving.desk.pages import NotAllowed, redirect, session_of
from serving.desk.rendering import is_htmx, render
from serving.desk.sent_forms import once
from serving.http.authentication import ScopedEndpoints
from serving.http.problems import NotFound
from serving.http.whole_numbers import whole_number
from serving.routes.dependencies import store_access
from serving.store.api_keys import Scope
from serving.store.decisions import WHAT_IT_IS
from serving.store.list_entries import (
    FACETS,
    EntryFilter,
    PageOf,
    facets_of,
    find_entries,
    storable,
)
from serving.store.lists import Shortlist, create_list, get_list, list_lists, remove_list, rename_list
from serving.store.members import list_members
from serving.store.stale_page import StalePage
from serving.store.verdict_history import damaged_among

__all__ = ["LIST_PAGES", "filter_of", "list_of", "page_number"]

ROWS: Final = 50
IDS: Final = re.compile("[0-9a-f]{32}")
MOST_PAGES: Final = 10**6
MOST_ENTRIES: Final = 10**9


async def home(request: Request) -> Response:
    """The desk's first page: the lists."""
    return redirect(request, "/lists")


async def show_lists(request: Request) -> Response:
    """All lists, the newest first."""
    found = await store_access(request).read(list_lists, session_of(request).caller.tenant)
    return render(request, "lists.html", lists=found)


async def add_list(request: Request) -> Response:
    """Create an empty list, and go to it."""
    caller = session_of(request).caller
    name = await required_field(request, "name", "The list's name")
    list_id = await once(request, caller.tenant, create_list, caller.tenant, name, caller.actor)
    return redirect(request, f"/lists/{list_id}")


async def change_list(request: Request) -> Response:
    """Rename a list, or remove it with its entries where the form says so, which only a lead may."""
    shortlist, caller = await list_of(request), session_of(request).caller
    place = (caller.tenant, shortlist.list_id)
    if await field(request, "do") == "remove":
        if Scope.ADMIN not in caller.scopes:
            raise NotAllowed("A list is removed by a lead, with its evidence and what waits for a decision.")
        shown = whole_number(await field(request, "entries"), MOST_ENTRIES)
        try:
            await store_access(request).run(remove_list, *place, caller.actor, -1 if shown is None else shown)
        except StalePage as fault:
            return await show_queue(request, fault)
        return redirect(request, "/lists")
    name = await required_field(request, "name", "The list's name")
    await store_access(request).run(rename_list, *place, name, caller.actor)
    return redirect(request, f"/lists/{shortlist.list_id}")


async def show_queue(request: Request, fault: StalePage | None = None) -> Response:
    """A page of a list's queue, with why a page before was stale; where htmx asks, its table alone."""
    shortlist, wanted, number = await list_of(request), filter_of(request.query_params), page_number(request)
    tenant = shortlist.tenant
    access = store_access(request)
    page = PageOf((number - 1) * ROWS, ROWS)
    entries, total = await access.read(find_entries, tenant, shortlist.list_id, wanted, page)
    members = await access.read(list_members, tenant)
    damaged = await access.read(damaged_among, tenant, [entry.verdict_id for entry in entries])
    context = {
        "shortlist": shortlist,
        "entries": entries,
        "damaged": damaged,
        "total": total,
        "wanted": wanted,
        "page": number,
        "pages": max(1, -(-total // ROWS)),
        "first": page.start + 1,
        "members": {member.member_id: member.name for member in members},
        "able": [member for member in members if member.disabled_at is None],
        "query": query_of(wanted),
        "what_it_is": WHAT_IT_IS,
    }
    if is_htmx(request) and request.headers.get("hx-target") == "queue":
        return render(request, "queue_table.html", **context)
    facets = await access.read(facets_of, tenant, shortlist.list_id)
    status = fault.status if fault else 200
    return render(request, "queue.html", status, fault=fault, facets=facets, **context)


def filter_of(values: QueryParams) -> EntryFilter:
    """The filter that a query asks for; unknown and empty parameters do nothing."""
    equal = {name: storable(values[name]) for name in FACETS if values.get(name)}
    return EntryFilter(storable(values.get("search", "").strip()[:200]), equal)


def query_of(wanted: EntryFilter) -> str:
    """A filter as the query of an address, for links to other pages of the same."""
    search = {"search": wanted.search} if wanted.search else {}
    return urlencode(search | dict(wanted.equal or {}))


def page_number(request: Request) -> int:
    """The page that a request asks for; the first where it says none that can be."""
    return whole_number(request.query_params.get("page", ""), MOST_PAGES) or 1


async def list_of(request: Request) -> Shortlist:
    """The list that the path names.

    Raises
    ------
    NotFound
        If there is none, or it is another tenant's.
    """
    list_id, tenant = str(request.path_params["list_id"]), session_of(request).caller.tenant
    found = None
    if IDS.fullmatch(list_id):
        found = await store_access(request).read(get_list, tenant, list_id)
    if found is None:
        raise NotFound("There is no such list.")
    return found


LIST_PAGES: Final[dict[str, ScopedEndpoints]] = {
    "/": {"GET": (Scope.READ, home)},
    "/lists": {"GET": (Scope.READ, show_lists), "POST": (Scope.SCORE, add_list)},
    "/lists/{list_id}": {"GET": (Scope.READ, show_queue), "POST": (Scope.SCORE, change_list)},
}
