"""Gauges of jobs for Prometheus: counted in the database within a second, or left out."""

from __future__ import annotations

import threading
from typing import Final

from anyio import move_on_after, to_thread

from serving.observe.log import log_error
from serving.store.access import StoreAccess
from serving.store.engine import NoUsableStore
from serving.store.job_rows import JobCounts, count_jobs
from serving.store.verdict_counts import count_job_verdicts

__all__ = ["JobGauges"]

LONGEST_SECONDS: Final = 1.0


class JobGauges:
    """Counts jobs in a thread, one count at a time, and waits a second for it at most."""

    def __init__(self, store_access: StoreAccess) -> None:
        self.store_access = store_access
        self.counting = threading.Lock()

    async def read(self) -> JobCounts | None:
        """The counts; None without a store, or where the database takes longer than a second."""
        if not self.store_access.settings.store_verdicts:
            return None
        with move_on_after(LONGEST_SECONDS):
            return await to_thread.run_sync(self._count, abandon_on_cancel=True)
        return None

    def _count(self) -> JobCounts | None:
        if not self.counting.acquire(blocking=False):  # an abandoned count still waits for the database
            return None
        try:
            with self.store_access.opened().database.reading() as connection:
                return count_jobs(connection)._replace(verdicts=count_job_verdicts(connection))
        except NoUsableStore:
            return None
        except Exception as error:
            log_error("jobs_not_counted", error)
            return None
        finally:
            self.counting.release()
