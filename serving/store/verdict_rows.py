"""Verdicts as they are kept: with the numbers that they rest on, so that they can be given again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, delete, func, select, tuple_, update

from detector.words import Label
from serving.store.audit_log import Event, append, hold, sha256_of
from serving.store.engine import new_rows
from serving.store.store import Store, account_sha256
from serving.store.tables import decisions, idempotency, idempotency_accounts, verdicts
from serving.store.timestamps import now

__all__ = ["Entry", "Kept", "Made", "content_sha256", "erase", "expire", "get", "keep", "keep_in"]

MADE: Final = "verdict.made"
REPEATED: Final = "verdict.repeated"
ERASED: Final = "verdict.erased"
EXPIRED: Final = "verdict.expired"
GONE: Final = frozenset({ERASED, EXPIRED})
"""What the log says of verdicts that are no longer kept."""

Place: TypeAlias = tuple[str, str]
"""A tenant, and the name of a verdict."""

SERVICE: Final = "service"
AT_ONCE: Final = 1_000

TEXTS: Final = (
    "account_sha256", "platform", "level", "made_at", "model_sha256", "catalogue", "document",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A verdict that is to be kept.

    Attributes
    ----------
    verdict_id, account_id, platform, label
        As in the document.
    level
        The evidence level that it was judged at.
    model_sha256, catalogue
        Of the bundle that judged, and of the features that it reads.
    features
        Their values: little-endian float64, in the catalogue's order.
    document
        The verdict as it was answered.
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


@dataclass(frozen=True)
class Kept:
    """A verdict that was kept, and what it rests on; as in :class:`Made`."""

    verdict_id: str
    platform: str
    level: str
    model_sha256: str
    catalogue: str
    features: bytes
    document: str


@dataclass(frozen=True)
class Entry:
    """A verdict with whose it is, and who asked for it."""

    tenant: str
    actor: str
    made: Made


def keep(store: Store, entries: Sequence[Entry]) -> None:
    """Keep verdicts and note in the log that they were made, all in one transaction.

    A verdict that is there already stays as it is, unless it says less: one that was asked for without its
    reasons gets them once somebody is given them. The log says that it was asked for again.
    """
    if entries:
        with store.database.writing() as connection:
            keep_in(connection, store, entries)


def keep_in(connection: Connection, store: Store, entries: Sequence[Entry]) -> None:
    """The same in a transaction that is there already."""
    if not entries:
        return
    # Of the same verdict twice the longer document, which comes last.
    shortest_first = sorted(entries, key=lambda entry: len(entry.made.document))
    rows = {(entry.tenant, entry.made.verdict_id): row_of(entry) for entry in shortest_first}
    heads = hold(connection, {entry.tenant for entry in entries})
    added = new_rows(connection, verdicts).returning(verdicts.c.tenant, verdicts.c.verdict_id)
    new = {(tenant, name) for tenant, name in connection.execute(added, list(rows.values()))}
    written = {place: rows[place] for place in new}
    if there := rows.keys() - new:
        written |= said_more(connection, rows, there)
    for tenant, own in groupby(sorted(entries, key=lambda entry: entry.tenant), lambda one: one.tenant):
        events = []
        for entry in own:
            place = (tenant, entry.made.verdict_id)
            events.append(
                event_of(store, entry, MADE if place in new else REPEATED, written.pop(place, None))
            )
            new.discard(place)
        append(connection, heads[tenant], events)


def said_more(
    connection: Connection, rows: Mapping[Place, Mapping[str, Any]], there: Iterable[Place]
) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Verdicts that were there already, and whose longer document is kept from now on.

    Documents of one verdict differ in their reasons alone.
    """
    place, length = tuple_(verdicts.c.tenant, verdicts.c.verdict_id), func.length(verdicts.c.document)
    kept = select(verdicts.c.tenant, verdicts.c.verdict_id, length).where(place.in_(there))
    for tenant, name, shown in connection.execute(kept).all():
        if len(document := rows[tenant, name]["document"]) > shown:
            longer = update(verdicts).where(place == (tenant, name)).values(document=document)
            row = connection.execute(longer.returning(verdicts)).one()
            yield (tenant, name), dict(row._mapping)


