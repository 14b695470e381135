"""Requests as bytes over a socket, and answers as a reader of HTTP/1.1 takes them."""

from __future__ import annotations

import http.client
import random
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

__all__ = ["LONGEST_SECONDS", "NEXT_ID", "Answer", "NoAnswer", "cut_off", "exchange_once", "exchange_twice"]

LONGEST_SECONDS: Final = 300.0
"""For an answer: files that are dropped wait for those that the same tenant dropped before."""

MOST_READ: Final = 2**25
NEXT_ID: Final = "the-next-one"
NEXT: Final = f"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: {NEXT_ID}\r\n\r\n".encode()
"""A request behind another one: what was not read of that would be taken for the beginning of this."""

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


def exchange_once(url: str, source: str, request: bytes, method: str) -> tuple[Answer, None]:
    """The answer to a request that was sent to its end.

    Raises
    ------
    NoAnswer
        If there was none, or one that is no HTTP/1.1.
    """
    with connected(url, source) as connection:
        send(connection, request)
        return answer_on(connection, method), None


def exchange_twice(url: str, source: str, request: bytes, method: str) -> tuple[Answer, Answer | None]:
    """The answer to a request, and to :data:`NEXT` behind it on the same connection.

    None where the first answer ends the connection; raises as :func:`exchange_once`.
    """
    with connected(url, source) as connection:
        send(connection, request)
        answer = answer_on(connection, method)
        if (answer.header("connection") or "").lower() == "close":
            return answer, None
        send(connection, NEXT)
        return answer, answer_on(connection, "GET")


def send(connection: socket.socket, request: bytes) -> None:
    """Send a request; what is refused before its end may have its answer all the same.

    Raises
    ------
    NoAnswer
        If nothing of it is read within the time.
    """
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
    except TimeoutError as error:
        raise NoAnswer("nothing was read within the time") from error


def answer_on(connection: socket.socket, method: str) -> Answer:
    """The next answer on a connection; raises as :func:`exchange_once`."""
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
