"""Connections that never ask anything, and bodies that nobody wants: others must still be answered."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.attack.outcome import Outcome, raw_answer, status_of
from benchmarks.serving.servers import Server

__all__ = ["attack"]

CONNECTIONS = 300
HEADER_SECONDS = "3"
REFUSED_MIB = 100
HEAD = b"POST /v1/verdicts/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """300 connections with half a header each, and a body of which the first bytes are already too many."""
    where = urlsplit(server.url)
    opened = [socket.create_connection((where.hostname, where.port), timeout=60) for _ in range(CONNECTIONS)]
    for connection in opened:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: loc")
    answer = httpx.get(f"{server.url}/livez", timeout=60).status_code
    yield Outcome.equal(f"/livez beside {CONNECTIONS} connections without a request", 200, answer)
    closed = 0
    for connection in opened:
        with connection:
            closed += connection.recv(1) == b""
    yield Outcome.equal("connections that were closed for want of headers", CONNECTIONS, closed)
    body = HEAD % (REFUSED_MIB * 2**20) + b" " * (REFUSED_MIB * 2**20)
    yield Outcome.equal(
        "a body that is too large, sent to its end", 413, status_of(raw_answer(server.url, body))
    )
