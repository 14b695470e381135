"""The end of a connection whose request was refused early: its answer arrives before the connection is reset.

A connection that is closed while bytes of a body wait to be read is reset, and the client may never see why
it was refused. So a little of the body is still read, and thrown away.
"""

from __future__ import annotations

from typing import Final

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["MOST_BYTES", "Lingering"]

MOST_BYTES: Final = 8 * 2**20
LONGEST_SECONDS: Final = 1.0
FIRST_REFUSAL: Final = 400


class Lingering:
    """Reads at most a little of a body that nobody wants, between a refusal's last byte and the close."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back; the end of one that closes the connection comes later."""
        if scope["type"] != "http" or not has_body(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        body_ended = closing = False

        async def receive_noting_end() -> Message:
            nonlocal body_ended
            message = await receive()
            body_ended = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def read_on() -> None:
            left = MOST_BYTES
            with move_on_after(LONGEST_SECONDS):
                while left > 0 and not body_ended:
                    left -= len((await receive_noting_end()).get("body", b""))

        async def send_lingering(message: Message) -> None:
            nonlocal closing
            if message["type"] == "http.response.start":
                asked = Headers(raw=message.get("headers", [])).get("connection", "")
                closing = message["status"] >= FIRST_REFUSAL and asked.lower() == "close"
            is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not (is_last and closing) or body_ended:
                await send(message)
                return
            await send({**message, "more_body": True})
            await read_on()
            await send({"type": "http.response.body", "body": b""})

        await self.app(scope, receive_noting_end, send_lingering)


def has_body(headers: Headers) -> bool:
    """Whether a request says that it has a body."""
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
