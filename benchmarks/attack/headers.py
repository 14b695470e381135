"""Headers that two readers would take in two ways, and values that no reader should trip over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.attack.outcome import ACCOUNT, Outcome, raw_answer, status_of
from benchmarks.serving.servers import Server

__all__ = ["attack"]

ONE, BATCH = b"POST /v1/verdicts", b"POST /v1/verdicts/batch"
CASES = (
    (BATCH, b"Accept: application/json;q=nan", 422),
    (BATCH, b"Accept: text/csv;q=inf", 406),
    (b"GET /v1/model", b"Authorization: Bearer a\r\nAuthorization: Bearer b", 400),
    (ONE, b"Content-Type: application/json\r\nContent-Type: a/b", 400),
    (ONE, b"Content-Encoding: gzip\r\nContent-Encoding: gzip", 400),
    (ONE, b"Idempotency-Key: a\r\nIdempotency-Key: b", 400),
    (b"GET /metrics", b"Origin: http://evil@localhost", 401),
    (ONE, b"Transfer-Encoding: chunked", 400),
    (ONE, b"Content-Length: %d" % len(ACCOUNT), 400),
    (b"GET /livez", b"\r\n".join(b"X-%d: a" % number for number in range(8_000)), 431),
)
FEW = 5
HOSTS = (b"evil@localhost", b"localhost/", b"localhost:1:1", b"[::1")


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """Doubled headers, weights that are no numbers, hosts and origins with more than a name."""
    for target, headers, due in CASES:
        found = status_of(raw_answer(server.url, request(target, b"localhost", headers)))
        lines = headers.decode().splitlines()
        step = (
            f"{target.decode()} with {' and '.join(lines) if len(lines) < FEW else f'{len(lines):,} headers'}"
        )
        yield Outcome.equal(step, due, found)
    for host in HOSTS:
        found = status_of(raw_answer(server.url, request(b"GET /livez", host, b"Accept: */*")))
        yield Outcome.equal(f"GET /livez with Host: {host.decode()}", 421, found)


def request(target: bytes, host: bytes, headers: bytes) -> bytes:
    """A request as bytes, with an account as the body of a POST; the connection is closed after it."""
    body = ACCOUNT if target.startswith(b"POST") else b""
    lines = [target + b" HTTP/1.1", b"Host: " + host, headers, b"Connection: close"]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])
