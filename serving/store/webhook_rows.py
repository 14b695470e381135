"""Webhooks of tenants: where what happened is to be sent, and which events."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, select

from serving.store.audit_log import Event, append, lock_tenants
from serving.store.store import Store
from serving.store.tables import webhook_deliveries, webhooks
from serving.store.timestamps import now

__all__ = [
    "MOST_WEBHOOKS", "Webhook", "WebhookEvent", "add_webhook", "get_webhook", "list_webhooks",
    "remove_webhook", "webhooks_for",
]  # fmt: skip

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
        Deliveries that were tried for the last time.
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
    waiting: int = 0

    def secret(self, store: Store) -> str:
        """What its deliveries are signed with: derived from the store's key, so that no database holds it."""
        named = f"webhook\0{self.tenant}\0{self.webhook_id}".encode()
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
        append(connection, head, [noted("webhook.created", actor, new)])
    return new


def remove_webhook(store: Store, webhook: Webhook, actor: str) -> None:
    """Remove a webhook with what was still to be delivered to it."""
    with store.database.writing() as connection:
        head = lock_tenants(connection, [webhook.tenant])[webhook.tenant]
        own = (webhooks.c.tenant == webhook.tenant, webhooks.c.webhook_id == webhook.webhook_id)
        if connection.execute(delete(webhooks).where(*own)).rowcount:
            append(connection, head, [noted("webhook.removed", actor, webhook)])


def noted(action: str, actor: str, webhook: Webhook) -> Event:
    """The audit log's event: without the address, which may have a secret in it."""
    details = {"webhook_id": webhook.webhook_id, "events": list(webhook.events)}
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
    """A tenant's webhook; None where there is none with this id."""
    own = (webhooks.c.tenant == tenant, webhooks.c.webhook_id == webhook_id)
    row = connection.execute(select(webhooks).where(*own)).first()
    return None if row is None else webhook_of(row)


def webhooks_for(connection: Connection, tenant: str, event: WebhookEvent) -> list[str]:
    """The ids of the tenant's webhooks that are told of an event."""
    rows = connection.execute(
        select(webhooks.c.webhook_id, webhooks.c.events).where(webhooks.c.tenant == tenant)
    )
    return [webhook_id for webhook_id, events in rows if event in events.split(",")]


def webhook_of(row: Row[*tuple[Any, ...]], waiting: int = 0) -> Webhook:
    """The webhook of a row."""
    columns = dict(row._mapping)
    events = tuple(WebhookEvent(name) for name in columns.pop("events").split(","))
    return Webhook(**columns, events=events, waiting=waiting)
