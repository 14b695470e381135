"""Who may ask: API keys, what they are good for, and how often."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any, ClassVar, Final

from starlette.requests import Request
from starlette.responses import Response

from serving.http.admission import hostname
from serving.http.problems import Refused
from serving.http.rate_limit import Bucket
from serving.settings import Settings
from serving.store.access import Door
from serving.store.api_keys import ANYONE, Caller, Scope, find

__all__ = ["Gate", "Guarded", "caller_of", "guarded"]

REMEMBERED_SECONDS: Final = 2.0
"""For so long a key is not looked up again: so long a revoked one may still be good."""

MOST_REMEMBERED: Final = 10_000

Endpoint = Callable[[Request], Awaitable[Response]]
Guarded = Mapping[str, tuple[Scope, Endpoint]]


class Unknown(Refused):
    """Nobody knows who asks."""

    status = 401
    needs_key: ClassVar[str] = (
        "This needs an API key: `Authorization: Bearer KEY`. `assay keys create` makes one; "
        "`assay serve --no-auth` asks nobody on this machine for any."
    )


class NotAllowed(Refused):
    """The key is not good for this."""

    status = 403


class TooOften(Refused):
    """The key asked too often."""

    status = 429


class Gate:
    """Lets callers in.

    Every key is looked up in the store at most once in two seconds.
    """

    def __init__(self, settings: Settings, door: Door) -> None:
        self.settings = settings
        self.door = door
        self.known: dict[bytes, tuple[float, Caller | None]] = {}
        self.buckets: dict[str, Bucket] = {}

    async def admit(self, request: Request, scope: Scope) -> Caller:
        """Who asks, if they may.

        Raises
        ------
        Refused
            With status 401, 403 or 429.
        """
        caller = await self._caller(request)
        if scope not in caller.scopes:
            wanted = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
            raise NotAllowed(f"This API key is not good for this: it lacks the scope {scope}.", wanted)
        if caller is not ANYONE:
            self._count(caller)
        return caller

    async def _caller(self, request: Request) -> Caller:
        given = request.headers.get("authorization")
        if given is None:
            if self.settings.no_auth and at_home(request):
                return ANYONE
            raise Unknown(Unknown.needs_key, {"WWW-Authenticate": "Bearer"})
        scheme, _, key = given.partition(" ")
        caller = await self._look_up(key.strip()) if scheme.lower() == "bearer" else None
        if caller is None or caller.expired:
            wrong = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise Unknown("The API key is not known, was revoked, or has expired.", wrong)
        return caller

    async def _look_up(self, key: str) -> Caller | None:
        name = sha256(key.encode()).digest()
        until, caller = self.known.get(name, (0.0, None))
        if until <= time.monotonic():
            caller = await self.door.read(find, key)
            if len(self.known) >= MOST_REMEMBERED:
                self.known.clear()
            self.known[name] = (time.monotonic() + REMEMBERED_SECONDS, caller)
        return caller

    def _count(self, caller: Caller) -> None:
        limit = caller.requests_per_minute or self.settings.requests_per_minute
        bucket = self.buckets.setdefault(caller.actor, Bucket(limit))
        if wait := bucket.take():
            seconds = {"Retry-After": str(math.ceil(wait))}
            raise TooOften(f"This API key may ask {limit:,} times a minute; try again later.", seconds)


def at_home(request: Request) -> bool:
    """Whether a request came over loopback and was meant to: no page of another site makes one.

    A page can send requests to this machine, and with a name of its own that leads here even
    read the answers; its own address stands in ``Origin`` or ``Host`` then.
    """
    server = request.scope.get("server") or ("", None)
    origin = request.headers.get("origin")
    asked_for = hostname(request.headers.get("host", ""))
    names = [server[0], asked_for, *([hostname(origin.partition("//")[2])] if origin else [])]
    return all(map(is_loopback, names))


@lru_cache(256)
def is_loopback(name: str | None) -> bool:
    """Whether a name means this machine alone.

    >>> [is_loopback(name) for name in ("localhost", "127.0.0.5", "::1", "::ffff:127.0.0.1", "10.0.0.1")]
    [True, True, True, True, False]
    """
    if name == "localhost":
        return True
    try:
        address = ip_address(name or "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def guarded(methods: Guarded) -> Callable[[Request], Any]:
    """An endpoint that lets in who may, for each of its methods."""

    async def asked(request: Request) -> Response:
        scope, endpoint = methods["GET" if request.method == "HEAD" else request.method]
        request.state.caller = await request.app.state.gate.admit(request, scope)
        return await endpoint(request)

    return asked


def caller_of(request: Request) -> Caller:
    """Who was let in."""
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller
