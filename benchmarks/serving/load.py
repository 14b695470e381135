"""Load on a server, as fast as it goes or at a given rate; each request is timed from when it was due."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import numpy as np

__all__ = ["Load", "at_full", "at_rate", "client_of", "probed"]

AGAIN = (0.5, 1.5)
"""A client that was turned away waits `Retry-After` times a factor drawn between these two."""

BEGIN_WITHIN_SECONDS = 0.5
"""Clients do not come all in one moment."""

PROBE_SECONDS = 0.02
STALL_MS = 50
"""A request that asks for nothing waits as long as the process stands still."""


@dataclass
class Load:
    """Times and statuses of requests, from one stretch of time or several."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    turned_away: list[float] = field(default_factory=list)
    retry_after: int = 0
    seconds: float = 0.0

    def add(self, other: Load) -> None:
        """Another stretch of time."""
        self.took += other.took
        self.statuses += other.statuses
        self.turned_away += other.turned_away
        self.retry_after += other.retry_after
        self.seconds += other.seconds

    @property
    def per_second(self) -> float:
        """Requests answered in full."""
        return len(self.took) / self.seconds

    def figures(self) -> dict[str, Any]:
        """Rates and times, in milliseconds."""
        found: dict[str, Any] = {
            "answered": len(self.took),
            "per_second": round(self.per_second, 1),
            **times(self.took),
            "statuses": dict(self.statuses),
        }
        if self.turned_away:
            found["turned_away"] = {
                "count": len(self.turned_away),
                "with_retry_after": self.retry_after,
                **times(self.turned_away),
            }
        return found


def times(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and maximum of request times, in milliseconds."""
    took = np.array(seconds or [np.nan]) * 1000
    return {
        "p50_ms": round(float(np.percentile(took, 50)), 2),
        "p99_ms": round(float(np.percentile(took, 99)), 2),
        "longest_ms": round(float(took.max()), 2),
    }


@asynccontextmanager
async def client_of(url: str, connections: int) -> AsyncIterator[aiohttp.ClientSession]:
    """A client whose own work is small beside the server's."""
    connector = aiohttp.TCPConnector(limit=connections, force_close=False)
    patience = aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(url, connector=connector, timeout=patience) as client:
        yield client


async def ask(client: aiohttp.ClientSession, load: Load, path: str, body: bytes, due: float) -> bool:
    """One request, noted; whether the connection can be used again."""
    try:
        async with client.post(path, data=body, headers={"Content-Type": "application/json"}) as answer:
            await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        load.statuses[type(error).__name__] += 1
        return False
    seconds = time.perf_counter() - due
    load.statuses[str(answer.status)] += 1
    if answer.status == 200:
        load.took.append(seconds)
    else:
        load.turned_away.append(seconds)
        load.retry_after += "retry-after" in answer.headers
    if answer.status == 503:
        await asyncio.sleep(random.uniform(*AGAIN) * int(answer.headers["retry-after"]))
    return answer.headers.get("connection") != "close"


async def at_full(  # noqa: PLR0913
    url: str, path: str, bodies: Sequence[bytes], clients: int, seconds: float, *,
    requests: float = float("inf"), beside: Callable[[], Awaitable[None]] | None = None,
) -> Load:  # fmt: skip
    """So many clients, each asking again as soon as it has its answer."""
    load, began, asked = Load(), time.perf_counter(), 0

    async def ask_in_turn(client: aiohttp.ClientSession, number: int) -> None:
        nonlocal asked
        await asyncio.sleep(number / clients * BEGIN_WITHIN_SECONDS)
        while time.perf_counter() < began + seconds and asked < requests:
            asked += 1
            if not await ask(client, load, path, bodies[asked % len(bodies)], time.perf_counter()):
                return

    async with client_of(url, clients) as client:
        asking = [asyncio.create_task(ask_in_turn(client, number)) for number in range(clients)]
        if beside:
            await beside()
        await asyncio.gather(*asking)
    load.seconds = time.perf_counter() - began
    return load


async def at_rate(url: str, path: str, bodies: Sequence[bytes], rate: float, seconds: float) -> Load:
    """So many requests a second, whether or not those before were answered."""
    load, began, asking = Load(), time.perf_counter(), []
    async with client_of(url, 1_000) as client:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            body = bodies[number % len(bodies)]
            asking.append(asyncio.create_task(ask(client, load, path, body, due)))
        await asyncio.gather(*asking)
    load.seconds = time.perf_counter() - began
    return load


async def probed(url: str, task: Awaitable[Load]) -> tuple[Load, dict[str, Any]]:
    """A task's load, and the times of requests to ``/livez`` meanwhile: how long the process stood still."""
    waited: list[float] = []

    async def probe() -> None:
        async with client_of(url, 1) as client:
            while True:
                began = time.perf_counter()
                async with client.get("/livez") as answer:
                    await answer.read()
                waited.append(time.perf_counter() - began)
                await asyncio.sleep(PROBE_SECONDS)

    probing = asyncio.create_task(probe())
    try:
        load = await task
    finally:
        probing.cancel()
    over = sum(1000 * one > STALL_MS for one in waited)
    return load, {"probes": len(waited), "over_50_ms": over, **times(waited)}
