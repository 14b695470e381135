"""The service and the bare application as processes, from their start to their end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from benchmarks.free_port import free_port

__all__ = ["Server", "bare", "running_server", "service", "serving", "webhook_settings"]

LONGEST_START_SECONDS = 600


@dataclass(frozen=True)
class Server:
    """One that runs."""

    process: subprocess.Popen[bytes]
    url: str
    seconds_to_ready: float

    def memory_mib(self) -> list[float]:
        """Resident memory of each of its processes, the largest first."""
        family = [
            psutil.Process(self.process.pid),
            *psutil.Process(self.process.pid).children(recursive=True),
        ]
        return sorted((round(one.memory_info().rss / 2**20, 1) for one in family), reverse=True)


@contextmanager
def running_server(
    command: list[str], port: int, variables: Mapping[str, str], log: Path | None = None
) -> Iterator[Server]:
    """A command that answers at a port of this machine; its errors go into a file, or nowhere."""
    began = time.perf_counter()
    with open(log or os.devnull, "ab") as errors:
        process = subprocess.Popen(command, env={**os.environ, **variables}, stderr=errors)
    url = f"http://127.0.0.1:{port}"
    try:
        yield Server(process, url, round(wait_until_ready(process, url, began), 2))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(600)


def wait_until_ready(process: subprocess.Popen[bytes], url: str, began: float) -> float:
    with httpx.Client() as client:  # one for all tries: each new one reads all certificates
        while time.perf_counter() < began + LONGEST_START_SECONDS:
            try:
                if client.get(f"{url}/readyz").status_code == 200:
                    return time.perf_counter() - began
            except httpx.TransportError:
                pass
            if process.poll() is not None:
                break
            time.sleep(0.02)
    raise SystemExit(f"{url} did not start.")


@contextmanager
def service(home: str, workers: int, **settings: str) -> Iterator[Server]:
    """``assay serve --no-auth``; nothing is kept unless told, as in the bare application."""
    with serving(workers, {"ASSAY_HOME": home, **settings}) as server:
        yield server


@contextmanager
def serving(
    workers: int,
    settings: Mapping[str, str],
    *,
    no_auth: bool = True,
    log: Path | None = None,
    open_files: int | None = None,
) -> Iterator[Server]:
    """``assay serve``, as :func:`service`.

    Parameters
    ----------
    settings
        With ``ASSAY_HOME``.
    no_auth
        Whether it asks nobody for a key.
    log
        The file of its log; None for none.
    open_files
        How many each of its processes may open at most; None for as many as the machine allows.
    """
    port = free_port()
    command = [] if open_files is None else ["prlimit", f"--nofile={open_files}:{open_files}"]
    command += [sys.executable, "-c", "from cli.assay import main; main()", "serve"]
    command += ["--no-auth"] if no_auth else []
    own = {"ASSAY_STORE_VERDICTS": "false", "ASSAY_TENANT_SHARE": "1", **settings}
    more = ["--port", str(port), "--workers", str(workers)]
    with running_server([*command, *more], port, own, log) as server:
        yield server


@contextmanager
def bare(workers: int) -> Iterator[Server]:
    """The bare application, on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.serving.bare", str(port), str(workers)]
    with running_server(command, port, {}) as server:
        yield server


def webhook_settings(port: int) -> dict[str, str]:
    """The settings of a service whose webhooks may lead to a port of this machine."""
    return {"ASSAY_WEBHOOK_HOSTS": f"127.0.0.1:{port}", "ASSAY_WEBHOOK_NETWORKS": "127.0.0.0/8"}
