"""How often a key may ask."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Bucket"]


class Bucket:
    """A minute's worth of requests, filled up evenly; each worker has buckets of its own.

    >>> clock = iter([0.0, 0.0, 0.0, 0.0, 30.0]).__next__
    >>> bucket = Bucket(2, clock)
    >>> [bucket.take() for _ in range(4)]
    [0.0, 0.0, 30.0, 0.0]
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self.clock = clock
        self.left = float(per_minute)
        self.at = clock()

    def take(self) -> float:
        """Take one request; 0 where there was one, else how many seconds to wait."""
        now = self.clock()
        self.left = min(self.per_minute, self.left + (now - self.at) * self.per_minute / 60)
        self.at = now
        if self.left < 1:
            return (1 - self.left) * 60 / self.per_minute
        self.left -= 1
        return 0.0
