"""Keys that are not known: the more often they come from an address, the later they are answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import Final

import anyio

from serving.http.problems import RequestProblem

__all__ = ["FailedKeys", "address_of"]

FREE: Final = 10
"""Failures of an address that are answered at once; one is forgotten every six seconds."""

FORGOTTEN_EACH_SECONDS: Final = 6.0
FIRST_DELAY: Final = 0.05
LONGEST_DELAY: Final = 2.0
MOST_DELAYED: Final = 100
MOST_REMEMBERED: Final = 10_000
IPV6_NETWORK_BITS: Final = 64


class TooManyFailures(RequestProblem):
    """429: too many requests with keys that are not known wait for their answer."""

    status = 429


class FailedKeys:
    """The failures of the last minutes by address, of this worker.

    >>> failed = FailedKeys(clock=lambda: 0.0)
    >>> [failed.delay("10.0.0.1") for _ in range(FREE + 3)][-4:]
    [0.0, 0.05, 0.1, 0.2]
    >>> failed.delay("10.0.0.2")
    0.0
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.failures: dict[str, tuple[float, float]] = {}
        self.delayed = 0

    async def slow_down(self, address: str) -> None:
        """Count a failure, and wait as long as the address's earlier ones ask for.

        Raises
        ------
        TooManyFailures
            With ``Retry-After``, where as many wait as may.
        """
        delay = self.delay(address)
        if delay and self.delayed >= MOST_DELAYED:
            raise TooManyFailures("Too many keys that are not known come in.", {"Retry-After": "10"})
        self.delayed += 1
        try:
            await anyio.sleep(delay)
        finally:
            self.delayed -= 1

    def delay(self, address: str) -> float:
        """Count a failure of an address; the seconds that its answer is to wait."""
        count, last = self.failures.pop(address, (0.0, 0.0))
        now = self.clock()
        count = max(0.0, count - (now - last) / FORGOTTEN_EACH_SECONDS) + 1
        self.failures[address] = (count, now)
        while len(self.failures) > MOST_REMEMBERED:
            del self.failures[next(iter(self.failures))]  # the one that failed longest ago
        beyond = min(int(count) - FREE, 32)
        return min(FIRST_DELAY * 2.0 ** (beyond - 1), LONGEST_DELAY) if beyond > 0 else 0.0


def address_of(host: str) -> str:
    """The address that failures are counted by; of IPv6 the network, for a client has all of it.

    >>> address_of("2001:db8::1") == address_of("2001:db8::ffff"), address_of("192.0.2.1"), address_of("x")
    (True, '192.0.2.1', 'x')
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return f"{int(address) >> IPV6_NETWORK_BITS:x}::"
    return host
