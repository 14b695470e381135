"""What lies in the outbox is delivered: taken, sent, and tried again later, each time after a longer wait.

Of a webhook that fails only one delivery is tried at a time.
"""

from __future__ import annotations

import math
import random
from datetime import timedelta
from typing import Any, Final

from anyio import Event, create_task_group, current_time, move_on_after, sleep_until
from anyio.abc import TaskGroup

from serving.observe.log import log_error, log_event
from serving.store.access import ASKING_TENANT, StoreAccess
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

PLACE_SECONDS: Final = 0.25
"""How long a delivery has its place at least: a tenant's fast receivers leave the processor to others."""

LINE_SECONDS: Final = 60.0
"""Between two lines of the log about one webhook that fails."""

FORGOTTEN_SECONDS: Final = 3_600.0
"""After which a webhook's last line is forgotten: webhooks are removed, too."""

LEASE: Final = timedelta(seconds=60)
FIRST_SECONDS, MOST_DOUBLED = 5.0, 30


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
        self.failures = FailureLog()
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
        earliest = current_time() + PLACE_SECONDS
        try:
            ASKING_TENANT.set(delivery.webhook.tenant)  # in this task alone
            try:
                await deliver(self.access, delivery, self.failures)
            except Exception as error:
                log_error("webhooks_not_delivered", error)
            await sleep_until(earliest)
        finally:
            self.rooms.taken[delivery.webhook.tenant] -= 1
            self.ended.set()

    async def wait(self) -> None:
        """Wait for the end of any delivery, a second at most."""
        with move_on_after(LOOK_SECONDS):
            await self.ended.wait()
        self.ended = Event()


class FailureLog:
    """A line of the log for each webhook that fails: at once, and then once a minute at most.

    Attributes
    ----------
    seen
        By webhook when its last line was written, and how many failures there were since.
    """

    def __init__(self) -> None:
        self.seen: dict[str, tuple[float, int]] = {}

    def add(self, webhook_id: str, **facts: Any) -> None:
        """Count a failure, and log it with those before it unless there was a line within the last minute."""
        at = current_time()
        last, count = self.seen.get(webhook_id, (-math.inf, 0))
        if at - last >= LINE_SECONDS:
            log_event("webhook_not_delivered", webhook_id=webhook_id, failures=count + 1, **facts)
            last, count = at, -1
            self.seen = {name: one for name, one in self.seen.items() if at - one[0] < FORGOTTEN_SECONDS}
        self.seen[webhook_id] = (last, count + 1)


async def deliver(access: StoreAccess, delivery: Delivery, failures: FailureLog) -> None:
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
        found = await access.run(not_delivered, delivery, str(failure), again)
        if found is not None:
            failures.add(
                webhook.webhook_id, delivery_id=delivery.delivery_id, tries=delivery.tries,
                given_up=found.given_up, why=str(failure),
            )  # fmt: skip
    else:
        await access.run(delivered, delivery)


def wait_before_next(tries: int) -> timedelta:
    """The wait after so many tries: twice as long each time, and drawn, so that not all come back at once.

    >>> all(2.5 <= wait_before_next(1).total_seconds() <= 5 for _ in range(9))
    True
    >>> 450 <= wait_before_next(5_000).total_seconds() <= 900
    True
    """
    doubled = min(tries - 1, MOST_DOUBLED)
    longest = min(FIRST_SECONDS * 2**doubled, LONGEST_WAIT.total_seconds())
    return timedelta(seconds=longest * random.uniform(0.5, 1.0))
