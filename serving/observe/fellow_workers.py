"""Which workers of a service still take requests: those that end together see when none of them does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock
from pathlib import Path
from typing import Final

__all__ = ["FellowWorkers"]

NAME: Final = "taking_requests"
LOOK_SECONDS: Final = 0.05


class FellowWorkers:
    """The workers of one service, each of which shares the lock on a file for as long as it takes requests.

    The kernel gives a worker's lock up with its process, in whatever way that ends.

    Parameters
    ----------
    folder
        That all of them share; None where there is one worker.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.handle: int | None = None

    @contextmanager
    def taking_requests(self) -> Iterator[None]:
        """Take requests beside the others, until :meth:`all_refusing` is entered."""
        if self.folder is None:
            yield
            return
        self.handle = os.open(self.folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with suppress(BlockingIOError):  # the others refuse, and end
                flock(self.handle, LOCK_SH | LOCK_NB)
            yield
        finally:
            os.close(self.handle)
            self.handle = None

    @asynccontextmanager
    async def all_refusing(self) -> AsyncIterator[None]:
        """Take no more, and wait until no other worker does; one at a time runs the block."""
        if self.handle is None:
            yield
            return
        flock(self.handle, LOCK_UN)
        while not self._is_alone(self.handle):
            await asyncio.sleep(LOOK_SECONDS)
        try:
            yield
        finally:
            flock(self.handle, LOCK_UN)

    @staticmethod
    def _is_alone(handle: int) -> bool:
        try:
            flock(handle, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            return False
        return True
