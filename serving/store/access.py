"""Access to the store from the event loop: in a few threads, opened again once a lost database is back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Concatenate, Final, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection, text

from serving.settings import Settings
from serving.store.engine import NoUsableStore
from serving.store.store import Store, open_store

__all__ = ["StoreAccess"]

THREADS: Final = 8
RETRY_SECONDS: Final = 1.0

P = ParamSpec("P")
T = TypeVar("T")


class StoreAccess:
    """Opens the store, and runs functions on it in as many threads as it has connections.

    Where nothing is stored and no key is needed it is opened at its first use only.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.needed = settings.store_verdicts or not settings.no_auth
        self.lock = threading.Lock()
        self.store: Store | None = None
        self.refusal: NoUsableStore | None = None
        self.tried_at = 0.0
        self.limiter = CapacityLimiter(THREADS)
        self.file_work = CapacityLimiter(1)
        if self.needed:
            self.try_to_open()

    def try_to_open(self) -> None:
        """Open the store, at most once a second; where that fails the reason is remembered."""
        with self.lock:
            if self.store or (self.refusal and time.monotonic() < self.tried_at + RETRY_SECONDS):
                return
            try:
                self.store = open_store(self.settings)
            except NoUsableStore as refusal:
                self.refusal = refusal
            self.tried_at = time.monotonic()

    def opened(self) -> Store:
        """The store.

        Raises
        ------
        NoUsableStore
            If it cannot be opened; the next call after a second tries again.
        """
        if self.store is None:
            self.try_to_open()
        if self.store is None:
            assert self.refusal
            raise NoUsableStore(str(self.refusal))
        return self.store

    async def run(self, task: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function with the store, in a thread.

        Raises
        ------
        NoUsableStore
            If the store cannot be opened, or the database does not work.
        """

        def work() -> T:
            return task(self.opened(), *args, **kwargs)

        return await to_thread.run_sync(work, limiter=self.limiter)

    async def read(
        self, task: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call a function with a connection that only reads, in a thread; raises as :meth:`run` does."""

        def work(store: Store) -> T:
            with store.database.reading() as connection:
                return task(connection, *args, **kwargs)

        return await self.run(work)

    async def run_beside(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that works on files for minutes, one at a time, in a thread of its own."""
        return await to_thread.run_sync(partial(task, *args, **kwargs), limiter=self.file_work)

    async def check(self) -> None:
        """Send the database a query, if this service needs it at all.

        Raises
        ------
        NoUsableStore
            If it does not answer.
        """
        if self.needed:
            await self.read(partial(Connection.execute, statement=text("SELECT 1")))

    def close(self) -> None:
        """Close the connections."""
        if self.store:
            self.store.database.close()
