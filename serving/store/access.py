"""Access to the store from the event loop: in a few threads, opened again once a lost database is back."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from contextvars import ContextVar
from functools import partial
from typing import Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakValueDictionary

import anyio
from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection

from serving.settings import Settings
from serving.store.engine import NoUsableStore
from serving.store.folder_check import FolderUnusable, check_folders
from serving.store.store import Store, open_store
from serving.store.write_check import WriteCheck

__all__ = ["ASKING_TENANT", "StoreAccess"]

THREADS: Final = 8
RETRY_SECONDS: Final = 1.0
CHECK_SECONDS: Final = 1.0
"""How long the outcome of a check holds: whoever asks more often adds no writes."""

ASKING_TENANT: Final[ContextVar[str | None]] = ContextVar("ASKING_TENANT", default=None)
"""Whose request is worked for; None before that is known, and where it is nobody's."""

P = ParamSpec("P")
T = TypeVar("T")


class SharedThreads:
    """Threads of which one tenant's work takes, or waits for, its share at most.

    Parameters
    ----------
    count, share
        How many threads there are, and how many of them one tenant may have.
    """

    def __init__(self, count: int, share: int) -> None:
        self.limiter = CapacityLimiter(count)
        self.share = share
        self.shares: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def run(self, work: Callable[[], T]) -> T:
        """Do work of the asking tenant in a thread."""
        async with self._share_of(ASKING_TENANT.get()):
            return await to_thread.run_sync(work, limiter=self.limiter)

    def _share_of(self, tenant: str | None) -> AbstractAsyncContextManager[object]:
        """A tenant's places at the threads; forgotten once nobody holds or awaits one."""
        return (
            nullcontext() if tenant is None else self.shares.setdefault(tenant, asyncio.Semaphore(self.share))
        )


class StoreAccess:
    """Opens the store, and runs functions on it in threads: what only reads in others than what may write.

    Who writes may wait for rows that another transaction holds, which who reads never does. One tenant's
    requests may take, or wait for, ``tenant_share`` of the threads of each kind; its others wait for these.
    Where nothing is stored and no key is needed it is opened at its first use only.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.needed = settings.store_verdicts or not settings.no_auth
        self.lock = threading.Lock()
        self.store: Store | None = None
        self.refusal: NoUsableStore | None = None
        self.tried_at = 0.0
        share = math.ceil(THREADS * settings.tenant_share)
        self.writers, self.readers = SharedThreads(THREADS, share), SharedThreads(THREADS, share)
        self.checks = CapacityLimiter(1)
        self.file_work = CapacityLimiter(1)
        self.write_check = WriteCheck()
        self.checking = anyio.Lock()
        self.checked_at = float("-inf")
        self.fault: NoUsableStore | FolderUnusable | None = None
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
        """Call a function with the store, which may write, in a thread.

        Raises
        ------
        NoUsableStore
            If the store cannot be opened, or the database does not work.
        """

        def work() -> T:
            return task(self.opened(), *args, **kwargs)

        return await self.writers.run(work)

    async def look_up(self, task: Callable[Concatenate[Store, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function with the store that only reads, in a thread; raises as :meth:`run` does."""

        def work() -> T:
            return task(self.opened(), *args, **kwargs)

        return await self.readers.run(work)

    async def read(
        self, task: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Call a function with a connection that only reads, in a thread; raises as :meth:`run` does."""

        def work(store: Store) -> T:
            with store.database.reading() as connection:
                return task(connection, *args, **kwargs)

        return await self.look_up(work)

    async def run_beside(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function that works on files for minutes, one at a time, in a thread of its own."""
        return await to_thread.run_sync(partial(task, *args, **kwargs), limiter=self.file_work)

    async def check(self) -> None:
        """Check that writes would succeed, to the database where it is needed and to folders; once a second.

        Raises
        ------
        NoUsableStore, FolderUnusable
            If it would not.
        """
        async with self.checking:
            if time.monotonic() > self.checked_at + CHECK_SECONDS:
                self.fault = await self._fault()
                self.checked_at = time.monotonic()
        if self.fault is not None:
            raise type(self.fault)(str(self.fault))

    async def _fault(self) -> NoUsableStore | FolderUnusable | None:
        """Why a write would not succeed; None where it would."""
        try:
            if self.needed:
                await to_thread.run_sync(lambda: self.write_check.run(self.opened()), limiter=self.checks)
            await to_thread.run_sync(check_folders, self.settings, limiter=self.checks)
        except (NoUsableStore, FolderUnusable) as fault:
            return fault
        return None

    def close(self) -> None:
        """Close the connections."""
        if self.store:
            self.store.database.close()
