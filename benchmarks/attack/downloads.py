"""One tenant reads results as CSV thirty times at once: everybody else must not wait for all of these."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server

__all__ = ["attack"]

READERS, ACCOUNTS = 30, 2_000
ASKED_SECONDS = 8.0
LONGEST_SECONDS = {"/livez": 2.0, "/v1/verdicts": 5.0}
"""That an answer may take beside the readers; a verdict took tens of seconds, before they took turns."""

LINES = {"Content-Type": "application/x-ndjson"}


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """Readers that begin again as soon as they are done, and requests beside them."""
    with httpx.Client(base_url=server.url, timeout=120) as client:
        results = ended(client)
        alone = {path: longest(client, path) for path in LONGEST_SECONDS}
        over = threading.Event()
        readers = [threading.Thread(target=read, args=(server.url, results, over)) for _ in range(READERS)]
        for reader in readers:
            reader.start()
        beside = {path: longest(client, path) for path in LONGEST_SECONDS}
        over.set()
        for reader in readers:
            reader.join()
    for path, most in LONGEST_SECONDS.items():
        found = f"{beside[path]:.2f} s ({alone[path]:.2f} alone)"
        yield Outcome(f"{path} beside {READERS} readers", f"at most {most:g} s", found, beside[path] <= most)


def ended(client: httpx.Client) -> str:
    """The address of the results of a job that is done."""
    account = json.loads(ACCOUNT)
    lines = (json.dumps(account | {"account_id": f"a{number}"}) for number in range(ACCOUNTS))
    job = client.post("/v1/jobs", content="\n".join(lines).encode(), headers=LINES).headers["location"]
    while client.get(job).json()["state"] in ("queued", "running"):
        time.sleep(0.5)
    return f"{job}/results?format=csv"


def longest(client: httpx.Client, path: str) -> float:
    """The longest answer within some seconds."""
    found, until = 0.0, time.monotonic() + ASKED_SECONDS
    while time.monotonic() < until:
        began = time.perf_counter()
        answer = client.post(path, content=ACCOUNT) if path.startswith("/v1") else client.get(path)
        answer.raise_for_status()
        found = max(found, time.perf_counter() - began)
    return found


def read(url: str, results: str, over: threading.Event) -> None:
    """Read results, again and again."""
    with httpx.Client(base_url=url, timeout=120) as client:
        while not over.is_set():
            with client.stream("GET", results) as answer:
                for _ in answer.iter_bytes():
                    if over.is_set():
                        return
