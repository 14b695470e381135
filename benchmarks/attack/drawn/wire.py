"""Requests as bytes over a socket, and answers as a reader of HTTP/1.1 takes them."""

from __future__ import annotations

import http.client
import random
import socket
import struct
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

__all__ = ["Answer", "NoAnswer", "cut_off", "exchange"]

LONGEST_SECONDS: Final = 90.0
"""``request_seconds`` and the time that a body may take are over by then."""

MOST_READ: Final = 2**25
AT_ONCE: Final = struct.pack("ii", 1, 0)
"""Of SO_LINGER: the connection is reset, and not closed."""


class NoAnswer(Exception):
    """A connection was closed or reset without an answer, or nothing came within the time."""


@dataclass(frozen=True)
class Answer:
    """What was answered: ``headers`` with names in small letters."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for given, value in self.headers if given == name), None)

    @property
    def kind(self) -> str:
        """The media type without its parameters."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


def connected(url: str, source: str) -> socket.socket:
    """A connection from an address of this machine."""
    where = urlsplit(url)
    return socket.create_connection(
        (where.hostname or "", where.port or 80), timeout=LONGEST_SECONDS, source_address=(source, 0)
    )


def exchange(url: str, source: str, request: bytes, method: str) -> Answer:
    """The answer to a request that was sent to its end.

    Raises
    ------
    NoAnswer
        If there was none, or one that is no HTTP/1.1.
    """
    with connected(url, source) as connection:
        try:
            connection.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before its end: the answer may have come all the same
        except TimeoutError as error:
            raise NoAnswer("nothing was read within the time") from error
        return answer_on(connection, method)


def answer_on(connection: socket.socket, method: str) -> Answer:
    """The next answer on a connection; raises as :func:`exchange`."""
    response = http.client.HTTPResponse(connection, method=method)
    try:
        response.begin()
        body = response.read(MOST_READ)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error
    finally:
        response.close()
    return Answer(response.status, [(name.lower(), value) for name, value in response.getheaders()], body)


def cut_off(url: str, source: str, request: bytes, rng: random.Random) -> None:
    """Send the beginning of a request, and go away: closed, reset, or after a moment."""
    with connected(url, source) as connection:
        try:
            connection.sendall(request[: rng.randrange(len(request))])
            way = rng.random()
            if way < 0.4:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            elif way < 0.6:
                connection.settimeout(rng.random())
                connection.recv(100)
        except OSError:
            return  # the service went first, or said nothing within the moment: both are its right
