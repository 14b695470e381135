"""The database's file taken away or written over under a service that runs: it must not just go on."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server

__all__ = ["attack"]

LOOKS, LOOK_SECONDS = 40, 0.25


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Remove the file, put another in its place, and put it back; then write over it."""
    file, away = home / "assay.db", home / "away.db"
    with httpx.Client(base_url=server.url, timeout=60) as client:
        yield Outcome.equal("ready at first", 200, readiness(client, 200))
        os.rename(file, away)
        yield from unable(client, "the file was removed")
        shutil.copy(away, file)
        yield from unable(client, "another file has its name")
        os.replace(away, file)
        yield Outcome.equal("ready once the file is back", 200, readiness(client, 200))
        file.write_bytes(b"something else " * 10_000)
        yield Outcome.equal("ready after the file was written over", 503, readiness(client, 503))


def unable(client: httpx.Client, what: str) -> Iterator[Outcome]:
    """A verdict and the readiness, while the database is not there."""
    yield Outcome.equal(
        f"a verdict after {what}", 503, client.post("/v1/verdicts", content=ACCOUNT).status_code
    )
    yield Outcome.equal(f"ready after {what}", 503, readiness(client, 503))


def readiness(client: httpx.Client, due: int) -> int:
    """What ``/readyz`` comes to within ten seconds."""
    for _ in range(LOOKS):
        status = client.get("/readyz").status_code
        if status == due:
            break
        time.sleep(LOOK_SECONDS)
    return status
