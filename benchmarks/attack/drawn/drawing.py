"""A request drawn from a seed: who asks, for what, with which path, query, headers, body and framing."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from benchmarks.attack.desk import FORM
from benchmarks.attack.drawn import files
from benchmarks.attack.drawn.bodies import Body, damaged, damaged_text, form, json_text, lines, multipart
from benchmarks.attack.drawn.hostile import METHODS, QUERY_VALUES, SEGMENTS, TEXTS, hostile_headers
from benchmarks.attack.drawn.routes import PARAMETER, Route, place_of
from benchmarks.attack.drawn.tenants import STRANGER, Actor, Tenant

__all__ = ["Drawer", "Request"]

SECRET: Final = "{secret}"
"""Whoever has the address of a link may see what is there, so that only a tenant's own are asked for."""

ACCOUNT_ID: Final = "{account_id}"
"""Two tenants may have accounts of one id, so that naming one of another tenant is no fault."""

JSON: Final = "application/json"
QUERY_NAMES: Final = (
    "account_id", "limit", "cursor", "format", "locale", "explain", "blocks", "page", "search", "state",
    "label", "sort", "kind",
    "before", "next", "list", "entry", "fee", "posts", "currency", "v", "source", "", "csrf", "__class__",
)  # fmt: skip
COSTLY_SHARE: Final = 0.2
"""How often costly routes are asked: as often as the others, they would leave them no time."""

FRAMINGS: Final = {
    "stated": 0.9, "chunked": 0.04, "broken chunks": 0.01, "both": 0.01, "too long": 0.005,
    "too short": 0.015, "doubled": 0.02,
}  # fmt: skip
"""How the length of a body is said, with its share among requests that are not calm."""

CUT_SHARE: Final = 0.02
CALM_SHARE: Final = 0.3
"""Of requests that are as they should be: they make what the others then meet."""

BODY_SHARE: Final = 0.3
"""Of requests with nothing odd but what is sent: all that stands before a body lets them through."""


