"""How long threads waited for a processor: time in which a process could do nothing, and did not hang."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["processor_waits", "waited_since"]

THREADS: Final = Path("/proc/self/task")
NANO: Final = 1e-9


def processor_waits() -> dict[str, float]:
    """Seconds that each thread of this process has been ready and waited for a processor, by its id.

    Empty where the system does not say: Linux does.
    """
    found = {}
    for path in THREADS.glob("*/schedstat"):
        with suppress(OSError, ValueError, IndexError):  # the thread has ended
            found[path.parent.name] = int(path.read_text(encoding="ascii").split()[1]) * NANO
    return found


def waited_since(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """The longest that any thread waited between two looks, in seconds; a new one waited since its start.

    >>> waited_since({"1": 5.0, "2": 1.0}, {"1": 6.0, "2": 9.0, "3": 2.0}), waited_since({}, {})
    (8.0, 0.0)
    """
    return max((waited - before.get(thread, 0.0) for thread, waited in now.items()), default=0.0)
