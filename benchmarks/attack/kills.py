"""SIGKILL of what works on jobs, again and again, on SQLite and PostgreSQL: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.attack.outcome import NotRun, Outcome
from benchmarks.serving.postgresql import installed_programs, postgresql_server
from benchmarks.serving.servers import Server, service

__all__ = ["attack", "attack_postgresql"]

WORKERS, JOBS, ACCOUNTS, KILLS = 2, 3, 400, 6
SAME_REQUESTS = 8
SETTINGS = {
    "ASSAY_STORE_VERDICTS": "true", "ASSAY_JOB_PIECE_ACCOUNTS": "25", "ASSAY_JOB_LEASE_SECONDS": "2",
}  # fmt: skip
LONGEST_SECONDS = 300.0
LINES = {"Content-Type": "application/x-ndjson"}


def attack(_: Path) -> Iterator[Outcome]:
    """A service of two workers on SQLite, of which a process is killed every second."""
    yield from killed("SQLite", {})


def attack_postgresql(_: Path) -> Iterator[Outcome]:
    """The same on PostgreSQL.

    Raises
    ------
    NotRun
        If it is not installed.
    """
    if installed_programs() is None:
        raise NotRun("PostgreSQL is not installed")
    with postgresql_server() as folder:
        yield from killed(
            "PostgreSQL", {"ASSAY_DATABASE": f"postgresql+psycopg://assay@/postgres?host={folder}"}
        )


def killed(name: str, database: dict[str, str]) -> Iterator[Outcome]:
    """Jobs, requests with one key, and kills meanwhile."""
    with (
        tempfile.TemporaryDirectory(prefix="assay-kills-") as home,
        service(home, WORKERS, **SETTINGS, **database) as server,
        httpx.Client(base_url=server.url, timeout=60) as client,
    ):
        with ThreadPoolExecutor(SAME_REQUESTS) as pool:
            answers = list(pool.map(lambda number: with_key(server.url, number), range(SAME_REQUESTS)))
        yield Outcome.equal(f"{name}: answers of {WORKERS} workers to one key at once", 1, len(set(answers)))
        jobs = [started(client, number) for number in range(JOBS)]
        done = kill_until_done(server, client, jobs)
        yield Outcome(f"{name}: processes killed while jobs ran", f"up to {KILLS}", str(done), done > 0)
        for number, job in enumerate(jobs):
            yield results_of(name, client, number, job)


def with_key(url: str, number: int) -> str:
    """The answer to the same request with the same key: the job's id."""
    headers = {**LINES, "Idempotency-Key": "the same"}
    for _ in range(20):
        answer = httpx.post(f"{url}/v1/jobs", content=document(0, 0), headers=headers, timeout=60)
        if answer.status_code in (200, 202):
            return str(answer.json()["job_id"])
        time.sleep(0.5)
    return f"{number}: {answer.status_code}"


def document(job: int, number: int) -> bytes:
    """A small account, in a line."""
    account = {"account_id": f"j{job}a{number}", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    return json.dumps(account).encode() + b"\n"


def started(client: httpx.Client, job: int) -> str:
    """Start a job; where it is."""
    body = b"".join(document(job, number) for number in range(ACCOUNTS))
    return str(client.post("/v1/jobs", content=body, headers=LINES).headers["location"])


def kill_until_done(server: Server, client: httpx.Client, jobs: list[str]) -> int:
    """Kill what works on jobs whenever every running job has got on; how many died once all have ended.

    Not before: a job whose processes die three times at one piece fails, as it should.
    """
    died, until = 0, time.monotonic() + LONGEST_SECONDS
    last = dict.fromkeys(jobs, 0)
    while time.monotonic() < until:
        states = {job: client.get(job).json() for job in jobs}
        running = [job for job in jobs if states[job]["state"] == "running"]
        if not running and all(state["state"] != "queued" for state in states.values()):
            break
        done = {job: int(states[job]["accounts"]["done"]) for job in jobs}
        got_on = running and all(done[job] > last[job] for job in running)
        if died < KILLS and got_on and (process := job_worker(server)) is not None:
            os.kill(process.pid, signal.SIGKILL)
            died, last = died + 1, done
        time.sleep(0.1)
    return died


def job_worker(server: Server) -> psutil.Process | None:
    """The process of this service that works on jobs."""
    for process in psutil.Process(server.process.pid).children(recursive=True):
        try:
            if "serving.jobs" in " ".join(process.cmdline()):
                return process
        except psutil.Error:
            continue
    return None


def results_of(name: str, client: httpx.Client, number: int, job: str) -> Outcome:
    """Whether every account of a job has one result, in order."""
    state: dict[str, Any] = client.get(job).json()
    answer = client.get(f"{job}/results")
    found = [json.loads(line)["account_id"] for line in answer.text.splitlines()] if answer.is_success else []
    due = [f"j{number}a{account}" for account in range(ACCOUNTS)]
    twice = sum(count > 1 for count in Counter(found).values())
    why = f" ({state['problem']['detail']})" if state["problem"] else ""
    said = f"{state['state']}{why}, {len(found)} results, {twice} twice, {len(set(due) - set(found))} missing"
    return Outcome(f"{name}: job {number}", f"done, {ACCOUNTS} results in order", said, found == due)
