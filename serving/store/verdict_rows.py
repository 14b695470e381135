"""Stored verdicts: each with the features it was computed from, so that it can be replayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from itertools import groupby
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, select, tuple_, update

from accounts.errors import AssayError
from detector.labels import Label
from detector.verdict import Verdict
from serving.store.audit_log import (
    ERASURE,
    ChainHead,
    Event,
    append,
    erasures_after,
    lock_free_tenants,
    lock_tenants,
    sha256_of,
)
from serving.store.engine import insert_if_absent
from serving.store.evidence import erase_evidence
from serving.store.expiry import expire
from serving.store.job_rows import note_erasure
from serving.store.outbox import put_event, remove_about
from serving.store.pending_erasures import note_pending
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.stored_documents import damage_named, read_object
from serving.store.tables import (
    decisions,
    idempotency,
    idempotency_accounts,
    list_entries,
    observations,
    verdicts,
)
from serving.store.timestamps import now
from serving.store.webhook_rows import WebhookEvent, webhooks_for

__all__ = [
    "VERDICT_NAMES",
    "AccountErased",
    "NewVerdict",
    "StoredVerdict",
    "TenantVerdict",
    "Unstored",
    "VerdictKey",
    "content_sha256",
    "count_verdicts",
    "erase_account",
    "expire_verdicts",
    "get_verdict",
    "read_features",
    "read_verdict_document",
    "store_verdicts",
    "store_verdicts_in",
]

MADE: Final = "verdict.made"
REPEATED: Final = "verdict.repeated"
ERASED: Final = "verdict.erased"
EXPIRED: Final = "verdict.expired"
REMOVAL_ACTIONS: Final = frozenset({ERASED, EXPIRED})
"""The audit log's actions after which a verdict is no longer stored."""

VerdictKey: TypeAlias = tuple[str, str]
"""A tenant, and a verdict's id."""

SERVICE: Final = "service"
EXPIRED_AT_ONCE: Final = 1_000

HELD_MS: Final = 250
"""How long verdicts wait for rows that another transaction holds, before they let go of their thread."""

VERDICT_NAMES: Final = tuple(
    one.name for one in fields(Verdict) if one.default is MISSING and one.default_factory is MISSING
)
"""What every verdict's document says."""

HASHED_TEXTS: Final = (
    "account_sha256", "platform", "level", "made_at", "model_sha256", "catalogue", "document",
)  # fmt: skip


