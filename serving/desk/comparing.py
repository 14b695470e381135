"""Up to six creators of a list side by side."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from serving.desk.creator_files import creator_files, locale_of
from serving.desk.lists import IDS, list_of
from serving.desk.rendering import render
from serving.http.authentication import ScopedEndpoints
from serving.routes.dependencies import store_access
from serving.store.api_keys import Scope
from serving.store.list_entries import EntryFilter, PageOf, get_entry, page_of_entries
from serving.store.stored_documents import DocumentDamaged

__all__ = ["COMPARE_PAGES", "MOST_COMPARED"]

MOST_COMPARED: Final = 6
CHOICES: Final = 100
ROWS: Final = (
    ("engagement_rate", "Engagement rate"),
    ("real_followers", "Estimated real followers"),
    ("real_engagements", "Estimated real engagements a post"),
    ("views", "Views of a usual post"),
    ("comment_quality", "Comments that say something of their own"),
    ("genuine_audience", "Genuine share of the audience"),
)


async def compare(request: Request) -> Response:
    """The creators that the query names, side by side; else a page to choose them."""
    shortlist, access = await list_of(request), store_access(request)
    asked = [name for name in request.query_params.getlist("entry") if IDS.fullmatch(name)]
    wanted = list(dict.fromkeys(asked))[:MOST_COMPARED]
    entries = [
        entry
        for name in wanted
        if (entry := await access.read(get_entry, shortlist.tenant, shortlist.list_id, name))
    ]
    files, locale = creator_files(request), locale_of(request)
    columns, damaged = [], []
    for entry in entries:
        try:
            file = await access.look_up(files.get, entry, locale)
        except DocumentDamaged as damage:
            damaged.append((entry, str(damage)))
            continue
        known = {one.name: one for one in file.shown.key_numbers}
        columns.append((entry, file.shown, known))
    choices = await access.read(
        page_of_entries, shortlist.tenant, shortlist.list_id, EntryFilter(), PageOf(0, CHOICES)
    )
    choices = [*(one for one in entries if one not in choices), *choices]
    return render(
        request, "compare.html", shortlist=shortlist, columns=columns, rows=ROWS, choices=choices,
        damaged=damaged, chosen=set(wanted), most=MOST_COMPARED, too_many=len(set(asked)) > MOST_COMPARED,
    )  # fmt: skip


COMPARE_PAGES: Final[dict[str, ScopedEndpoints]] = {
    "/lists/{list_id}/compare": {"GET": (Scope.READ, compare)},
}
