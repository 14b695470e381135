"""Drift reports: the newest of each tenant and model, and whether it found the promise broken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from serving.store.engine import insert_or_replace
from serving.store.store import Store
from serving.store.stored_documents import DocumentDamaged, read_object
from serving.store.tables import drift_reports
from serving.store.timestamps import now

__all__ = ["StoredDrift", "broken_promises", "drift_report_of", "drift_reports_of", "store_drift"]


@dataclass(frozen=True)
class StoredDrift:
    """A stored report.

    Attributes
    ----------
    tenant, model
        Whose accounts, and sha256 of the model that judged them.
    made_at
        When it was made.
    document
        Comparison of the scores and check of the promise, null where there were too few accounts.
    broken
        Why the promise is not to be relied on; None while nothing speaks against it.
    """

    tenant: str
    model: str
    made_at: str
    document: Mapping[str, Any]
    broken: str | None


def store_drift(
    store: Store, tenant: str, model: str, document: Mapping[str, Any], broken: str | None
) -> None:
    """Store a report in place of the one before it, or of another worker's of the same moment."""
    row = {"tenant": tenant, "model_sha256": model, "made_at": now(), "broken": broken}
    with store.database.writing() as connection:
        connection.execute(
            insert_or_replace(connection, drift_reports), row | {"document": json.dumps(document)}
        )


REPORT_NAMES: Final = ("comparison", "features", "promise")

COLUMNS: Final = tuple(
    drift_reports.c[name] for name in ("tenant", "model_sha256", "made_at", "document", "broken")
)


def drift_reports_of(connection: Connection, model: str) -> list[StoredDrift]:
    """The newest report of every tenant about a model, without those that were damaged."""
    wanted = select(*COLUMNS).where(drift_reports.c.model_sha256 == model)
    found = []
    for row in connection.execute(wanted.order_by(drift_reports.c.tenant)):
        with suppress(DocumentDamaged):
            found.append(stored_drift(row))
    return found


def drift_report_of(connection: Connection, tenant: str, model: str) -> StoredDrift | None:
    """The newest report of a tenant about a model; None where there is none.

    Raises
    ------
    DocumentDamaged
        If it cannot be read.
    """
    own = (drift_reports.c.tenant == tenant, drift_reports.c.model_sha256 == model)
    row = connection.execute(select(*COLUMNS).where(*own)).first()
    return None if row is None else stored_drift(row)


def stored_drift(row: Row[*tuple[Any, ...]]) -> StoredDrift:
    """The report of a row."""
    tenant, model, made_at, document, broken = row
    report = read_object(document, f"The drift report of {made_at}", REPORT_NAMES, is_proven=False)
    return StoredDrift(tenant, model, made_at, report, broken)


def broken_promises(connection: Connection) -> dict[tuple[str, str], str]:
    """Why a promise is broken, by tenant and model."""
    table = drift_reports
    rows = connection.execute(
        select(table.c.tenant, table.c.model_sha256, table.c.broken).where(table.c.broken.is_not(None))
    )
    return {(tenant, model): broken for tenant, model, broken in rows}
