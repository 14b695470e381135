"""Rate limit: how many requests an API key may make in a minute, by a token bucket for each key."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from serving.http.problems import RequestProblem
from serving.store.api_keys import Caller

__all__ = ["RateLimit", "TokenBucket"]


class RateLimited(RequestProblem):
    """429: the API key has used up its requests for now."""

    status = 429


class TokenBucket:
    """A minute's worth of requests, filled up evenly over time.

    >>> clock = iter([0.0, 0.0, 0.0, 0.0, 30.0]).__next__
    >>> bucket = TokenBucket(2, clock)
    >>> [bucket.take() for _ in range(4)]
    [0.0, 0.0, 30.0, 0.0]
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self.clock = clock
        self.tokens = float(per_minute)
        self.filled_at = clock()

    def take(self) -> float:
        """Take the token of one request; 0 where there was one, else the seconds until there is."""
        now = self.clock()
        self.tokens = min(self.per_minute, self.tokens + (now - self.filled_at) * self.per_minute / 60)
        self.filled_at = now
        if self.tokens < 1:
            return (1 - self.tokens) * 60 / self.per_minute
        self.tokens -= 1
        return 0.0

    def headers(self) -> dict[str, str]:
        """What is left, as the IETF's draft of RateLimit headers says it; ``t``: seconds until it is whole.

        >>> TokenBucket(6, iter([0.0] * 9).__next__).headers()
        {'RateLimit-Policy': '"key";q=6;w=60', 'RateLimit': '"key";r=6;t=0'}
        """
        until_whole = math.ceil((self.per_minute - self.tokens) * 60 / self.per_minute)
        return {
            "RateLimit-Policy": f'"key";q={self.per_minute};w=60',
            "RateLimit": f'"key";r={int(self.tokens)};t={until_whole}',
        }


class RateLimit:
    """The buckets of all keys that this worker has seen; each worker has buckets of its own.

    Parameters
    ----------
    default_per_minute
        The limit of keys that have none of their own.
    """

    def __init__(self, default_per_minute: int) -> None:
        self.default_per_minute = default_per_minute
        self.buckets: dict[str, TokenBucket] = {}

    def take(self, caller: Caller) -> dict[str, str]:
        """Count one request of a caller; the headers that say what is left.

        Raises
        ------
        RateLimited
            With ``Retry-After``, where the key's bucket is empty.
        """
        limit = caller.requests_per_minute or self.default_per_minute
        bucket = self.buckets.setdefault(caller.actor, TokenBucket(limit))
        if wait := bucket.take():
            seconds = {"Retry-After": str(math.ceil(wait)), **bucket.headers()}
            raise RateLimited(f"This API key may ask {limit:,} times a minute; try again later.", seconds)
        return bucket.headers()
