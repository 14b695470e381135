"""Limits of a process of its own that reads what others sent, set by itself before it reads."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

__all__ = ["limit_files", "limit_memory", "yield_to_others"]

NICE: Final = 5
FIRST_TO_GO: Final = "800"


def limit_memory(more: int) -> None:
    """Let this process take no more memory than so many bytes beside what it has now (on Linux)."""
    if sys.platform != "linux":
        return
    import resource

    status = Path("/proc/self/status").read_text(encoding="ascii")
    now = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:"))
    resource.setrlimit(resource.RLIMIT_DATA, (now + more, now + more))


def limit_files(most: int) -> None:
    """Let this process write no file of more than so many bytes; beyond, writes raise EFBIG (on Linux)."""
    if sys.platform != "linux":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def yield_to_others() -> None:
    """Let the service go first: it answers others meanwhile; and lose this process where memory runs out."""
    os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")
