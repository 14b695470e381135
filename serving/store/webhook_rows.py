"""Webhooks of tenants: where what happened is to be sent, and which events."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from serving.store.audit_log import Event, append, keyed_hash, lock_tenants
from serving.store.store import Store
from serving.store.stored_documents import damage_named
from serving.store.tables import webhook_deliveries, webhooks
from serving.store.timestamps import now

__all__ = [
    "BOTH_SECRETS", "MOST_WEBHOOKS", "Webhook", "WebhookEvent", "add_webhook", "get_webhook", "list_webhooks",
    "next_numbers", "remove_webhook", "rotate_secret", "stop_webhook", "url_digest", "webhook_secret",
    "webhooks_for",
]  # fmt: skip

BOTH_SECRETS: Final = timedelta(hours=24)
"""How long deliveries are signed with a rotated secret as well."""

SENDER: Final = "service"
"""The actor of the deliveries in the audit log."""

MOST_WEBHOOKS: Final = 10
"""Webhooks that a tenant may have: every event is stored once for each."""


class WebhookEvent(StrEnum):
    """What may happen that a webhook is told of."""

    JOB_ENDED = "job.ended"
    VERDICT_CHANGED = "verdict.changed"
    DECISION_MADE = "decision.made"


@dataclass(frozen=True)
class Webhook:
    """A tenant's webhook.

    Attributes
    ----------
    url
        Where it is told.
    events
        Of what.
    delivered_at, failed_at, failure
        When a delivery last came through, when one last did not, and why; None before.
    given_up
        Deliveries that were given up: too old, or the oldest of too many.
    sequence
        Number of its newest event; the first has 1.
    secret_version
        How often its secret was rotated.
    rotated_at
        When last; None before.
    gone_at
        When its receiver said 410, from which on nothing is sent there; None while it is told.
    waiting
        Deliveries that are still to come through.
    """

    tenant: str
    webhook_id: str
    url: str
    events: tuple[WebhookEvent, ...]
    created_at: str
    delivered_at: str | None = None
    failed_at: str | None = None
    failure: str | None = None
    given_up: int = 0
    sequence: int = 0
    secret_version: int = 0
    rotated_at: str | None = None
    gone_at: str | None = None
    waiting: int = 0

    def secrets(self, store: Store) -> list[str]:
        """What its deliveries are signed with, the newest first: two within a day after a rotation."""
        recent = self.rotated_at is not None and self.rotated_at > now(plus=-BOTH_SECRETS)
        return [self.secret(store, self.secret_version - back) for back in range(1 + recent)]

    def secret(self, store: Store, version: int) -> str:
        """A version of its secret."""
        return webhook_secret(store, self.tenant, self.webhook_id, version)


def webhook_secret(store: Store, tenant: str, webhook_id: str, version: int) -> str:
    """A version of a webhook's secret: derived from the store's key, so that no database holds it."""
    rotated = f"\0{version}" if version else ""  # as the first was derived before there were others
    named = f"webhook\0{tenant}\0{webhook_id}{rotated}".encode()
    return "whsec_" + base64.b64encode(hmac.digest(store.key, named, "sha256")).decode()


def add_webhook(
    store: Store, tenant: str, url: str, events: Iterable[WebhookEvent], actor: str
) -> Webhook | None:
    """Register a webhook; None where the tenant has as many as it may."""
    new = Webhook(tenant, secrets.token_hex(16), url, tuple(events), now())
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        own = select(func.count()).select_from(webhooks).where(webhooks.c.tenant == tenant)
        if connection.execute(own).scalar_one() >= MOST_WEBHOOKS:
            return None
        row = {
            "tenant": tenant, "webhook_id": new.webhook_id, "url": url, "events": ",".join(new.events),
            "created_at": new.created_at, "given_up": 0,
        }  # fmt: skip
        connection.execute(insert(webhooks), row)
        more = {"url_hmac": url_digest(store.key, url), "created_at": new.created_at}
        append(connection, head, [noted("webhook.created", actor, new, more)])
    return new


def remove_webhook(store: Store, webhook: Webhook, actor: str) -> None:
    """Remove a webhook with what was still to be delivered to it."""
    with store.database.writing() as connection:
        head = lock_tenants(connection, [webhook.tenant])[webhook.tenant]
        if connection.execute(delete(webhooks).where(*own_row(webhook))).rowcount:
            append(connection, head, [noted("webhook.removed", actor, webhook)])


def rotate_secret(store: Store, webhook: Webhook, actor: str) -> Webhook | None:
    """Give a webhook a new secret; None where it was removed meanwhile."""
    with store.database.writing() as connection:
        head = lock_tenants(connection, [webhook.tenant])[webhook.tenant]
        rotated = update(webhooks).where(*own_row(webhook))
        at = {"rotated_at": now()}
        values = {"secret_version": webhooks.c.secret_version + 1}
        if not connection.execute(rotated.values(**values, **at)).rowcount:
            return None
        append(connection, head, [noted("webhook.rotated", actor, webhook, at)])
        return get_webhook(connection, webhook.tenant, webhook.webhook_id)


def stop_webhook(store: Store, webhook: Webhook) -> None:
    """Stop a webhook whose receiver is gone for good: drop what waits for it, and send nothing more."""
    at = now()
    with store.database.writing() as connection:
        head = lock_tenants(connection, [webhook.tenant])[webhook.tenant]
        stopping = update(webhooks).where(*own_row(webhook), webhooks.c.gone_at.is_(None))
        values = {"gone_at": at, "failed_at": at, "failure": "The answer was 410."}
        if not connection.execute(stopping.values(**values)).rowcount:
            return
        own = webhook_deliveries.c
        waiting = (own.tenant == webhook.tenant, own.webhook_id == webhook.webhook_id)
        connection.execute(delete(webhook_deliveries).where(*waiting))
        append(connection, head, [noted("webhook.gone", SENDER, webhook, {"gone_at": at})])


def own_row(webhook: Webhook) -> tuple[ColumnElement[bool], ...]:
    """The row of a webhook."""
    return webhooks.c.tenant == webhook.tenant, webhooks.c.webhook_id == webhook.webhook_id


def url_digest(key: bytes, url: str) -> str:
    """What the audit log holds of an address, which may have a secret in it: a keyed digest."""
    return keyed_hash(key, url)


def noted(action: str, actor: str, webhook: Webhook, more: Mapping[str, Any] | None = None) -> Event:
    """The audit log's event: without the address, which may have a secret in it."""
    details = {"webhook_id": webhook.webhook_id, "events": list(webhook.events)} | dict(more or {})
    return Event(action, actor, details=json.loads(json.dumps(details)))


