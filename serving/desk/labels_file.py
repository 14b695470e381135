"""Decisions as a file of labels, for retraining."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from detector.spreadsheet import csv_line, harmless_row
from serving.desk.pages import session_of
from serving.http.authentication import ScopedEndpoints
from serving.routes.dependencies import store_access
from serving.store.api_keys import Scope
from serving.store.human_labels import LABEL_COLUMNS, HumanLabel, human_labels

__all__ = ["LABELS_FILE", "labels_csv"]


async def download_labels(request: Request) -> Response:
    """What people decided, one row for each account, as CSV."""
    tenant = session_of(request).caller.tenant
    text = await store_access(request).read(read_labels, tenant)
    return Response(
        text,
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="assay-labels.csv"',
        },
    )


def read_labels(connection: Connection, tenant: str) -> str:
    """A tenant's labels as CSV."""
    return labels_csv(human_labels(connection, tenant))


def labels_csv(labels: Iterable[HumanLabel]) -> str:
    """Labels as CSV that no spreadsheet takes for formulas.

    >>> labels_csv([]).strip()
    'account_id,label,counts,source,when,confidence,who'
    """
    rows = (harmless_row(asdict(label)) for label in labels)
    return "".join(csv_line(cells, "\r\n") for cells in (LABEL_COLUMNS, *rows))


LABELS_FILE: Final[dict[str, ScopedEndpoints]] = {"/labels.csv": {"GET": (Scope.READ, download_labels)}}
