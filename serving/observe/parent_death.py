"""A process that does not stay when the one that started it is gone, however that went."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

__all__ = ["end_with_parent"]

PR_SET_PDEATHSIG: Final = 1


def end_with_parent(parent: int) -> None:
    """Have the system send SIGTERM to this process once its parent is gone; on Linux, elsewhere nothing.

    Parameters
    ----------
    parent
        Its process id, for it may be gone already.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
