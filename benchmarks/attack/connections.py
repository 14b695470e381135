"""Connections that never ask anything, and bodies that nobody wants: others must still be answered."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.attack.beside import run_beside
from benchmarks.attack.outcome import ACCOUNT, Outcome, raw_answer, status_of
from benchmarks.serving.servers import Server
from serving.settings import Settings

__all__ = ["OPEN_FILES", "attack"]

CONNECTIONS, OPEN_FILES = 300, 256
"""More connections than the service may open files."""

REFUSED_MIB = 100
HEADER_SECONDS = Settings.model_fields["header_seconds"].default
OK = 200
HEAD = b"POST /v1/verdicts/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"

MADE_UP = b"POST /v1/verdicts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer assay_made_up\r\n"
ENDLESS = (
    (MADE_UP + b"Content-Length: 100000\r\n\r\n{", b" "),
    (MADE_UP + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n \r\n"),
)
"""Head and beginning of a body, and what is sent of it after that."""

PAUSE_SECONDS, DRIP_SECONDS, MOST_WAIT_SECONDS = 0.05, 0.5, 5.0
"""It was 16.7 s while these held all files, until each had been idle for long enough."""

NO_ANSWER = "closed"
REFUSALS = {401, 429, 503, NO_ANSWER}


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """300 connections with half a header each, 300 with a body without an end, and a body too long."""
    opened = [connected(server, b"GET /livez HTTP/1.1\r\nHost: loc") for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    answer = httpx.get(f"{server.url}/livez", timeout=60).status_code
    waited = time.perf_counter() - began
    yield Outcome(
        f"/livez beside {CONNECTIONS} connections without a request, of {OPEN_FILES} files that may be open",
        f"200 before {HEADER_SECONDS:g} s, when they are closed in any case",
        f"{answer} after {waited:.1f} s",
        answer == OK and waited < HEADER_SECONDS,
    )
    closed = sum(map(has_ended, opened))
    yield Outcome.equal("connections that were closed for want of headers", CONNECTIONS, closed)
    yield from endless_bodies(server)
    body = HEAD % (REFUSED_MIB * 2**20) + b" " * (REFUSED_MIB * 2**20)
    yield Outcome.equal(
        "a body that is too large, sent to its end", 413, status_of(raw_answer(server.url, body))
    )


def connected(server: Server, beginning: bytes) -> socket.socket:
    """A connection on which the beginning of a request was sent."""
    where = urlsplit(server.url)
    connection = socket.create_connection((where.hostname, where.port), timeout=60)
    connection.sendall(beginning)
    return connection


def endless_bodies(server: Server) -> Iterator[Outcome]:
    """Whole heads with a made-up key, and a byte of a body every now and then: of a length, and in chunks."""
    opened = list[socket.socket]()
    with run_beside(partial(drip, opened)):
        for number in range(CONNECTIONS):
            opened.append(connected(server, ENDLESS[number % 2][0]))
            time.sleep(PAUSE_SECONDS)  # it is answered before the next one comes
        began = time.perf_counter()
        answer = httpx.post(f"{server.url}/v1/verdicts", content=ACCOUNT, timeout=60).status_code
        waited = time.perf_counter() - began
        yield Outcome(
            f"a verdict beside {CONNECTIONS} refused requests whose bodies never end",
            f"200 before {MOST_WAIT_SECONDS:g} s", f"{answer} after {waited:.1f} s",
            answer == OK and waited < MOST_WAIT_SECONDS,
        )  # fmt: skip
        answers = [answer_to_its_end(connection) for connection in opened]
    yield Outcome.equal("of them, still open after a minute", 0, answers.count(None))
    found = Counter(status_of(one) if one else NO_ANSWER for one in answers if one is not None)
    yield Outcome(
        "what they were answered", f"401, 429 or 503, or {NO_ANSWER} where more are open than may be",
        str(dict(found)), {401} <= set(found) <= REFUSALS,
    )  # fmt: skip


def drip(opened: list[socket.socket], over: threading.Event) -> None:
    """Send a byte of its body on every connection that still takes one, again and again."""
    while not over.wait(DRIP_SECONDS):
        for number, connection in enumerate(opened):
            with suppress(OSError):
                connection.send(ENDLESS[number % 2][1])


def answer_to_its_end(connection: socket.socket) -> bytes | None:
    """What came on a connection until the service closed it; None where it did not."""
    whole = b""
    with connection:
        try:
            while piece := connection.recv(65_536):
                whole += piece
        except ConnectionResetError:
            pass
        except TimeoutError:
            return None
    return whole


def has_ended(connection: socket.socket) -> bool:
    """Whether the service closes a connection, which is reset where it had not read what was sent."""
    with connection:
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True
