"""How long the process stands still to collect garbage."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from typing import Any

__all__ = ["Pauses"]


class Pauses:
    """Counts collections from when it is started.

    Plain numbers, and no metric of a library: a collection may begin anywhere, in the middle of
    that library's own locks too.

    >>> pauses = Pauses()
    >>> pauses.noted("start", {"generation": 2}); pauses.noted("stop", {"generation": 2})
    >>> pauses.count, pauses.total[2] == pauses.longest[2] > 0
    ([0, 0, 1], True)
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.count = [0, 0, 0]
        self.total = [0.0, 0.0, 0.0]
        self.longest = [0.0, 0.0, 0.0]
        self.began = 0.0

    def start(self) -> None:
        """Listen to the collector."""
        gc.callbacks.append(self.noted)

    def stop(self) -> None:
        """Listen no more."""
        gc.callbacks.remove(self.noted)

    def noted(self, phase: str, about: Mapping[str, Any]) -> None:
        """A collection begins or ends."""
        if phase == "start":
            self.began = time.perf_counter()
            return
        took, generation = time.perf_counter() - self.began, about["generation"]
        self.count[generation] += 1
        self.total[generation] += took
        self.longest[generation] = max(self.longest[generation], took)
