"""Whoever asks: strangers, and tenants with API keys, members of the desk, and things of their own."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx

from accounts.document import to_documents
from accounts.simulation import simulate
from benchmarks.attack.desk import token_in
from benchmarks.attack.drawn.bodies import lines
from benchmarks.attack.drawn.places import Places
from benchmarks.attack.drawn.routes import Route
from benchmarks.attack.drawn.wire import LONGEST_SECONDS
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key
from serving.store.members import Invitee, Role, invite
from serving.store.store import Store, open_store

__all__ = ["COMMENTER", "PASSWORD", "STRANGER", "Actor", "Tenant", "documents_of", "store_of", "until"]

Shown = TypeVar("Shown")

PASSWORD: Final = "correct horse battery"
COMMENTER: Final = "commenter-that-no-log-may-name"
MOST_COMMENTS: Final = 30
SIMULATED: Final = 4
LOOKS, LOOK_SECONDS = 100, 0.2
KEYS: Final[Mapping[str, Sequence[Scope]]] = {"all": list(Scope)} | {scope.value: [scope] for scope in Scope}
"""The keys of a tenant, each with its scopes."""


@dataclass
class Actor:
    """Who sends a request.

    Attributes
    ----------
    name
        Of what kind, for a report.
    tenant
        Whose; empty for a stranger.
    scopes
        Rights; a member's may change meanwhile.
    headers
        What says who it is.
    token
        What the forms of a member's session hold.
    """

    name: str
    tenant: str = ""
    scopes: frozenset[Scope] = frozenset()
    headers: list[tuple[str, str]] = field(default_factory=list)
    token: str = ""

    @property
    def is_member(self) -> bool:
        """Whether it has a session of the desk."""
        return bool(self.token)


STRANGER: Final = Actor("a stranger")


@contextmanager
def store_of(home: Path, **more: Any) -> Iterator[Store]:
    """The service's store, opened beside it, by the same settings."""
    store = open_store(Settings(home=home, **more))
    with closing(store.database):
        yield store


def documents_of(seed: int, marker: str) -> list[dict[str, Any]]:
    """Account documents of simulated creators; a marker stands in their texts."""
    found = []
    for number, simulated in enumerate(to_documents(simulate(SIMULATED, seed=seed).tables)):
        document = dict(simulated)
        document["account_id"] = f"{marker}-creator-{number}"
        document["profile"] = {
            **document.get("profile", {}),
            "followers": 9_000,
            "full_name": f"{marker} name",
        }
        post = {"post_id": "p1", "published_at": document["as_of"], "likes": 3}
        posts = document.setdefault("posts", [post])
        given = document.get("comments") or [{"post_id": posts[0]["post_id"], "text": "nice"}]
        document["comments"] = [
            {**one, "author_id": COMMENTER, "text": f"{one['text']} {marker}"}
            for one in given[:MOST_COMMENTS]
        ]
        document.pop("audience", None)
        found.append(document)
    return found


def until(look: Callable[[], Shown], looks: int = LOOKS) -> Shown:
    """What a look shows once it shows anything; what the last of many shows."""
    for _ in range(looks):
        if shown := look():
            break
        time.sleep(LOOK_SECONDS)
    return shown


