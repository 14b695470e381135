"""A bulk job of 3 GB of JSON Lines: memory of every process while it is uploaded, screened and read.

``python -m benchmarks.serving.large_job [--gigabytes 3]`` writes results/large_job.json beside it. The input
lies in a temporary folder and is removed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
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
    """Largest resident MiB so far of the service's processes and of what works on jobs, by phase."""

    server: Server
    phase: str = "before"
    seen: dict[str, dict[str, float]] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def weigh(self) -> None:
        """Weigh once."""
        largest = self.seen.setdefault(self.phase, {"service": 0.0, "job_worker": 0.0})
        for process in psutil.Process(self.server.process.pid).children(recursive=True):
            try:
                name = "job_worker" if "serving.jobs.worker" in process.cmdline() else "service"
                mib = round(process.memory_info().rss / 2**20, 1)
            except psutil.Error:  # it has ended
                continue
            largest[name] = max(largest[name], mib)

    def run(self) -> None:
        """Weigh until it is over."""
        while not self.over.wait(EVERY_SECONDS):
            self.weigh()


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


def run_job(
    client: httpx.Client, path: Path, weights: Weights, keep: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """Upload, wait and read; seconds of each. Figures so far go to ``keep`` at every tenth."""
    took: dict[str, float] = {}
    weights.phase, began = "upload", time.perf_counter()
    job = client.post("/v1/jobs", content=pieces_of(path), headers=LINES).raise_for_status().json()
    took["upload"] = round(time.perf_counter() - began, 1)
    path.unlink()
    address = f"/v1/jobs/{job['job_id']}"
    began = time.perf_counter()
    tenth = 0
    while (state := client.get(address).json())["state"] in ("queued", "running"):
        done, total = state["accounts"]["done"], state["accounts"]["total"] or 1
        if done * 10 // total > tenth or weights.phase == "upload":
            tenth = done * 10 // total
            weights.phase = f"screened from {tenth * 10} %"
            print(f"{weights.phase}: {done:,} accounts, {time.perf_counter() - began:.0f} s", flush=True)
            keep({"state": "running", "accounts": state["accounts"], "seconds": took})
        time.sleep(EVERY_SECONDS)
    took["screening"] = round(time.perf_counter() - began, 1)
    weights.phase, began = "read", time.perf_counter()
    with client.stream("GET", f"{address}/results") as answer:
        lines = sum(piece.count(b"\n") for piece in answer.iter_bytes())
    took["reading"] = round(time.perf_counter() - began, 1)
    return {
        "state": state["state"], "accounts": state["accounts"], "seconds": took, "result_lines": lines,
    }  # fmt: skip


def main() -> None:
    """Run the job on a service of its own, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=3.0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-large-job-") as folder:
        path = Path(folder) / "input.jsonl"
        count = write_input(path, round(given.gigabytes * 1e9))
        size = path.stat().st_size
        print(f"{size:,} bytes, {count:,} accounts", flush=True)
        home = Path(folder) / "home"
        with (
            service(str(home), 1, ASSAY_STORE_VERDICTS="true", ASSAY_BODY_SECONDS="3600") as server,
            httpx.Client(base_url=server.url, timeout=3_600) as client,
            weighing(server) as weights,
        ):
            weights.weigh()

            def keep(found: dict[str, Any]) -> None:
                """Write the figures so far: a job of hours may be interrupted."""
                about = {"python": platform.python_version(), "cores": os.cpu_count()}
                sizes = {"bytes": size, "documents": count, "largest_mib": weights.seen}
                database = sum(file.stat().st_size for file in home.glob("assay.db*"))
                figures = about | sizes | found | {"database_bytes": database}
                given.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")

            keep(run_job(client, path, weights, keep))
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
