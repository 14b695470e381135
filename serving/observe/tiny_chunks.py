"""Bodies in tiny chunks: refused, for each chunk costs the event loop as much as kilobytes in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import h11

__all__ = ["refuse_tiny_chunks"]

FREE_CHUNKS: Final = 1_000
"""So many chunks of a body may be as small as they are: about 20 ms of the event loop."""

LEAST_BYTES: Final = 64
"""A chunk's bytes on average, of a body in more chunks: less than the shortest account document in a line."""


def refuse_tiny_chunks(protocol: Any) -> None:
    """Have uvicorn refuse (400) chunked bodies of thousands of chunks with next to nothing in them.

    It parses chunks in Python, between all other requests: two million chunks of a byte, 12 MB, would take
    tens of seconds. It has no setting for that and makes its connections by itself, so that the class is
    changed. A connection of httptools, which parses in C, is left as it is.

    Parameters
    ----------
    protocol
        uvicorn's class of a connection.
    """
    connect = protocol.connection_made

    def connection_made(self: Any, transport: Any) -> None:
        connect(self, transport)
        if isinstance(getattr(self, "conn", None), h11.Connection):
            self.conn.next_event = ChunkBound(self.conn, transport.close)

    protocol.connection_made = connection_made


class ChunkBound:
    """The next event of a connection, where its body does not come in tiny chunks.

    Parameters
    ----------
    connection
        What parses the requests.
    close
        Closes the connection, where a response has begun and no other can be given.
    """

    def __init__(self, connection: h11.Connection, close: Callable[[], object]) -> None:
        self.connection, self.close = connection, close
        self.next_event = connection.next_event
        self.chunks = self.bytes = 0

    def __call__(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """The next event.

        Raises
        ------
        h11.RemoteProtocolError
            If too many chunks have come that are too small.
        """
        event = self.next_event()
        if isinstance(event, h11.Request):
            self.chunks = self.bytes = 0
        elif isinstance(event, h11.Data):
            self.chunks += event.chunk_start
            self.bytes += len(event.data)
            if self.chunks > FREE_CHUNKS and self.bytes < self.chunks * LEAST_BYTES:
                if self.connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                    raise h11.RemoteProtocolError("chunks of next to nothing")
                self.close()
                return h11.NEED_DATA
        return event
