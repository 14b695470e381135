"""A day and an hour of the service's own time in minutes: what it does by the hour and by the day is done."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
from sqlalchemy import func, select

from benchmarks.attack.beside import run_beside
from benchmarks.attack.clock import BATCH, JOBS, LINES, ONE, decide, document, log_entries
from benchmarks.attack.desk import signed_in
from benchmarks.attack.drawn.aftermath import of_log
from benchmarks.attack.drawn.attack import prepare
from benchmarks.attack.drawn.liveness import process_with_loop
from benchmarks.attack.drawn.tenants import store_of, until
from benchmarks.attack.moved_clock import MovedClock
from benchmarks.attack.outcome import Outcome
from benchmarks.attack.receiver import HOST, Receiver, receiving
from benchmarks.attack.soak import MOST_BYTES_A_REQUEST, MOST_FILES, MOST_MIB
from benchmarks.serving.servers import Server, serving
from serving.store.api_keys import Scope, create_key
from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import ChainHead
from serving.store.outbox import LONGEST_WAIT
from serving.store.tables import idempotency, sessions, verdicts

__all__ = ["attack"]

HOURS = 25
SECONDS = float(os.environ.get("SECONDS_EACH", "120"))
RATE = HOURS * 3_600 / SECONDS
STEP_SECONDS = 0.25
CLIENTS, PAUSE_SECONDS, JOB_ACCOUNTS = 3, 0.3, 30
LOOKS, MANY_A_MINUTE = 3_000, 1_000_000
MOST_BYTES_A_VERDICT = 5_632
"""What docs/serving.md says of a stored verdict: 5.5 KiB."""

MOST_LOG_BYTES = 16 * 2**20
"""Of the write-ahead log: SQLite moves it into the file once it has 4 MiB, and cuts it after erasures."""

SETTINGS: Final = {
    "ASSAY_STORE_VERDICTS": "true", "ASSAY_VERDICT_DAYS": "1", "ASSAY_JOB_DAYS": "1",
}  # fmt: skip
TENANT = "own"
OK, MALFORMED, REMOVED = 200, 422, 404
GOOD: Final = {OK, 201, 202, MALFORMED}
LATE = timedelta(hours=2)
"""By how much later than its time what is over may be removed: it is looked for every hour."""


class Sizes(NamedTuple):
    """Resident MiB and open files of the process that answers, and bytes of the database."""

    mib: float
    files: int
    database: int


@dataclass
class Day:
    """What is done on it.

    Attributes
    ----------
    over
        Set at its end.
    statuses, faults
        Of all answers; what should not have been.
    decisions, signed_in
        Events that the receiver is to be told of; how often somebody had to sign in.
    """

    url: str
    key: str
    receiver: Receiver
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    stored: int = 0
    decisions: int = 0
    signed_in: int = 0
    jobs: list[str] = field(default_factory=list)

    def client(self) -> httpx.Client:
        """A client with the key, of which every answer is counted."""
        headers = {"Authorization": f"Bearer {self.key}"}
        hooks = {"response": [self.count]}
        return httpx.Client(base_url=self.url, headers=headers, timeout=120, event_hooks=hooks)

    def count(self, response: httpx.Response) -> None:
        """Count an answer."""
        with self.lock:
            self.statuses[response.status_code] += 1

    def check(self, what: str, holds: bool) -> None:
        """Note what should hold, where it does not."""
        if not holds:
            with self.lock:
                self.faults[what] += 1


def attack(home: Path) -> Iterator[Outcome]:
    """Clients ask all the time, and every hour the receiver changes its mind and a job begins."""
    prepare(home)
    clock, log = MovedClock(home, RATE), home / "service.log"
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving())
        settings = SETTINGS | {"ASSAY_HOME": str(home)} | clock.settings() | receiver.settings
        server = stack.enter_context(serving(1, settings, no_auth=False, log=log))
        with store_of(home) as store:
            key = create_key(
                store, tenant=TENANT, name="day", scopes=list(Scope), requests_per_minute=MANY_A_MINUTE
            )
        day = Day(server.url, key, receiver)
        client = stack.enter_context(day.client())
        hook = {"url": f"http://{HOST}:{receiver.port}/", "events": ["decision.made"]}
        client.post("/v1/webhooks", json=hook).raise_for_status()
        unused = stack.enter_context(closing(signed_in(server.url, key)))
        with passing(clock), ThreadPoolExecutor(CLIENTS) as pool:
            asking = [pool.submit(ask, day, number) for number in range(CLIENTS)]
            try:
                before, most_log = hours(day, client, server, home)
            finally:
                day.over.set()
            for one in asking:
                one.result()
        asked, stored = day.statuses.total(), day.stored
        after = sizes(server, home)
        odd = {status: count for status, count in day.statuses.items() if status not in GOOD}
        name = f"{asked:,} requests in {HOURS} h, {RATE:,.0f} times as fast"
        yield Outcome.equal(f"{name}: statuses that should not have been", {}, odd)
        yield Outcome.equal("answers that should not have been", {}, dict(day.faults))
        yield from growth(before, after, most_log, asked, stored)
        yield from left_over(home, clock)
        receiver.refuses = False
        yield from by_the_hour_and_day(day, client, clock, log)
        page = unused.get("/lists").url.path
        yield Outcome.equal("a session of the desk that nobody used", "/sign-in", page)
    yield from of_log(log)
    with store_of(home) as store:
        ends = [
            ChainHead(*(one[name] for name in ChainHead._fields)) for one in log_entries(log, "audit_end")
        ]
        faults = [fault for check in verify_audit_logs(store, ends) for fault in check.faults]
    yield Outcome.equal(f"faults that `audit verify` finds with {len(ends)} ends that were noted", [], faults)


@contextmanager
def passing(clock: MovedClock) -> Iterator[None]:
    """Let the service's wall clock run faster, until the end of the block."""
    began = time.monotonic()

    def move(over: threading.Event) -> None:
        while not over.wait(STEP_SECONDS):
            clock.move_to(timedelta(seconds=(time.monotonic() - began) * (RATE - 1)))

    with run_beside(move):
        yield


