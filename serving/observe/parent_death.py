"""Parent death: a process that ends when the one that started it does, even if that was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

__all__ = ["end_with_parent"]

PR_SET_PDEATHSIG: Final = 1


def end_with_parent(parent: int) -> None:
    """Have Linux send SIGTERM to this process once its parent has ended; does nothing elsewhere.

    Parameters
    ----------
    parent
        The parent's process id: if it has ended already, SIGTERM is sent at once.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
