"""Loaded by every Python of a service whose clock is moved.

libfaketime 0.9.10 fails where Python sleeps by the monotonic clock (its issue 426): threads sleep by `select`
instead. Where ``ATTACK_RATE`` says how many times as fast the wall clock runs, coroutines' sleeps of five
minutes and more are as much shorter; they are those between two looks of an hourly or daily task. Everything
shorter takes as long as it does, as requests, leases and processes do.
"""

from __future__ import annotations

import asyncio
import os
import select
import time
from typing import Any, SupportsIndex

RATE = float(os.environ.get("ATTACK_RATE", "1"))
SHORTEST_SECONDS = 300.0
sleep_in_loop = asyncio.sleep


def sleep(seconds: float | SupportsIndex) -> None:
    """Sleep in a thread."""
    select.select([], [], [], float(seconds))


async def hurried_sleep(delay: float, result: Any = None) -> Any:
    """Sleep in the event loop, and return the result."""
    return await sleep_in_loop(delay / RATE if delay >= SHORTEST_SECONDS else delay, result)


time.sleep = sleep
asyncio.sleep = hurried_sleep
