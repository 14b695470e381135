"""``make attack NAME=requests``: requests drawn from a seed, of several clients; then what is left."""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from benchmarks.attack.drawn.aftermath import after, judged, sizes_of
from benchmarks.attack.drawn.checks import Judge
from benchmarks.attack.drawn.drawing import Drawer, Request
from benchmarks.attack.drawn.liveness import watched
from benchmarks.attack.drawn.routes import Route, service_routes
from benchmarks.attack.drawn.sequences import SEQUENCES
from benchmarks.attack.drawn.tenants import Tenant, store_of
from benchmarks.attack.drawn.wire import NEXT_ID, Answer, NoAnswer, cut_off, exchange_once, exchange_twice
from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server
from serving.store.api_keys import Scope, create_key

__all__ = ["SETTINGS", "Plan", "attack", "attack_as", "prepare"]

SETTINGS: Final = {
    "ASSAY_STORE_VERDICTS": "true",
    "ASSAY_REQUESTS_PER_MINUTE": "10000000", "ASSAY_SIGN_INS_PER_MINUTE": "10000",
    "ASSAY_WEBHOOK_HOSTS": "localhost", "ASSAY_BODY_SECONDS": "4", "ASSAY_HEADER_SECONDS": "3",
    "ASSAY_LARGEST_BATCH_BYTES": str(8 * 2**20), "ASSAY_DESK_UPLOAD_BYTES": str(16 * 2**20),
    "ASSAY_JOB_BYTES": str(16 * 2**20), "ASSAY_JOB_VERDICTS": "all", "ASSAY_JOB_PIECE_ACCOUNTS": "10",
}  # fmt: skip
"""How often anything may be asked would turn most of an attack away; limits of size are in its reach."""

MOST_TOLD, EXAMPLES = 12, 3
OK, REFUSED, UNAUTHENTICATED = 200, 400, 401


@dataclass(frozen=True)
class Plan:
    """What an attack is.

    Attributes
    ----------
    seed
        What is drawn follows from it.
    clients
        How many ask at the same time.
    seconds, requests
        How long each of them goes on.
    sequence_share
        Share of sequences; the others are single requests.
    """

    seed: int
    clients: int
    seconds: float = float("inf")
    requests: float = float("inf")
    sequence_share: float = 0.01

    @classmethod
    def read(cls) -> Plan:
        """As the environment says: ``SEED``, ``CLIENTS`` and ``SECONDS_EACH``."""
        variable = os.environ.get
        return cls(
            int(variable("SEED", "1")), int(variable("CLIENTS", "6")), float(variable("SECONDS_EACH", "60"))
        )


@dataclass
class Found:
    """What came of an attack: how often each method of each route was asked, statuses, and faults."""

    asked: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    sequences: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    erased: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, request: Request, answer: Answer | None, faults: Sequence[str]) -> None:
        """Count a request; a fault is printed with all of it."""
        with self.lock:
            self.asked[str(request.route)] += 1
            self.cut += request.is_cut
            if answer is not None:
                self.statuses[answer.status] += 1
            for fault in faults:
                self.tell(
                    f"{request.route}: {fault}",
                    f"{request}\n  {answer} {answer.body[:600] if answer else b''!r}",
                )

    def tell(self, fault: str, example: str) -> None:
        """Count a fault; print the first examples of its kind."""
        self.faults[fault] += 1
        kind = fault.partition(": ")[2]
        self.kinds[kind] += 1
        if self.kinds[kind] <= EXAMPLES:
            print(f"FAULT {fault}\n  {example}", file=sys.stderr, flush=True)


def prepare(home: Path) -> None:
    """Make a first key, for a service that asks everybody for one does not start without any."""
    with store_of(home) as store:
        create_key(store, tenant="default", name="first", scopes=[Scope.READ])


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """As the environment says."""
    yield from attack_as(Plan.read(), server, home)


def attack_as(plan: Plan, server: Server, home: Path) -> Iterator[Outcome]:
    """Clients at once, each with requests of its own; then what is left of it."""
    routes = service_routes()
    tenants = [Tenant(name, server.url, home, routes, plan.seed) for name in ("own", "other")]
    judge, found = Judge(tenants, home), Found()
    control = json.loads(ACCOUNT) | {"account_id": "the-control"}
    verdict, before = judged(tenants[0], control), sizes_of(server, home)
    began = time.monotonic()
    clients = [Client(plan, number, server.url, routes, tenants) for number in range(plan.clients)]
    beside = partial(asked_now, clients)
    with watched(server, beside) as liveness, ThreadPoolExecutor(plan.clients) as pool:
        asking = [pool.submit(ask, client, judge, found, began + plan.seconds) for client in clients]
        for one in asking:
            one.result()
    yield from of_requests(plan, routes, found, time.monotonic() - began)
    yield from liveness.outcomes()
    for tenant in tenants:
        tenant.replace(tenant.actor("key: all"))
    yield Outcome.equal(
        "the verdict on one document, as before", True, judged(tenants[0], control) == verdict
    )
    yield from after(server, home, tenants, before, found.erased)


