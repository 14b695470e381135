"""Connections without a request: closed after a while, and earlier where others need the room."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["close_silent_connections"]


def close_silent_connections(protocol: Any, seconds: float, most: int) -> None:
    """Have uvicorn close connections whose request line and headers do not come in time.

    A connection gets ``seconds`` for its first request, and up to twice as many for each further one. Where
    more are open than may be, each new one takes the place of the oldest that has not asked anything yet.
    uvicorn has no setting for either and makes its connections by itself, so that the class is changed.

    Parameters
    ----------
    protocol
        uvicorn's class of a connection.
    seconds
        Time for the headers.
    most
        Open connections of this process.
    """
    original = protocol.connection_made
    silent: dict[Any, None] = {}
    """Connections without a request when they were last looked at, in the order in which they were made."""

    def connection_made(self: Any, transport: Any) -> None:
        original(self, transport)
        if len(self.connections) > most:
            make_room()
        silent[self] = None
        self.loop.call_later(seconds, check, self, None)

    def make_room() -> None:
        """Close the oldest connection that has not asked anything, where there is one."""
        while silent:
            oldest = next(iter(silent))
            del silent[oldest]
            if oldest.cycle is None and not oldest.transport.is_closing():
                oldest.transport.close()
                return

    def check(self: Any, before: Any) -> None:
        """Close a connection that has had no request in hand, now and at the check before."""
        silent.pop(self, None)
        if self.transport.is_closing():
            return
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self.cycle is before:
            self.transport.close()
        else:
            self.loop.call_later(seconds, check, self, self.cycle if is_idle else NOTHING)

    protocol.connection_made = connection_made


NOTHING: Final = object()
"""No request: the next check finds none that is the same."""
