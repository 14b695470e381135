"""Bodies that would stop the service while they are parsed: millions of values outside objects, or in one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.attack.outcome import Outcome
from benchmarks.serving.servers import Server

__all__ = ["attack"]

LONGEST_SECONDS = 2.0
"""That ``/livez`` may wait, on a machine that others use as well; it was 4.5 at the attack."""

BODIES = {
    "64 MiB of empty lists": b"[" + b"[]," * (64 * 2**20 // 3 - 2) + b"[]]",
    "16 MiB of unknown fields": b"{" + b",".join(b'"f%07d":0' % number for number in range(1_300_000)) + b"}",
    "60 MiB of line ends": b"\n" * (60 * 2**20),
}


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """Each body once, with ``/livez`` asked all the time beside it."""
    for name, body in BODIES.items():
        lines = {"Content-Type": "application/x-ndjson" if body.startswith(b"\n") else "application/json"}
        over, waits = threading.Event(), [0.0]
        asking = threading.Thread(target=ask, args=(server.url, over, waits))
        asking.start()
        status = httpx.post(
            f"{server.url}/v1/verdicts/batch", content=body, headers=lines, timeout=120
        ).status_code
        over.set()
        asking.join()
        yield Outcome.equal(name, 422, status)
        found = f"{max(waits):.2f} s"
        yield Outcome(
            f"/livez beside {name}", f"at most {LONGEST_SECONDS} s", found, max(waits) <= LONGEST_SECONDS
        )


def ask(url: str, over: threading.Event, waits: list[float]) -> None:
    """Ask for ``/livez`` until it is over, and note how long each answer took."""
    with httpx.Client(base_url=url, timeout=120) as client:
        while not over.is_set():
            began = time.perf_counter()
            client.get("/livez")
            waits.append(time.perf_counter() - began)