class Client:
    """One of those who ask at the same time."""

    def __init__(
        self, plan: Plan, number: int, url: str, routes: Sequence[Route], tenants: Sequence[Tenant]
    ) -> None:
        self.rng = random.Random(f"{plan.seed} {number} sequences")
        self.draw = Drawer(f"{plan.seed} {number}", url, routes, tenants)
        self.url, self.plan, self.asking = url, plan, ""
        self.tenants = {tenant.name: tenant for tenant in tenants}

    def source(self) -> str:
        """An address of this machine: whoever guesses is slowed down by address."""
        return f"127.{self.rng.randint(1, 250)}.{self.rng.randint(1, 250)}.{self.rng.randint(1, 250)}"

    def sequence(self, found: Found) -> None:
        """A sequence of requests."""
        self.asking = "a sequence"
        sequence, tenant = self.rng.choice(SEQUENCES), self.rng.choice(list(self.tenants.values()))
        try:
            faults = list(sequence(self.rng, tenant, found.erased))
        except httpx.TransportError as error:
            faults = [f"no answer: {type(error).__name__}: {error}"]
        with found.lock:
            found.sequences[sequence.__name__] += 1
            for fault in faults:
                found.tell(f"{sequence.__name__}: {fault}", tenant.name)

    def request(self, judge: Judge, found: Found) -> None:
        """A request, and what its answer shows."""
        request = self.draw()
        self.asking = f"{request.route} ({len(request.body):,} bytes)"
        if request.is_cut:
            cut_off(self.url, self.source(), bytes(request), self.rng)
            found.note(request, None, [])
            return
        ask_on = exchange_twice if request.is_framed else exchange_once
        try:
            answer, following = ask_on(self.url, self.source(), bytes(request), request.method)
        except NoAnswer as error:
            found.note(request, None, [f"no answer: {error}"])
            return
        faults = list(judge.faults(request, answer))
        if following is not None and (following.status, following.header("x-request-id")) != (OK, NEXT_ID):
            faults.append(f"the next request of the connection: {following.status}")
        found.note(request, answer, faults)
        if request.actor.tenant:
            self.learn(request, answer)

    def learn(self, request: Request, answer: Answer) -> None:
        """Keep what an answer shows to its tenant; give whoever is nobody any more a new key or session."""
        tenant = self.tenants[request.actor.tenant]
        location = answer.header("location") or ""
        if answer.status < REFUSED:
            shown = answer.body.decode(errors="replace")
            tenant.places.note(f"{location} {shown}", sent=bytes(request).decode(errors="replace"))
        ended = (
            location.startswith("/sign-in") if request.actor.is_member else answer.status == UNAUTHENTICATED
        )
        if ended and request.is_route and all(header in request.headers for header in request.actor.headers):
            tenant.replace(request.actor)


def asked_now(clients: Sequence[Client]) -> str:
    """What is asked at the moment."""
    return "; ".join(client.asking for client in clients)


def ask(client: Client, judge: Judge, found: Found, until: float) -> None:
    """Ask until it is over."""
    count = 0
    while count < client.plan.requests and time.monotonic() < until:
        count += 1
        try:
            if client.rng.random() < client.plan.sequence_share:
                client.sequence(found)
            else:
                client.request(judge, found)
        except Exception as error:  # told as the faults are, so that the others go on
            with found.lock:
                found.tell(f"{client.asking}: the attack itself: {error!r}", traceback.format_exc())


def of_requests(plan: Plan, routes: Sequence[Route], found: Found, seconds: float) -> Iterator[Outcome]:
    """How much was asked, and what was wrong."""
    statuses = ", ".join(f"{count:,} x {status}" for status, count in sorted(found.statuses.items()))
    done = f"{found.asked.total():,} requests of {plan.clients} clients in {seconds:.0f} s, seed {plan.seed}"
    missing = [str(route) for route in routes if str(route) not in found.asked and not route.is_costly]
    asked = f"{len(found.asked)} of {len(routes)} methods of routes"
    yield Outcome.equal(f"{done}, {asked}; those that were not asked", [], missing)
    sequences = ", ".join(f"{count} x {name}" for name, count in sorted(found.sequences.items()))
    yield Outcome(
        f"{found.sequences.total()} sequences, {found.cut} requests cut off",
        "no fault",
        f"{sequences}; {statuses}",
        True,
    )
    told = "; ".join(f"{count} x {fault}" for fault, count in found.faults.most_common(MOST_TOLD))
    yield Outcome("answers that should not have been", "none", told or "none", not found.faults)
