"""One tenant sends what is heavy, and all that it may; another's small requests must hardly wait for it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key
from serving.store.store import open_store

__all__ = ["attack", "heavy_batch", "heavy_document", "keys_of", "waits_beside"]

HEAVY = 6
MOST_TIMES_A_BATCH = 0.5
"""Of the time that one heavy body takes alone: more than that a small request must not wait for six."""

COMMENT = {"post_id": "p", "text": "so nice, thank you " * 20}
ONE, BATCH = "/v1/verdicts", "/v1/verdicts/batch"


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Six heavy documents at once, then six heavy batches; a small document and a small batch beside each."""
    heavy, small = keys_of(home, "heavy", "small")
    for name, path, body in (("documents", ONE, heavy_document(8)), ("batches", BATCH, heavy_batch(16))):
        found = waits_beside(server.url, (heavy, path, body), small)
        alone, most = found["heavy_alone_s"], MOST_TIMES_A_BATCH
        for kind in ("small_document", "small_batch"):
            waited = found[f"{kind}_s"]
            yield Outcome(
                f"a {kind.replace('_', ' ')} beside {HEAVY} heavy {name} of another tenant",
                f"200 within {most:g} of the {alone} s that a heavy one takes alone",
                f"{found[f'{kind}_status']} within {waited} s (alone {found[f'{kind}_alone_s']} s)",
                found[f"{kind}_status"] == 200 and waited <= most * alone + found[f"{kind}_alone_s"],
            )
        yield Outcome(
            f"{HEAVY} heavy {name} at once", "200, or 503 where a tenant's places are taken",
            json.dumps(found["heavy_statuses"]), set(found["heavy_statuses"]) <= {"200", "503"},
        )  # fmt: skip


def keys_of(home: Path, *tenants: str, scopes: Sequence[Scope] = (Scope.SCORE,)) -> list[dict[str, str]]:
    """A key for each tenant, as the header that it comes in."""
    store = open_store(Settings(home=home))
    made = [create_key(store, tenant=name, name="attack", scopes=scopes) for name in tenants]
    store.database.close()
    return [{"Authorization": f"Bearer {key}"} for key in made]


def heavy_document(mib: int, account_id: str = "heavy") -> bytes:
    """A legal document of so many MiB of comments."""
    rows = mib * 2**20 // (len(json.dumps(COMMENT)) + 2)
    return json.dumps(
        {**json.loads(ACCOUNT), "account_id": account_id, "comments": [COMMENT] * rows}
    ).encode()


def heavy_batch(mib: int) -> bytes:
    """A legal batch of documents of 1 MiB."""
    return b"[" + b",".join(heavy_document(1, f"heavy{number}") for number in range(mib)) + b"]"


def waits_beside(url: str, heavy: tuple[dict[str, str], str, bytes], small: dict[str, str]) -> dict[str, Any]:
    """How long a tenant's small requests take alone, and beside six heavy ones of another's.

    ``heavy`` are the header with the other tenant's key, the route and the body.
    """
    headers, path, body = heavy
    found: dict[str, Any] = {}
    with httpx.Client(base_url=url, timeout=120) as client, ThreadPoolExecutor(HEAVY) as pool:
        found["heavy_alone_s"] = timed(client, path, body, headers)[1]
        for kind, place, document in small_ones():
            found[f"{kind}_alone_s"] = timed(client, place, document, small)[1]
        sent = [
            pool.submit(httpx.post, url + path, content=body, headers=headers, timeout=120)
            for _ in range(HEAVY)
        ]
        time.sleep(found["heavy_alone_s"] / 2)  # they have arrived, and the first is worked on
        for kind, place, document in small_ones():
            found[f"{kind}_status"], found[f"{kind}_s"] = timed(client, place, document, small)
        found["heavy_still_waiting"] = sum(not one.done() for one in sent)
        found["heavy_statuses"] = Counter(str(one.result().status_code) for one in sent)
    return found


def small_ones() -> list[tuple[str, str, bytes]]:
    """A small document and a small batch."""
    return [("small_document", ONE, ACCOUNT), ("small_batch", BATCH, b"[" + ACCOUNT + b"]")]


def timed(client: httpx.Client, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, float]:
    """The status of a request, and its seconds."""
    began = time.perf_counter()
    status = client.post(path, content=body, headers=headers).status_code
    return status, round(time.perf_counter() - began, 3)