class AccountErased(AssayError):
    """409: the account was erased while the request was worked on, and nothing of it was stored."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "The account was erased while this request was worked on, and so nothing of it was stored."
        )


@dataclass(frozen=True)
class NewVerdict:
    """A verdict that is to be stored.

    Attributes
    ----------
    verdict_id, account_id, platform, label
        As in the document.
    level
        Its evidence level.
    model_sha256, catalogue
        Of the model that gave it, and the digest of the features that this model reads.
    features
        The features' values: little-endian float64, in the model's order.
    document
        The verdict's JSON as it is answered.
    suspicion, findings
        As in the document; ``findings`` are the names of the checks.
    """

    verdict_id: str
    account_id: str
    platform: str
    label: Label
    level: str
    model_sha256: str
    catalogue: str
    features: bytes
    document: str
    suspicion: float | None = None
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class StoredVerdict:
    """A verdict as it is stored; the attributes are those of :class:`NewVerdict`."""

    verdict_id: str
    platform: str
    level: str
    model_sha256: str
    catalogue: str
    features: bytes
    document: str

    def read(self) -> dict[str, Any]:
        """The document, parsed; raises as :func:`read_verdict_document`."""
        return read_verdict_document(self.document, self.verdict_id, VERDICT_NAMES)


@dataclass(frozen=True)
class TenantVerdict:
    """A new verdict with its tenant and the actor that asked for it.

    Attributes
    ----------
    since
        The last entry of the tenant's audit log when it was asked for: nothing is stored of an account that
        was erased after it. None where whoever stores it sees to that.
    """

    tenant: str
    actor: str
    verdict: NewVerdict
    since: int | None = None

    @property
    def key(self) -> VerdictKey:
        """Its place among the stored verdicts."""
        return self.tenant, self.verdict.verdict_id


class Unstored(NamedTuple):
    """Verdicts that were not stored.

    Attributes
    ----------
    erased
        Those whose accounts were erased since they were asked for.
    held
        Those whose rows, or whose tenant's row, another transaction holds.
    """

    erased: frozenset[VerdictKey] = frozenset()
    held: frozenset[VerdictKey] = frozenset()


def store_verdicts(
    store: Store, entries: Sequence[TenantVerdict], *, waits_for_tenants: bool = True
) -> Unstored:
    """Store verdicts, with their entries in the audit log, in one transaction.

    An existing verdict is not overwritten, with one exception: if it was stored without reasons and is
    requested with them, the longer document replaces it. The log notes the repeated request.

    Parameters
    ----------
    waits_for_tenants
        Whether it waits for the rows of tenants that another transaction holds; else their verdicts are left
        unstored, and the other tenants' stored.

    Raises
    ------
    RowsHeld
        If another transaction holds other rows for longer than :data:`HELD_MS`; nothing is stored then.
    """
    if not entries:
        return Unstored()
    lock = lock_tenants if waits_for_tenants else lock_free_tenants
    with store.database.writing(HELD_MS) as connection:
        heads = lock(connection, {entry.tenant for entry in entries})
        held = frozenset(entry.key for entry in entries if entry.tenant not in heads)
        entries = [entry for entry in entries if entry.tenant in heads]
        erased = erased_since(connection, store, heads, entries)
        store_verdicts_in(connection, store, [entry for entry in entries if entry.key not in erased])
    return Unstored(erased, held)


def erased_since(
    connection: Connection, store: Store, heads: Mapping[str, ChainHead], entries: Sequence[TenantVerdict]
) -> frozenset[VerdictKey]:
    """The verdicts whose accounts were erased since they were asked for; their tenants are locked.

    Where a tenant's log is as long as it was nothing is looked up.
    """
    first: dict[str, int] = {}
    for entry in entries:
        if entry.since is not None and entry.since < heads[entry.tenant].entries:
            first[entry.tenant] = min(entry.since, first.get(entry.tenant, entry.since))
    erasures = {
        (tenant, subject): number
        for tenant, since in first.items()
        for subject, number in erasures_after(connection, tenant, since).items()
    }
    if not erasures:
        return frozenset()
    return frozenset(
        entry.key
        for entry in entries
        if entry.since is not None
        and erasures.get((entry.tenant, store.subject(entry.tenant, entry.verdict.account_id)), 0)
        > entry.since
    )


def store_verdicts_in(connection: Connection, store: Store, entries: Sequence[TenantVerdict]) -> None:
    """Store verdicts as :func:`store_verdicts` does, in the transaction of a connection."""
    if not entries:
        return
    # Of one verdict twice the longer document is stored: the last one wins.
    shortest_first = sorted(entries, key=lambda entry: len(entry.verdict.document))
    rows = {(entry.tenant, entry.verdict.verdict_id): verdict_row(entry) for entry in shortest_first}
    heads = lock_tenants(connection, {entry.tenant for entry in entries})
    before = labels_before(connection, entries)
    added = insert_if_absent(connection, verdicts).returning(verdicts.c.tenant, verdicts.c.verdict_id)
    new = {(tenant, name) for tenant, name in connection.execute(added, list(rows.values()))}
    written = {place: rows[place] for place in new}
    if existing := rows.keys() - new:
        written |= lengthen_documents(connection, rows, existing)
    for tenant, own in groupby(sorted(entries, key=lambda entry: entry.tenant), lambda one: one.tenant):
        events = []
        for entry in own:
            place = (tenant, entry.verdict.verdict_id)
            events.append(
                audit_event(store, entry, MADE if place in new else REPEATED, written.pop(place, None))
            )
            if place in new:
                tell_of_change(connection, entry, before)
            new.discard(place)
        append(connection, heads[tenant], events)


def labels_before(
    connection: Connection, entries: Sequence[TenantVerdict]
) -> dict[tuple[str, str, str], tuple[str, str]]:
    """The newest verdict of each account whose tenant is told of changes: its id and its label.

    By tenant, SHA-256 of the account's id, and platform.
    """
    accounts: dict[str, set[str]] = {}
    for entry in entries:
        accounts.setdefault(entry.tenant, set()).add(account_sha256(entry.verdict.account_id))
    found = {}
    for tenant, own in accounts.items():
        if not webhooks_for(connection, tenant, WebhookEvent.VERDICT_CHANGED):
            continue
        columns = (verdicts.c.account_sha256, verdicts.c.platform, verdicts.c.verdict_id, verdicts.c.label)
        wanted = select(*columns).where(verdicts.c.tenant == tenant, verdicts.c.account_sha256.in_(own))
        for account, platform, *newest in connection.execute(wanted.order_by(verdicts.c.made_at)):
            found[tenant, account, platform] = (newest[0], newest[1])
    return found


def tell_of_change(
    connection: Connection, entry: TenantVerdict, before: dict[tuple[str, str, str], tuple[str, str]]
) -> None:
    """Tell the tenant's webhooks of a new verdict whose label is another than that of the one before."""
    verdict, account = entry.verdict, account_sha256(entry.verdict.account_id)
    place = (entry.tenant, account, verdict.platform)
    previous, label = before.get(place), str(verdict.label)
    if previous and previous[1] != label:
        data = {
            "account_id": verdict.account_id, "platform": verdict.platform, "verdict_id": verdict.verdict_id,
            "label": label, "previous": {"verdict_id": previous[0], "label": previous[1]},
        }  # fmt: skip
        put_event(connection, entry.tenant, WebhookEvent.VERDICT_CHANGED, data, account)
    before[place] = (verdict.verdict_id, label)


