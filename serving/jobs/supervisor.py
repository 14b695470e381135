"""The supervisor: starts the process that works on jobs, restarts it when it dies, and ends it."""

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

from serving.observe.log import log_error, log_event

__all__ = ["Supervisor"]

SHORTEST_PAUSE_SECONDS: Final = 0.2
"""A signal that ends the process ends the service, too, which says so within that."""

LONGEST_PAUSE_SECONDS: Final = 30.0
LONGEST_END_SECONDS: Final = 12.0
NOT_STARTED: Final = 1
ONE_THREAD: Final = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Supervisor:
    """Runs one worker process at a time, beside the service.

    A new process has the owner name of the one before, whose leases it holds: it goes on at once.

    Parameters
    ----------
    environment
        Of the worker process: the service's own, with its settings.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self.environment = {**ONE_THREAD, **environment}
        self.owner = secrets.token_hex(8)
        self.child: subprocess.Popen[bytes] | None = None
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Start the worker process, in a thread that waits for it."""
        self.thread.start()

    def start_no_more(self) -> None:
        """Start no other process once the present one has ended: the service is about to end, too."""
        self.stopping.set()

    def stop(self) -> None:
        """End the worker process, once it has released its job; killed after 12 seconds."""
        self.stopping.set()
        if self.child:
            end(self.child)
        if self.thread.is_alive():
            self.thread.join(LONGEST_END_SECONDS)

    def _run(self) -> None:
        pause = 0.0
        while not self.stopping.wait(pause):
            # After an idle exit the next starts soon; after crashes in a row, ever later.
            longer = min(max(2 * pause, 0.5), LONGEST_PAUSE_SECONDS)
            pause = longer if self._run_once() else SHORTEST_PAUSE_SECONDS

    def _run_once(self) -> int:
        """Run one worker process to its end; its exit code."""
        try:
            self.child = self._start_process()
        except OSError as error:  # such as too many processes; there may be fewer later
            log_error("worker_not_started", error)
            return NOT_STARTED
        if self.stopping.is_set():  # :meth:`stop` came while it started
            end(self.child)
        code = self.child.wait()
        if self.child.stdin:
            self.child.stdin.close()
        if code not in (0, -signal.SIGTERM) and not self.stopping.is_set():  # SIGTERM is no failure
            log_event("worker_ended", level=logging.ERROR, exit_code=code)
        return code

    def _start_process(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "serving.jobs.worker", self.owner]
        # Its standard input ends when this process does, in whatever way.
        return subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE)


def end(child: subprocess.Popen[bytes]) -> None:
    """Close a worker's standard input, on which it ends; kill it if it takes too long."""
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(LONGEST_END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
