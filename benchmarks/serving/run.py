"""The service under load, beside a bare application in the same run.

``python -m benchmarks.serving.run [PART ...]`` writes results/serving.json beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import platform
import random
import signal
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from accounts.document import to_documents
from accounts.reading import read_document
from accounts.tables import Tables
from benchmarks.serving.load import Load, at_full, at_rate, client_of, probed
from benchmarks.serving.servers import Server, bare, service
from benchmarks.speed.features import without_audience
from benchmarks.speed.shape import accounts_of_shape
from detector.bundle import Bundle, load, starter_path
from detector.labels import Explain
from detector.manifest import MANIFEST
from detector.model_store import ChallengerStore, ModelStore
from detector.screening import Detector
from serving.http.bodies import Body, BodyFormat
from serving.http.query import ScreeningOptions
from serving.routes.batch import as_json_list
from serving.screening.recorder import VerdictRecorder
from serving.screening.records import new_verdicts
from serving.screening.service import ScreeningService
from serving.screening.shadow import LOOK_SECONDS as CHALLENGER_LOOK_SECONDS
from serving.screening.shadow import Shadow
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.api_keys import ANYONE

RESULTS = Path(__file__).with_name("results") / "serving.json"
ONE, BATCH = "/v1/verdicts", "/v1/verdicts/batch"
POSTS, COMMENTS, CLIENTS = 30, 100, 16
BARE, SERVICE = "bare", "service"
JSON = {"Content-Type": "application/json"}
PLACES = ("first", "second")
ACCOUNTS_WEIGHED, OFFERS = 40, 500
MOST_WAITING = 16
TURNS = 4
WEIGHED_EACH_SECONDS = 15


def accounts(count: int) -> list[bytes]:
    """Account documents with 30 posts and 100 comments each."""
    tables = without_audience(accounts_of_shape(count))
    first = {"posts": POSTS, "comments": COMMENTS}
    some = tables.map(lambda name, rows: rows.group_by("account_id", maintain_order=True).head(first[name])
                      if name in first else rows)  # fmt: skip
    return [json.dumps(document).encode() for document in to_documents(some)]


def in_process(screening: ScreeningService, batch: Body) -> float:
    """Seconds for the same batch without any server: bytes in, bytes out."""
    began = time.perf_counter()
    as_json_list(screening.screen_documents(batch, ScreeningOptions(), ANYONE))
    return time.perf_counter() - began


async def beside(both: Mapping[str, Server], documents: list[bytes], seconds: float) -> dict[str, Any]:
    """Single verdicts from both servers by turns, so that a machine that slows down slows down both."""
    turn = seconds / TURNS
    full, half = ({name: Load() for name in both} for _ in range(2))
    for server in both.values():
        await at_full(server.url, ONE, documents, CLIENTS, min(seconds, 5))  # warm
    for _ in range(TURNS):
        for name, server in both.items():
            full[name].add(await at_full(server.url, ONE, documents, CLIENTS, turn))
    rate = full[BARE].per_second / 2
    for _ in range(TURNS):
        for name, server in both.items():
            half[name].add(await at_rate(server.url, ONE, documents, rate, turn))
    return {
        name: {
            "seconds_to_ready": server.seconds_to_ready,
            "peak": full[name].figures(),
            "at_half_of_the_bare_one": half[name].figures() | {"asked_per_second": round(rate, 1)},
        }
        for name, server in both.items()
    }


async def batches(server: Server, documents: list[bytes], seconds: float) -> dict[str, float]:
    """Accounts a second of batches, beside the same work in this process, by turns."""
    settings = Settings(no_auth=True, store_verdicts=False)
    screening = ScreeningService(
        Detector(load(starter_path())), settings, VerdictRecorder(StoreAccess(settings))
    )
    batch = Body(b"[" + b",".join(documents) + b"]", BodyFormat.JSON)
    took: dict[str, list[float]] = {"service": [], "in_process": []}
    await at_full(server.url, BATCH, [batch.data], 1, 0.1)
    in_process(screening, batch)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        took["service"] += (await at_full(server.url, BATCH, [batch.data], 1, 0.1)).took
        took["in_process"].append(in_process(screening, batch))
    return {"accounts": len(documents)} | {
        f"{name}_accounts_per_second": round(len(documents) / statistics.median(found), 1)
        for name, found in took.items()
    }


async def shadowed(home: str, documents: list[bytes], seconds: float, workers: int) -> dict[str, Any]:
    """The same service with and without a challenger beside the champion, request by request."""
    alone, beside = Path(home) / "alone", Path(home) / "beside"
    first = load(starter_path())
    facts = replace(first.facts, version="a challenger")
    manifest = replace(first.manifest, facts=facts)
    challengers = ChallengerStore(beside)
    named = challengers.add(Bundle.from_files({**first.files, MANIFEST: manifest.to_bytes()}))
    challengers.make_champion(named.name)
    stored = {"ASSAY_STORE_VERDICTS": "true", "ASSAY_RUN_JOBS": "false"}
    with (
        service(str(alone), workers, **stored) as plain,
        service(str(beside), workers, ASSAY_SHADOW="true", **stored) as both,
    ):
        servers = {"alone": plain, "with_challenger": both}
        for server in servers.values():
            await at_full(server.url, ONE, documents, CLIENTS, min(seconds, 5))
        await asyncio.sleep(2 * CHALLENGER_LOOK_SECONDS)
        took = await in_pairs(servers, documents, seconds)
        judged = await metrics_by_label(both, "assay_shadow_total{")
    ratios = {which: ratio_of_medians(own["with_challenger"], own["alone"]) for which, own in took.items()}
    medians = {
        which: {name: round(1000 * statistics.median(times), 1) for name, times in own.items()}
        for which, own in took.items()
    }
    pairs = len(took["first"]["alone"])
    return {"pairs": pairs, "median_ms": medians, "ratio_of_medians": ratios, "challenger": judged}


async def in_pairs(
    servers: Mapping[str, Server], documents: list[bytes], seconds: float
) -> dict[str, dict[str, list[float]]]:
    """Two requests in a row to each server by turns: seconds of the first, and of the one after it.

    The second comes while a challenger judges the first. Whatever else the machine does meets both servers.
    """
    took: dict[str, dict[str, list[float]]] = {which: {name: [] for name in servers} for which in PLACES}
    draw, end, number = random.Random(5), time.perf_counter() + seconds, 0
    async with AsyncExitStack() as open_clients:
        clients = {
            name: await open_clients.enter_async_context(client_of(server.url, 1))
            for name, server in servers.items()
        }
        while time.perf_counter() < end:
            pair = [documents[(number + place) % len(documents)] for place in range(len(PLACES))]
            number += len(PLACES)
            for name in draw.sample(sorted(clients), len(clients)):
                for which, document in zip(PLACES, pair, strict=True):
                    began = time.perf_counter()
                    async with clients[name].post(ONE, data=document, headers=JSON) as answer:
                        answer.raise_for_status()
                        await answer.read()
                    took[which][name].append(time.perf_counter() - began)
    return took


async def shadow_cost(home: str, documents: list[bytes]) -> dict[str, Any]:
    """Processor time that a challenger adds to a request, and what it takes itself afterwards; no server.

    Processor time is about the same on a machine that does much else.
    """
    detector = Detector(load(starter_path()))
    settings = Settings(home=Path(home), no_auth=True, shadow=True, shadow_waiting=100_000)
    shadow = Shadow(StoreAccess(settings))
    shadow.detector = detector
    tables = [read_document(document) for document in documents[:ACCOUNTS_WEIGHED]]
    answers = [list(new_verdicts(detector.screen_batch(one, explain=Explain.FLAGGED))) for one in tables]

    def offer_all() -> None:
        for one, answer in zip(tables * OFFERS, answers * OFFERS, strict=True):
            shadow.offer("default", partial(Tables.select, one, []), answer, 1)

    screened = processor_ms(partial(detector.screen_batch, one, explain=Explain.FLAGGED) for one in tables)
    judged = processor_ms(partial(detector.screen_batch, one, explain=Explain.NONE) for one in tables)
    offered = processor_ms([offer_all]) / (OFFERS * len(tables))
    return {
        "request_screened_ms": round(screened, 1),
        "request_offered_to_challenger_ms": round(offered, 4),
        "challenger_afterwards_ms": round(judged, 1),
        "share_added_to_the_request": round(offered / screened, 6),
    }


def processor_ms(tasks: Iterable[Callable[[], object]]) -> float:
    """Median processor time of tasks, of all threads of this process, in milliseconds."""
    took = []
    for task in tasks:
        began = time.process_time()
        task()
        took.append(time.process_time() - began)
    return 1000 * statistics.median(took)


def ratio_of_medians(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """The ratio of two medians of paired times, with a 95 % interval by drawing pairs again."""
    both = np.array([ours, theirs])
    draws = np.random.default_rng(5).integers(both.shape[1], size=(2_000, both.shape[1]))
    again = np.median(both[:, draws], axis=2)
    low, high = np.percentile(again[0] / again[1], (2.5, 97.5))
    ratio = float(np.median(both[0]) / np.median(both[1]))
    return {"ratio": round(ratio, 3), "low": round(float(low), 3), "high": round(float(high), 3)}


async def overload(home: str, documents: list[bytes], seconds: float, workers: int) -> dict[str, Any]:
    """Five times as many clients as may wait."""
    with service(home, workers, ASSAY_MOST_WAITING=str(MOST_WAITING)) as server:
        await at_full(server.url, ONE, documents, MOST_WAITING, min(seconds, 5))
        alone, five = Load(), Load()
        for _ in range(TURNS):
            alone.add(await at_full(server.url, ONE, documents, MOST_WAITING, seconds / TURNS))
            five.add(await at_full(server.url, ONE, documents, 5 * MOST_WAITING, seconds / TURNS))
    return {"most_waiting": MOST_WAITING, "at_the_limit": alone.figures(), "five_times": five.figures()}


async def soak(home: str, documents: list[bytes], requests: int, workers: int) -> dict[str, Any]:
    """Very many requests: what the memory does, and how long the process ever stood still."""
    with service(home, workers) as server:
        await at_full(server.url, ONE, documents, CLIENTS, 5)
        memory: list[tuple[float, float]] = []
        began = time.perf_counter()

        async def weigh() -> None:
            while True:
                memory.append((round(time.perf_counter() - began), server.memory_mib()[0]))
                await asyncio.sleep(WEIGHED_EACH_SECONDS)

        weighing = asyncio.create_task(weigh())
        lasting = at_full(server.url, ONE, documents, CLIENTS, float("inf"), requests=requests)
        loaded, stalls = await probed(server.url, lasting)
        weighing.cancel()
        collected = await collections(server)
    return {
        "requests": loaded.figures(),
        "asks_for_nothing": stalls,
        "collecting_garbage": collected,
        "memory_mib": {str(second): mib for second, mib in memory},
    }


async def collections(server: Server) -> dict[str, float]:
    """The longest collection of each generation, in milliseconds, as the service tells it."""
    found = await metrics_by_label(server, "assay_collection_longest_seconds{")
    return {f"longest_ms_of_{name}": round(1000 * value, 2) for name, value in found.items()}


async def metrics_by_label(server: Server, start: str) -> dict[str, float]:
    """The metrics whose lines start so, by the value of their only label."""
    async with client_of(server.url, 1) as client, client.get("/metrics") as answer:
        lines = (await answer.text()).splitlines()
    found = [line.rpartition(" ") for line in lines if line.startswith(start)]
    return {name.split('"')[1]: float(value) for name, _, value in found}


async def changes(home: str, documents: list[bytes], count: int, workers: int) -> dict[str, Any]:
    """Champions that change under load, each tried in a process of its own."""
    first, models = load(starter_path()), ModelStore(Path(home))
    seen: list[str] = []

    async def change() -> None:
        for number in range(count):
            facts = replace(first.facts, version=f"change {number}")
            manifest = replace(first.manifest, facts=facts)
            bundle = Bundle.from_files({**first.files, MANIFEST: manifest.to_bytes()})
            models.make_champion(models.add(bundle).name)
            seen.append(bundle.sha256)
            await until(server, bundle.sha256)

    with service(home, workers, ASSAY_MODEL_POLL_SECONDS="0.1") as server:
        loaded = await while_it_lasts(server, documents, change)
    return {"changes": len(seen)} | loaded.figures()


async def until(server: Server, sha256: str) -> None:
    """Wait until the server answers with this model."""
    async with client_of(server.url, 1) as client:
        while True:
            async with client.get("/v1/model") as answer:
                if (await answer.json())["sha256"] == sha256:
                    return
            await asyncio.sleep(0.05)


async def while_it_lasts(
    server: Server, documents: list[bytes], task: Callable[[], Coroutine[Any, Any, None]]
) -> Load:
    """A few clients until a task is done."""
    asking, whole = asyncio.create_task(task()), Load()
    while not asking.done():
        whole.add(await at_full(server.url, ONE, documents, 4, 1.0))
    await asking
    return whole


async def ending(home: str, documents: list[bytes], workers: int) -> dict[str, Any]:
    """SIGTERM under load: everything that was asked before is answered."""
    with service(home, workers) as server:

        async def end() -> None:
            await asyncio.sleep(2)
            server.process.send_signal(signal.SIGTERM)

        loaded = await at_full(server.url, ONE, documents, CLIENTS, 30, beside=end)
    return loaded.figures()


async def by_turns(home: str, documents: list[bytes], given: argparse.Namespace) -> dict[str, Any]:
    """The service beside the bare application, and a batch beside the same work in this process."""
    with bare(given.workers) as plain, service(home, given.workers) as ours:
        found = await beside({BARE: plain, SERVICE: ours}, documents, given.seconds)
        found["batches"] = await batches(ours, documents, given.seconds)
        found["memory_mib"] = {BARE: plain.memory_mib(), SERVICE: ours.memory_mib()}
    return found | {"shares": shares(found)}


Part = Callable[[str, list[bytes], argparse.Namespace], Awaitable[dict[str, Any]]]
PARTS: dict[str, Part] = {
    "by_turns": by_turns,
    "shadowed": lambda home, documents, given: shadowed(home, documents, given.seconds, given.workers),
    "shadow_cost": lambda home, documents, given: shadow_cost(home, documents),
    "overload": lambda home, documents, given: overload(home, documents, given.seconds, given.workers),
    "sigterm": lambda home, documents, given: ending(home, documents, given.workers),
    "model_changes": lambda home, documents, given: changes(home, documents, given.changes, given.workers),
    "soak": lambda home, documents, given: soak(home, documents, given.requests, given.workers),
}


async def run(given: argparse.Namespace) -> None:
    """Measure the parts that are asked for; each is kept as soon as it is there."""
    documents = accounts(given.batch)
    # What this process keeps is not gone through again either: its own pauses would look like the servers'.
    gc.collect()
    gc.freeze()
    for name in given.parts or PARTS:
        with tempfile.TemporaryDirectory() as home:
            found = await PARTS[name](home, documents, given)
        about = {"seconds": given.seconds, "workers": given.workers, "cores": os.cpu_count()}
        store_part(given.out, name, {"python": platform.python_version(), **about, **found})
        print(f"{name}: {json.dumps(found)}", flush=True)


def store_part(path: Path, name: str, found: dict[str, Any]) -> None:
    """Write the figures of a part into the file of results, in the order of PARTS."""
    results = json.loads(path.read_text()) if path.exists() else {}
    ordered = {part: (results | {name: found})[part] for part in PARTS if part in results or part == name}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(ordered, indent=2) + "\n")


def shares(found: dict[str, Any]) -> dict[str, float]:
    """The figures that are promised, beside the bare application's."""
    ours, plain, many = found[SERVICE], found[BARE], found["batches"]
    half = "at_half_of_the_bare_one"
    return {
        "throughput_of_bare": round(ours["peak"]["per_second"] / plain["peak"]["per_second"], 3),
        "p99_of_bare_at_half_its_peak": round(ours[half]["p99_ms"] / plain[half]["p99_ms"], 3),
        "batches_of_in_process": round(
            many["service_accounts_per_second"] / many["in_process_accounts_per_second"], 3
        ),
    }


def main() -> None:
    """Measure the parts that are named, and write results/serving.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="without any all of them")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SECONDS_EACH", "60")))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--requests", type=int, default=int(os.environ.get("REQUESTS", "100000")))
    parser.add_argument("--out", type=Path, default=RESULTS)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