def lengthen_documents(
    connection: Connection, rows: Mapping[VerdictKey, Mapping[str, Any]], existing: Iterable[VerdictKey]
) -> Iterator[tuple[VerdictKey, dict[str, Any]]]:
    """Replace the documents of existing verdicts that are shorter than the new ones.

    Documents of one verdict differ in their reasons alone. Yields the keys of the replaced, and their rows.
    """
    place, length = tuple_(verdicts.c.tenant, verdicts.c.verdict_id), func.length(verdicts.c.document)
    stored = select(verdicts.c.tenant, verdicts.c.verdict_id, length).where(place.in_(existing))
    for tenant, verdict_id, stored_length in connection.execute(stored).all():
        if len(document := rows[tenant, verdict_id]["document"]) > stored_length:
            longer = update(verdicts).where(place == (tenant, verdict_id)).values(document=document)
            row = connection.execute(longer.returning(verdicts)).one()
            yield (tenant, verdict_id), dict(row._mapping)


def verdict_row(entry: TenantVerdict) -> dict[str, Any]:
    """The row of the table ``verdicts`` for an entry."""
    verdict = entry.verdict
    return {
        "tenant": entry.tenant,
        "verdict_id": verdict.verdict_id,
        "account_sha256": account_sha256(verdict.account_id),
        "platform": verdict.platform,
        "level": verdict.level,
        "made_at": now(),
        "model_sha256": verdict.model_sha256,
        "catalogue": verdict.catalogue,
        "features": verdict.features,
        "document": verdict.document,
        "label": str(verdict.label),
    }


def audit_event(store: Store, entry: TenantVerdict, action: str, written: Mapping[str, Any] | None) -> Event:
    """The audit log's event for an entry, with the hash of its row where one was written."""
    verdict = entry.verdict
    return Event(
        action,
        entry.actor,
        store.subject(entry.tenant, verdict.account_id),
        verdict.verdict_id,
        ({} if written is None else {"content_sha256": content_sha256(written)})
        | {"model_sha256": verdict.model_sha256},
    )


def content_sha256(row: Mapping[str, Any]) -> str:
    """SHA-256 of everything that is stored of a verdict, but its tenant and its id."""
    return sha256_of("\n".join(row[name] for name in HASHED_TEXTS), row["features"])


def get_verdict(connection: Connection, tenant: str, verdict_id: str) -> StoredVerdict | None:
    """A tenant's stored verdict; None where there is none with this id."""
    row = connection.execute(
        select(
            verdicts.c.verdict_id,
            verdicts.c.platform,
            verdicts.c.level,
            verdicts.c.model_sha256,
            verdicts.c.catalogue,
            verdicts.c.features,
            verdicts.c.document,
        ).where(verdicts.c.tenant == tenant, verdicts.c.verdict_id == verdict_id)
    ).first()
    return None if row is None else StoredVerdict(*row)


def read_verdict_document(document: object, verdict_id: str, names: Iterable[str] = ()) -> dict[str, Any]:
    """A verdict's stored document, parsed.

    Raises
    ------
    DocumentDamaged
        If it is no JSON object with these names.
    """
    found: dict[str, Any] = read_object(document, f"Verdict {verdict_id}", names)
    return found


