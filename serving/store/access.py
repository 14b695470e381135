"""The way to the store from the event loop: in threads, and again once a lost database is back."""

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

__all__ = ["Door"]

AT_ONCE: Final = 8
AGAIN_AFTER_SECONDS: Final = 1.0

P = ParamSpec("P")
T = TypeVar("T")


class Door:
    """Opens the store, and lets few in at once, so that no request waits for a connection in vain.

    Nothing is opened where nothing is kept and no keys are asked for, unless somebody asks.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.needed = settings.store_verdicts or not settings.no_auth
        self.lock = threading.Lock()
        self.store: Store | None = None
        self.refusal: NoUsableStore | None = None
        self.tried = 0.0
        self.limiter = CapacityLimiter(AT_ONCE)
        self.beside_it = CapacityLimiter(1)
        if self.needed:
            self.try_to_open()

    def try_to_open(self) -> None:
        """Open the store, or keep in mind why that is not possible."""
        with self.lock:
            if self.store or (self.refusal and time.monotonic() < self.tried + AGAIN_AFTER_SECONDS):
                return
            try:
                self.store = open_store(self.settings)
            except NoUsableStore as refusal:
                self.refusal = refusal
            self.tried = time.monotonic()

    def opened(self) -> Store:
        """The store.

        Raises
        ------
        NoUsableStore
            If it cannot be opened; tried again every second.
        """
        if self.store is None:
            self.try_to_open()
        if self.store is None:
            assert self.refusal
            raise NoUsableStore(str(self.refusal))
        return self.store

    async def run(self, task: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a function makes of the store, in a thread."""

        def work() -> T:
            return task(self.opened(), *args, **kwargs)

        return await to_thread.run_sync(work, limiter=self.limiter)

    async def read(
        self, task: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What a function reads, in a thread."""

        def work(store: Store) -> T:
            with store.database.reading() as connection:
                return task(connection, *args, **kwargs)

        return await self.run(work)

    async def beside(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What may take minutes in files, one at a time, in a thread that keeps nobody from the store."""
        return await to_thread.run_sync(partial(task, *args, **kwargs), limiter=self.beside_it)

    async def check(self) -> None:
        """Ask the database something, if it is needed at all.

        Raises
        ------
        NoUsableStore
            If it does not answer.
        """
        if self.needed:
            await self.read(partial(Connection.execute, statement=text("SELECT 1")))

    def close(self) -> None:
        """Give the connections back."""
        if self.store:
            self.store.database.close()
