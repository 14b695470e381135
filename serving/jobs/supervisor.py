"""Keeps a worker process beside the service: started with it, started again when it dies, ended with it."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Final

from serving.observe.log import tell_error

__all__ = ["Keeper"]

LOG: Final = logging.getLogger("assay.jobs")
LONGEST_PAUSE_SECONDS: Final = 30.0
LONGEST_END_SECONDS: Final = 12.0
NOT_STARTED: Final = 1
ONE_THREAD: Final = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Keeper:
    """Keeps one.

    A new one has the name of the one that died, and so goes on at once where that stopped.

    Parameters
    ----------
    environment
        The service's own, with its settings.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.environment = {**ONE_THREAD, **environment}
        self.owner = secrets.token_hex(8)
        self.child: subprocess.Popen[bytes] | None = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._keep, name="jobs", daemon=True)

    def start(self) -> None:
        """Start a worker."""
        self.thread.start()

    def stop(self) -> None:
        """Let it give its job back, or at last end it."""
        self.over.set()
        if self.child:
            end(self.child)
        if self.thread.is_alive():
            self.thread.join(LONGEST_END_SECONDS)

    def _keep(self) -> None:
        pause = 0.0
        while not self.over.wait(pause):
            # One that rested is followed at once; one that dies again and again, ever later.
            pause = min(2 * pause or 0.5, LONGEST_PAUSE_SECONDS) if self._worked() else 0.0

    def _worked(self) -> int:
        """Have one work to its end; its exit code."""
        try:
            self.child = self._started()
        except OSError as error:  # such as too many processes; there may be fewer later
            tell_error("worker_not_started", error)
            return NOT_STARTED
        if self.over.is_set():  # in this very moment
            end(self.child)
        code = self.child.wait()
        if self.child.stdin:
            self.child.stdin.close()
        if code not in (0, -signal.SIGTERM) and not self.over.is_set():  # nor told to end beside us
            LOG.error("the process that works on jobs ended with exit code %d", code)
        return code

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "serving.jobs.worker", self.owner]
        # Its standard input ends when this process does, in whatever way.
        return subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE)


def end(child: subprocess.Popen[bytes]) -> None:
    """Tell a worker to end, and see to it."""
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(LONGEST_END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
