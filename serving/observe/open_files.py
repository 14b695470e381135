"""The limit of open files: a connection is one, and the default of many systems is 1,024 or less."""

from __future__ import annotations

import resource
from typing import Final

__all__ = ["most_connections", "raise_open_files"]

WANTED: Final = 65_536
OTHERS: Final = 1_024
"""Files beside connections: of the database, jobs, uploads and children."""


def raise_open_files() -> int:
    """Raise this process's soft limit of open files as far as the hard one allows; what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft


def most_connections(files: int) -> int:
    """How many of so many open files may be connections: all but ``OTHERS``, or half where these are few.

    >>> most_connections(65_536), most_connections(256)
    (64512, 128)
    """
    return max(files - OTHERS, files // 2)
