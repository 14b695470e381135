"""Requests that depend on each other, or come at the same time; each says what should not have been."""

from __future__ import annotations

import json
import random
import re
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpx

from benchmarks.attack.drawn.bodies import lines
from benchmarks.attack.drawn.tenants import Tenant, until
from benchmarks.attack.drawn.wire import LONGEST_SECONDS
from benchmarks.attack.outcome import ACCOUNT

__all__ = ["SEQUENCES", "Sequence"]

Sequence = Callable[[random.Random, Tenant, list[str]], Iterator[str]]
"""Takes the ids of accounts that were erased, to add to; gives a sentence for each fault."""

OK, CREATED, ACCEPTED, BAD, GONE, CONFLICT, FAILED = 200, 201, 202, 400, 404, 409, 500
BUSY: Final = (429, 503, 507)
"""Others ask at the same time: whoever is turned away is told to come again."""

NDJSON: Final = {"Content-Type": "application/x-ndjson"}
JOB_ACCOUNTS: Final = 30


def new_document(tenant: Tenant, number: int = 0) -> dict[str, Any]:
    """A document of an account that nobody else asks about."""
    return {**json.loads(ACCOUNT), "account_id": f"{tenant.name}-alone-{secrets.token_hex(8)}-{number}"}


def failures(*answers: httpx.Response) -> Iterator[str]:
    """The answers that no request should get."""
    for answer in answers:
        if answer.status_code >= FAILED and answer.status_code not in BUSY:
            yield f"status {answer.status_code} at {answer.request.method} {answer.request.url.path}"


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers to requests at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [running.result() for running in [pool.submit(call) for call in calls]]


