"""One tenant with all scopes against another's verdicts, jobs, webhooks, cursors, answers and accounts."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from benchmarks.attack.fairness import keys_of
from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.servers import Server
from serving.store.api_keys import Scope

__all__ = ["SETTINGS", "attack"]

SETTINGS = {"ASSAY_WEBHOOK_HOSTS": "hooks.example.com,[::ffff:127.0.0.1],localhost,2130706433"}
DECISION = {"outcome": "confirmed", "by": "Jo", "reason": "x"}
ANY_ID = re.compile("[0-9a-f]{32}")
ENDED = {"done", "failed", "cancelled"}
LINES = {"Content-Type": "application/x-ndjson"}
HOOKS = ("https://[::ffff:127.0.0.1]/", "https://localhost/", "https://2130706433/")
"""Names of this machine that a setting allows by mistake: what they lead to is refused all the same."""

LONE = '{"outcome": "confirmed", "by": "Jo\\ud800", "reason": "x"}'


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Everything of the first tenant by its address, with the key of the second."""
    own, other = (
        httpx.Client(base_url=server.url, headers=key, timeout=120)
        for key in keys_of(home, "own", "other", scopes=list(Scope))
    )
    with own, other:
        places = made_by(own)
        for method, path, body in stranger_requests(places):
            status = other.request(method, path, json=body).status_code
            yield Outcome.equal(f"{method} {ANY_ID.sub('...', path)} of another tenant", 404, status)
        yield from same_names(own, other, places)
        yield from own_faults(own, places)


def made_by(client: httpx.Client) -> dict[str, str]:
    """A verdict with a decision, a job that has ended, and a webhook; the address of each."""
    verdict = client.post("/v1/verdicts", content=ACCOUNT).json()["verdict_id"]
    client.post(f"/v1/verdicts/{verdict}/decisions", json=DECISION)
    job = client.post("/v1/jobs", content=ACCOUNT, headers=LINES).headers["location"]
    while client.get(job).json()["state"] not in ENDED:
        time.sleep(0.5)
    hook = client.post(
        "/v1/webhooks", json={"url": "https://hooks.example.com/", "events": ["job.ended"]}
    ).json()
    return {
        "verdict": f"/v1/verdicts/{verdict}", "job": job,
        "hook": f"/v1/webhooks/{hook['webhook_id']}",
    }  # fmt: skip


def stranger_requests(places: dict[str, str]) -> Iterator[tuple[str, str, Any]]:
    """Every request that names something of a tenant."""
    for end in ("", "/decisions", "/audit", "/report.html"):
        yield "GET", places["verdict"] + end, None
    yield "POST", f"{places['verdict']}/replay", None
    yield "POST", f"{places['verdict']}/decisions", DECISION
    for end in ("", "/results", "/results?format=csv"):
        yield "GET", places["job"] + end, None
    yield "POST", f"{places['job']}/cancel", None
    yield "DELETE", places["job"], None
    for end in ("/test", "/rotate"):
        yield "POST", places["hook"] + end, None
    yield "DELETE", places["hook"], None
    yield "GET", "/v1/accounts/victim", None


def same_names(own: httpx.Client, other: httpx.Client, places: dict[str, str]) -> Iterator[Outcome]:
    """The same idempotency key, cursor and account id of two tenants are two."""
    documents = [json.loads(ACCOUNT) | {"account_id": name} for name in ("first", "second")]
    key = {"Idempotency-Key": "the same"}
    answers = [
        client.post("/v1/verdicts", json=document, headers=key)
        for client, document in zip((own, other), documents, strict=True)
    ]
    names = [answer.json()["account_id"] for answer in answers]
    yield Outcome.equal("accounts answered to one idempotency key of two tenants", ["first", "second"], names)
    cursor = own.get("/v1/verdicts", params={"limit": 1}).json()["next"]
    stolen = other.get("/v1/verdicts", params={"limit": 1, "cursor": cursor}).status_code
    yield Outcome.equal("another tenant's cursor", 400, stolen)
    erased = other.request("DELETE", "/v1/subjects", params={"account_id": "victim"}).json()["verdicts"]
    yield Outcome.equal("verdicts that another tenant erases of the same account id", 0, erased)
    yield Outcome.equal("the verdict after that", 200, own.get(places["verdict"]).status_code)


def own_faults(own: httpx.Client, places: dict[str, str]) -> Iterator[Outcome]:
    """What a tenant could break for itself: a decision that no file can hold, webhooks into this machine."""
    lone = own.post(
        f"{places['verdict']}/decisions", content=LONE, headers={"Content-Type": "application/json"}
    )
    yield Outcome.equal("a decision by half of a surrogate pair", 422, lone.status_code)
    for url in HOOKS:
        hook = own.post("/v1/webhooks", json={"url": url, "events": ["job.ended"]}).json()
        said = own.post(f"/v1/webhooks/{hook['webhook_id']}/test").json()
        found = json.dumps(said)
        yield Outcome(f"a delivery to {url}", "refused: inside a network", found, "inside a network" in found)
