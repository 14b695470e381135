"""What lies in the outbox is delivered: taken, sent, and tried again later, each time after a longer wait."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Final

from anyio import create_task_group

from serving.observe.log import log_error, log_event
from serving.store.access import StoreAccess
from serving.store.outbox import Delivery, delivered, is_any_due, not_delivered, take_due
from serving.store.webhook_rows import stop_webhook
from serving.webhooks.sending import NotDelivered, ReceiverGone, send

__all__ = ["deliver_due", "deliver_for_ever", "wait_before_next"]

LOOK_SECONDS: Final = 1.0
AT_ONCE: Final = 16
LEASE: Final = timedelta(seconds=60)
FIRST_SECONDS: Final = 5.0
LONGEST_SECONDS: Final = 3 * 3_600.0
GIVEN_UP_AFTER: Final = timedelta(hours=48)


async def deliver_for_ever(access: StoreAccess) -> None:
    """Deliver what is due, and look every second whether anything is.

    An error is logged, and it goes on: a database may come back. Ends at once where webhooks are off.
    """
    while access.settings.webhook_hosts:
        try:
            if await access.read(is_any_due) and await deliver_due(access) == AT_ONCE:
                continue
        except Exception as error:
            log_error("webhooks_not_delivered", error)
        await asyncio.sleep(LOOK_SECONDS)


async def deliver_due(access: StoreAccess) -> int:
    """Take what is due, at most 16 at once, and try each; how many were taken."""
    deliveries = await access.run(take_due, AT_ONCE, LEASE)
    async with create_task_group() as group:
        for delivery in deliveries:
            group.start_soon(deliver, access, delivery)
    return len(deliveries)


async def deliver(access: StoreAccess, delivery: Delivery) -> None:
    """Try a delivery once."""
    webhook = delivery.webhook
    secrets = webhook.secrets(access.opened())
    try:
        await send(webhook.url, secrets, delivery.delivery_id, delivery.body, access.settings)
    except ReceiverGone:
        await access.run(stop_webhook, webhook)
        log_event("webhook_gone", webhook_id=webhook.webhook_id, delivery_id=delivery.delivery_id)
    except NotDelivered as failure:
        again = wait_before_next(delivery.tries)
        age = datetime.now(UTC) - datetime.fromisoformat(delivery.created_at)
        is_last = age + again > GIVEN_UP_AFTER
        await access.run(not_delivered, delivery, str(failure), None if is_last else again)
        log_event(
            "webhook_not_delivered", webhook_id=webhook.webhook_id, delivery_id=delivery.delivery_id,
            tries=delivery.tries, given_up=is_last, why=str(failure),
        )  # fmt: skip
    else:
        await access.run(delivered, delivery)


def wait_before_next(tries: int) -> timedelta:
    """The wait after so many tries: twice as long each time, and drawn, so that not all come back at once.

    >>> all(2.5 <= wait_before_next(1).total_seconds() <= 5 for _ in range(9))
    True
    """
    longest = min(FIRST_SECONDS * 2 ** (tries - 1), LONGEST_SECONDS)
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))
