"""The good end: told to stop, the service says that it is not ready, and answers what was asked before."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from serving.observe.log import tell

__all__ = ["Closing"]


class Closing:
    """Whether the service is about to end.

    Attributes
    ----------
    seconds
        For how long it goes on answering then.
    serves
        Asked whether there is anything to answer with; if not, the end comes at once.
    begun
        True from the moment that it is told to.
    """

    def __init__(self, seconds: float, serves: Callable[[], bool] = lambda: True) -> None:
        self.seconds = seconds
        self.serves = serves
        self.begun = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear SIGTERM before the server does, which closes its connections at once.

        Meanwhile whoever spreads the requests sees that this one is not ready, and every answer
        asks for its connection to be closed. A second signal is the server's at once.
        """
        # A server of tests may run in another thread, where no signal arrives.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGTERM)
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGTERM, lambda *about: self.told(loop, before, about))
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def told(self, loop: asyncio.AbstractEventLoop, before: Any, about: tuple[Any, ...]) -> None:
        """Begin to close; the server is told after so many seconds."""
        server = before if callable(before) else signal.default_int_handler
        again, self.begun = self.begun, True
        if again or not self.serves():
            server(*about)
            return
        loop.call_soon_threadsafe(self.later, loop, server, about)

    def later(self, loop: asyncio.AbstractEventLoop, server: Callable[..., Any], about: Any) -> None:
        """Let the time pass."""
        tell("closing", seconds=self.seconds)
        loop.call_later(self.seconds, server, *about)
