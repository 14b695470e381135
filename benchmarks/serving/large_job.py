"""Bulk jobs of ever more JSON Lines: peak memory of every process while each is uploaded, screened and read.

``python -m benchmarks.serving.large_job [--gigabytes .3 1 3]`` writes results/large_job.json beside it; each
job has a service of its own. The input lies in a temporary folder and is removed. Linux alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from benchmarks.serving.run import accounts
from benchmarks.serving.servers import Server, service

__all__ = ["main"]

RESULTS: Final = Path(__file__).with_name("results") / "large_job.json"
LINES: Final = {"Content-Type": "application/x-ndjson"}
KINDS: Final = 1_000
EVERY_SECONDS: Final = 2.0
PIECE: Final = 2**20


@dataclass
class Weights:
    """Peak MiB and processor seconds of the service and of what works on jobs, so far."""

    server: Server
    phase: str = "before"
    largest: dict[str, float] = field(default_factory=dict)
    by_phase: dict[str, dict[str, float]] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def weigh(self) -> None:
        """Weigh once: what is resident now for the phase, the kernel's high-water mark for the whole."""
        now = self.by_phase.setdefault(self.phase, {})
        for process in psutil.Process(self.server.process.pid).children(recursive=True):
            try:
                name = "job_worker" if "serving.jobs.worker" in process.cmdline() else "service"
                mib = round(process.memory_info().rss / 2**20, 1)
                peak, times = high_water_mib(process.pid), process.cpu_times()
            except (psutil.Error, OSError):  # it has ended
                continue
            now[name] = max(now.get(name, 0.0), mib)
            self.largest[name] = max(self.largest.get(name, 0.0), peak)
            took = round(times.user + times.system, 1)
            self.processor[name] = max(self.processor.get(name, 0.0), took)

    def run(self) -> None:
        """Weigh until it is over."""
        while not self.over.wait(EVERY_SECONDS):
            self.weigh()


def high_water_mib(pid: int) -> float:
    """The most memory that a process has had resident, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    kib = next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]
    return round(int(kib) / 2**10, 1)


@contextmanager
def weighing(server: Server) -> Iterator[Weights]:
    """Weigh a service until the end of the block."""
    weights = Weights(server)
    thread = threading.Thread(target=weights.run)
    thread.start()
    try:
        yield weights
    finally:
        weights.over.set()
        thread.join()


def write_input(path: Path, size: int) -> int:
    """Write account documents until they have so many bytes; how many accounts they are."""
    documents = [json.loads(document) for document in accounts(KINDS)]
    count = written = 0
    with path.open("wb") as file:
        while written < size:
            document = documents[count % KINDS] | {"account_id": f"a{count}"}
            written += file.write(json.dumps(document).encode() + b"\n")
            count += 1
    return count


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file in pieces."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def run_job(client: httpx.Client, path: Path, weights: Weights) -> dict[str, Any]:
    """Upload, wait and read; seconds of each."""
    took: dict[str, float] = {}
    weights.phase, began = "upload", time.perf_counter()
    job = client.post("/v1/jobs", content=pieces_of(path), headers=LINES).raise_for_status().json()
    took["upload"] = round(time.perf_counter() - began, 1)
    path.unlink()
    address = f"/v1/jobs/{job['job_id']}"
    began = time.perf_counter()
    while (state := client.get(address).json())["state"] in ("queued", "running"):
        done, total = state["accounts"]["done"], state["accounts"]["total"] or 1
        phase = f"screened from {done * 10 // total * 10} %"
        if phase != weights.phase:
            weights.phase = phase
            print(f"{phase}: {done:,} accounts, {time.perf_counter() - began:.0f} s", flush=True)
        time.sleep(EVERY_SECONDS)
    took["screening"] = round(time.perf_counter() - began, 1)
    weights.phase, began = "read", time.perf_counter()
    with client.stream("GET", f"{address}/results") as answer:
        lines = sum(piece.count(b"\n") for piece in answer.iter_bytes())
    took["reading"] = round(time.perf_counter() - began, 1)
    weights.weigh()
    return {
        "state": state["state"], "accounts": state["accounts"], "seconds": took, "result_lines": lines,
    }  # fmt: skip


def measure(gigabytes: float) -> dict[str, Any]:
    """The figures of a job of so many GB on a service of its own."""
    with tempfile.TemporaryDirectory(prefix="assay-large-job-") as folder:
        path, home = Path(folder) / "input.jsonl", Path(folder) / "home"
        count = write_input(path, round(gigabytes * 1e9))
        size = path.stat().st_size
        print(f"{size:,} bytes, {count:,} accounts", flush=True)
        with (
            service(str(home), 1, ASSAY_STORE_VERDICTS="true", ASSAY_BODY_SECONDS="3600") as server,
            httpx.Client(base_url=server.url, timeout=3_600) as client,
            weighing(server) as weights,
        ):
            weights.weigh()
            found = run_job(client, path, weights)
        database = sum(file.stat().st_size for file in home.glob("assay.db*"))
    return {
        "bytes": size, "documents": count, **found, "peak_mib": weights.largest,
        "resident_mib_by_phase": weights.by_phase, "processor_seconds": weights.processor,
        "database_bytes": database,
    }  # fmt: skip


def main() -> None:
    """Run a job of each size, and write its figures in place of those of an earlier run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.3, 1.0, 3.0])
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    for gigabytes in given.gigabytes:
        found = measure(gigabytes)
        results = json.loads(given.out.read_text(encoding="utf-8")) if given.out.exists() else {}
        results |= {"python": platform.python_version(), "cores": os.cpu_count(), f"{gigabytes:g} GB": found}
        given.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        print(f"{gigabytes:g} GB: peak MiB {found['peak_mib']}, seconds {found['seconds']}", flush=True)


if __name__ == "__main__":
    main()
