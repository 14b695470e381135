"""Thousands of requests: memory and open files stay, and the database grows by its audit log alone."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

from benchmarks.attack.outcome import Outcome
from benchmarks.serving.servers import Server

__all__ = ["SETTINGS", "attack"]

REQUESTS = int(os.environ.get("REQUESTS", "6000"))
CLIENTS, ACCOUNTS = 8, 50
MOST_MIB, MOST_FILES, MOST_BYTES_A_REQUEST = 40.0, 5, 4_096
ONE, BATCH = "/v1/verdicts", "/v1/verdicts/batch"
SERVER_ERROR = 500
SETTINGS = {"ASSAY_RUN_JOBS": "false", "ASSAY_MOST_BATCHES_WAITING": str(CLIENTS)}
"""Every client may have a batch waiting: none is turned away for that, which would be right, too."""


class Sizes(NamedTuple):
    """What a service takes: resident MiB and open files of all its processes, and bytes of its database."""

    mib: float
    files: int
    database: int


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """A third of the requests to warm up; what the other two thirds add must be nothing, but for the log."""
    statuses = ask_as_clients(server.url, REQUESTS // 3)
    before = sizes(server, home)
    statuses += ask_as_clients(server.url, REQUESTS - REQUESTS // 3)
    after = sizes(server, home)
    yield Outcome.equal(f"statuses of {REQUESTS:,} requests", {"200", "401", "404", "422"}, set(statuses))
    mib, files = after.mib - before.mib, after.files - before.files
    yield Outcome(
        "memory added", f"at most {MOST_MIB:g} MiB", f"{mib:.1f} of {before.mib:.0f} MiB", mib <= MOST_MIB
    )
    yield Outcome(
        "open files added", f"at most {MOST_FILES}", f"{files} of {before.files}", files <= MOST_FILES
    )
    rate = (after.database - before.database) / (REQUESTS - REQUESTS // 3)
    due = f"at most {MOST_BYTES_A_REQUEST:,} bytes of log a request"
    yield Outcome("the database", due, f"{rate:.0f} bytes a request", rate <= MOST_BYTES_A_REQUEST)


def ask_as_clients(url: str, count: int) -> Counter[str]:
    """Ask so many times, by a few clients; the statuses."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(lambda client: ask(url, client, count // CLIENTS), range(CLIENTS)), Counter())


def ask(url: str, client: int, count: int) -> Counter[str]:
    """Verdicts, batches, refusals, look-ups, made-up keys; each account is one of fifty."""
    found: Counter[str] = Counter()
    with httpx.Client(base_url=url, timeout=60) as one:
        for number in range(count):
            body = {
                "account_id": f"a{(client + number) % ACCOUNTS}",
                "platform": "x",
                "as_of": "2026-11-01T00:00:00Z",
            }
            match number % 10:
                case 0:
                    answer = one.post(BATCH, json=[body, {}])
                case 1:
                    answer = one.post(ONE, content=b"{")
                case 2:
                    answer = one.get(f"{ONE}/{number:032x}")
                case 3 if number % 100 == 3:
                    answer = one.get("/v1/model", headers={"Authorization": f"Bearer assay_{number}_x"})
                case _:
                    answer = one.post(
                        ONE,
                        content=json.dumps(body),
                        headers={"Idempotency-Key": f"k{number % 20}{body['account_id']}"},
                    )
            found[said_by(answer)] += 1
    return found


def said_by(answer: httpx.Response) -> str:
    """The status of an answer; of a failure of the service with the kind of problem."""
    code = f" {answer.json().get('code')}" if answer.status_code >= SERVER_ERROR else ""
    return f"{answer.status_code}{code}"


def sizes(server: Server, home: Path) -> Sizes:
    """What the service takes now."""
    family = [
        psutil.Process(server.process.pid),
        *psutil.Process(server.process.pid).children(recursive=True),
    ]
    files = sum(process.num_fds() - len(process.net_connections()) for process in family)
    return Sizes(sum(server.memory_mib()), files, sum(path.stat().st_size for path in home.glob("assay.db*")))
