"""The report of a creator as a file, for whoever is signed in to the desk."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from serving.desk.creator_files import entry_of, locale_of
from serving.http.authentication import ScopedEndpoints
from serving.http.problems import NotFound
from serving.routes.dependencies import store_access
from serving.routes.reports import html_report, limiter_of, pdf_report, report_case
from serving.store.api_keys import Scope
from serving.store.verdict_rows import get_verdict

__all__ = ["REPORT_FILES"]

ENTRY_PATH: Final = "/lists/{list_id}/{entry_id}"


async def entry_pdf(request: Request) -> Response:
    """The report of a creator as PDF/A-3."""
    case, verdict_id = await entry_case(request)
    content = await pdf_report(case, limiter_of(request), locale_of(request))
    return as_file(content, "application/pdf", f"report-{verdict_id}.pdf")


async def entry_html(request: Request) -> Response:
    """The report of a creator as one HTML file, to be saved: a page of the desk has no styles inside."""
    case, verdict_id = await entry_case(request)
    content = await html_report(case, locale_of(request))
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
    f"{ENTRY_PATH}/report.pdf": {"GET": (Scope.READ, entry_pdf)},
    f"{ENTRY_PATH}/report.html": {"GET": (Scope.READ, entry_html)},
}
