"""The desk: addresses, numbers, cookies and origins that nobody means, and another tenant's creators."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import httpx

from benchmarks.attack.fairness import keys_of
from benchmarks.attack.outcome import Outcome, raw_answer, status_of
from benchmarks.serving.servers import Server
from serving.desk.routes import PAGES
from serving.store.api_keys import Scope

__all__ = ["attack"]

ADDRESSES = (b"http://[", b"//evil.example", b"/\\evil.example", b"javascript:a", "/ž".encode(), b"\xff")
ORIGINS = ("null", "ftp://{}", "http://{}.evil.example", "http://evil@{}")
TOKEN = re.compile(r'(?:X-CSRF-Token": |name="csrf" value=)"(\w+)"')
NUMBER = "9" * 5_000
FORM = {
    "confidence": "likely", "contest": "a", "days": "7", "do": "rename", "from": "2025-01-01",
    "kind": "press", "label": "authentic", "member": "", "name": "a",
    "outcome": "confirmed", "reason": "a", "role": "lead",
    "state": "open", "text": "a", "to": "2025-01-02", "watch_days": "1", "when": "a",
}  # fmt: skip
"""What any form of the desk asks for."""


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """Hostile requests to every page, signed in with a key of one tenant, and of another."""
    own, other = (
        signed_in(server.url, key["Authorization"].partition(" ")[2])
        for key in keys_of(home, "own", "other", scopes=list(Scope))
    )
    with closing(own), closing(other):
        names = creator_of(own)
        yield from foreign(other, names)
        yield from hostile(own, server.url, names)
        own.post(f"/lists/{names['list_id']}", data=form_of(own) | {"do": "remove", "entries": "1"})
        yield from absent(own, names)


def signed_in(url: str, key: str) -> httpx.Client:
    """A browser in which somebody signed in with a key."""
    client = httpx.Client(base_url=url, timeout=120, follow_redirects=True)
    page = client.get("/sign-in").text
    client.post("/sign-in", data={"csrf": token_in(page), "key": key})
    return client


def token_in(page: str) -> str:
    """The token of a page's forms."""
    found = TOKEN.search(page)
    return found[1] if found else ""


def form_of(client: httpx.Client) -> dict[str, str]:
    """A form that any page takes, with the token of the session."""
    return FORM | {"csrf": token_in(client.get("/lists").text)}


def creator_of(client: httpx.Client) -> dict[str, str]:
    """A list with a creator whose profile was typed in, as the names of a page's path."""
    given = {"handle": "victim", "platform": "x", "followers": "12k"}
    place = client.post("/screen", data=form_of(client) | given).url.path
    client.post(f"{place}/start", data=form_of(client) | {"name": "a"})
    list_id = found_in(client, place, "/lists/([0-9a-f]{32})")
    entry_id = found_in(client, f"/lists/{list_id}", f"/lists/{list_id}/([0-9a-f]{{32}})")
    return {
        "list_id": list_id, "entry_id": entry_id, "screening_id": place.rpartition("/")[2],
        "member_id": "0" * 16, "key_id": "0" * 12,
    }  # fmt: skip


def found_in(client: httpx.Client, path: str, pattern: str) -> str:
    """What a page has, once it has it."""
    while not (found := re.search(pattern, client.get(path).text)):
        time.sleep(0.5)
    return str(found[1])


def statuses(client: httpx.Client, names: Mapping[str, str], only: str = "") -> Iterator[tuple[str, int]]:
    """What every page answers that names something in its path."""
    form = form_of(client)
    pages = [(path, method) for room in PAGES for path, methods in room.items() for method in methods]
    for path, method in pages:
        if "{" in path and only in path:
            target = re.sub(r"\{(\w+)\}", lambda found: names[found[1]], path)
            answer = client.request(method, target, data=form if method == "POST" else None)
            yield f"{method} {path}", answer.status_code


def foreign(other: httpx.Client, names: Mapping[str, str]) -> Iterator[Outcome]:
    """Everything of one tenant, with the session of another."""
    for step, status in statuses(other, names):
        yield Outcome.equal(f"{step} of another tenant", 404, status)


def absent(own: httpx.Client, names: Mapping[str, str]) -> Iterator[Outcome]:
    """Every page of a list that was removed."""
    for step, status in statuses(own, names, "list_id"):
        yield Outcome.equal(f"{step} of a list that was removed", 404, status)


def hostile(own: httpx.Client, url: str, names: Mapping[str, str]) -> Iterator[Outcome]:
    """Addresses, numbers, cookies and origins."""
    page = f"/lists/{names['list_id']}/{names['entry_id']}"
    for address in ADDRESSES:
        part = {b"HX-Request": b"true", b"HX-Current-URL": address}
        answer = own.post(f"{page}/comments", data=form_of(own), headers=part)
        yield Outcome.equal(f"a comment sent from {address!r}", 200, answer.status_code)
    for path in (f"/lists/{names['list_id']}?page=", f"{page}/comment-groups?kind=copies&page=",
                 f"{page}/value?fee=1&currency=EUR&posts=", "/organisation/audit-log?before="):  # fmt: skip
        status = own.get(path + NUMBER).status_code
        yield Outcome.equal(f"{path.replace(page, '...')} and {len(NUMBER):,} digits", 200, status)
    host = url.partition("://")[2]
    for origin in ORIGINS:
        answer = own.post("/lists", data=form_of(own), headers={"Origin": origin.format(host)})
        yield Outcome.equal(f"a form with the origin {origin.format('our host')}", 403, answer.status_code)
    secret = own.cookies["assay_session"]
    cookie = f"Cookie: assay_session={secret}"
    for cookies in (f"{cookie}; assay_session=a", f"{cookie}\r\n{cookie}"):
        lines = f"GET /lists HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{cookies}\r\n\r\n"
        yield Outcome.equal("a doubled cookie", 400, status_of(raw_answer(url, lines.encode())))
