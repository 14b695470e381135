"""The end of a connection whose request was refused early: its answer arrives before the connection is reset.

A connection that is closed while bytes of a body wait to be read is reset. A client that sends the whole of
its body before it reads, as most libraries do, then never sees why it was refused. So the rest of the body is
still read, and thrown away, as long as it comes fast.
"""

from __future__ import annotations

from typing import Final

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["LEAST_BYTES", "LONGEST_SECONDS", "MOST_BYTES", "Lingering"]

MOST_BYTES: Final = 128 * 2**20
"""Of a body that are thrown away: twice the largest batch."""

LEAST_BYTES: Final = 256 * 2**10
"""That must come in each second: 2 Mbit/s. Whoever is slower holds a connection for a second."""

LONGEST_SECONDS: Final = 30.0
FIRST_REFUSAL: Final = 300
"""Status of an answer that may come before the body was read; who is sent to sign in is refused, too."""


class Lingering:
    """Reads on in a body that nobody wants, between a refusal's last byte and the close.

    By then the request takes no place among those that wait any more.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back; the end of one that closes the connection comes later."""
        if scope["type"] != "http" or not has_body(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        rest = Rest(receive)
        client_closes = ends_connection(scope)
        closing = held = False

        async def send_but_the_end(message: Message) -> None:
            nonlocal closing, held
            if message["type"] == "http.response.start":
                closes = client_closes or says_close(Headers(raw=message.get("headers", [])))
                closing = message["status"] >= FIRST_REFUSAL and closes
            is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
            held = is_last and closing and not rest.ended
            await send({**message, "more_body": True} if held else message)

        await self.app(scope, rest.receive, send_but_the_end)
        if held:
            await rest.discard()
            await send({"type": "http.response.body", "body": b""})


class Rest:
    """What is still to come of a request's body.

    Parameters
    ----------
    receive
        Gives its pieces.

    Attributes
    ----------
    ended
        Whether nothing is.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def receive(self) -> Message:
        """The next message."""
        message = await self._receive()
        self.ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        """Read on to the end, as long as ``LEAST_BYTES`` come in each second, within the bounds above."""
        left = MOST_BYTES
        with move_on_after(LONGEST_SECONDS):
            while left > 0 and not self.ended:
                size = await self._discard_some()
                if size < LEAST_BYTES:
                    return
                left -= size

    async def _discard_some(self) -> int:
        """Read for a second, or ``LEAST_BYTES``; how many bytes that were."""
        size = 0
        with move_on_after(1.0):
            while size < LEAST_BYTES and not self.ended:
                size += len((await self.receive()).get("body", b""))
        return size


def ends_connection(scope: Scope) -> bool:
    """Whether the connection closes after this request, by what the client says.

    >>> ends_connection({"http_version": "1.1", "headers": [(b"connection", b"TE, Close")]})
    True
    >>> ends_connection({"http_version": "1.0", "headers": []})
    True
    >>> ends_connection({"http_version": "1.1", "headers": []})
    False
    """
    return scope.get("http_version") == "1.0" or says_close(Headers(scope=scope))


def says_close(headers: Headers) -> bool:
    """Whether ``Connection`` names ``close`` among its options."""
    options = ",".join(headers.getlist("connection")).split(",")
    return "close" in {option.strip().lower() for option in options}


def has_body(headers: Headers) -> bool:
    """Whether a request says that it has a body."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
