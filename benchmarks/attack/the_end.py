"""Connections after SIGTERM, while a request is in flight: none may hang, and none be reset."""

from __future__ import annotations

import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.attack.outcome import ACCOUNT, Outcome, status_of
from benchmarks.serving.servers import Server

__all__ = ["attack"]

MOST_CONNECTIONS = 2_000
SECONDS_IN_FLIGHT = 3.0
HEAD = b"POST /v1/verdicts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n{"


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """A request whose body ends three seconds after SIGTERM, and connections all the time."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=60) as in_flight:
        in_flight.sendall(HEAD % len(ACCOUNT))
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        told_at, found, sent = time.monotonic(), Counter[str](), False
        while server.process.poll() is None and found.total() < MOST_CONNECTIONS:
            found[connected(server.url)] += 1
            if not sent and time.monotonic() > told_at + SECONDS_IN_FLIGHT:
                in_flight.sendall(ACCOUNT[1:])
                sent = True
        answer = status_of(in_flight.recv(65_536))
    yield Outcome.equal("the request in flight when the service was told to end", 200, answer)
    good = {"200", "503 with Retry-After", "refused"}
    counts = ", ".join(f"{count} x {name}" for name, count in sorted(found.items()))
    yield Outcome("connections until its end", ", ".join(sorted(good)), counts, found.keys() <= good)


def connected(url: str) -> str:
    """What a new connection gets."""
    try:
        answer = httpx.post(f"{url}/v1/verdicts", content=ACCOUNT, timeout=20)
    except httpx.ConnectError:
        time.sleep(0.02)
        return "refused"
    except httpx.TransportError as error:
        return type(error).__name__
    return f"{answer.status_code}{' with Retry-After' if 'retry-after' in answer.headers else ''}"
