"""Two folders that take each other's names, in one step where the system can."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path
from typing import Final

__all__ = ["exchange"]

HERE: Final = -100
EXCHANGE: Final = 2
CANNOT: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


def exchange(one: Path, other: Path) -> None:
    """Give two paths each other's names; both must exist and lie on one file system.

    On Linux nobody ever finds either name without a folder. Elsewhere, and on file systems
    that cannot, it is done in three steps, and undone if one of them fails.

    Raises
    ------
    OSError
        If it is not possible; both have their names still.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is not None:
        if rename(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0:
            return
        if (code := ctypes.get_errno()) not in CANNOT:
            raise OSError(code, os.strerror(code), str(one), None, str(other))
    in_steps(one, other)


def in_steps(one: Path, other: Path) -> None:
    """Exchange two names by way of a third one, where the system has no single step for it."""
    aside = one.with_name(f".{one.name}-aside-{os.getpid()}")
    one.rename(aside)
    try:
        other.rename(one)
    except OSError:
        aside.rename(one)
        raise
    try:
        aside.rename(other)
    except OSError:
        one.rename(other)
        aside.rename(one)
        raise
