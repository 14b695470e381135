"""The database's file taken away, written over, full or read-only under a service: it must not just go on."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import httpx
import psutil

from benchmarks.attack.beside import run_beside
from benchmarks.attack.drawn.tenants import store_of, until
from benchmarks.attack.outcome import ACCOUNT, NotRun, Outcome
from benchmarks.serving.servers import Server
from serving.store.audit_check import verify_audit_logs

__all__ = ["attack", "attack_full", "attack_read_only", "no_growth", "read_only"]

LOOKS, LOOK_SECONDS = 40, 0.25
MANY_LOOKS = 3_000
ROOM_BYTES = 6_000
"""That a file may still grow: a page of SQLite's log, and a part of the next one."""

OK, CREATED, UNABLE, NO_ROOM = 200, 201, 503, 507
LINES = {"Content-Type": "application/x-ndjson"}
ONE, BATCH, JOBS = "/v1/verdicts", "/v1/verdicts/batch", "/v1/jobs"
ERASED = {"account_id": "victim"}
DECISION = {"outcome": "confirmed", "by": "Jo", "reason": "x"}


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


def attack_full(server: Server, home: Path) -> Iterator[Outcome]:
    """No file of the service may grow any more, as on a full disk; then they may again."""
    yield from unable_for_a_while(server, home, "no file may grow", partial(no_growth, server, home))


def attack_read_only(server: Server, home: Path) -> Iterator[Outcome]:
    """The database and its log become read-only for those who have them open, too; then writable again."""
    yield from unable_for_a_while(server, home, "the files are read-only", partial(read_only, home))


def unable_for_a_while(
    server: Server, home: Path, why: str, fault: Callable[[], AbstractContextManager[None]]
) -> Iterator[Outcome]:
    """Clients go on scoring before, in and after the time in which nothing can be stored."""
    stored, statuses = list[str](), Counter[int]()
    with httpx.Client(base_url=server.url, timeout=60) as client:
        first = client.post(ONE, content=ACCOUNT).json()["verdict_id"]
        with run_beside(partial(score, server.url, stored, statuses)):
            until(lambda: len(stored) > LOOKS, MANY_LOOKS)
            with fault():
                yield Outcome.equal(f"ready while {why}", UNABLE, readiness(client, UNABLE))
                for name, status in storing(client, first):
                    yield Outcome(
                        f"{name} while {why}", "503 or 507", str(status), status in (UNABLE, NO_ROOM)
                    )
                status = client.get(f"{ONE}/{first}").status_code
                yield Outcome.equal(f"a stored verdict while {why}", OK, status)
            yield Outcome.equal("ready after that", OK, readiness(client, OK))
            before = len(stored)
            went_on = until(lambda: len(stored) > before + LOOKS, MANY_LOOKS)
            yield Outcome.equal("verdicts are stored again", True, went_on)
        due = {OK, UNABLE}
        yield Outcome(
            "statuses of what was scored meanwhile", "200 and 503", str(dict(statuses)), set(statuses) == due
        )
        lost = sum(client.get(f"{ONE}/{one}").status_code != OK for one in [first, *stored])
        yield Outcome.equal(f"lost, of {len(stored) + 1:,} verdicts that were answered 200", 0, lost)
        again = {name: status for name, status in storing(client, first) if status // 100 != 2}
        yield Outcome.equal("what still cannot be stored", {}, again)
    with store_of(home) as store:
        faults = [check.fault for check in verify_audit_logs(store) if check.fault]
    yield Outcome.equal("faults that `audit verify` finds", [], faults)


def storing(client: httpx.Client, verdict_id: str) -> Iterator[tuple[str, int]]:
    """Everything that stores something, and the status of each."""
    decisions = f"{ONE}/{verdict_id}/decisions"
    yield "a verdict", client.post(ONE, content=ACCOUNT).status_code
    yield "a batch", client.post(BATCH, content=b"[" + ACCOUNT + b"]").status_code
    yield "a job", client.post(JOBS, content=ACCOUNT, headers=LINES).status_code
    yield "a decision", client.post(decisions, json=DECISION).status_code
    yield "an erasure", client.request("DELETE", "/v1/subjects", params=ERASED).status_code


def score(url: str, stored: list[str], statuses: Counter[int], over: threading.Event) -> None:
    """Score until it is over: the ids of verdicts that were answered 200, and how often each status came."""
    with httpx.Client(base_url=url, timeout=60) as client:
        while not over.is_set():
            answer = client.post(ONE, content=ACCOUNT.replace(b"victim", b"another"))
            statuses[answer.status_code] += 1
            if answer.status_code == OK:
                stored.append(answer.json()["verdict_id"])


@contextmanager
def no_growth(server: Server, home: Path) -> Iterator[None]:
    """Let the service write no file beyond the length of SQLite's log, and a page and a half."""
    parent = psutil.Process(server.process.pid)
    before = {one: one.rlimit(resource.RLIMIT_FSIZE) for one in (parent, *parent.children(recursive=True))}
    most = (home / "assay.db-wal").stat().st_size + ROOM_BYTES
    try:
        for process, (_, hard) in before.items():
            process.rlimit(resource.RLIMIT_FSIZE, (most, hard))
        yield
    finally:
        for process, limits in before.items():
            process.rlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def read_only(home: Path) -> Iterator[None]:
    """Make the database's files immutable.

    Raises
    ------
    NotRun
        If that cannot be done here, or does not hold for a file that is open.
    """
    trial = home / "trial"
    with trial.open("wb", buffering=0) as file, immutable([trial]):
        try:
            file.write(b"x")
        except PermissionError:
            pass
        else:
            raise NotRun("this file system lets immutable files be written by those who have them open")
    with immutable(list(home.glob("assay.db*"))):
        yield


@contextmanager
def immutable(paths: list[Path]) -> Iterator[None]:
    """Files that nobody can write, those who have them open included.

    Raises
    ------
    NotRun
        If chattr is missing, or may not do that.
    """
    if shutil.which("chattr") is None:
        raise NotRun("chattr, which makes files read-only for those who have them open, is not installed")
    names = list(map(str, paths))
    try:
        done = subprocess.run(["chattr", "+i", *names], capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotRun(f"files cannot be made read-only here: {done.stderr.strip()}")
        yield
    finally:
        subprocess.run(["chattr", "-i", *names], capture_output=True, check=False)


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
