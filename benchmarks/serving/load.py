"""Load on a server, as fast as it goes or at a given rate; each request is timed from when it was due."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np

AGAIN_SECONDS = 0.2
"""Whoever is turned away comes back after that; sooner than `Retry-After` says, and not at once."""


@dataclass
class Load:
    """What became of some requests."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    refused_seconds: list[float] = field(default_factory=list)
    retry_after: int = 0
    began: float = field(default_factory=time.perf_counter)
    ended: float = 0.0

    def figures(self) -> dict[str, Any]:
        """Rates and times, in milliseconds."""
        took = np.array(self.seconds or [np.nan]) * 1000
        found: dict[str, Any] = {
            "answered": len(self.seconds),
            "per_second": round(len(self.seconds) / (self.ended - self.began), 1),
            "p50_ms": round(float(np.percentile(took, 50)), 2),
            "p99_ms": round(float(np.percentile(took, 99)), 2),
            "longest_ms": round(float(took.max()), 2),
            "statuses": dict(self.statuses),
        }
        if self.refused_seconds:
            refused = np.array(self.refused_seconds) * 1000
            found |= {
                "turned_away": len(refused),
                "turned_away_p99_ms": round(float(np.percentile(refused, 99)), 2),
                "turned_away_longest_ms": round(float(refused.max()), 2),
                "with_retry_after": self.retry_after,
            }
        return found


async def ask(
    client: httpx.AsyncClient, load: Load, path: str, body: bytes, due: float
) -> httpx.Response | None:
    """One request, noted."""
    try:
        answer = await client.post(path, content=body)
    except httpx.HTTPError as error:
        load.statuses[type(error).__name__] += 1
        return None
    took = time.perf_counter() - due
    load.statuses[str(answer.status_code)] += 1
    if answer.status_code == 200:
        load.seconds.append(took)
    else:
        load.refused_seconds.append(took)
        load.retry_after += "retry-after" in answer.headers
    return answer


def client_of(url: str, clients: int) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    return httpx.AsyncClient(base_url=url, timeout=120, limits=limits)


async def at_full(  # noqa: PLR0913
    url: str, path: str, bodies: Sequence[bytes], clients: int, seconds: float, *,
    beside: Callable[[], Awaitable[None]] | None = None,
) -> Load:  # fmt: skip
    """So many clients, each asking again as soon as it has its answer."""
    load = Load()
    end = load.began + seconds

    async def one(client: httpx.AsyncClient, number: int) -> None:
        while time.perf_counter() < end:
            number += clients
            answer = await ask(client, load, path, bodies[number % len(bodies)], time.perf_counter())
            if answer is None or answer.headers.get("connection") == "close":
                return
            if answer.status_code == 503:
                await asyncio.sleep(AGAIN_SECONDS)

    async with client_of(url, clients) as client:
        asking = [asyncio.create_task(one(client, number)) for number in range(clients)]
        if beside:
            await beside()
        await asyncio.gather(*asking)
    load.ended = time.perf_counter()
    return load


async def at_rate(url: str, path: str, bodies: Sequence[bytes], rate: float, seconds: float) -> Load:
    """So many requests a second, whether or not those before were answered."""
    load = Load()
    asking = []
    async with client_of(url, 1_000) as client:
        for number in range(int(rate * seconds)):
            due = load.began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            body = bodies[number % len(bodies)]
            asking.append(asyncio.create_task(ask(client, load, path, body, due)))
        await asyncio.gather(*asking)
    load.ended = time.perf_counter()
    return load
