"""Thousands of keys that were made up: known ones are answered as ever, and others ever later."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from benchmarks.attack.fairness import keys_of, timed
from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server

__all__ = ["attack"]

CLIENTS, SECONDS, KNOWN = 32, 8.0, 20
BATCH = "/v1/verdicts/batch"
ASKED = (("GET", "/v1/schema"), ("POST", BATCH))
MOST_A_SECOND = 100.0
"""Made-up keys that are answered: a hundred wait for two seconds each at most."""


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Clients with a new key in each request; beside them a known key, and one used for the first time."""
    known, new = keys_of(home, "known", "new")
    with httpx.Client(base_url=server.url, timeout=60) as client, ThreadPoolExecutor(CLIENTS) as pool:
        timed(client, "/v1/verdicts", ACCOUNT, known)
        alone = max(timed(client, "/v1/verdicts", ACCOUNT, known)[1] for _ in range(KNOWN))
        until = time.monotonic() + SECONDS
        guessing = [pool.submit(guess, server.url, until, *ASKED[at % 2]) for at in range(CLIENTS)]
        time.sleep(SECONDS / 4)
        asked = [timed(client, "/v1/verdicts", ACCOUNT, known) for _ in range(KNOWN)]
        batches = {timed(client, BATCH, b"[%s]" % ACCOUNT, known)[0] for _ in range(KNOWN)}
        first = timed(client, "/v1/verdicts", ACCOUNT, new)
        found = sum((one.result() for one in guessing), Counter())
    yield Outcome.equal("a known key beside made-up ones", {200}, {status for status, _ in asked})
    yield Outcome.equal("its batches, of which few have a place", {200}, batches)
    longest = max(seconds for _, seconds in asked)
    yield Outcome(
        "its longest wait", f"at most 1 s more than the {alone} s before", f"{longest} s", longest < alone + 1
    )
    yield Outcome.equal("a key that is used for the first time meanwhile", 200, first[0])
    yield Outcome(
        "statuses of made-up keys", "401, 429 and 503 alone", str(dict(found)), set(found) <= {401, 429, 503}
    )
    rate = found[401] / SECONDS
    yield Outcome(
        "made-up keys looked up a second", f"at most {MOST_A_SECOND:g}", f"{rate:.0f}", rate <= MOST_A_SECOND
    )


def guess(url: str, until: float, method: str, path: str) -> Counter[int]:
    """Ask with a new key each time; the statuses."""
    found: Counter[int] = Counter()
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.monotonic() < until:
            key = f"assay_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"
            found[client.request(method, path, headers={"Authorization": f"Bearer {key}"}).status_code] += 1
    return found
