"""Connections that never ask anything, and bodies that nobody wants: others must still be answered."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.attack.outcome import Outcome, raw_answer, status_of
from benchmarks.serving.servers import Server
from serving.settings import Settings

__all__ = ["OPEN_FILES", "attack"]

CONNECTIONS, OPEN_FILES = 300, 256
"""More connections than the service may open files."""

REFUSED_MIB = 100
HEADER_SECONDS = Settings.model_fields["header_seconds"].default
OK = 200
HEAD = b"POST /v1/verdicts/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """300 connections with half a header each, and a body of which the first bytes are already too many."""
    where = urlsplit(server.url)
    opened = [socket.create_connection((where.hostname, where.port), timeout=60) for _ in range(CONNECTIONS)]
    for connection in opened:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: loc")
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
    body = HEAD % (REFUSED_MIB * 2**20) + b" " * (REFUSED_MIB * 2**20)
    yield Outcome.equal(
        "a body that is too large, sent to its end", 413, status_of(raw_answer(server.url, body))
    )


def has_ended(connection: socket.socket) -> bool:
    """Whether the service closes a connection, which is reset where it had not read what was sent."""
    with connection:
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True