def row_of(entry: Entry) -> dict[str, Any]:
    """The row that a verdict is kept as."""
    made = entry.made
    return {
        "tenant": entry.tenant,
        "verdict_id": made.verdict_id,
        "account_sha256": account_sha256(made.account_id),
        "platform": made.platform,
        "level": made.level,
        "made_at": now(),
        "model_sha256": made.model_sha256,
        "catalogue": made.catalogue,
        "features": made.features,
        "document": made.document,
    }


def event_of(store: Store, entry: Entry, action: str, written: Mapping[str, Any] | None) -> Event:
    """What the log says of it; of a row that was written its hash."""
    made = entry.made
    return Event(
        action,
        entry.actor,
        store.subject(entry.tenant, made.account_id),
        made.verdict_id,
        ({} if written is None else {"content_sha256": content_sha256(written)})
        | {"model_sha256": made.model_sha256},
    )


def content_sha256(row: Mapping[str, Any]) -> str:
    """Of everything that is kept of a verdict."""
    return sha256_of("\n".join(row[name] for name in TEXTS), row["features"])


def get(connection: Connection, tenant: str, verdict_id: str) -> Kept | None:
    """A tenant's verdict."""
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
    return None if row is None else Kept(*row)


def erase(store: Store, tenant: str, account_id: str, actor: str) -> dict[str, int]:
    """Remove all that is kept of an account of a tenant, and note in the log that it was done.

    Returns
    -------
    How many verdicts, decisions and remembered answers there were.
    """
    account = account_sha256(account_id)
    subject = store.subject(tenant, account_id)
    with store.database.writing() as connection:
        head = hold(connection, [tenant])[tenant]
        own = (verdicts.c.tenant == tenant, verdicts.c.account_sha256 == account)
        names = connection.execute(select(verdicts.c.verdict_id).where(*own)).scalars().all()
        count = {
            "verdicts": len(names),
            "decisions": _remove_decisions(connection, tenant, account),
            "answers": _remove_answers(connection, tenant, account),
        }
        connection.execute(delete(verdicts).where(*own))
        gone = [Event(ERASED, actor, subject, name) for name in names]
        append(connection, head, [*gone, Event("subject.erased", actor, subject, details=count)])
    store.database.sweep()
    return count


def expire(store: Store, before: str) -> int:
    """Remove verdicts made before a moment, with the decisions about them; how many there were.

    The log notes each, and keeps what it said of them.
    """
    old, count = verdicts.c.made_at < before, 0
    with store.database.reading() as connection:
        owners = connection.execute(select(verdicts.c.tenant).where(old).distinct()).scalars().all()
    for tenant in owners:
        while gone := _expire_some(store, tenant, before):
            count += gone
    if count:
        store.database.sweep()
    return count


def _expire_some(store: Store, tenant: str, before: str) -> int:
    old = (verdicts.c.tenant == tenant, verdicts.c.made_at < before)
    with store.database.writing() as connection:
        head = hold(connection, [tenant])[tenant]
        wanted = select(verdicts.c.verdict_id).where(*old).order_by(verdicts.c.made_at).limit(AT_ONCE)
        names = connection.execute(wanted).scalars().all()
        for own in (decisions, verdicts):
            connection.execute(delete(own).where(own.c.tenant == tenant, own.c.verdict_id.in_(names)))
        append(connection, head, [Event(EXPIRED, SERVICE, verdict_id=name) for name in names])
    return len(names)


def _remove_decisions(connection: Connection, tenant: str, account: str) -> int:
    about = select(verdicts.c.verdict_id).where(
        verdicts.c.tenant == tenant, verdicts.c.account_sha256 == account
    )
    gone = delete(decisions).where(decisions.c.tenant == tenant, decisions.c.verdict_id.in_(about))
    return connection.execute(gone).rowcount


def _remove_answers(connection: Connection, tenant: str, account: str) -> int:
    holding = select(idempotency_accounts.c.key_sha256).where(
        idempotency_accounts.c.tenant == tenant, idempotency_accounts.c.account_sha256 == account
    )
    gone = delete(idempotency).where(idempotency.c.tenant == tenant, idempotency.c.key_sha256.in_(holding))
    return connection.execute(gone).rowcount
