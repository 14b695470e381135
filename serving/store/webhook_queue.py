"""The queue of a webhook: its first deliveries may be tried, all others wait behind them.

What waits behind has a ``due_at`` that sorts after all times, in the order of the events: no look at what is
due reads it. Where any waits behind, at least one does not, and whatever removes that lets the next follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from serving.store.tables import webhook_deliveries, webhooks
from serving.store.timestamps import now

__all__ = [
    "BEHIND",
    "COUNTED_EACH",
    "GIVEN_UP_AFTER",
    "GIVES_WAY_AFTER",
    "MOST_TRIED",
    "MOST_WAITING",
    "WebhookQueue",
]

OWN: Final = webhook_deliveries.c

BEHIND: Final = "9"
"""Begins ``due_at`` of what waits behind others; the time at which it happened comes after it."""

MOST_TRIED: Final = 48
"""Deliveries of a webhook that do not wait behind others; while it fails it is one."""

MOST_WAITING: Final = 10_000
"""Deliveries that wait for a webhook; of more the oldest are given up."""

COUNTED_EACH: Final = 100
"""So many events are stored for a webhook until its deliveries are counted again."""

GIVEN_UP_AFTER: Final = timedelta(hours=48)

GIVES_WAY_AFTER: Final = 8
"""Tries of a webhook's first delivery, ten minutes or so, after which the next one is tried instead."""


@dataclass(frozen=True)
class WebhookQueue:
    """What waits for a webhook, in a transaction that locked the webhook's row."""

    connection: Connection
    tenant: str
    webhook_id: str

    def due_at_of_new(self, at: str) -> str:
        """The ``due_at`` of an event that happens now: this time, or behind what is there already."""
        last_first = select(OWN.due_at).where(*self.deliveries).order_by(OWN.due_at.desc())
        waiting = self.connection.execute(last_first.limit(MOST_TRIED)).scalars().all()
        if not waiting:
            return at
        is_behind = len(waiting) == MOST_TRIED or waiting[0] >= BEHIND or self.is_failing()
        return BEHIND + at if is_behind else at

    def is_failing(self) -> bool:
        """Whether the last delivery that was tried did not come through."""
        times = select(webhooks.c.failed_at, webhooks.c.delivered_at).where(*self.row)
        failed_at, delivered_at = self.connection.execute(times).one()
        return failed_at is not None and failed_at >= (delivered_at or "")

    def let_follow(self) -> None:
        """Let the next deliveries be tried, unless there are others before them."""
        before = select(OWN.delivery_id).where(*self.deliveries, OWN.due_at < BEHIND).limit(1)
        if self.connection.execute(before).first() is None:
            following = select(OWN.delivery_id).where(*self.deliveries).order_by(OWN.due_at).limit(MOST_TRIED)
            released = update(webhook_deliveries).where(*self.deliveries, OWN.delivery_id.in_(following))
            self.connection.execute(released.values(due_at=OWN.created_at))

    def hold_back(self, failed: str, again: timedelta, tries: int) -> None:
        """After a failure let the first delivery alone be tried next; what is too old then is given up.

        Parameters
        ----------
        failed
            The id of the delivery that was tried; after some tries it gives way to the others, since
            its receiver may refuse nothing but this one.
        again
            After which time.
        tries
            How often it was tried since the webhook fails: the wait after the next failure follows from it.
        """
        behind = update(webhook_deliveries).where(*self.deliveries, OWN.due_at < BEHIND)
        self.connection.execute(behind.values(due_at=BEHIND + OWN.created_at))
        if tries >= GIVES_WAY_AFTER:
            last = update(webhook_deliveries).where(*self.deliveries, OWN.delivery_id == failed)
            self.connection.execute(last.values(due_at=BEHIND + now()))
        self.give_up(OWN.created_at < now(plus=again - GIVEN_UP_AFTER))
        first = select(OWN.delivery_id).where(*self.deliveries).order_by(OWN.due_at).limit(1)
        probe = update(webhook_deliveries).where(OWN.delivery_id == first.scalar_subquery())
        self.connection.execute(probe.where(*self.deliveries).values(due_at=now(plus=again), tries=tries))

    def give_up_most(self) -> None:
        """Give up the oldest of more than :data:`MOST_WAITING`, but only what waits behind others."""
        counted = select(func.count()).select_from(webhook_deliveries).where(*self.deliveries)
        excess = self.connection.execute(counted).scalar_one() - MOST_WAITING
        if excess > 0:
            behind = select(OWN.delivery_id).where(*self.deliveries, OWN.due_at >= BEHIND)
            self.give_up(OWN.delivery_id.in_(behind.order_by(OWN.due_at).limit(excess)))

    def give_up(self, which: ColumnElement[bool]) -> None:
        """Remove deliveries, and count them at the webhook."""
        count = self.connection.execute(delete(webhook_deliveries).where(*self.deliveries, which)).rowcount
        counted = update(webhooks).where(*self.row).values(given_up=webhooks.c.given_up + count)
        self.connection.execute(counted)

    @property
    def deliveries(self) -> tuple[ColumnElement[bool], ...]:
        """The condition of its deliveries."""
        return OWN.tenant == self.tenant, OWN.webhook_id == self.webhook_id

    @property
    def row(self) -> tuple[ColumnElement[bool], ...]:
        """The condition of the webhook's row."""
        return webhooks.c.tenant == self.tenant, webhooks.c.webhook_id == self.webhook_id
