"""A process that reads what others sent, in limited memory, and how it ended, as it prints for its parent."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import astuple
from signal import SIGKILL
from typing import Any, Final

from accounts.errors import AssayError, BadInput
from serving.jobs.child_limits import limit_files, limit_memory, yield_to_others
from serving.observe.child_processes import end_with_parent
from serving.observe.log import error_location
from serving.store.disk_space import is_disk_full

__all__ = ["DISK", "FAILED", "FAULTS", "RULE", "STATUS", "TOO_MUCH", "outcome_of", "run_child"]

FAULTS, RULE, STATUS, TOO_MUCH, DISK, FAILED = "faults", "rule", "status", "too_much", "disk", "failed"
"""Members of what is printed: faults, a sentence and its status, no memory or room, and our own failures."""

DONE: Final[dict[str, Any]] = {}


def run_child(read: Callable[[dict[str, Any]], object]) -> None:
    """Read what an order on standard input says, and print how that ended.

    Parameters
    ----------
    read
        Called with the order, but for ``parent``, the process that waits, ``memory_bytes`` and
        ``file_bytes``, which bound this one.
    """
    order = json.load(sys.stdin)
    end_with_parent(order.pop("parent"), SIGKILL)
    yield_to_others()
    print(json.dumps(outcome_of(read, order)))


def outcome_of(read: Callable[[dict[str, Any]], object], order: dict[str, Any]) -> dict[str, Any]:
    """Bound this process as the order says, and read; how it ended."""
    limit_memory(order.pop("memory_bytes"))
    limit_files(order.pop("file_bytes"))
    try:
        read(order)
    except BadInput as error:
        return {FAULTS: list(map(astuple, error.faults))}
    except AssayError as error:
        return {RULE: str(error), STATUS: error.status}
    except MemoryError:
        return {TOO_MUCH: True}
    except Exception as error:
        is_full = isinstance(error, OSError) and is_disk_full(error)
        return {DISK: True} if is_full else {FAILED: error_location(error)}
    return DONE
