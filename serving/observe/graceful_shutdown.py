"""Graceful shutdown: after SIGTERM the service is not ready, but still answers for a while."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from serving.observe.log import log_event

__all__ = ["GracefulShutdown"]


class GracefulShutdown:
    """Delays the server's own shutdown, so that a load balancer can take the service out first.

    Attributes
    ----------
    drain_seconds
        How long requests are still answered after SIGTERM.
    is_serving
        Whether there is a model to answer with; without one the server is shut down at once.
    begun
        Whether SIGTERM has come.
    """

    def __init__(self, drain_seconds: float, is_serving: Callable[[], bool] = lambda: True) -> None:
        self.drain_seconds = drain_seconds
        self.is_serving = is_serving
        self.begun = False

    @contextmanager
    def handling_sigterm(self) -> Iterator[None]:
        """Handle SIGTERM in place of the server, which would close its connections at once.

        While it drains, ``/readyz`` answers 503, and every answer asks the client to close its
        connection. A second SIGTERM is passed to the server at once.
        """
        # A server of tests may run in another thread, where no signal arrives.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGTERM)
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGTERM, lambda *arguments: self._on_sigterm(loop, before, arguments))
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def _on_sigterm(self, loop: asyncio.AbstractEventLoop, before: Any, arguments: tuple[Any, ...]) -> None:
        server = before if callable(before) else signal.default_int_handler
        again, self.begun = self.begun, True
        if again or not self.is_serving():
            server(*arguments)
            return
        loop.call_soon_threadsafe(self._shut_down_later, loop, server, arguments)

    def _shut_down_later(
        self, loop: asyncio.AbstractEventLoop, server: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> None:
        log_event("closing", seconds=self.drain_seconds)
        loop.call_later(self.drain_seconds, server, *arguments)
