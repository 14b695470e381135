"""The limit of open files: a connection is one, and the default of many systems is 1,024 or less."""

from __future__ import annotations

import resource
from typing import Final

__all__ = ["raise_open_files"]

WANTED: Final = 65_536


def raise_open_files() -> int:
    """Raise this process's soft limit of open files as far as the hard one allows; what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft
