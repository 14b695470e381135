"""Connections without a request: closed after a while, and earlier where others need the room."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["close_silent_connections"]


def close_silent_connections(protocol: Any, seconds: float, most: int) -> None:
    """Have uvicorn close connections whose request line and headers do not come in time.

    A connection gets ``seconds`` for its first request, and up to twice as many for each further one. Where
    more are open than may be, each new one takes the place of the oldest that has not asked anything yet, or
    else of one whose request was answered, though its body may still come.
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
    asked: dict[Any, None] = {}
    """Those that had one, in the order in which that was seen."""

    def connection_made(self: Any, transport: Any) -> None:
        original(self, transport)
        if len(self.connections) > most:
            make_room()
        silent[self] = None
        self.loop.call_later(seconds, check, self, None)

    def make_room() -> None:
        """Close the oldest connection that has not asked anything, or else one that was answered."""
        while silent:
            oldest = next(iter(silent))
            del silent[oldest]
            if oldest.transport.is_closing():
                continue
            if oldest.cycle is None:
                oldest.transport.close()
                return
            asked[oldest] = None
        for _ in range(min(len(asked), MOST_LOOKED_AT)):
            oldest = next(iter(asked))
            del asked[oldest]
            if oldest.transport.is_closing():
                continue
            if oldest.cycle.response_complete:
                oldest.transport.close()
                return
            asked[oldest] = None

    def check(self: Any, before: Any) -> None:
        """Close a connection that has had no request in hand, now and at the check before."""
        silent.pop(self, None)
        if self.transport.is_closing():
            asked.pop(self, None)
            return
        is_idle = self.cycle is None or self.cycle.response_complete
        if is_idle and self.cycle is before:
            asked.pop(self, None)
            self.transport.close()
            return
        if self.cycle is not None:
            asked[self] = None
        self.loop.call_later(seconds, check, self, self.cycle if is_idle else NOTHING)

    protocol.connection_made = connection_made


MOST_LOOKED_AT: Final = 100
"""Connections with a request, for one that was answered: who comes waits for no more than that."""

NOTHING: Final = object()
"""No request: the next check finds none that is the same."""
