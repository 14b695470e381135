"""Every route of the desk. A new room's pages are added to :data:`PAGES`, or to :data:`PUBLIC`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.routing import Route

from serving.desk.casework import CASEWORK
from serving.desk.comparing import COMPARE_PAGES
from serving.desk.contest import CONTEST_PAGES
from serving.desk.creator import CREATOR_PAGES
from serving.desk.labels_file import LABELS_FILE
from serving.desk.lists import LIST_PAGES
from serving.desk.organisation import ORGANISATION_PAGES
from serving.desk.pages import Endpoint, page_route, public_route
from serving.desk.queue_export import EXPORTS
from serving.desk.report_files import REPORT_FILES
from serving.desk.screen import SCREEN_PAGES
from serving.desk.sign_in import PUBLIC_PAGES, SIGN_OUT
from serving.desk.static_files import STATIC_ROUTE
from serving.desk.triage import TRIAGE_PAGES
from serving.desk.watching import WATCH_PAGES
from serving.http.authentication import ScopedEndpoints

__all__ = ["desk_routes"]

PAGES: Final[tuple[Mapping[str, ScopedEndpoints], ...]] = (
    REPORT_FILES, COMPARE_PAGES, WATCH_PAGES, LABELS_FILE, LIST_PAGES, EXPORTS, TRIAGE_PAGES, SCREEN_PAGES,
    ORGANISATION_PAGES, SIGN_OUT, CASEWORK, CREATOR_PAGES,
)  # fmt: skip
"""The pages that need a session."""

PUBLIC: Final[tuple[Mapping[str, Mapping[str, Endpoint]], ...]] = (PUBLIC_PAGES, CONTEST_PAGES)
"""The pages that everybody may ask for."""


def desk_routes() -> list[Route]:
    """The routes of all pages and static files."""
    pages = [page_route(path, methods) for room in PAGES for path, methods in room.items()]
    public = [public_route(path, methods) for room in PUBLIC for path, methods in room.items()]
    return [*pages, *public, STATIC_ROUTE]
