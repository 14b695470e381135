"""The queue as a table for spreadsheets: all creators that the filter lets through, safe against formulas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import WrongUsage
from accounts.media_types import XLSX
from serving.desk.csv_export import CSV_TYPE, attachment, csv_parts, xlsx_parts
from serving.desk.lists import filter_of, list_of
from serving.desk.pages import session_of
from serving.http.authentication import ScopedEndpoints
from serving.routes.dependencies import store_access
from serving.routes.rendering_turns import whole_in_turns
from serving.store.api_keys import Scope
from serving.store.audit_log import Event
from serving.store.list_entries import Entry, PageOf, count_entries, page_of_entries
from serving.store.lists import Shortlist
from serving.store.members import list_members
from serving.store.store import record_event
from serving.store.verdict_history import damaged_among

__all__ = ["EXPORTS"]

MOST_ROWS: Final = 100_000
"""Of one table, which is made while somebody waits."""

COLUMNS: Final = (
    "creator", "account_id", "platform", "tier", "followers", "label", "score", "suspicion", "threshold",
    "evidence", "first_reason", "state", "assigned", "comments", "screened_at", "verdict_id",
    "evidence_sha256",
)  # fmt: skip

OF_VERDICT: Final = ("score", "suspicion", "threshold", "evidence")
"""Columns that repeat what a verdict says, beside its label and its first reason."""


async def rows_of(request: Request) -> tuple[Shortlist, Iterator[dict[str, Any]]]:
    """The list and the rows of its table; the export is noted in the audit log.

    Raises
    ------
    WrongUsage
        If the filter lets more creators through than a table holds.
    """
    shortlist, access = await list_of(request), store_access(request)
    tenant, actor = shortlist.tenant, session_of(request).caller.actor
    place, wanted = (tenant, shortlist.list_id), filter_of(request.query_params)
    entries: list[Entry] = await access.read(page_of_entries, *place, wanted, PageOf(0, MOST_ROWS + 1))
    if len(entries) > MOST_ROWS:
        total = await access.read(count_entries, *place, wanted)
        raise WrongUsage(
            f"A table holds {MOST_ROWS:,} creators at most, and these are {total:,}: filter the queue, by "
            "label or platform for example, and save the creators of each filter as a table of its own."
        )
    members = await access.read(list_members, tenant)
    damaged = await access.read(damaged_among, tenant, [entry.verdict_id for entry in entries])
    details = {"list_id": shortlist.list_id, "rows": len(entries)}
    await access.run(record_event, tenant, Event("list.exported", actor, details=details))
    return shortlist, table_rows(entries, {member.member_id: member.name for member in members}, damaged)


def table_rows(
    entries: list[Entry], members: Mapping[str, str], damaged: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The entries by the columns of the table.

    Of one whose verdict was damaged in the database, the label and the reason say so (``damaged`` has the
    sentences by verdict), and what else the verdict said is left out.
    """
    for entry in entries:
        values = {name: getattr(entry, name, None) for name in COLUMNS}
        yield (
            values
            | {
                "creator": entry.name,
                "evidence": entry.level,
                "state": entry.state.value,
                "assigned": members.get(entry.assigned, ""),
            }
            | damaged_cells(damaged.get(entry.verdict_id))
        )


def damaged_cells(damage: str | None) -> dict[str, str | None]:
    """What stands in the place of what a damaged verdict said; nothing of a good one."""
    if damage is None:
        return {}
    return dict.fromkeys(OF_VERDICT) | {"label": "damaged", "first_reason": damage}


async def export_csv(request: Request) -> Response:
    """The table as CSV."""
    shortlist, rows = await rows_of(request)
    content = await whole_in_turns(request, csv_parts(COLUMNS, rows))
    return attachment(content, f"{file_name(shortlist)}.csv", CSV_TYPE)


async def export_xlsx(request: Request) -> Response:
    """The table as a workbook."""
    shortlist, rows = await rows_of(request)
    content = await whole_in_turns(request, xlsx_parts(COLUMNS, rows))
    return attachment(content, f"{file_name(shortlist)}.xlsx", XLSX)


def file_name(shortlist: Shortlist) -> str:
    """A file's name that every system takes: the list's name in plain letters."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in shortlist.name)
    return f"assay-{plain.strip('-').lower()[:60] or shortlist.list_id[:8]}"


EXPORTS: Final[dict[str, ScopedEndpoints]] = {
    "/lists/{list_id}/export.csv": {"GET": (Scope.READ, export_csv)},
    "/lists/{list_id}/export.xlsx": {"GET": (Scope.READ, export_xlsx)},
}
