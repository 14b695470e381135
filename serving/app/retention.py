"""Retention: what the store keeps for a limited time is removed every hour."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

from serving.observe.log import LastingError, log_error, log_event
from serving.store.access import StoreAccess
from serving.store.evidence import expire_evidence
from serving.store.idempotency_keys import remove_old_answers
from serving.store.observation_rows import expire_observations
from serving.store.pending_erasures import truncate_pending
from serving.store.sessions import remove_ended_sessions
from serving.store.timestamps import now
from serving.store.verdict_rows import expire_verdicts

__all__ = ["remove_expired", "truncate_after_erasures"]

EVERY_SECONDS: Final = 3_600.0
LOOK_SECONDS: Final = 5.0
"""How often a worker looks for erasures of other workers and of commands."""

FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 2.0


async def remove_expired(
    store_access: StoreAccess, verdict_days: int | None, observation_days: int | None = None
) -> None:
    """Remove answers past ``idempotency_hours`` and verdicts past ``verdict_days``, every hour for ever.

    With the verdicts the desk's evidence and entries go; sessions that have ended go, too.

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
                (verdict_days, expire_evidence, "evidence_expired"),
                (observation_days or verdict_days, expire_observations, "observations_expired"),
            ):
                before = now(plus=-timedelta(days=days)) if days else None
                if before and (count := await store_access.run(expire, before)):
                    log_event(event, count=count)
            await store_access.run(remove_ended_sessions, timedelta(minutes=settings.session_idle_minutes))
        except Exception as error:
            log_error("verdicts_not_expired", error)
        await asyncio.sleep(EVERY_SECONDS)


async def truncate_after_erasures(store_access: StoreAccess, erased: asyncio.Event) -> None:
    """Cut the database's write-ahead log after erasures, for ever; tried until no reader needs it.

    Parameters
    ----------
    erased
        Set by an erasure of this worker, so that it is not waited for.
    """
    pause, error_log = FIRST_PAUSE_SECONDS, LastingError("log_not_truncated")
    while store_access.settings.store_verdicts:
        erased.clear()
        try:
            done = await store_access.run(truncate_pending)
        except Exception as error:
            error_log.add(error)
            done = False
        else:
            error_log.end()
        if done:
            pause = FIRST_PAUSE_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(erased.wait(), LOOK_SECONDS)
        else:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
