"""How long the service stands still while it takes large bodies, beside a loop that does nothing.

``python -m benchmarks.serving.stalls`` writes results/stalls.json beside it. Whatever else keeps this
machine busy keeps the bare loop waiting, too: what the service adds to that is its own.
"""

from __future__ import annotations

import asyncio
import json
import math
import multiprocessing
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.serving.servers import Server, service

__all__ = [
    "BATCH",
    "ONE",
    "Waits",
    "accounts_with_comments",
    "empty_lists",
    "longest_waits",
    "main",
    "unknown_fields",
]

RESULTS: Final = Path(__file__).with_name("results") / "stalls.json"
MIB: Final = 2**20
TIMES: Final = 3
PAUSE_SECONDS: Final = 0.01
ONE, BATCH = "/v1/verdicts", "/v1/verdicts/batch"
ACCOUNT: Final = '"account_id": "a%d", "platform": "x", "as_of": "2026-11-01T00:00:00Z"'
COMMENT: Final = '{"post_id": "p", "text": "%s"}' % ("so nice, thank you " * 20)


def accounts_with_comments() -> bytes:
    """A batch of nearly 64 MiB: accounts of 1,000 comments each."""
    comments = ", ".join([COMMENT] * 1_000)
    count = (64 * MIB - 2) // (len(comments) + 120)
    accounts = ("{" + ACCOUNT % number + ', "comments": [' + comments + "]}" for number in range(count))
    return f"[{', '.join(accounts)}]".encode()


def unknown_fields() -> bytes:
    """A document of nearly 16 MiB of fields that there are not."""
    fields = ", ".join(f'"f{number:07}": 0' for number in range(16 * MIB // 15 - 10))
    return f"{{{ACCOUNT % 1}, {fields}}}".encode()


def empty_lists() -> bytes:
    """A batch of nearly 64 MiB of empty lists."""
    return b"[" + b"[]," * (64 * MIB // 3 - 2) + b"[]]"


BODIES: Final[dict[str, tuple[str, Callable[[], bytes], dict[str, str]]]] = {
    "a 64 MiB batch with an Idempotency-Key": (BATCH, accounts_with_comments, {"Idempotency-Key": "%d"}),
    "a 16 MiB document of unknown fields": (ONE, unknown_fields, {}),
    "64 MiB of empty lists": (BATCH, empty_lists, {}),
}


def bare_loop(over: Event, longest: Any) -> None:
    """Note by how much an event loop of nothing else wakes up late at most."""

    async def wait() -> None:
        while not over.is_set():
            due = time.perf_counter() + PAUSE_SECONDS
            await asyncio.sleep(PAUSE_SECONDS)
            longest.value = max(longest.value, time.perf_counter() - due)

    asyncio.run(wait())


async def longest_livez(url: str, over: asyncio.Event) -> float:
    """The longest wait for ``/livez``, asked every few milliseconds."""
    longest = 0.0
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        while not over.is_set():
            began = time.perf_counter()
            (await client.get("/livez")).raise_for_status()
            longest = max(longest, time.perf_counter() - began)
            await asyncio.sleep(PAUSE_SECONDS)
    return longest


def send(url: str, path: str, body: bytes, headers: dict[str, str]) -> list[int]:
    """Send a body a few times; the statuses."""
    with httpx.Client(base_url=url, timeout=300) as client:
        numbered = [{name: value % number for name, value in headers.items()} for number in range(TIMES)]
        return [client.post(path, content=body, headers=own).status_code for own in numbered]


def probe(url: str, over: Event, longest: Any) -> None:
    """Note the longest wait for ``/livez`` until it is over."""

    async def run() -> None:
        ended = asyncio.Event()
        asking = asyncio.create_task(longest_livez(url, ended))
        await asyncio.to_thread(over.wait)
        ended.set()
        longest.value = await asking

    asyncio.run(run())


@dataclass
class Waits:
    """The longest waits beside something, in seconds: for ``/livez``, and in a loop that does nothing.

    Infinite for ``/livez`` where it did not answer 200.
    """

    livez: float = 0.0
    bare: float = 0.0


@contextmanager
def longest_waits(url: str) -> Iterator[Waits]:
    """Watch a service and a bare loop, in a process for each; the waits are there at the block's end."""
    over, bare, livez = multiprocessing.Event(), multiprocessing.Value("d"), multiprocessing.Value("d")
    beside = multiprocessing.Process(target=bare_loop, args=(over, bare))
    probing = multiprocessing.Process(target=probe, args=(url, over, livez))
    found = Waits()
    beside.start()
    probing.start()
    try:
        yield found
    finally:
        over.set()
        beside.join()
        probing.join()
    found.livez, found.bare = math.inf if probing.exitcode else livez.value, bare.value


def measure_stall(server: Server, name: str) -> dict[str, Any]:
    """Measure what a kind of body costs others: statuses, seconds, waits here and in the bare loop."""
    path, make_body, headers = BODIES[name]
    body = make_body()
    with longest_waits(server.url) as waits:
        began = time.perf_counter()
        statuses = send(server.url, path, body, headers)
        seconds = (time.perf_counter() - began) / TIMES
    return {
        "bytes": len(body), "statuses": statuses, "seconds_each": round(seconds, 2),
        "longest_livez_s": round(waits.livez, 3), "bare_loop_s": round(waits.bare, 3),
        "memory_mib": server.memory_mib()[0],
    }  # fmt: skip


def main() -> None:
    """Measure every kind of body, and write the figures."""
    with tempfile.TemporaryDirectory() as home, service(home, 1, ASSAY_STORE_VERDICTS="true") as server:
        found = {name: measure_stall(server, name) for name in BODIES}
    text = json.dumps({"python": platform.python_version(), "times": TIMES, "bodies": found}, indent=2)
    print(text)
    RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
