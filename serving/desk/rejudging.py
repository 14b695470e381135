"""Judging a creator again: on the evidence with another annotation, or with what was observed since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, Final

from starlette.requests import Request

from accounts.errors import BadInput, WrongUsage
from accounts.reading import read_document
from detector.labels import Explain
from serving.desk.forms import field
from serving.desk.new_entries import new_entry
from serving.desk.pages import session_of
from serving.desk.sent_forms import DONE, answer_before, once
from serving.routes.dependencies import screening_service, store_access
from serving.screening.promises import with_caveat
from serving.screening.records import screen_each
from serving.screening.service import ScreeningService
from serving.store.audit_log import Event, append, canonical, lock_tenants, sha256_of
from serving.store.evidence import StoredEvidence, get_evidence, store_evidence_in
from serving.store.list_entries import Entry, JudgedMeanwhile, check_is_current, put_entries_in
from serving.store.store import Store
from serving.store.verdict_rows import NewVerdict, TenantVerdict, store_verdicts_in

__all__ = ["Judged", "document_of", "hashed", "judge_again", "judge_document", "store_judged"]

Change = Callable[[dict[str, Any]], dict[str, Any]]
GONE: Final = "The evidence of this creator is not stored any more; screen it again from its files."


@dataclass(frozen=True)
class Judged:
    """A document with its verdict."""

    document: Mapping[str, Any]
    verdict: NewVerdict


async def judge_again(request: Request, entry: Entry, change: Change, event: Event) -> None:
    """Judge an entry's evidence after a change, store it all, and note the event in the audit log.

    A form that was sent before has done so. It names the verdict that its page showed.

    Raises
    ------
    WrongUsage
        If the evidence is gone, or the change makes it a document that cannot be read.
    EntryRemoved, JudgedMeanwhile
        If the entry was removed, as an erasure does, or judged again since its page was shown.
    """
    service, access = screening_service(request), store_access(request)
    if await answer_before(request, entry.tenant) is not None:
        return
    judged = None
    if await field(request, "verdict_id") == entry.verdict_id:
        evidence = await access.run(evidence_of, entry)
        judge = partial(judge_document, service, change(evidence.document), entry.tenant)
        judged = await service.in_turn(entry.tenant, evidence.bytes, judge)
    actor = session_of(request).caller.actor
    await once(request, entry.tenant, store_judged_once, entry, judged, actor, event)


def document_of(store: Store, entry: Entry) -> dict[str, Any]:
    """The account document that an entry rests on; :class:`WrongUsage` where it is gone."""
    return evidence_of(store, entry).document


def evidence_of(store: Store, entry: Entry) -> StoredEvidence:
    """The evidence that an entry rests on; :class:`WrongUsage` where it is gone."""
    with store.database.reading() as connection:
        found = get_evidence(connection, entry.tenant, entry.evidence_sha256)
    if found is None:
        raise WrongUsage(GONE)
    return found


def judge_document(service: ScreeningService, document: Mapping[str, Any], tenant: str = "") -> Judged:
    """Screen a document in this thread, for a tenant.

    Raises
    ------
    WrongUsage
        By the faults of the document.
    """
    try:
        tables = read_document(document)
    except BadInput as error:
        raise WrongUsage(" ".join(f"{fault.field} {fault.rule}" for fault in error.faults)) from error
    (verdict,) = screen_each(service.detector, tables, Explain.ALL)
    if isinstance(verdict, Exception):
        raise verdict
    broken = service.promises.sentence(tenant, verdict.model_sha256)
    return Judged(document, with_caveat(verdict, broken))


def store_judged(store: Store, entry: Entry, judged: Judged, actor: str, events: Iterable[Event]) -> None:
    """Store verdict, evidence and entry in one transaction, with the events that led to them.

    Raises
    ------
    EntryRemoved, JudgedMeanwhile
        As :func:`check_is_current`; nothing is stored then.
    """
    tenant = entry.tenant
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        check_is_current(connection, entry)
        append(connection, head, events)
        store_verdicts_in(connection, store, [TenantVerdict(tenant, actor, judged.verdict)])
        name = store_evidence_in(connection, tenant, judged.document)
        put_entries_in(connection, tenant, entry.list_id, [new_entry(judged.verdict, judged.document, name)])


@wraps(store_judged)
def store_judged_once(store: Store, entry: Entry, judged: Judged | None, actor: str, event: Event) -> str:
    """Store what :func:`judge_again` has judged; nothing, where the page showed another verdict."""
    if judged is None:
        raise JudgedMeanwhile
    store_judged(store, entry, judged, actor, [event])
    return DONE


def hashed(document: Mapping[str, Any]) -> str:
    """SHA-256 of a small document, for the audit log, which holds nobody's words."""
    return sha256_of(canonical(document))
