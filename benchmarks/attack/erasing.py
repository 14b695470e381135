"""An erasure behind a reader that stays: scoring goes on, `pending` is the truth, and the id goes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.attack.outcome import Outcome
from benchmarks.serving.servers import Server

__all__ = ["attack"]

LONGEST_SECONDS = 5.0
"""For an erasure or a verdict beside the reader; a busy timeout was 30."""

LOOKS, LOOK_SECONDS = 60, 0.5
NAME = "an-id-that-stands-nowhere-else"
ACCOUNT = {"account_id": NAME, "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
SUBJECT = {"account_id": NAME}


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


def files_with(home: Path) -> list[str]:
    """The database's files that hold the id."""
    return [path.name for path in home.glob("assay.db*") if NAME.encode() in path.read_bytes()]
