"""The service under load, beside a bare application in the same run.

``python -m benchmarks.serving.run [--seconds 60] [--workers 1]`` writes results/serving.json beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from accounts.document import to_documents
from accounts.reading import read_documents
from accounts.tables import Tables
from benchmarks.serving.load import Load, at_full, at_rate
from benchmarks.serving.servers import Server, bare, service
from benchmarks.speed.features import without_audience
from benchmarks.speed.shape import shaped
from detector.bundle import Bundle, load, save, starter_path
from detector.locate import champion_path
from detector.manifest import MANIFEST
from detector.screening import Detector
from serving.made import made_of
from serving.verdicts import in_a_list

RESULTS = Path(__file__).with_name("results") / "serving.json"
ONE, BATCH = "/v1/verdicts", "/v1/verdicts/batch"
POSTS, COMMENTS, CLIENTS = 30, 100, 16
MOST_WAITING = 16


def accounts(count: int) -> list[bytes]:
    """Account documents with 30 posts and 100 comments each."""
    tables = without_audience(shaped(count))
    first = {"posts": POSTS, "comments": COMMENTS}
    some = tables.map(lambda name, rows: rows.group_by("account_id", maintain_order=True).head(first[name])
                      if name in first else rows)  # fmt: skip
    return [json.dumps(document).encode() for document in to_documents(some)]


def in_process(documents: list[bytes], seconds: float) -> float:
    """Accounts a second of the same batches without any server: bytes in, bytes out."""
    detector = Detector(load(starter_path()))
    began, done = time.perf_counter(), 0
    while time.perf_counter() < began + seconds or not done:
        tables: Tables = read_documents([json.loads(document) for document in documents]).tables
        in_a_list(made_of(detector.screen_all(tables)))
        done += len(documents)
    return round(done / (time.perf_counter() - began), 1)


async def throughput(server: Server, documents: list[bytes], seconds: float) -> dict[str, Any]:
    await at_full(server.url, ONE, documents, CLIENTS, min(seconds, 3))  # warm
    peak = (await at_full(server.url, ONE, documents, CLIENTS, seconds)).figures()
    half = (await at_rate(server.url, ONE, documents, peak["per_second"] / 2, seconds)).figures()
    batch = b"[" + b",".join(documents) + b"]"
    batches = (await at_full(server.url, BATCH, [batch], 2, seconds)).figures()
    accounts_per_second = round(batches["per_second"] * len(documents), 1)
    return {
        "seconds_to_ready": server.seconds_to_ready,
        "peak": peak,
        "at_half_of_the_peak": half,
        "batches": batches | {"accounts_per_second": accounts_per_second, "accounts": len(documents)},
        "memory_mib": server.memory_mib(),
    }


async def overload(home: str, documents: list[bytes], seconds: float, workers: int) -> dict[str, Any]:
    """Five times as many clients as may wait."""
    with service(home, workers, ASSAY_MOST_WAITING=str(MOST_WAITING)) as server:
        alone = await at_full(server.url, ONE, documents, MOST_WAITING, seconds)
        five = await at_full(server.url, ONE, documents, 5 * MOST_WAITING, seconds)
    return {"most_waiting": MOST_WAITING, "at_the_limit": alone.figures(), "five_times": five.figures()}


async def changes(home: str, documents: list[bytes], count: int, workers: int) -> dict[str, Any]:
    """Champions that change under load, each tried in a process of its own."""
    first = load(starter_path())
    seen: list[str] = []

    async def change() -> None:
        for number in range(count):
            facts = replace(first.facts, version=f"change {number}")
            manifest = replace(first.manifest, facts=facts)
            bundle = Bundle.from_files({**first.files, MANIFEST: manifest.to_bytes()})
            save(bundle, champion_path(Path(home)))
            seen.append(bundle.sha256)
            await until(server, bundle.sha256)

    with service(home, workers, ASSAY_MODEL_POLL_SECONDS="0.1") as server:
        loaded = await while_it_lasts(server, documents, change)
    return {"changes": len(seen)} | loaded.figures()


async def until(server: Server, sha256: str) -> None:
    import httpx

    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        while (await client.get("/v1/model")).json()["sha256"] != sha256:
            await asyncio.sleep(0.05)


async def while_it_lasts(server: Server, documents: list[bytes], task: Callable[[], Awaitable[None]]) -> Load:
    """A few clients until a task is done."""
    asking = asyncio.create_task(task())
    whole = Load()
    while not asking.done():
        part = await at_full(server.url, ONE, documents, 4, 1.0)
        whole.seconds += part.seconds
        whole.statuses += part.statuses
    await asking
    whole.ended = time.perf_counter()
    return whole


async def ending(home: str, documents: list[bytes], workers: int) -> dict[str, Any]:
    """SIGTERM under load: everything that was asked before is answered."""
    with service(home, workers) as server:

        async def end() -> None:
            await asyncio.sleep(2)
            server.process.send_signal(signal.SIGTERM)

        loaded = await at_full(server.url, ONE, documents, CLIENTS, 30, beside=end)
    return loaded.figures()


async def run(seconds: float, workers: int, count: int, batch: int) -> dict[str, Any]:
    documents = accounts(batch)
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as home:
        with bare(workers) as server:
            found["bare"] = said("bare", await throughput(server, documents, seconds))
        with service(home, workers) as server:
            found["service"] = said("service", await throughput(server, documents, seconds))
        found["in_process_accounts_per_second"] = said("in process", in_process(documents, seconds))
        found["overload"] = said("overload", await overload(home, documents, seconds, workers))
        found["model_changes"] = said("model changes", await changes(home, documents, count, workers))
        found["sigterm"] = said("SIGTERM", await ending(home, documents, workers))
    return found | {"shares": shares(found)}


def said(name: str, found: Any) -> Any:
    """The same, shown while the rest is measured."""
    print(f"{name}: {json.dumps(found)}", file=sys.stderr, flush=True)
    return found


def shares(found: dict[str, Any]) -> dict[str, float]:
    """The figures that are promised, beside the bare application's."""
    ours, plain = found["service"], found["bare"]
    return {
        "throughput_of_bare": round(ours["peak"]["per_second"] / plain["peak"]["per_second"], 3),
        "p99_of_bare_at_half_its_peak": round(
            ours["at_half_of_the_peak"]["p99_ms"] / plain["at_half_of_the_peak"]["p99_ms"], 3
        ),
        "batches_of_in_process": round(
            ours["batches"]["accounts_per_second"] / found["in_process_accounts_per_second"], 3
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SECONDS_EACH", "60")))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    found = asyncio.run(run(given.seconds, given.workers, given.changes, given.batch))
    about = {"seconds": given.seconds, "workers": given.workers, "cores": os.cpu_count()}
    about["python"] = platform.python_version()
    given.out.write_text(json.dumps(about | found, indent=2) + "\n")
    print(json.dumps(found["shares"], indent=2))


if __name__ == "__main__":
    main()
