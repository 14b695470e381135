"""Retention: what the store keeps for a limited time is removed every hour."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from serving.observe.log import log_error, log_event
from serving.store.access import StoreAccess
from serving.store.idempotency_keys import remove_old_answers
from serving.store.observation_rows import expire_observations
from serving.store.timestamps import now
from serving.store.verdict_rows import expire_verdicts

__all__ = ["remove_expired"]

EVERY_SECONDS: Final = 3_600.0


async def remove_expired(
    store_access: StoreAccess, verdict_days: int | None, observation_days: int | None = None
) -> None:
    """Remove answers past ``idempotency_hours`` and verdicts past ``verdict_days``, every hour for ever.

    Observations go after ``observation_days``; where that is not set, after ``verdict_days`` as well.

    An error is logged and the removal tried again: a database may come back. Ends at once where
    nothing is stored; the results of bulk jobs are removed by their worker.
    """
    settings = store_access.settings
    while settings.store_verdicts:
        try:
            await store_access.run(remove_old_answers, timedelta(hours=settings.idempotency_hours))
            for days, expire, event in (
                (verdict_days, expire_verdicts, "verdicts_expired"),
                (observation_days or verdict_days, expire_observations, "observations_expired"),
            ):
                before = now(plus=-timedelta(days=days)) if days else None
                if before and (count := await store_access.run(expire, before)):
                    log_event(event, count=count)
        except Exception as error:
            log_error("verdicts_not_expired", error)
        await asyncio.sleep(EVERY_SECONDS)
