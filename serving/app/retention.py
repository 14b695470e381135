"""Retention: what the store keeps for a limited time is removed every hour."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from serving.observe.log import log_error, log_event
from serving.store.access import StoreAccess
from serving.store.idempotency_keys import remove_old_answers
from serving.store.timestamps import now
from serving.store.verdict_rows import expire_verdicts

__all__ = ["remove_expired"]

EVERY_SECONDS: Final = 3_600.0


async def remove_expired(store_access: StoreAccess, verdict_days: int | None) -> None:
    """Remove answers past ``idempotency_hours`` and verdicts past ``verdict_days``, every hour for ever.

    An error is logged and the removal tried again: a database may come back. Ends at once where
    nothing is stored; the results of bulk jobs are removed by their worker.
    """
    settings = store_access.settings
    while settings.store_verdicts:
        try:
            await store_access.run(remove_old_answers, timedelta(hours=settings.idempotency_hours))
            before = now(plus=-timedelta(days=verdict_days)) if verdict_days else None
            if before and (count := await store_access.run(expire_verdicts, before)):
                log_event("verdicts_expired", count=count)
        except Exception as error:
            log_error("verdicts_not_expired", error)
        await asyncio.sleep(EVERY_SECONDS)