class Tenant:
    """A tenant, with what it has, and with everybody who asks for it.

    Parameters
    ----------
    name
        Its name.
    url, home
        The service's address and folder.
    routes
        All of them: what answers show of them is kept in :attr:`places`.
    seed
        Of its simulated creators.
    """

    def __init__(self, name: str, url: str, home: Path, routes: Sequence[Route], seed: int) -> None:
        self.name, self.url, self.home = name, url, home
        self.marker = f"marker-of-{name}-that-nobody-else-may-see"
        self.places, self.documents = Places(routes), documents_of(seed, self.marker)
        self.lock, self.members = threading.Lock(), 0
        self.secrets = list[str]()
        with store_of(home) as store:
            self.actors = [self.key(store, called, scopes) for called, scopes in KEYS.items()]
            self.actors += [self.member(store, role) for role in Role]
        self.fill()

    def key(self, store: Store, called: str, scopes: Sequence[Scope]) -> Actor:
        """An actor with a new API key."""
        key = create_key(store, tenant=self.name, name=called, scopes=scopes)
        self.secrets.append(key)
        headers = [("Authorization", f"Bearer {key}")]
        return Actor(f"key: {called}", self.name, frozenset(scopes), headers)

    def member(self, store: Store, role: Role) -> Actor:
        """An actor who was invited, chose a password, and is signed in."""
        self.members += 1
        invitee = Invitee(self.name, f"{self.marker} {role} {self.members}", role)
        secret = invite(store, invitee, timedelta(hours=2), "attack")
        with httpx.Client(base_url=self.url, timeout=LONGEST_SECONDS, follow_redirects=True) as client:
            address = f"/invitations/{secret}"
            form = {"csrf": token_in(client.get(address).text), "password": PASSWORD, "again": PASSWORD}
            token = token_in(client.post(address, data=form).text)
            headers = [("Cookie", f"assay_session={client.cookies['assay_session']}")]
        self.secrets.append(headers[0][1].partition("=")[2])
        return Actor(role.value, self.name, role.scopes, headers, token)

    def replace(self, actor: Actor) -> None:
        """Give an actor whose key was revoked, or whose session has ended, a new one."""
        with self.lock, store_of(self.home) as store:
            if actor.is_member:
                new = self.member(store, Role(actor.name))
            else:
                called = actor.name.removeprefix("key: ")
                new = self.key(store, called, KEYS[called])
            actor.headers, actor.token = new.headers, new.token

    def actor(self, called: str) -> Actor:
        """The actor of that name."""
        return next(one for one in self.actors if one.name == called)

    @contextmanager
    def client(self, called: str) -> Iterator[httpx.Client]:
        """A client of one of its actors; answers to it are kept in :attr:`places`."""
        actor = self.actor(called)
        client = httpx.Client(base_url=self.url, timeout=LONGEST_SECONDS, follow_redirects=True)
        client.event_hooks["response"] = [self.note]
        for name, value in actor.headers:
            if name == "Cookie":  # in the jar, for what is sent on to another page
                client.cookies.set(*value.split("=", 1))
            else:
                client.headers[name] = value
        with client:
            yield client

    def note(self, response: httpx.Response) -> None:
        """Keep what an answer shows."""
        response.read()
        self.places.note(response.headers.get("location", "") + " " + response.text)

    def fill(self) -> None:
        """Verdicts, decisions, a job, a webhook, a screened list, a link and an invitation."""
        with self.client("key: all") as client:
            for document in self.documents:
                verdict = client.post("/v1/verdicts?explain=all", json=document).json()
                decision = {"outcome": "confirmed", "by": "Jo", "reason": self.marker}
                client.post(f"/v1/verdicts/{verdict['verdict_id']}/decisions", json=decision)
            kind = {"Content-Type": "application/x-ndjson"}
            job = client.post("/v1/jobs", content=lines(self.documents), headers=kind).headers["location"]
            client.post("/v1/observations", json=self.documents[0])
            client.post("/v1/webhooks", json={"url": "https://localhost/", "events": ["job.ended"]})
            until(lambda: client.get(job).json()["state"] not in ("queued", "running"))
        with self.client("lead") as client:
            self.fill_queue(client)
            for address in ("/lists", "/organisation", "/organisation/keys", "/screen"):
                client.get(address)

    def fill_queue(self, client: httpx.Client) -> None:
        """A list of the simulated creators; of one a link for the creator; and an invitation."""
        token = {"csrf": self.actor("lead").token}
        files = [("files", ("creators.jsonl", lines(self.documents)))]
        place = client.post("/screen", data={**token, "list": ""}, files=files).url.path
        client.post(f"{place}/start", data={**token, "name": f"{self.marker} list"})
        if "/screen/" not in place:
            return  # others of the tenant have as many screenings as may wait
        found = until(lambda: re.search(r"/lists/[0-9a-f]{32}", client.get(place).text))
        if entry := found and re.search(rf"{found[0]}/[0-9a-f]{{32}}", client.get(found[0]).text):
            client.get(entry[0])
            client.post(f"{entry[0]}/invite", data={**token, "days": "7"})
            client.post(f"{entry[0]}/comments", data={**token, "text": self.marker})
        client.post("/organisation", data={**token, "name": f"{self.marker} invited", "role": "analyst"})

    def unlike(self, rng: random.Random) -> dict[str, Any]:
        """One of its documents without its marker, under one of a few ids.

        No other tenant's is the same: verdicts of one model on one document have one id.
        """
        text = json.dumps(rng.choice(self.documents)).replace(self.marker, f"drawn-{self.name}")
        document: dict[str, Any] = json.loads(text)
        return document