def hours(day: Day, client: httpx.Client, server: Server, home: Path) -> tuple[Sizes, int]:
    """Each hour; what the service takes after the first third, and the most of its write-ahead log."""
    began, most_log, before = time.monotonic(), 0, sizes(server, home)
    for hour in range(HOURS):
        day.receiver.refuses = hour % 2 == 0
        if not day.jobs or client.get(day.jobs[-1]).json()["state"] == "done":
            body = "\n".join(json.dumps(document(f"h{hour}a{number}")) for number in range(JOB_ACCOUNTS))
            day.jobs.append(client.post(JOBS, content=body, headers=LINES).headers["location"])
        if hour == HOURS // 3:
            before = sizes(server, home)
        time.sleep(max(0.0, began + (hour + 1) * 3_600 / RATE - time.monotonic()))
        most_log = max(most_log, (home / "assay.db-wal").stat().st_size)
        for path in ("/livez", "/readyz"):
            day.check(path, client.get(path).status_code == OK)
    return before, most_log


def ask(day: Day, number: int) -> None:
    """Ask until it is over; what goes wrong is counted."""
    with day.client() as client, closing(signed_in(day.url, day.key)) as first:
        desk, turn = first, 0
        while not day.over.wait(PAUSE_SECONDS):
            try:
                ask_once(day, client, f"d{number}-{turn}", turn)
                if turn % 5 == 0 and desk.get("/lists").url.path != "/lists":
                    desk.close()
                    desk = signed_in(day.url, day.key)
                    day.signed_in += 1
                    day.check("a page after signing in", desk.get("/lists").url.path == "/lists")
            except (httpx.HTTPError, ValueError, KeyError) as error:
                day.check(repr(error), holds=False)
            turn += 1
        desk.close()


def ask_once(day: Day, client: httpx.Client, name: str, turn: int) -> None:
    """A verdict, looked up, replayed to its key, in a batch; sometimes decided about, or erased."""
    body, key = document(name), {"Idempotency-Key": name}
    verdict = client.post(ONE, json=body, headers=key)
    day.check("a key's answer", client.post(ONE, json=body, headers=key).content == verdict.content)
    place = f"{ONE}/{verdict.json()['verdict_id']}"
    day.check("a look-up", client.get(place).content == verdict.content)
    batch = client.post(BATCH, json=[body, {}]).json()["verdicts"]
    day.check("a batch", len(batch) == 2 and batch[0]["verdict_id"] == verdict.json()["verdict_id"])
    with day.lock:
        day.stored += 1
    if turn % 7 == 0:
        day.check("what is no JSON", client.post(ONE, content=b"{").status_code == MALFORMED)
    if turn % 9 == 0:
        decide(client, verdict.json()["verdict_id"])
        with day.lock:
            day.decisions += 1
    elif turn % 11 == 0:
        gone = client.request("DELETE", "/v1/subjects", params={"account_id": name}).json()
        day.check("an erasure", gone["verdicts"] == 1)