def list_webhooks(connection: Connection, tenant: str) -> list[Webhook]:
    """A tenant's webhooks, the oldest first."""
    rows = connection.execute(select(webhooks).where(webhooks.c.tenant == tenant)).all()
    own = webhook_deliveries.c
    counted = select(own.webhook_id, func.count()).where(own.tenant == tenant).group_by(own.webhook_id)
    waiting = {row[0]: row[1] for row in connection.execute(counted)}
    found = [webhook_of(row, waiting.get(row.webhook_id, 0)) for row in rows]
    return sorted(found, key=lambda one: (one.created_at, one.webhook_id))


def get_webhook(connection: Connection, tenant: str, webhook_id: str) -> Webhook | None:
    """A tenant's webhook; None where there is none with this id.

    Raises
    ------
    DocumentDamaged
        If it is told of events that there are not.
    """
    own = (webhooks.c.tenant == tenant, webhooks.c.webhook_id == webhook_id)
    row = connection.execute(select(webhooks).where(*own)).first()
    return None if row is None else webhook_of(row)


def webhooks_for(connection: Connection, tenant: str, event: WebhookEvent) -> dict[str, int]:
    """The tenant's webhooks that are told of an event, by their ids, with the number of their newest one."""
    own = (webhooks.c.tenant == tenant, webhooks.c.gone_at.is_(None))
    columns = (webhooks.c.webhook_id, webhooks.c.events, webhooks.c.sequence)
    rows = connection.execute(select(*columns).where(*own))
    return {webhook_id: sequence for webhook_id, events, sequence in rows if event in str(events).split(",")}


def next_numbers(connection: Connection, tenant: str, event: WebhookEvent) -> dict[str, int]:
    """For each webhook that is told of an event the number that it has there: one more than the event before.

    The tenant is locked, so that numbers are in the order of the transactions.
    """
    numbers = {name: number + 1 for name, number in webhooks_for(connection, tenant, event).items()}
    for webhook_id, number in numbers.items():
        row = (webhooks.c.tenant == tenant, webhooks.c.webhook_id == webhook_id)
        connection.execute(update(webhooks).where(*row).values(sequence=number))
    return numbers


def webhook_of(row: Row[*tuple[Any, ...]], waiting: int = 0) -> Webhook:
    """The webhook of a row."""
    columns = dict(row._mapping)
    with damage_named(f"Webhook {row.webhook_id}"):
        events = tuple(WebhookEvent(name) for name in columns.pop("events").split(","))
    return Webhook(**columns, events=events, waiting=waiting)
