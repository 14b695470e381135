"""The service and the bare application as processes, from their start to their end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil

__all__ = ["Server", "bare", "service"]

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
def running_server(command: list[str], port: int, variables: Mapping[str, str]) -> Iterator[Server]:
    began = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        yield Server(process, url, round(wait_until_ready(process, url, began), 2))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(600)


def wait_until_ready(process: subprocess.Popen[bytes], url: str, began: float) -> float:
    while time.perf_counter() < began + LONGEST_START_SECONDS:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return time.perf_counter() - began
        except httpx.TransportError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise SystemExit(f"{url} did not start.")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def service(home: str, workers: int, **settings: str) -> Iterator[Server]:
    """``assay serve``; nothing is kept unless told, as in the bare application."""
    port = free_port()
    command = [sys.executable, "-c", "from cli.assay import main; main()", "serve", "--no-auth"]
    own = {"ASSAY_HOME": home, "ASSAY_STORE_VERDICTS": "false", "ASSAY_TENANT_SHARE": "1", **settings}
    with running_server([*command, "--port", str(port), "--workers", str(workers)], port, own) as server:
        yield server


@contextmanager
def bare(workers: int) -> Iterator[Server]:
    """The bare application, on a free port."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.serving.bare", str(port), str(workers)]
    with running_server(command, port, {}) as server:
        yield server