def by_the_hour_and_day(day: Day, client: httpx.Client, clock: MovedClock, log: Path) -> Iterator[Outcome]:
    """Whether everything was done that is done by the hour and by the day."""
    clock.move(LONGEST_WAIT)
    came = until(lambda: len(day.receiver.taken) == day.decisions, LOOKS)
    failed = day.receiver.refused
    yield Outcome(
        "webhooks that were refused every other hour", f"all {day.decisions} events delivered, after retries",
        f"{len(day.receiver.taken)} delivered, {failed} tries refused", came and failed > 0,
    )  # fmt: skip
    for event, least, why in (
        ("audit_end", HOURS - 1, "ends of the audit log noted, each hour"),
        ("drift", 2, "looks at drift, each day"),
        ("verdicts_expired", 1, "removals of verdicts after a day"),
    ):
        until(lambda: len(of_tenant(log, event)) >= least, LOOKS)  # noqa: B023 - asked at once
        found = len(of_tenant(log, event))
        yield Outcome(why, f"at least {least}", str(found), found >= least)
    age = metric(client.get("/metrics").text, "assay_drift_age_seconds")
    most = (timedelta(days=1) + LATE).total_seconds()
    yield Outcome("age of the newest look at drift", f"at most {most:,.0f} s", f"{age:,.0f} s", age <= most)
    ended = day.signed_in
    yield Outcome("sessions of the desk in use", "end after half a day", f"{ended} ended", ended >= CLIENTS)
    clock.move(timedelta(days=1))  # after the job's end, however late that came
    gone = until(lambda: client.get(day.jobs[0]).status_code == REMOVED, LOOKS)
    yield Outcome.equal(f"the first of {len(day.jobs)} jobs is removed after a day", True, gone)


def growth(before: Sizes, after: Sizes, most_log: int, asked: int, stored: int) -> Iterator[Outcome]:
    """What the service took since the first third of the time."""
    mib, files = after.mib - before.mib, after.files - before.files
    found = f"{mib:.1f} of {before.mib:.0f} MiB"
    yield Outcome("memory added after a third", f"at most {MOST_MIB:g} MiB", found, mib <= MOST_MIB)
    found = f"{files} of {before.files}"
    yield Outcome("open files added", f"at most {MOST_FILES}", found, files <= MOST_FILES)
    most = asked * MOST_BYTES_A_REQUEST + stored * MOST_BYTES_A_VERDICT
    due = f"at most {MOST_BYTES_A_REQUEST:,} bytes a request, {MOST_BYTES_A_VERDICT:,} a verdict"
    found = f"{after.database / 2**20:.1f} MiB: {after.database / asked:,.0f} bytes a request"
    yield Outcome("the database", due, found, after.database <= most)
    found = f"{most_log / 2**20:.1f} MiB"
    yield Outcome(
        "its write-ahead log", f"at most {MOST_LOG_BYTES >> 20} MiB", found, most_log <= MOST_LOG_BYTES
    )


def left_over(home: Path, clock: MovedClock) -> Iterator[Outcome]:
    """What should have been removed by now."""
    before = clock.now(plus=-timedelta(days=1) - LATE)
    with store_of(home) as store, store.database.reading() as connection:
        for name, old in (
            ("verdicts", verdicts.c.made_at < before),
            ("remembered answers", idempotency.c.claimed_at < before),
            ("sessions", sessions.c.ends_at < clock.now(plus=-LATE)),
        ):
            left = connection.execute(select(func.count()).where(old)).scalar_one()
            yield Outcome.equal(f"{name} that are over, in the database", 0, left)


def sizes(server: Server, home: Path) -> Sizes:
    """What the service takes now."""
    process = process_with_loop(server)
    files = process.num_fds() - len(process.net_connections())
    database = sum(path.stat().st_size for path in home.glob("assay.db*"))
    return Sizes(process.memory_info().rss / 2**20, files, database)


def of_tenant(log: Path, event: str) -> list[dict[str, Any]]:
    """What a service's log tells of one kind, but of no other tenant."""
    return [entry for entry in log_entries(log, event) if entry.get("tenant") in (None, TENANT)]


def metric(text: str, name: str) -> float:
    """A metric's value; infinite where there is none."""
    values = (float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))
    return next(values, float("inf"))
