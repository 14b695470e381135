"""The outbox: what is to be told to webhooks, stored in the transaction in which it happened.

Whoever delivers takes a row by moving the time at which it is due: should they die, it is due again, under
the same id.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, insert, select, tuple_, update

from serving.store.store import Store
from serving.store.stored_documents import DocumentDamaged
from serving.store.tables import webhook_deliveries, webhooks
from serving.store.timestamps import now
from serving.store.webhook_queue import BEHIND, COUNTED_EACH, WebhookQueue
from serving.store.webhook_rows import Webhook, WebhookEvent, get_webhook, next_numbers

__all__ = [
    "LONGEST_WAIT",
    "Delivery",
    "Rooms",
    "delivered",
    "event_body",
    "is_any_due",
    "not_delivered",
    "put_event",
    "remove_about",
    "take_due",
]

OWN: Final = webhook_deliveries.c
LONGEST_FAILURE: Final = 200
LONGEST_WAIT: Final = timedelta(minutes=15)
"""Between two tries of a webhook that fails."""


@dataclass(frozen=True)
class Delivery:
    """Something that a webhook is to be told.

    Attributes
    ----------
    delivery_id
        The same at every try.
    body
        The JSON text that is sent.
    created_at
        When it happened.
    tries
        How often it was tried, with this time; of the first one of a webhook that fails, how often that was.
    """

    webhook: Webhook
    delivery_id: str
    body: str
    created_at: str
    tries: int

    def webhook_queue(self, connection: Connection) -> WebhookQueue:
        """The queue of its webhook."""
        return WebhookQueue(connection, self.webhook.tenant, self.webhook.webhook_id)


@dataclass
class Rooms:
    """Places for deliveries that are being tried.

    Attributes
    ----------
    most, of_tenant
        Places in all, and of these for one tenant: its slow receivers leave room for others.
    taken
        By tenant.
    """

    most: int
    of_tenant: int
    taken: Counter[str] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self.most - self.taken.total()


def put_event(
    connection: Connection, tenant: str, event: WebhookEvent, data: Mapping[str, Any], account: str = ""
) -> None:
    """Store an event for every webhook of the tenant that is told of it, in the connection's transaction.

    The tenant is locked.

    Parameters
    ----------
    account
        SHA-256 of the id of the account that it is about: it is erased with it.
    """
    rows = []
    numbers = next_numbers(connection, tenant, event)
    for webhook_id, number in numbers.items():
        delivery_id, at = f"msg_{secrets.token_hex(16)}", now()
        due_at = WebhookQueue(connection, tenant, webhook_id).due_at_of_new(at)
        rows.append({
            "tenant": tenant, "delivery_id": delivery_id, "webhook_id": webhook_id, "account_sha256": account,
            "body": event_body(delivery_id, event, at, number, data),
            "created_at": at, "due_at": due_at, "tries": 0,
        })  # fmt: skip
    if rows:
        connection.execute(insert(webhook_deliveries), rows)
    for webhook_id, number in numbers.items():
        if number % COUNTED_EACH == 0:
            WebhookQueue(connection, tenant, webhook_id).give_up_most()


def event_body(delivery_id: str, event: str, at: str, sequence: int | None, data: Mapping[str, Any]) -> str:
    """The text that is sent; what has no place in the order of the webhook's events has no number.

    >>> event_body("msg_1", "job.ended", "2026-11-25T22:00:00.000000Z", 7, {"job_id": "a"})
    '{"id": "msg_1", "type": "job.ended", "at": "2026-11-25T22:00:00.000000Z", "sequence": 7, "data": {"job_id": "a"}}'
    """  # noqa: E501
    return json.dumps({"id": delivery_id, "type": event, "at": at, "sequence": sequence, "data": dict(data)})


def is_any_due(connection: Connection) -> bool:
    """Whether anything is to be delivered now."""
    return connection.execute(select(OWN.delivery_id).where(is_due()).limit(1)).first() is not None


def is_due() -> ColumnElement[bool]:
    """The condition that a delivery is due: its time has come, or is further ahead than any wait.

    The latter was written before a clock was set back, and would not be sent until that time comes again.
    """
    return (OWN.due_at <= now()) | OWN.due_at.between(now(plus=LONGEST_WAIT), BEHIND)


def take_due(store: Store, rooms: Rooms, lease: timedelta) -> list[Delivery]:
    """Take deliveries that are due, of each tenant as many; for as long as the lease nobody else gets them.

    A tenant whose receivers are slow, with thousands that are due, keeps no other tenant's back.
    """
    deliveries = []
    with store.database.writing() as connection:
        chosen = tuple_(OWN.tenant, OWN.delivery_id).in_(in_turns(rooms))
        due = select(webhook_deliveries).where(chosen).order_by(OWN.due_at)
        for row in connection.execute(due.with_for_update(skip_locked=True)).all():
            webhook = None
            with suppress(DocumentDamaged):  # which keeps no other webhook's back
                webhook = get_webhook(connection, row.tenant, row.webhook_id)
            if webhook is not None:
                deliveries.append(Delivery(webhook, row.delivery_id, row.body, row.created_at, row.tries + 1))
        for one in deliveries:
            connection.execute(
                update(webhook_deliveries).where(*at(one)).values(due_at=now(plus=lease), tries=one.tries)
            )
    return deliveries


def in_turns(rooms: Rooms) -> Select[tuple[str, str]]:
    """What is due, the oldest of each tenant first, then the second of each."""
    # By the index of what is due, whatever else waits: never by another that has the tenants in order.
    found = select(OWN.tenant, OWN.delivery_id, OWN.due_at).where(is_due()).cte().prefix_with("MATERIALIZED")
    turn = func.row_number().over(partition_by=found.c.tenant, order_by=found.c.due_at).label("turn")
    due = select(*found.c, turn).subquery()
    taken = case(dict(rooms.taken), value=due.c.tenant, else_=0) if rooms.taken else 0
    fitting = select(due.c.tenant, due.c.delivery_id).where(due.c.turn + taken <= rooms.of_tenant)
    return fitting.order_by(due.c.turn + taken, due.c.due_at).limit(rooms.free)


def delivered(store: Store, delivery: Delivery) -> None:
    """Remove what came through, and let the next follow."""
    with store.database.writing() as connection:
        note(connection, delivery, delivered_at=now())
        connection.execute(delete(webhook_deliveries).where(*at(delivery)))
        delivery.webhook_queue(connection).let_follow()


def not_delivered(store: Store, delivery: Delivery, failure: str, again: timedelta) -> Webhook | None:
    """Note why something did not come through: the webhook is tried again after a while, with one delivery.

    What will be older than 48 hours by then is given up. Of several that were under way when the first one
    failed only that one counts.

    Returns
    -------
    The webhook as it is then; None where it was removed meanwhile.
    """
    with store.database.writing() as connection:
        note(connection, delivery, failed_at=now(), failure=failure[:LONGEST_FAILURE])
        counts = select(OWN.delivery_id).where(*at(delivery), OWN.due_at < BEHIND)
        if connection.execute(counts).first() is not None:
            delivery.webhook_queue(connection).hold_back(delivery.delivery_id, again, delivery.tries)
        return get_webhook(connection, delivery.webhook.tenant, delivery.webhook.webhook_id)


def remove_about(connection: Connection, tenant: str, account: str) -> int:
    """Remove what is to be told about an account, by its id's SHA-256, and let the next follow; how many.

    The tenant is locked.
    """
    own = select(webhooks.c.webhook_id).where(webhooks.c.tenant == tenant)
    locked = connection.execute(own.with_for_update()).scalars().all()
    about = (OWN.tenant == tenant, OWN.account_sha256 == account)
    count = connection.execute(delete(webhook_deliveries).where(*about)).rowcount
    for webhook_id in locked if count else ():
        WebhookQueue(connection, tenant, webhook_id).let_follow()
    return count


def note(connection: Connection, delivery: Delivery, **values: Any) -> None:
    """Note at the webhook how it goes, which locks its row."""
    own = (webhooks.c.tenant == delivery.webhook.tenant, webhooks.c.webhook_id == delivery.webhook.webhook_id)
    connection.execute(update(webhooks).where(*own).values(**values))


def at(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    """The row of a delivery."""
    return OWN.tenant == delivery.webhook.tenant, OWN.delivery_id == delivery.delivery_id
