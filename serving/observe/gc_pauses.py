"""Pauses of the garbage collector: how often and for how long the process stands still for it."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from typing import Any

__all__ = ["GcPauses"]


class GcPauses:
    """Counts collections and their seconds by generation, from :meth:`start` on.

    In plain numbers and not in Prometheus' own metrics: a collection may begin while one of that
    library's locks is held.

    >>> pauses = GcPauses()
    >>> pauses.on_collection("start", {"generation": 2}); pauses.on_collection("stop", {"generation": 2})
    >>> pauses.count, pauses.total[2] == pauses.longest[2] > 0
    ([0, 0, 1], True)
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Set all counts to 0."""
        self.count = [0, 0, 0]
        self.total = [0.0, 0.0, 0.0]
        self.longest = [0.0, 0.0, 0.0]
        self.started_at = 0.0

    def start(self) -> None:
        """Count from now on."""
        gc.callbacks.append(self.on_collection)

    def stop(self) -> None:
        """Count no more."""
        gc.callbacks.remove(self.on_collection)

    def on_collection(self, phase: str, info: Mapping[str, Any]) -> None:
        """Callback of the collector; as in ``gc.callbacks``."""
        if phase == "start":
            self.started_at = time.perf_counter()
            return
        took, generation = time.perf_counter() - self.started_at, info["generation"]
        self.count[generation] += 1
        self.total[generation] += took
        self.longest[generation] = max(self.longest[generation], took)