@dataclass(frozen=True)
class Request:
    """A request that was drawn.

    Attributes
    ----------
    route
        The one that was meant.
    actor
        Who sends it.
    method, target, headers, body
        What is sent, each character of the first three a byte of latin-1.
    request_id
        The one that the answer must have.
    is_route
        Whether the method and the path are still the route's.
    is_foreign
        Whether the path names something of another tenant, which must not be there.
    is_framed
        Whether the length of its body is said once, and right.
    is_cut
        Whether only a beginning of it is sent.
    """

    route: Route
    actor: Actor
    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    request_id: str
    is_route: bool
    is_foreign: bool
    is_framed: bool
    is_cut: bool

    def __bytes__(self) -> bytes:
        """It as it goes over the wire."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        line = f"{self.method} {self.target} HTTP/1.1\r\n"
        return f"{line}{head}\r\n".encode("latin-1", "replace") + self.body

    def __str__(self) -> str:
        """Enough of it to send it again by hand."""
        return f"{self.actor.name} of {self.actor.tenant or 'nobody'}: {bytes(self)[:1_500]!r}"


class Drawer:
    """Draws requests over all routes as often: costly ones less, and twice those that take a body.

    Parameters
    ----------
    seed
        What is drawn follows from it, from what answers showed, and from the tenants' ids and keys.
    """

    def __init__(self, seed: str, url: str, routes: Sequence[Route], tenants: Sequence[Tenant]) -> None:
        self.seed, self.rng, self.routes, self.tenants = seed, random.Random(seed), routes, tenants
        self.host = url.partition("://")[2]
        self.deck: list[Route] = []
        self.count = 0

    def __call__(self) -> Request:
        """The next request."""
        rng = self.rng
        self.count += 1
        if not self.deck:
            due = [one for one in self.routes if not one.is_costly or rng.random() < COSTLY_SHARE]
            due += [one for one in due if one.takes_body]
            self.deck = rng.sample(due, len(due))
        route, tenant = self.deck.pop(), rng.choice(self.tenants)
        style = rng.random()
        calm, calm_body = style < CALM_SHARE + BODY_SHARE, style < CALM_SHARE
        actor = self.actor(route, tenant, calm=calm)
        owner = tenant if calm or rng.random() < 0.7 or SECRET in route.path else rng.choice(self.tenants)
        path, is_path = self.path(route, owner, calm=calm)
        method = route.method if calm or rng.random() < 0.94 else rng.choice(METHODS)
        body, about_body = self.body(route, tenant, actor, calm=calm_body)
        headers = [("Host", self.host), ("X-Request-ID", self.request_id), *actor.headers, *about_body]
        framed, headers, body = self.framed(headers, body, calm=calm)
        if not calm and rng.random() < 0.3:
            headers += hostile_headers(rng)
            framed = False
        target = path + self.query(route, tenant, calm=calm)
        names_own = route.scope is not None and place_of(route.path) and ACCOUNT_ID not in route.path
        return Request(
            route, actor, method, target, headers, body, self.request_id,
            is_route=is_path and method == route.method and target.isascii(),
            is_foreign=bool(names_own) and owner is not tenant and actor.tenant == tenant.name,
            is_framed=framed, is_cut=not calm and rng.random() < CUT_SHARE,
        )  # fmt: skip

    @property
    def request_id(self) -> str:
        """The id of the request that is drawn now."""
        return f"{self.seed.replace(' ', '-')}-{self.count}"

    def actor(self, route: Route, tenant: Tenant, *, calm: bool) -> Actor:
        """Who asks: mostly somebody of the tenant whose way it is, sometimes a stranger."""
        if not calm and self.rng.random() < 0.15:
            return STRANGER
        members = [actor for actor in tenant.actors if actor.is_member]
        keys = [actor for actor in tenant.actors if not actor.is_member]
        usual = members if route.is_page else keys
        if calm:
            able = [actor for actor in usual if route.scope is None or route.scope in actor.scopes]
            return self.rng.choice(able)
        return self.rng.choice(usual if self.rng.random() < 0.9 else tenant.actors)

    def path(self, route: Route, owner: Tenant, *, calm: bool) -> tuple[str, bool]:
        """A path, and whether it is one of the route that names what there is or was."""
        rng, place = self.rng, place_of(route.path)
        known = owner.places.draw(rng, place) if place and (calm or rng.random() < 0.8) else None
        made_up = PARAMETER.sub(lambda _: self.made_up(), place)
        path = (known or made_up) + route.path[len(place) :]
        if calm or rng.random() < 0.75:
            return path, known is not None or not place
        parts = path.split("/")
        where = rng.randrange(1, len(parts))
        way = rng.random()
        if way < 0.4:
            parts[where] = rng.choice(SEGMENTS)
        elif way < 0.7:
            parts[where] += rng.choice(SEGMENTS)
        elif way < 0.8:
            parts.insert(where, rng.choice(SEGMENTS))
        elif way < 0.9:
            parts[where] = "".join(f"%{ord(one):02x}" for one in parts[where] if ord(one) < 256)
        else:
            parts.append("")
        return rng.choice(("", "", "", "/", f"http://{self.host}", "http://evil.example")) + "/".join(
            parts
        ), False

    def made_up(self) -> str:
        """An id that was never given."""
        ids = (f"{self.rng.getrandbits(128):032x}", "0" * 32, "drawn-own-creator-0", "a", "desk.css")
        return self.rng.choice(ids) if self.rng.random() < 0.6 else self.escaped(self.text(TEXTS))

    def text(self, among: Sequence[str]) -> str:
        """One of some texts, as UTF-8 can hold it or, rarely, not."""
        drawn = self.rng.choice(among)[:4_000]
        return drawn if self.rng.random() < 0.05 else drawn.encode(errors="replace").decode()

    def query(self, route: Route, tenant: Tenant, *, calm: bool) -> str:
        """A query, or none: known names and others, doubled, with what they cannot have."""
        rng = self.rng
        described = [
            one["name"] for one in (route.operation or {}).get("parameters", []) if one.get("in") == "query"
        ]
        if "account_id" in described and route.path.count("/") == 2 and (calm or rng.random() < 0.5):
            return f"?account_id={quote(rng.choice(tenant.documents)['account_id'])}"
        if calm or rng.random() < 0.5:
            return ""
        names = [
            rng.choice(described if described and rng.random() < 0.6 else QUERY_NAMES)
            for _ in range(rng.randint(1, 3))
        ]
        if rng.random() < 0.2:
            names.append(names[0])
        pairs = [f"{name}={self.escaped(rng.choice(QUERY_VALUES)[:6_000])}" for name in names]
        return "?" + rng.choice("&&&&;").join(pairs)

    def escaped(self, text: str) -> str:
        """A text as a path or a query has it; half of a surrogate pair as bytes that are no UTF-8."""
        escaped = quote(text, safe="", errors="surrogatepass")
        return escaped if self.rng.random() < 0.95 else f"{escaped}{self.rng.choice(SEGMENTS)}"

    def body(self, route: Route, tenant: Tenant, actor: Actor, *, calm: bool) -> Body:
        """What is sent; nothing where nothing is taken, mostly."""
        rng = self.rng
        if not route.takes_body and (calm or rng.random() < 0.95):
            return b"", []
        drawn = (
            self.page_form(route, tenant, actor, calm=calm)
            if route.is_page
            else self.api_body(route, tenant, calm=calm)
        )
        return damaged_text(rng, drawn) if not calm and rng.random() < 0.3 else drawn

    def api_body(self, route: Route, tenant: Tenant, *, calm: bool) -> Body:
        """A body of one of the media types that a route describes, from its example."""
        rng = self.rng
        described: Mapping[str, Any] = (route.operation or {}).get("requestBody", {}).get("content", {})
        if not described:
            return (b"", []) if calm else (b"{}", [("Content-Type", JSON)])
        kind = rng.choice(list(described))
        if kind == "multipart/form-data":
            return self.file_form([], calm=calm)
        if (example := described[kind].get("example")) is None:
            content, own_kind, _ = files.good_table(rng) if calm else files.drawn_file(rng)
            return content, [("Content-Type", own_kind if rng.random() < 0.8 else kind)]
        value = self.example(example, tenant)
        if not calm and rng.random() < 0.7:
            value = damaged(rng, value)
        in_lines = "json" in kind and kind != JSON
        as_list = value if isinstance(value, list) else [value]
        return lines(as_list) if in_lines else json_text(value).encode(), [("Content-Type", kind)]

    def example(self, example: Any, tenant: Tenant) -> Any:
        """A described example; an account document is one of simulated creators."""
        rng = self.rng
        if isinstance(example, str):
            return [tenant.unlike(rng) for _ in range(rng.randint(1, 4))]
        if isinstance(example, list):
            return [tenant.unlike(rng) for _ in range(rng.randint(1, 4))]
        if "url" in example:
            return {
                "url": rng.choice(("https://localhost/", "https://evil.example/")),
                "events": ["job.ended"],
            }
        return tenant.unlike(rng) if "account_id" in example else example

    def page_form(self, route: Route, tenant: Tenant, actor: Actor, *, calm: bool) -> Body:
        """A form of the desk with the fields that any of them has, or one of files."""
        rng = self.rng
        fields = {name: self.field(tenant, name, value, calm=calm) for name, value in FORM.items()}
        for name in list(tenant.places.fields):
            if rng.random() < 0.5:
                fields[name] = self.field(tenant, name, "", calm=calm)
        pairs = [(name, value) for name, value in fields.items() if name not in ("password", "again")]
        if not calm and rng.random() < 0.2:
            pairs.append(rng.choice(pairs))
        if not calm and rng.random() < 0.03:
            pairs += [(f"field{number}", "a") for number in range(rng.choice((63, 2_000)))]
        token = actor.token if calm or rng.random() < 0.85 else rng.choice(("", "a", "\xe9" * 64, "0" * 64))
        pairs.insert(0, ("csrf", token))
        if (route.path in ("/screen", "/contests/{secret}") and rng.random() < 0.7) or (
            not calm and rng.random() < 0.04
        ):
            return self.file_form(pairs if rng.random() < 0.9 else pairs[1:], calm=calm)
        return form(pairs)

    def field(self, tenant: Tenant, name: str, usual: str, *, calm: bool) -> str:
        """The value of a form's field."""
        rng = self.rng
        offered = tenant.places.value(rng, name)
        if calm or rng.random() < 0.6:
            return offered if offered and rng.random() < 0.7 else usual
        return rng.choice(QUERY_VALUES if rng.random() < 0.5 else TEXTS)[:10_000]

    def file_form(self, fields: Sequence[tuple[str, str]], *, calm: bool) -> Body:
        """A form with one or a few files, of hostile names unless calm."""
        rng, dropped = self.rng, []
        for number in range(1 if calm else rng.randint(0, 3)):
            content, _, end = files.good_table(rng) if calm else files.drawn_file(rng)
            name = f"file{number}{end}" if calm or rng.random() < 0.6 else rng.choice(files.FILE_NAMES)
            dropped.append((rng.choice(("files", "file")), name, content))
        return multipart(fields, dropped)

    def framed(
        self, headers: list[tuple[str, str]], body: bytes, *, calm: bool
    ) -> tuple[bool, list[tuple[str, str]], bytes]:
        """Whether the length of a body is said right, the headers that say it, and the body as it is sent."""
        way = "stated" if calm else self.rng.choices(list(FRAMINGS), list(FRAMINGS.values()))[0]
        stated, in_chunks = ("Content-Length", str(len(body))), ("Transfer-Encoding", "chunked")
        says = {
            "stated": [stated] if body or self.rng.random() < 0.5 else [],
            "chunked": [in_chunks],
            "broken chunks": [in_chunks],
            "both": [stated, in_chunks],
            "too long": [("Content-Length", str(len(body) + 7))],
            "too short": [("Content-Length", str(len(body) // 2))],
            "doubled": [stated, stated],
        }
        if in_chunks in says[way]:
            body = chunked(self.rng, body)
        if way == "broken chunks":
            body = body[:-5] + b"zz\r\n"
        return way in ("stated", "chunked"), [*headers, *says[way]], body


def chunked(rng: random.Random, body: bytes) -> bytes:
    """A body in chunks of drawn sizes."""
    pieces, place = [], 0
    while place < len(body):
        size = rng.randint(1, max(100, len(body) // 3))
        piece = body[place : place + size]
        pieces.append(b"%x\r\n%s\r\n" % (len(piece), piece))
        place += size
    return b"".join(pieces) + b"0\r\n\r\n"