def read_features(features: object, verdict_id: str, count: int) -> NDArray[np.float64]:
    """The stored features of a verdict.

    Raises
    ------
    DocumentDamaged
        If these are not so many numbers.
    """
    with damage_named(f"Verdict {verdict_id}"):
        if not isinstance(features, bytes):
            raise TypeError
        return np.frombuffer(features, "<f8").reshape(count)


def count_verdicts(connection: Connection, tenant: str, account_id: str) -> int:
    """How many verdicts are stored on a tenant's account."""
    own = (verdicts.c.tenant == tenant, verdicts.c.account_sha256 == account_sha256(account_id))
    return connection.execute(select(func.count()).select_from(verdicts).where(*own)).scalar_one()


def erase_account(store: Store, tenant: str, account_id: str, actor: str) -> dict[str, int]:
    """Erase everything that is stored of a tenant's account; the audit log notes the erasure.

    SQLite's write-ahead log may hold it until :func:`truncate_pending` has cut it.

    Returns
    -------
    How many verdicts, decisions, remembered answers, observations, entries of lists (with the comments on
    them), stored documents and messages to webhooks were erased.
    """
    account = account_sha256(account_id)
    subject = store.subject(tenant, account_id)
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        own = (verdicts.c.tenant == tenant, verdicts.c.account_sha256 == account)
        names = connection.execute(select(verdicts.c.verdict_id).where(*own)).scalars().all()
        count = {
            "verdicts": len(names),
            "decisions": _remove_decisions(connection, tenant, account),
            "answers": _remove_answers(connection, tenant, account),
            "observations": _remove_observations(connection, tenant, account),
            "entries": _remove_entries(connection, tenant, account),
            "evidence": erase_evidence(connection, tenant, account),
            "deliveries": remove_about(connection, tenant, account),
        }
        connection.execute(delete(verdicts).where(*own))
        events = [Event(ERASED, actor, subject, name) for name in names]
        append(connection, head, [*events, Event(ERASURE, actor, subject, details=count)])
        note_pending(connection, tenant, subject)
        note_erasure(connection, tenant, account)  # also in jobs that were created since the erasure began
    return count


def expire_verdicts(store: Store, before: str) -> int:
    """Remove the verdicts stored before a timestamp, with their decisions; how many."""
    return expire(store, verdicts.c.made_at, before, _remove_some)


def _remove_some(connection: Connection, tenant: str, before: str) -> tuple[int, list[Event]]:
    old = (verdicts.c.tenant == tenant, verdicts.c.made_at < before)
    wanted = select(verdicts.c.verdict_id).where(*old).order_by(verdicts.c.made_at).limit(EXPIRED_AT_ONCE)
    names = connection.execute(wanted).scalars().all()
    for own in (decisions, verdicts):
        connection.execute(delete(own).where(own.c.tenant == tenant, own.c.verdict_id.in_(names)))
    return len(names), [Event(EXPIRED, SERVICE, verdict_id=name) for name in names]


def _remove_decisions(connection: Connection, tenant: str, account: str) -> int:
    about = select(verdicts.c.verdict_id).where(
        verdicts.c.tenant == tenant, verdicts.c.account_sha256 == account
    )
    removal = delete(decisions).where(decisions.c.tenant == tenant, decisions.c.verdict_id.in_(about))
    return connection.execute(removal).rowcount


def _remove_entries(connection: Connection, tenant: str, account: str) -> int:
    own = (list_entries.c.tenant == tenant, list_entries.c.account_sha256 == account)
    return connection.execute(delete(list_entries).where(*own)).rowcount


def _remove_observations(connection: Connection, tenant: str, account: str) -> int:
    own = (observations.c.tenant == tenant, observations.c.account_sha256 == account)
    return connection.execute(delete(observations).where(*own)).rowcount


def _remove_answers(connection: Connection, tenant: str, account: str) -> int:
    holding = select(idempotency_accounts.c.key_sha256).where(
        idempotency_accounts.c.tenant == tenant, idempotency_accounts.c.account_sha256 == account
    )
    removal = delete(idempotency).where(idempotency.c.tenant == tenant, idempotency.c.key_sha256.in_(holding))
    return connection.execute(removal).rowcount
