"""The disk: how much of it what others send leaves free; and full ones, and those that lock nothing."""

from __future__ import annotations

from errno import EDQUOT, EFBIG, ENOSPC
from typing import Final

__all__ = ["RESERVED_BYTES", "SPACE_CHECK_BYTES", "CannotLock", "is_disk_full"]

RESERVED_BYTES: Final = 256 * 2**20
"""Bytes that are left free on the disk, for results and everything else there."""

SPACE_CHECK_BYTES: Final = 16 * 2**20
"""After how many written bytes the free space is looked at."""


class CannotLock(OSError):
    """A file system that locks no file, for whatever reason."""


def is_disk_full(error: OSError) -> bool:
    """Whether an error says that the disk, the quota or the largest file is full.

    >>> is_disk_full(OSError(ENOSPC, "No space left on device")), is_disk_full(FileNotFoundError())
    (True, False)
    """
    return error.errno in (ENOSPC, EDQUOT, EFBIG)
