"""Paths with something behind them: to get past the limits of a route, or to erase somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server

__all__ = ["attack"]

ENDS = ("%0A", "%0D", "%00", "%0D%0A", "%7F", "%C2%85")
AT_ONCE = 16


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """Sixteen batches at once past the limit, and an id with a line end against the account without it."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for end in ENDS:
            answers = at_once(client, f"/v1/verdicts/batch{end}")
            yield Outcome.equal(f"{AT_ONCE} x POST /v1/verdicts/batch{end}", {400}, answers)
        verdict = client.post("/v1/verdicts", content=ACCOUNT).json()["verdict_id"]
        for end in ENDS:
            client.delete(f"/v1/subjects/victim{end}")
            client.delete(f"/v1/subjects?account_id=victim{end}")
            kept = client.get(f"/v1/verdicts/{verdict}").status_code
            yield Outcome.equal(f"the verdict on victim, after victim{end} was erased", 200, kept)
            yield erased(client, end)


def erased(client: httpx.Client, end: str) -> Outcome:
    """Erase an account whose id ends like that."""
    account_id = f"other{httpx.QueryParams('a=' + end)['a']}"
    document = {"account_id": account_id, "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    verdict = client.post("/v1/verdicts", json=document).json()["verdict_id"]
    client.request("DELETE", "/v1/subjects", params={"account_id": account_id})
    gone = client.get(f"/v1/verdicts/{verdict}").status_code
    return Outcome.equal(f"the verdict on other{end}, after it was erased", 404, gone)


def at_once(client: httpx.Client, path: str) -> set[int]:
    """The statuses of as many batches at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return set(pool.map(lambda _: client.post(path, content=b"[]").status_code, range(AT_ONCE)))
