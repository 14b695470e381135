"""Pieces of a screening: some account documents are screened together, and stored in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import Connection
from starlette.applications import Starlette

from accounts.errors import NoUsableModel
from accounts.reading import read_documents
from detector.labels import Explain
from detector.screening import Detector
from serving.desk.new_entries import new_entry
from serving.screening.promises import with_caveat
from serving.screening.records import log_unjudged, screen_each
from serving.screening.service import ScreeningService
from serving.store.audit_log import lock_tenants
from serving.store.evidence import store_evidence_in
from serving.store.list_entries import put_entries_in
from serving.store.lists import check_list
from serving.store.store import Store
from serving.store.verdict_rows import NewVerdict, TenantVerdict, store_verdicts_in

__all__ = [
    "Destination", "Piece", "ScreenedDocument", "failed_row", "screen_in_turn", "screen_piece",
    "store_screened_in",
]  # fmt: skip

T = TypeVar("T")

ScreenedDocument: TypeAlias = tuple[NewVerdict, dict[str, Any]]
"""A verdict, and the pseudonymised document that it is about."""


class Piece(NamedTuple):
    """Some screened documents: verdicts with their documents, and what could not be screened."""

    verdicts: list[ScreenedDocument]
    failed: list[dict[str, Any]]


async def screen_in_turn(
    app: Starlette, tenant: str, cost: int, screen: Callable[[Detector, str | None], T]
) -> T:
    """Screen about so many bytes of a tenant beside the event loop, by turns of tenants.

    Parameters
    ----------
    screen
        Called with the model in use, and with why its promise does not hold; None while nothing speaks
        against it.

    Raises
    ------
    NoUsableModel
        If there is no model.
    """
    service: ScreeningService | NoUsableModel = app.state.screening
    if isinstance(service, NoUsableModel):
        raise service
    detector = service.detector
    broken = service.promises.sentence(tenant, detector.bundle.sha256)
    return await service.in_turn(tenant, cost, lambda: screen(detector, broken))


def screen_piece(detector: Detector, documents: Sequence[dict[str, Any]], broken: str | None = None) -> Piece:
    """Screen some pseudonymised documents in this thread; one that raises fails alone.

    ``broken`` says why the model's promise does not hold; None while nothing speaks against it.
    """
    chunk = read_documents(documents)
    by_id = {document["account_id"]: document for document in documents}
    names = chunk.tables.accounts["account_id"].to_list()
    screened = screen_each(detector, chunk.tables, Explain.ALL)
    piece = Piece([], [failed_row(str(fault.account_id), fault.rule) for fault in chunk.faults])
    for name, verdict in zip(names, screened, strict=True):
        if isinstance(verdict, NewVerdict):
            piece.verdicts.append((with_caveat(verdict, broken), by_id[name]))
        else:
            log_unjudged(verdict)
            piece.failed.append(failed_row(name, "could not be screened; the service's log says why."))
    return piece


def failed_row(account_id: str, rule: str) -> dict[str, Any]:
    """A fault of an account that was read, and could not be screened."""
    return {"place": "", "account_id": account_id, "field": "", "rule": rule}


class Destination(NamedTuple):
    """Where screened creators go: the tenant and the list; ``actor`` asked for it."""

    tenant: str
    list_id: str
    actor: str


def store_screened_in(
    connection: Connection, store: Store, place: Destination, screened: Sequence[ScreenedDocument]
) -> None:
    """Store verdicts, evidence and entries of a list, in the transaction of a connection.

    Raises
    ------
    ListRemoved
        If the list is gone.
    """
    lock_tenants(connection, [place.tenant])
    check_list(connection, place.tenant, place.list_id)
    entries = [TenantVerdict(place.tenant, place.actor, verdict) for verdict, _ in screened]
    store_verdicts_in(connection, store, entries)
    rows = [
        new_entry(verdict, document, store_evidence_in(connection, place.tenant, document))
        for verdict, document in screened
    ]
    put_entries_in(connection, place.tenant, place.list_id, rows)
