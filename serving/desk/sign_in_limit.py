"""How often signing in may fail from an address, for a name too, and each further failure makes it longer.

Failures of a name from other addresses make signing in slower, and refuse nobody: whoever knows a name could
lock its owner out otherwise.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

from serving.http.problems import RequestProblem

__all__ = ["SignInLimit"]

MINUTE: Final = 60.0
LONGEST_WAIT: Final = 900.0
SLOWER: Final = 0.25
SLOWEST: Final = 4.0
MOST_REMEMBERED: Final = 50_000


class TooManySignIns(RequestProblem):
    """429: signing in failed too often from this address."""

    status = 429


class SignInLimit:
    """The failures of the last minutes, of this worker.

    >>> clock = iter([0.0] * 7 + [31.0] * 9).__next__
    >>> limit = SignInLimit(2, clock)
    >>> for _ in range(2):
    ...     limit.check("10.0.0.1")
    ...     limit.failed("10.0.0.1")
    >>> limit.check("10.0.0.1")
    Traceback (most recent call last):
        ...
    serving.desk.sign_in_limit.TooManySignIns: Signing in failed too often; try again in 60 seconds.
    """

    def __init__(
        self, per_minute: int, clock: Callable[[], float] = time.monotonic, what: str = "Signing in failed"
    ) -> None:
        self.per_minute = per_minute
        self.what = what
        self.clock = clock
        self.failures: dict[str, tuple[int, float]] = {}

    def check(self, *names: str) -> None:
        """Refuse a trial where any of its names has failed too often.

        Raises
        ------
        TooManySignIns
            With ``Retry-After``.
        """
        if (wait := max(map(self._wait, names), default=0.0)) > 0:
            seconds = math.ceil(wait)
            raise TooManySignIns(
                f"{self.what} too often; try again in {seconds:,} seconds.",
                {"Retry-After": str(seconds)},
            )

    def slowdown(self, name: str) -> float:
        """Seconds that a trial of a name must take, after failures from wherever: a guess costs that long.

        >>> limit = SignInLimit(2, lambda: 0.0)
        >>> limit.failed(*["ana"] * 3)
        >>> limit.slowdown("ana"), limit.slowdown("bo")
        (0.5, 0.0)
        """
        count, last = self.failures.get(name, (0, 0.0))
        if count < self.per_minute or self.clock() - last > LONGEST_WAIT:
            return 0.0
        return min(SLOWER * 2.0 ** (count - self.per_minute), SLOWEST)

    def _wait(self, name: str) -> float:
        count, last = self.failures.get(name, (0, 0.0))
        if count < self.per_minute:
            return 0.0
        doubled = min(MINUTE * 2.0 ** (count - self.per_minute), LONGEST_WAIT)
        return last + doubled - self.clock()

    def failed(self, *names: str) -> None:
        """Count a failure; one that came long after the one before is the first again."""
        if len(self.failures) > MOST_REMEMBERED:
            self.failures.clear()
        for name in names:
            count, last = self.failures.get(name, (0, 0.0))
            now = self.clock()
            forgotten = now - last > (MINUTE if count < self.per_minute else LONGEST_WAIT)
            self.failures[name] = (1 if forgotten else count + 1, now)

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name whose owner has signed in."""
        self.failures.pop(name, None)
