"""A wall clock that jumps under a service at work: by hours and days, forward and back, to and fro."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.attack.beside import run_beside
from benchmarks.attack.desk import signed_in
from benchmarks.attack.drawn.aftermath import OF_THE_ANSWER, of_log
from benchmarks.attack.drawn.attack import prepare
from benchmarks.attack.drawn.tenants import store_of, until
from benchmarks.attack.moved_clock import MovedClock
from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.attack.receiver import HOST, Receiver, receiving
from benchmarks.serving.servers import Server, serving
from serving.store.api_keys import Scope, create_key
from serving.store.audit_check import verify_audit_logs

__all__ = ["BATCH", "JOBS", "LINES", "ONE", "attack", "decide", "document", "log_entries"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS: Final = {
    "forward by an hour": HOUR, "forward by a day": DAY, "forward by 40 days": 40 * DAY,
    "back by an hour": -HOUR, "back by two days": -2 * DAY,
}  # fmt: skip
SWINGS, SWING_SECONDS = 10, 0.3
KEY_LIFETIME, IDLE, VERDICT_DAYS = timedelta(hours=12), timedelta(minutes=60), timedelta(days=30)
JOB_ACCOUNTS, FEW_A_MINUTE, ASKED_BEFORE, ASKED_AFTER = 2_000, 60, 30, 10
VERDICTS, PAGE = 12, 5
LOOKS, PROBED_EVERY = 3_000, 0.1
SETTINGS: Final = {
    "ASSAY_STORE_VERDICTS": "true", "ASSAY_JOB_PIECE_ACCOUNTS": "50",
    "ASSAY_VERDICT_DAYS": str(VERDICT_DAYS.days),
}  # fmt: skip
LINES = {"Content-Type": "application/x-ndjson"}
ONE, BATCH, JOBS = "/v1/verdicts", "/v1/verdicts/batch", "/v1/jobs"
OK, UNAUTHENTICATED, CONFLICT = 200, 401, 409


@dataclass
class Asking:
    """Whoever asks the service: its address and folder, its clock, keys, and the receiver of webhooks."""

    server: Server
    home: Path
    clock: MovedClock
    receiver: Receiver
    key: str
    control: Any = None
    decisions: int = 0
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        self.client = httpx.Client(base_url=self.server.url, headers=headers, timeout=120)

    def status(self, key: str) -> int:
        """The status of a look-up with a key."""
        headers = {"Authorization": f"Bearer {key}"}
        return self.client.get(ONE, params={"limit": 1}, headers=headers).status_code

    def verdicts(self) -> list[Any]:
        """The verdict on one document, single and in a batch, without what is of the answer alone."""
        single = self.client.post(ONE, content=ACCOUNT).json()
        batch = self.client.post(BATCH, content=b"[" + ACCOUNT + b"]").json()["verdicts"]
        return [
            {name: value for name, value in one.items() if name not in OF_THE_ANSWER}
            for one in (single, *batch)
        ]

    def waiting(self) -> int:
        """Deliveries that are still to come through."""
        (webhook,) = self.client.get("/v1/webhooks").json()["webhooks"]
        return int(webhook["waiting"])

    def drift_looked_at(self, server: Server) -> bool:
        """Whether the report on drift that a service has is of its last day: not older, nor still to come."""
        made_at = self.client.get(f"{server.url}/v1/drift").raise_for_status().json()["made_at"]
        return made_at is not None and self.clock.now(plus=-DAY) < made_at <= self.clock.now()


def attack(home: Path) -> Iterator[Outcome]:
    """On a service with a clock of its own: before each jump something is under way, and looked at after."""
    prepare(home)
    clock, log = MovedClock(home), home / "service.log"
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving())
        settings = SETTINGS | {"ASSAY_HOME": str(home)} | clock.settings() | receiver.settings
        server = stack.enter_context(serving(1, settings, no_auth=False, log=log))
        with store_of(home) as store:
            key = create_key(store, tenant="own", name="clock", scopes=list(Scope))
        asking = Asking(server, home, clock, receiver, key)
        stack.enter_context(asking.client)
        hook = {"url": f"http://{HOST}:{receiver.port}/", "events": ["decision.made"]}
        asking.client.post("/v1/webhooks", json=hook).raise_for_status()
        asking.control = asking.verdicts()
        probes = stack.enter_context(probing(server.url))
        for number, (name, change) in enumerate(JUMPS.items()):
            yield from jump(asking, name, change, number)
            if abs(change) >= DAY:
                yield from begun_at(asking, settings, name)
        yield from to_and_fro(asking)
        delivered = until(lambda: len(receiver.taken) == asking.decisions and not asking.waiting(), LOOKS)
        yield Outcome.equal("every event delivered in the end, and none waiting", True, delivered)
        bad = {name: count for name, count in probes.items() if not name.endswith(str(OK))}
        yield Outcome.equal(f"{probes.total():,} times /livez and /readyz, answers but 200", {}, bad)
    for path in sorted(home.glob("*.log")):
        for outcome in of_log(path):
            yield Outcome(f"{path.name}: {outcome.step}", outcome.due, outcome.found, outcome.holds)
    with store_of(home) as store:
        faults = [fault for check in verify_audit_logs(store) for fault in check.faults]
    yield Outcome.equal("faults that `audit verify` finds", [], faults)


def jump(asking: Asking, name: str, change: timedelta, number: int) -> Iterator[Outcome]:
    """One jump; before it everything is begun that has to do with time."""
    client, receiver = asking.client, asking.receiver
    lookup = Lookup(asking, number)
    with store_of(asking.home) as store:
        ends = asking.clock.now(plus=KEY_LIFETIME)
        ending = create_key(store, tenant="own", name="ends", scopes=list(Scope), expires_at=ends)
        few = create_key(
            store, tenant="own", name="few", scopes=[Scope.READ], requests_per_minute=FEW_A_MINUTE
        )
    key = {"Idempotency-Key": f"jump {number}"}
    first = client.post(ONE, json=document(f"keyed-{number}"), headers=key)
    spent = Counter(asking.status(few) for _ in range(ASKED_BEFORE))
    receiver.refuses = True
    refused = receiver.refused
    asking.decisions += 1
    decide(client, lookup.made[0])
    until(lambda: receiver.refused > refused, LOOKS)
    with closing(signed_in(asking.server.url, asking.key)) as desk:
        desk.get("/lists")
        job = client.post(JOBS, content=job_lines(number), headers=LINES).headers["location"]
        until(lambda: client.get(job).json()["accounts"]["done"], LOOKS)
        before = client.get(job).json()["state"]
        receiver.refuses = False
        asking.clock.move(change)
        yield Outcome.equal(f"{name}: a job while the clock jumps", "running", before)
        yield Outcome.equal(
            f"{name}: verdicts, single and in a batch, as before", True, asking.verdicts() == asking.control
        )
        yield from replay_keyed(asking, name, key, number, first)
        due = UNAUTHENTICATED if change >= KEY_LIFETIME else OK
        yield Outcome.equal(f"{name}: a key without an end", OK, asking.status(asking.key))
        yield Outcome.equal(f"{name}: a key of {KEY_LIFETIME} that was new", due, asking.status(ending))
        shown = desk.get("/lists").url.path
        yield Outcome.equal(
            f"{name}: a session of the desk that was in use",
            "/sign-in" if change >= IDLE else "/lists",
            shown,
        )
    with closing(signed_in(asking.server.url, asking.key)) as desk:
        yield Outcome.equal(f"{name}: signing in after it", "/lists", desk.get("/lists").url.path)
    spent += Counter(asking.status(few) for _ in range(ASKED_AFTER))
    asked = ASKED_BEFORE + ASKED_AFTER
    yield Outcome.equal(
        f"{name}: {asked} look-ups with a key of {FEW_A_MINUTE} a minute", {OK: asked}, dict(spent)
    )
    yield lookup.rest(name)
    yield from erase_one(asking, name, number)
    yield from delivery(asking, name)
    yield of_job(asking, name, job, number)


def replay_keyed(
    asking: Asking, name: str, key: dict[str, str], number: int, first: httpx.Response
) -> Iterator[Outcome]:
    """The same request with its key, then another one with it."""
    again = asking.client.post(ONE, json=document(f"keyed-{number}"), headers=key)
    same = again.status_code == OK and again.json() == first.json()
    yield Outcome.equal(f"{name}: the same answer to an idempotency key", True, same)
    other = asking.client.post(ONE, json=document(f"other-{number}"), headers=key).status_code
    yield Outcome.equal(f"{name}: another request with that key", CONFLICT, other)


class Lookup:
    """A look-up whose first page is read before a jump, and the others after it.

    Attributes
    ----------
    made
        The ids of the verdicts that are looked up.
    """

    def __init__(self, asking: Asking, number: int) -> None:
        self.client, self.account = asking.client, f"looked-up-{number}"
        self.made = [
            self.client.post(ONE, json=document(self.account, posts)).json()["verdict_id"]
            for posts in range(VERDICTS)
        ]
        self.found, self.next = list[str](), ""
        self.read_page()

    def read_page(self) -> None:
        """Read one page."""
        asked = {"account_id": self.account, "limit": str(PAGE)}
        asked |= {"cursor": self.next} if self.next else {}
        page = self.client.get(ONE, params=asked).raise_for_status().json()
        self.found += [one["verdict_id"] for one in page["verdicts"]]
        self.next = page["next"]

    def rest(self, name: str) -> Outcome:
        """Whether the pages after the jump show what the first did not, once."""
        while self.next:
            self.read_page()
        found = self.found == self.made[::-1]
        return Outcome.equal(f"{name}: a look-up goes on, {VERDICTS} verdicts in order", True, found)


def erase_one(asking: Asking, name: str, number: int) -> Iterator[Outcome]:
    """Erase an account; nothing of that may stay pending."""
    subject = {"account_id": f"keyed-{number}"}
    gone = asking.client.request("DELETE", "/v1/subjects", params=subject)
    yield Outcome.equal(f"{name}: erasing", (OK, 1), (gone.status_code, gone.json().get("verdicts")))
    done = until(lambda: not asking.client.get("/v1/subjects", params=subject).json()["pending"], LOOKS)
    yield Outcome.equal(f"{name}: pending 0", True, done)


def delivery(asking: Asking, name: str) -> Iterator[Outcome]:
    """The receiver is there again: what is new comes, and what it refused."""
    asking.decisions += 1
    # A new account: there is something to look at for drift after all that was there before has expired.
    verdict = asking.client.post(ONE, json=document(f"told-of-{name}")).json()["verdict_id"]
    decide(asking.client, verdict)
    new = until(lambda: asking.decisions in asking.receiver.taken, LOOKS)
    yield Outcome.equal(f"{name}: a new event is delivered", True, new)
    came = until(lambda: not asking.waiting(), LOOKS)
    yield Outcome.equal(f"{name}: the event that was refused is delivered", True, came)


def of_job(asking: Asking, name: str, job: str, number: int) -> Outcome:
    """Whether the job that ran has every result once and in order."""
    until(lambda: asking.client.get(job).json()["state"] not in ("queued", "running"), LOOKS)
    state = asking.client.get(job).json()["state"]
    lines = asking.client.get(f"{job}/results").text.splitlines()
    found = [json.loads(line).get("account_id") for line in lines]
    in_order = found == [f"j{number}a{account}" for account in range(JOB_ACCOUNTS)]
    return Outcome(
        f"{name}: the job", f"done, {JOB_ACCOUNTS:,} results in order",
        f"{state}, {len(found):,} results, {'in order' if in_order else 'NOT in order'}",
        state == "done" and in_order,
    )  # fmt: skip


def begun_at(asking: Asking, settings: dict[str, str], name: str) -> Iterator[Outcome]:
    """A second service on the same database, begun at the moved clock.

    It removes what is over and looks at drift, unless the first one's hour or day came just before it.
    """
    first, second = asking.home / "service.log", asking.home / f"{name}.log"

    def removed() -> int:
        entries = (entry for log in (first, second) for entry in log_entries(log, "verdicts_expired"))
        return sum(entry["count"] for entry in entries)

    with serving(1, settings, no_auth=False, log=second) as another:
        ready = httpx.get(f"{another.url}/readyz", timeout=60).status_code
        yield Outcome.equal(f"{name}: a service begun then, ready", OK, ready)
        looked = until(lambda: asking.drift_looked_at(another), LOOKS)
        yield Outcome.equal(f"{name}: a service begun then has a look at drift of that day", True, looked)
        if JUMPS[name] > VERDICT_DAYS:
            found = until(removed, LOOKS)
            yield Outcome(f"{name}: verdicts past their days", "removed", f"{found} removed", found > 0)


def to_and_fro(asking: Asking) -> Iterator[Outcome]:
    """A day forward and a day back, ten times, while a job runs and verdicts are asked for."""
    number = len(JUMPS)
    job = asking.client.post(JOBS, content=job_lines(number), headers=LINES).headers["location"]
    until(lambda: asking.client.get(job).json()["accounts"]["done"], LOOKS)
    same = Counter[bool]()
    for swing in range(2 * SWINGS):
        asking.clock.move(-DAY if swing % 2 else DAY)
        same[asking.verdicts() == asking.control] += 1
        time.sleep(SWING_SECONDS)
    name = "to and fro by a day"
    yield Outcome.equal(f"{name}: verdicts as before", {True: 2 * SWINGS}, dict(same))
    yield of_job(asking, name, job, number)
    asking.clock.move_to(timedelta())
    yield Outcome.equal(
        "back to the right time: verdicts as before", True, asking.verdicts() == asking.control
    )


@contextmanager
def probing(url: str) -> Iterator[Counter[str]]:
    """Ask both probes until the end of the block; how often each had which status."""
    found = Counter[str]()

    def ask(over: threading.Event) -> None:
        with httpx.Client(base_url=url, timeout=60) as client:
            while not over.wait(PROBED_EVERY):
                for path in ("/livez", "/readyz"):
                    try:
                        said = str(client.get(path).status_code)
                    except httpx.TransportError as error:
                        said = type(error).__name__
                    found[f"{path} {said}"] += 1

    with run_beside(ask):
        yield found


def log_entries(log: Path, event: str) -> list[dict[str, Any]]:
    """What a service's log tells of one kind, in order."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    entries: Iterator[dict[str, Any]] = (json.loads(line) for line in lines if line.startswith("{"))
    return [entry for entry in entries if entry["event"] == event]


def document(account_id: str, posts: int = 0) -> dict[str, Any]:
    """A small account, another one for each number of posts."""
    return {**json.loads(ACCOUNT), "account_id": account_id, "profile": {"posts": posts}}


def decide(client: httpx.Client, verdict_id: str) -> None:
    """Decide about a verdict, which a webhook is told of."""
    decision = {"outcome": "confirmed", "by": "Jo", "reason": "x"}
    client.post(f"{ONE}/{verdict_id}/decisions", json=decision).raise_for_status()


def job_lines(number: int) -> bytes:
    """The input of a job."""
    accounts = (document(f"j{number}a{account}") for account in range(JOB_ACCOUNTS))
    return b"".join(json.dumps(one).encode() + b"\n" for one in accounts)
