"""How often a client asks again, and how long it waits before."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

__all__ = ["Retries"]


@dataclass(frozen=True)
class Retries:
    """How often to ask again where the service cannot answer, and how long to wait before.

    Attributes
    ----------
    most
        Times to ask again.
    first_seconds, longest_seconds
        The first wait, doubled every time, and the longest.
    """

    most: int = 5
    first_seconds: float = 0.2
    longest_seconds: float = 20.0

    def waits(self) -> Iterator[float]:
        """The waits, each drawn between half and the whole of what it may be: not all come back at once.

        >>> first, second = Retries(most=2).waits()
        >>> 0.1 <= first <= 0.2 <= second <= 0.4
        True
        """
        for number in range(self.most):
            yield min(self.first_seconds * 2**number, self.longest_seconds) * random.uniform(0.5, 1.0)

    def before_next(self, wait: float, answer: httpx.Response | None) -> float:
        """The wait, or what the service says if that is longer; never more than the longest."""
        stated = answer.headers.get("retry-after", "") if answer is not None else ""
        return min(max(wait, float(stated) if stated.isdecimal() else 0.0), self.longest_seconds)
