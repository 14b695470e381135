"""Child processes: one that ends when its parent does, even if it was killed, and one that ends no sooner."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

__all__ = ["end_with_parent", "lasting_command"]

PR_SET_PDEATHSIG: Final = 1


def end_with_parent(parent: int, by: signal.Signals = signal.SIGTERM) -> None:
    """Have Linux send a signal to this process once its parent has ended; does nothing elsewhere.

    Parameters
    ----------
    parent
        The parent's process id: if it has ended already, the signal is sent at once.
    by
        The signal.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        os.kill(os.getpid(), by)


def lasting_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module in a process that SIGTERM, SIGHUP and Ctrl-C do not end.

    When the service is told to end, they come to all of its processes: also to those that work for requests
    which are still answered.
    """
    ignoring = 'trap "" TERM HUP INT; exec "$@"'
    return ["/bin/sh", "-c", ignoring, "sh", sys.executable, "-m", module, *arguments]
