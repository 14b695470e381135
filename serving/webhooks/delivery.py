"""What lies in the outbox is delivered: taken, sent, and tried again later, each time after a longer wait."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Final

from anyio import Event, create_task_group, move_on_after
from anyio.abc import TaskGroup

from serving.observe.log import log_error, log_event
from serving.store.access import StoreAccess
from serving.store.outbox import (
    LONGEST_WAIT,
    Delivery,
    Rooms,
    delivered,
    is_any_due,
    not_delivered,
    take_due,
)
from serving.store.webhook_rows import stop_webhook
from serving.webhooks.sending import NotDelivered, ReceiverGone, send

__all__ = ["Delivering", "deliver_for_ever", "wait_before_next"]

LOOK_SECONDS: Final = 1.0
AT_ONCE, OF_TENANT = 16, 12
"""Deliveries that are tried at the same time, and how many of these may be one tenant's."""

LEASE: Final = timedelta(seconds=60)
FIRST_SECONDS: Final = 5.0
GIVEN_UP_AFTER: Final = timedelta(hours=48)


async def deliver_for_ever(access: StoreAccess) -> None:
    """Deliver what is due: look every second whether anything is, and as soon as a place is free again.

    An error is logged, and it goes on: a database may come back. Ends at once where webhooks are off.
    """
    delivering = Delivering(access)
    async with create_task_group() as group:
        while access.settings.webhook_hosts:
            try:
                await delivering.begin(group)
            except Exception as error:
                log_error("webhooks_not_delivered", error)
            await delivering.wait()


class Delivering:
    """Deliveries that are being tried at the same time, of which no tenant has all places.

    Parameters
    ----------
    access
        The store.
    """

    def __init__(self, access: StoreAccess) -> None:
        self.access = access
        self.rooms = Rooms(AT_ONCE, OF_TENANT)
        self.ended = Event()

    async def begin(self, group: TaskGroup) -> int:
        """Take what is due, as much as there are places for, and begin to try each; how many it was."""
        if not self.rooms.free or not await self.access.read(is_any_due):
            return 0
        deliveries = await self.access.run(take_due, self.rooms, LEASE)
        self.rooms.taken.update(one.webhook.tenant for one in deliveries)
        for delivery in deliveries:
            group.start_soon(self.deliver, delivery)
        return len(deliveries)

    async def deliver(self, delivery: Delivery) -> None:
        """Try a delivery once, and give its place back; an error is logged, and it is due again later."""
        try:
            await deliver(self.access, delivery)
        except Exception as error:
            log_error("webhooks_not_delivered", error)
        finally:
            self.rooms.taken[delivery.webhook.tenant] -= 1
            self.ended.set()

    async def wait(self) -> None:
        """Wait for the end of any delivery, a second at most."""
        with move_on_after(LOOK_SECONDS):
            await self.ended.wait()
        self.ended = Event()


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
    longest = min(FIRST_SECONDS * 2 ** (tries - 1), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))
