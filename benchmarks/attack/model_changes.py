"""Champions that change under load: each is taken up and answers, and no answer names any other."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server
from detector.bundle import Bundle, load, starter_path
from detector.manifest import MANIFEST
from detector.model_store import ModelStore

__all__ = ["POLL_SECONDS", "attack", "changed"]

CHANGES = int(os.environ.get("CHANGES", "20"))
CLIENTS = 4
POLL_SECONDS = "0.1"
LONGEST_SECONDS = 300.0
PAUSE_SECONDS = 0.1
"""Between two requests of a client: the service also has to try each model in a process of its own."""


@dataclass
class Champions:
    """When each model was promoted, when another was seen in its place, and what clients were answered."""

    since: dict[str, float] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)
    answers: list[tuple[float, float, int, str]] = field(default_factory=list)
    taken_up: int = 0

    def has_answered(self, model: str) -> bool:
        """Wait until a client was answered by a model; whether one was within five minutes."""
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            if any(model == named for _, _, _, named in self.answers[-CLIENTS * CLIENTS :]):
                return True
            time.sleep(0.05)
        return False

    def wrong(self) -> list[tuple[float, float, int, str]]:
        """Answers that failed, or of a model that was no champion between request and answer."""
        return [
            (asked, answered, status, model)
            for asked, answered, status, model in self.answers
            if status != 200
            or self.since.get(model, float("inf")) > answered
            or self.until.get(model, float("inf")) < asked
        ]


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """As many changes as ``CHANGES`` says, under four clients; each answers before the next."""
    found = changed(server.url, home, CHANGES)
    yield Outcome.equal("changes of the model that were taken up under load", CHANGES, found.taken_up)
    wrong = found.wrong()
    statuses = f" ({', '.join(sorted({str(status) for _, _, status, _ in wrong}))})" if wrong else ""
    step = f"wrong or failed, of {len(found.answers):,} answers{statuses}"
    yield Outcome.equal(step, 0, len(wrong))
    named = len({model for _, _, _, model in found.answers if model})
    yield Outcome.equal("models that answered, with the one before", CHANGES + 1, named)


def changed(url: str, home: Path, count: int) -> Champions:
    """Promote so many models, each once the one before is in use, while clients ask."""
    found, over, models = Champions(), threading.Event(), ModelStore(home)
    clients = [threading.Thread(target=ask, args=(url, over, found)) for _ in range(CLIENTS)]
    with httpx.Client(base_url=url, timeout=60) as client:
        before = client.get("/v1/model").json()["sha256"]
        found.since[before] = 0.0
        for one in clients:
            one.start()
        found.has_answered(before)
        for bundle in bundles(count):
            found.since[bundle.sha256] = time.monotonic()
            models.make_champion(models.add(bundle).name)
            if not (taken_up(client, bundle.sha256) and found.has_answered(bundle.sha256)):
                break
            found.until[before], before = time.monotonic(), bundle.sha256
            found.taken_up += 1
    over.set()
    for one in clients:
        one.join()
    return found


def bundles(count: int) -> Iterator[Bundle]:
    """The starter under other versions."""
    first = load(starter_path())
    for number in range(count):
        manifest = replace(first.manifest, facts=replace(first.facts, version=f"change {number}"))
        yield Bundle.from_files({**first.files, MANIFEST: manifest.to_bytes()})


def taken_up(client: httpx.Client, sha256: str) -> bool:
    """Wait until the service answers with this model; whether it did within two minutes."""
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        if client.get("/v1/model").json()["sha256"] == sha256:
            return True
        time.sleep(0.05)
    return False


def ask(url: str, over: threading.Event, found: Champions) -> None:
    """Ask for verdicts until it is over."""
    with httpx.Client(base_url=url, timeout=60) as client:
        while not over.wait(PAUSE_SECONDS):
            asked = time.monotonic()
            try:
                answer = client.post("/v1/verdicts", content=ACCOUNT)
                status = answer.status_code
                model = answer.json()["model"]["sha256"] if answer.is_success else ""
            except httpx.TransportError:
                status, model = 0, ""
            found.answers.append((asked, time.monotonic(), status, model))
