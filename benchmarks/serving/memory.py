"""How much memory a batch of 64 MiB takes, legal or refused: the largest resident size of the process.

``python -m benchmarks.serving.memory [BODY ...]``, for some of the bodies by their names, writes
results/memory.json beside it. Each body is sent to a service of its own, so that none finds what another
left; the kernel's high-water mark is read, so no peak is missed.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from benchmarks.serving.servers import Server, service
from benchmarks.serving.stalls import ACCOUNT, BATCH, MIB, accounts_with_comments, empty_lists

__all__ = ["WARM", "empty_objects", "forget_peak", "highest_mib", "main", "worker_of"]

RESULTS: Final = Path(__file__).with_name("results") / "memory.json"
LINES: Final = "application/x-ndjson"
JSON: Final = "application/json"
LARGEST: Final = 64 * MIB
WARM: Final = b"[{" + (ACCOUNT % 0).encode() + b"}]"


def broken_at_its_end() -> bytes:
    """A legal batch whose last bracket is a comma."""
    return accounts_with_comments()[:-1] + b","


def wrong_everywhere() -> bytes:
    """A batch of which every row has a field that there is not."""
    return accounts_with_comments().replace(b'"text"', b'"txet"')


def as_lines() -> bytes:
    """The legal batch, an account in every line."""
    return accounts_with_comments()[1:-1].replace(b"]}, {", b"]}\n{")


def wide_characters() -> bytes:
    """The legal batch with one character that makes Python's texts four times as large."""
    return accounts_with_comments().replace(b"so nice,", "so \U0001f389".encode() + b",", 1)


def empty_objects() -> bytes:
    """As many documents as there is place for."""
    return b"[" + b"{}," * (LARGEST // 3 - 2) + b"{}]"


def empty_rows() -> bytes:
    """One document with as many posts as there is place for."""
    return b"[{" + (ACCOUNT % 1).encode() + b', "posts": [' + b"{}," * (LARGEST // 3 - 100) + b"{}]}]"


def faults_everywhere() -> bytes:
    """As many documents as there may be, each with more faults than are named."""
    rows = ", ".join(['{"likes": -1}'] * 120)
    return (
        b"["
        + b", ".join(
            b"{" + (ACCOUNT % at).encode() + b', "posts": [' + rows.encode() + b"]}" for at in range(1_000)
        )
        + b"]"
    )


BODIES: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "legal": (accounts_with_comments, JSON),
    "legal, as lines": (as_lines, LINES),
    "legal, with a wide character": (wide_characters, JSON),
    "broken at its end": (broken_at_its_end, JSON),
    "an unknown field in every row": (wrong_everywhere, JSON),
    "120 faults in each of 1,000 documents": (faults_everywhere, JSON),
    "empty lists": (empty_lists, JSON),
    "22 million empty documents": (empty_objects, JSON),
    "22 million empty rows": (empty_rows, JSON),
}


def highest_mib(pid: int) -> float:
    """The largest resident size that a process had since it was last forgotten."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024, 1)


def forget_peak(pid: int) -> None:
    """Let the largest resident size of a process be what it has now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def worker_of(server: Server) -> int:
    """The process that answers: the largest of them."""
    family = [
        psutil.Process(server.process.pid),
        *psutil.Process(server.process.pid).children(recursive=True),
    ]
    return int(max(family, key=lambda process: process.memory_info().rss).pid)


def measure_body(body: bytes, media_type: str) -> dict[str, Any]:
    """Memory before a body and at its peak, and what was answered."""
    with (
        tempfile.TemporaryDirectory() as home,
        service(
            home, 1, ASSAY_STORE_VERDICTS="true", ASSAY_RUN_JOBS="false", ASSAY_REQUEST_SECONDS="600"
        ) as server,
        httpx.Client(base_url=server.url, timeout=300) as client,
    ):
        client.post(BATCH, content=WARM)
        worker = worker_of(server)
        forget_peak(worker)
        before = highest_mib(worker)
        began = time.perf_counter()
        answer = client.post(BATCH, content=body, headers={"Content-Type": media_type})
        seconds = round(time.perf_counter() - began, 2)
        peak = highest_mib(worker)
    return {
        "bytes": len(body), "status": answer.status_code, "seconds": seconds,
        "before_mib": before, "peak_mib": peak, "added_mib": round(peak - before, 1),
    }  # fmt: skip


def main(names: list[str]) -> None:
    """Measure the bodies of these names, or every one, and write the figures."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))  # those of bodies read at once stay
    for name in names or BODIES:
        make, media_type = BODIES[name]
        results["bodies"][name] = measure_body(make(), media_type)
        print(name, results["bodies"][name], flush=True)
    results["python"] = platform.python_version()
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
