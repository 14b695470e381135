"""The reports of a creator and of a list as files, for whoever is signed in to the desk."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import WrongUsage
from serving.desk.creator_files import entry_of, locale_of
from serving.desk.lists import filter_of, list_of
from serving.desk.pages import session_of
from serving.http.authentication import ScopedEndpoints
from serving.http.problems import NotFound
from serving.routes.dependencies import store_access
from serving.routes.reports import (
    batch_pdf_report,
    html_report,
    pdf_report,
    report_case,
)
from serving.store.api_keys import Scope
from serving.store.audit_log import Event
from serving.store.list_entries import PageOf, page_of_entries
from serving.store.store import record_event
from serving.store.verdict_rows import get_verdict

__all__ = ["REPORT_FILES"]

MOST_CREATORS: Final = 100
"""Of one report, which is laid out while somebody waits."""

ENTRY_PATH: Final = "/lists/{list_id}/{entry_id}"


async def entry_pdf(request: Request) -> Response:
    """The report of a creator as PDF/A-3."""
    case, verdict_id = await entry_case(request)
    content = await pdf_report(request, case, locale_of(request))
    return as_file(content, "application/pdf", f"report-{verdict_id}.pdf")


async def list_pdf(request: Request) -> Response:
    """The creators of a list that the filter lets through: a summary, and a page for each.

    Raises
    ------
    WrongUsage
        If these are none, more than somebody leafs through, or some without a verdict: it would look whole.
    """
    shortlist, access = await list_of(request), store_access(request)
    tenant, wanted = shortlist.tenant, filter_of(request.query_params)
    entries = await access.read(
        page_of_entries, tenant, shortlist.list_id, wanted, PageOf(0, MOST_CREATORS + 1)
    )
    if not 0 < len(entries) <= MOST_CREATORS:
        raise WrongUsage(f"A report holds 1 to {MOST_CREATORS} creators; choose some by the queue's filters.")
    stored = [await access.read(get_verdict, tenant, entry.verdict_id) for entry in entries]
    if missing := [entry.name for entry, one in zip(entries, stored, strict=True) if one is None]:
        raise WrongUsage(
            f"A report would leave out {len(missing)} creators, such as {missing[0]}, whose verdicts are not "
            "stored any more: screen them again, or choose others by the queue's filters."
        )
    cases = [await report_case(access, tenant, one) for one in stored if one is not None]
    details = {"list_id": shortlist.list_id, "rows": len(cases)}
    actor = session_of(request).caller.actor
    await access.run(record_event, tenant, Event("list.exported", actor, details=details))
    content = await batch_pdf_report(request, cases, shortlist.name, locale_of(request))
    return as_file(content, "application/pdf", f"list-{shortlist.list_id}.pdf")


async def entry_html(request: Request) -> Response:
    """The report of a creator as one HTML file, to be saved: a page of the desk has no styles inside."""
    case, verdict_id = await entry_case(request)
    content = await html_report(request, case, locale_of(request))
    return as_file(content, "text/html; charset=utf-8", f"report-{verdict_id}.html")


async def entry_case(request: Request) -> tuple[dict[str, object], str]:
    """The case of the entry that the path names, and its verdict's id.

    Raises
    ------
    NotFound
        If there is no such entry, or its verdict is not stored any more.
    """
    _, entry = await entry_of(request)
    access = store_access(request)
    stored = await access.read(get_verdict, entry.tenant, entry.verdict_id)
    if stored is None:
        raise NotFound("This creator's verdict is not stored any more: it was erased, or is too old.")
    return await report_case(access, entry.tenant, stored), entry.verdict_id


def as_file(content: bytes, media_type: str, name: str) -> Response:
    """A download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


REPORT_FILES: Final[dict[str, ScopedEndpoints]] = {
    "/lists/{list_id}/report.pdf": {"GET": (Scope.READ, list_pdf)},
    f"{ENTRY_PATH}/report.pdf": {"GET": (Scope.READ, entry_pdf)},
    f"{ENTRY_PATH}/report.html": {"GET": (Scope.READ, entry_html)},
}
