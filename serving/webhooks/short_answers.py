"""Connections to receivers of webhooks that may say only so much before the answer: they are strangers."""

from __future__ import annotations

from collections.abc import Iterable
from ssl import SSLContext
from typing import Any, Final

import httpcore

__all__ = ["MOST_BYTES", "ShortAnswers"]

MOST_BYTES: Final = 32 * 2**10
"""Of an answer up to the end of its headers, with any number of informational ones (1xx) before it."""


class ShortAnswers(httpcore.AsyncNetworkBackend):
    """Connects as httpcore does, and ends a connection that has sent more than ``MOST_BYTES``."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to an address."""
        opened = await httpcore.AnyIOBackend().connect_tcp(host, port, timeout, local_address, socket_options)
        return ShortStream(opened)


class ShortStream(httpcore.AsyncNetworkStream):
    """A connection of which only so much is read."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self.stream, self.left = stream, MOST_BYTES

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes; raises ReadError where more came than may."""
        if not self.left:
            raise httpcore.ReadError("The answer's headers are too long.")
        data = await self.stream.read(min(max_bytes, self.left), timeout)
        self.left -= len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes."""
        await self.stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self.stream.aclose()

    async def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Go on with TLS."""
        return ShortStream(await self.stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection."""
        return self.stream.get_extra_info(info)
