"""Connections without a request: closed after a while, for uvicorn waits for headers without end."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["close_silent_connections"]


def close_silent_connections(protocol: Any, seconds: float) -> None:
    """Have uvicorn close connections whose request line and headers do not come in time.

    A connection gets ``seconds`` for its first request, and up to twice as many for each further one. uvicorn
    has no setting for that and makes its connections by itself, so that the class is changed.

    Parameters
    ----------
    protocol
        uvicorn's class of a connection.
    seconds
        Time for the headers.
    """
    original = protocol.connection_made

    def connection_made(self: Any, transport: Any) -> None:
        original(self, transport)
        self.loop.call_later(seconds, check, self, None)

    def check(self: Any, before: Any) -> None:
        """Close a connection that has had no request in hand, now and at the check before."""
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
