"""Erasures behind a reader that stays, while a job screens, and beside `audit verify`: from everywhere."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

from benchmarks.attack.beside import run_beside
from benchmarks.attack.outcome import Outcome
from benchmarks.serving.servers import Server

__all__ = ["SETTINGS", "attack"]

LONGEST_SECONDS = 5.0
"""For an erasure or a verdict beside the reader; a busy timeout was 30."""

LOOKS, LOOK_SECONDS = 60, 0.5
NAME = "an-id-that-stands-nowhere-else"
ACCOUNT = {"account_id": NAME, "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
SUBJECT = {"account_id": NAME}
JOB_ACCOUNTS, ERASED_EVERY, ERASERS = 400, 20, 2
VERDICTS, BATCH, VERIFIED = 3_000, 500, 4
VERIFY = (sys.executable, "-c", "from cli.assay import main; main()", "audit", "verify")
LINES = {"Content-Type": "application/x-ndjson"}
SETTINGS = {"ASSAY_JOB_PIECE_ACCOUNTS": "20", "ASSAY_JOB_VERDICTS": "all"}


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Open a transaction that reads, erase, score, close it, and look for the id in the files."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        client.post("/v1/verdicts", json=ACCOUNT)
        reader = sqlite3.connect(home / "assay.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM verdicts").fetchone()
        began = time.perf_counter()
        gone = client.request("DELETE", "/v1/subjects", params=SUBJECT).json()
        client.post("/v1/verdicts", json=ACCOUNT | {"account_id": "another"})
        seconds = time.perf_counter() - began
        due = f"within {LONGEST_SECONDS:g} s"
        yield Outcome("erased and scored behind a reader", due, f"{seconds:.2f} s", seconds < LONGEST_SECONDS)
        yield Outcome.equal(
            "verdicts erased, and said to be pending", (1, True), (gone["verdicts"], gone["pending"])
        )
        yield Outcome.equal("the id is still in a file, as `pending` says", True, bool(files_with(home)))
        reader.close()
        for _ in range(LOOKS):
            if not (pending := client.get("/v1/subjects", params=SUBJECT).json()["pending"]):
                break
            time.sleep(LOOK_SECONDS)
        yield Outcome.equal("pending once the reader has gone", False, pending)
        yield Outcome.equal("files with the id then", [], files_with(home))
        yield from during_a_job(client, home)
        yield from beside_verify(client, home)


def during_a_job(client: httpx.Client, home: Path) -> Iterator[Outcome]:
    """Erase every twentieth account of a job while it runs, by two clients; the others have their results."""
    names = [f"in-a-job-{number:04}-of-it" for number in range(JOB_ACCOUNTS)]
    body = "\n".join(json.dumps(ACCOUNT | {"account_id": name}) for name in names).encode()
    job = client.post("/v1/jobs", content=body, headers=LINES).headers["location"]
    while (state := client.get(job).json())["state"] == "queued" or not state["accounts"]["done"]:
        time.sleep(0.1)
    gone = names[::ERASED_EVERY]
    with ThreadPoolExecutor(ERASERS) as pool:
        statuses = set(pool.map(lambda name: erased(client, name), gone))
    yield Outcome.equal(f"erasures of {len(gone)} accounts while a job screens them", {200}, statuses)
    while (state := client.get(job).json())["state"] == "running":
        time.sleep(0.5)
    yield Outcome.equal("the job", "done", state["state"])
    found = [json.loads(line)["account_id"] for line in client.get(f"{job}/results").text.splitlines()]
    yield Outcome.equal(
        "results, in order, without them", True, found == [one for one in names if one not in gone]
    )
    yield Outcome.equal("files that hold any of their ids", [], files_left(home, gone))


def beside_verify(client: httpx.Client, home: Path) -> Iterator[Outcome]:
    """Score an account and erase it, again and again, while every log is verified, again and again."""
    for first in range(0, VERDICTS, BATCH):
        documents = [ACCOUNT | {"account_id": f"stays-{first + number}"} for number in range(BATCH)]
        client.post("/v1/verdicts/batch", json=documents).raise_for_status()
    statuses, seconds, gone, codes = set[int](), [0.0], list[str](), list[int]()
    with run_beside(partial(verify, home, codes)):
        while len(codes) < VERIFIED:
            gone.append(f"beside-verify-{len(gone):04}-of-it")
            began = time.perf_counter()
            statuses.add(client.post("/v1/verdicts", json=ACCOUNT | {"account_id": gone[-1]}).status_code)
            statuses.add(erased(client, gone[-1]))
            seconds.append(time.perf_counter() - began)
        left = files_left(home, gone)
    name = f"{len(gone)} accounts scored and erased beside `audit verify`"
    yield Outcome.equal(name, {200}, statuses)
    due, found = f"within {LONGEST_SECONDS:g} s", f"{max(seconds):.2f} s"
    yield Outcome("the longest that one took", due, found, max(seconds) < LONGEST_SECONDS)
    yield Outcome.equal("files that hold any of their ids, while it goes on", [], left)
    yield Outcome.equal(f"what {len(codes)} times `audit verify` ended with", {0}, set(codes))


def verify(home: Path, codes: list[int], over: threading.Event) -> None:
    """Verify the audit logs until it is over; the exit codes."""
    variables = {**os.environ, "ASSAY_HOME": str(home)}
    while not over.is_set():
        codes.append(subprocess.run(VERIFY, env=variables, stdout=subprocess.DEVNULL, check=False).returncode)


def files_left(home: Path, names: list[str]) -> list[str]:
    """The files that still hold any of some ids after a while."""
    for _ in range(LOOKS):
        left = [path.name for path in home.rglob("*") if path.is_file() and holds_any(path, names)]
        if not left:
            break
        time.sleep(LOOK_SECONDS)
    return left


def erased(client: httpx.Client, name: str) -> int:
    """The status of an erasure."""
    return client.request("DELETE", "/v1/subjects", params={"account_id": name}).status_code


def holds_any(path: Path, names: list[str]) -> bool:
    """Whether a file holds any of some ids."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    return any(name.encode() in content for name in names)


def files_with(home: Path) -> list[str]:
    """The database's files that hold the id."""
    return [path.name for path in home.glob("assay.db*") if NAME.encode() in path.read_bytes()]