def same_key_other_body(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """An idempotency key with the same body is the same answer, with another one a conflict."""
    key = {"Idempotency-Key": secrets.token_hex(8)}
    first, other = new_document(tenant, 1), new_document(tenant, 2)
    with tenant.client("key: all") as client:
        answer, again, changed = (
            client.post("/v1/verdicts", json=document, headers=key) for document in (first, first, other)
        )
    yield from failures(answer, again, changed)
    if answer.status_code == OK and again.status_code == OK and answer.content != again.content:
        yield "two answers to one idempotency key"
    if answer.status_code == OK and changed.status_code not in (CONFLICT, *BUSY):
        yield f"an idempotency key with another body: {changed.status_code}"


def same_key_at_once(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """Four requests at once with one key make one job."""
    key = {"Idempotency-Key": secrets.token_hex(8), **NDJSON}
    body = lines([new_document(tenant)])
    with tenant.client("key: all") as client:
        answers = at_once(*[lambda: client.post("/v1/jobs", content=body, headers=key)] * 4)
    yield from failures(*answers)
    jobs = {answer.json()["job_id"] for answer in answers if answer.status_code in (OK, ACCEPTED)}
    if len(jobs) > 1:
        yield f"{len(jobs)} jobs of one idempotency key"


def erase_while_screened(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """An account of a running job is erased: no result of it, and no file of it at the end."""
    documents = [new_document(tenant, number) for number in range(JOB_ACCOUNTS)]
    gone = rng.choice(documents)["account_id"]
    with tenant.client("key: all") as client:
        made = client.post("/v1/jobs", content=lines(documents), headers=NDJSON)
        yield from failures(made)
        if made.status_code != ACCEPTED:
            return
        time.sleep(rng.random() * 0.5)
        removal = client.delete("/v1/subjects", params={"account_id": gone})
        yield from failures(removal)
        if removal.status_code != OK:
            return
        erased.append(gone)
        place = made.headers["location"]
        until(lambda: client.get(place).json().get("state") not in ("queued", "running"))
        results = client.get(f"{place}/results")
        yield from failures(results)
        if gone in results.text:
            yield "a result of an account that was erased"


def erase_at_once(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """A verdict, an observation and an erasure of one account at once; then it is erased once more."""
    document = new_document(tenant)
    subject = {"account_id": document["account_id"]}
    with tenant.client("key: all") as client:
        yield from failures(*at_once(
            lambda: client.post("/v1/verdicts", json=document),
            lambda: client.delete("/v1/subjects", params=subject),
            lambda: client.post("/v1/observations", json=document),
            lambda: client.post("/v1/verdicts/batch", json=[document] * 3),
        ))  # fmt: skip
        removal = client.delete("/v1/subjects", params=subject)
        yield from failures(removal)
        if removal.status_code == OK:
            erased.append(document["account_id"])
            account = client.get("/v1/accounts", params=subject)
            if account.status_code == OK:
                yield f"an account that was erased is still there: {account.text[:1_000]}"


def decide_while_judged(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """Two decisions, a replay, a report and a new verdict on one account at the same time."""
    document = new_document(tenant)
    with tenant.client("key: all") as client:
        made = client.post("/v1/verdicts", json=document)
        yield from failures(made)
        if made.status_code != OK:
            return
        place = f"/v1/verdicts/{made.json()['verdict_id']}"
        decision = {"outcome": "overturned", "by": "Jo", "reason": "a"}
        yield from failures(*at_once(
            lambda: client.post(f"{place}/decisions", json=decision),
            lambda: client.post(f"{place}/decisions", json=decision | {"outcome": "confirmed"}),
            lambda: client.post(f"{place}/replay"),
            lambda: client.post("/v1/verdicts?explain=all", json=document),
            lambda: client.get(f"{place}/report.html"),
        ))  # fmt: skip


def cancel_at_once(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """A job is cancelled twice, removed, and its results are read at the same time."""
    body = lines([new_document(tenant, number) for number in range(JOB_ACCOUNTS)])
    with tenant.client("key: all") as client:
        made = client.post("/v1/jobs", content=body, headers=NDJSON)
        yield from failures(made)
        if made.status_code == ACCEPTED:
            place = made.headers["location"]
            yield from failures(*at_once(
                lambda: client.post(f"{place}/cancel"), lambda: client.post(f"{place}/cancel"),
                lambda: client.get(f"{place}/results?format=csv"), lambda: client.delete(place),
                lambda: client.get(f"{place}/results?format=parquet"),
            ))  # fmt: skip


def sign_out_between(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """A session that was ended does nothing any more, also not what was begun with its token."""
    with httpx.Client(base_url=tenant.url, timeout=LONGEST_SECONDS) as client:
        page = client.get("/sign-in").text
        token = re.search(r'name="csrf" value="(\w+)"', page)
        key = tenant.actor("key: all").headers[0][1].partition(" ")[2]
        form = {"csrf": token[1] if token else "", "key": key}
        client.post("/sign-in", data=form)
        found = re.search(r'"X-CSRF-Token": "(\w+)"', client.get("/lists").text)
        if found is None:
            return  # the key was revoked meanwhile
        session = {"Cookie": f"assay_session={client.cookies['assay_session']}"}
        form = {"csrf": found[1]}
        answers = at_once(
            lambda: client.post("/sign-out", data=form),
            lambda: client.post("/lists", data=form | {"name": "while"}),
        )
    yield from failures(*answers)
    with httpx.Client(base_url=tenant.url, timeout=LONGEST_SECONDS, headers=session) as again:
        late = again.post("/lists", data=form | {"name": f"late {secrets.token_hex(4)}"})
        yield from failures(late)
        if answers[0].status_code == 303 and "/sign-in" not in late.headers.get("location", ""):
            yield f"a session that was ended: {late.status_code}"


def typed_entry(client: httpx.Client, token: str) -> str | None:
    """The address of a creator in a new list, typed in by hand; None where others were in the way."""
    form = {"csrf": token, "name": f"alone {secrets.token_hex(4)}"}
    handle = f"alone{secrets.token_hex(6)}"
    typed = client.post("/screen", data={**form, "handle": handle, "platform": "x", "followers": "12k"})
    if "/screen/" not in str(typed.url):
        return None
    client.post(f"{typed.url.path}/start", data=form)
    place = until(lambda: re.search(r"/lists/[0-9a-f]{32}", client.get(typed.url.path).text))
    entry = place and re.search(rf"{place[0]}/[0-9a-f]{{32}}", client.get(place[0]).text)
    return entry[0] if entry else None


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """What a page hides in its form for an address: the token, and what the page showed."""
    form = re.search(rf'<form[^>]* action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[1])) if form else {}


def four_eyes(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """Where a second person must approve, the first one cannot, not even twice at once."""
    token = tenant.actor("lead").token
    with tenant.client("lead") as client:
        if (entry := typed_entry(client, token)) is None:
            return
        place = entry.rpartition("/")[0]
        shown = hidden_fields(client.get(f"{place}/watch").text, f"{place}/watch")
        rules = client.post(f"{place}/watch", data=shown | {"watch_days": "0", "second_person": "yes"})
        decision = {"outcome": "confirmed", "label": "not sure", "confidence": "likely", "reason": "a"}
        shown = hidden_fields(client.get(entry).text, f"{entry}/decide")
        decided = client.post(f"{entry}/decide", data=shown | decision)
        shown = hidden_fields(client.get(entry).text, f"{entry}/decide")
        waiting = {"approves": shown.get("decision_id", ""), "do": "approve", "reason": "I agree with myself"}
        approval = shown | waiting
        answers = at_once(*[lambda: client.post(f"{entry}/approve", data=approval)] * 2)
        page = client.get(entry)
    yield from failures(rules, decided, *answers, page)
    if rules.status_code == decided.status_code == OK and "I agree with myself" in page.text:
        yield "somebody approved their own decision"


def close_link_between(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """What a creator sends while the link is closed, and after that."""
    token = tenant.actor("lead").token
    with (
        tenant.client("lead") as client,
        httpx.Client(base_url=tenant.url, timeout=LONGEST_SECONDS) as creator,
    ):
        if (entry := typed_entry(client, token)) is None:
            return
        link = re.search(
            r"/contests/[\w-]{43}", client.post(f"{entry}/invite", data={"csrf": token, "days": "3"}).text
        )
        contest = re.search(r'name="contest" value="(\w+)"', client.get(entry).text)
        if link is None or contest is None:
            return
        page = creator.get(link[0])
        form = hidden_fields(page.text, link[0]) | {"statement": "answer", "text": "It was a giveaway."}
        ending = {"csrf": token, "contest": contest[1]}
        answers = at_once(
            lambda: creator.post(link[0], data=form), lambda: client.post(f"{entry}/close-link", data=ending)
        )
        late = creator.post(link[0], data=form)
        yield from failures(page, *answers, late)
        is_closed = (
            answers[1].url.path == entry
        )  # and not the page to sign in, after another client signed out
        if is_closed and late.status_code not in (GONE, *BUSY):
            yield f"a link that was closed: {late.status_code}"


def start_twice(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """A screening is started twice, discarded, corrected and its faults read at the same time."""
    token = {"csrf": tenant.actor("lead").token}
    with tenant.client("lead") as client:
        files = [("files", ("a.jsonl", lines([new_document(tenant), {}])))]
        dropped = client.post("/screen", data={**token, "list": ""}, files=files)
        yield from failures(dropped)
        if "/screen/" in str(dropped.url):
            place, form = dropped.url.path, {**token, "name": "twice"}
            calls = [
                lambda: client.post(f"{place}/start", data=form),
                lambda: client.post(f"{place}/start", data=form),
                lambda: client.post(f"{place}/columns", data=form), lambda: client.get(f"{place}/faults.csv"),
                lambda: client.post(f"{place}/discard", data=form),
            ]  # fmt: skip
            yield from failures(*at_once(*rng.sample(calls, 4)))


def fill_again(rng: random.Random, tenant: Tenant, erased: list[str]) -> Iterator[str]:
    """New lists in place of those that others removed: nothing to be found wrong, much to be asked for."""
    with tenant.client("lead") as client:
        if "/sign-in" not in str(client.get("/lists").url):
            tenant.fill_queue(client)
    yield from ()


SEQUENCES: Final[tuple[Sequence, ...]] = (
    same_key_other_body, same_key_at_once, erase_while_screened, erase_at_once, decide_while_judged,
    cancel_at_once,
    sign_out_between, four_eyes, close_link_between, start_twice, fill_again,
)  # fmt: skip
