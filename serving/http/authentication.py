"""Authentication and authorisation: the API key of a request, its tenant, and its scopes."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any, ClassVar, Final

from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from serving.http.admission import take_place
from serving.http.failed_keys import FailedKeys, address_of
from serving.http.hosts import is_from_own_page, is_over_loopback
from serving.http.problems import RequestProblem
from serving.http.rate_limit import RateLimit
from serving.settings import Settings
from serving.store.access import ASKING_TENANT, StoreAccess
from serving.store.api_keys import ANYONE, KEY_PREFIX, Caller, Scope, find_caller

__all__ = ["Authenticator", "ScopedEndpoints", "caller_of", "require_scope"]

CACHE_SECONDS: Final = 2.0
"""How long a key's look-up is cached, and so how long a revoked key may still be accepted."""

UNKNOWN_SECONDS: Final = 30.0
"""How long a key that is not known stays so: keys are drawn at random, so none becomes one later."""

MOST_CACHED: Final = 10_000
MOST_STRANGERS: Final = 100
KEY: Final = re.compile(rf"{KEY_PREFIX}_[0-9a-z]{{1,64}}_[\w-]{{1,256}}", re.ASCII)

Endpoint = Callable[[Request], Awaitable[Response]]
ScopedEndpoints = Mapping[str, tuple[Scope, Endpoint]]
"""The methods of a route, each with the scope that it needs."""


class Unauthenticated(RequestProblem):
    """401: the request carries no valid API key."""

    status = 401
    needs_key: ClassVar[str] = "This needs an API key: `Authorization: Bearer KEY`."
    on_this_machine: ClassVar[str] = (
        " `assay keys create` makes one; `assay serve --no-auth` asks nobody on this machine for any."
    )
    from_another_page: ClassVar[str] = " It came from a page of another site, or of another port."


class TooManyStrangers(RequestProblem):
    """503: as many keys as may wait to be looked up for the first time do."""

    status = 503


class MissingScope(RequestProblem):
    """403: the API key is valid, but lacks the scope that the route needs."""

    status = 403


class Authenticator:
    """Finds out who sends a request, and whether they may: API key, scope, rate limit.

    A key is looked up in the store at most once in two seconds. Keys that were not known the last time are
    looked up one after the other, what is no key at all never, and failures are answered ever more slowly.
    """

    def __init__(self, settings: Settings, store_access: StoreAccess) -> None:
        self.strangers = CapacityLimiter(1)
        self.settings = settings
        self.store_access = store_access
        self.rate_limit = RateLimit(settings.requests_per_minute)
        self.failed = FailedKeys()
        self.known: dict[bytes, tuple[float, Caller]] = {}
        self.unknown: dict[bytes, float] = {}

    async def authorize(self, request: Request, scope: Scope) -> Caller:
        """The caller, if their key is valid, has the scope and is within its rate limit.

        Raises
        ------
        RequestProblem
            With status 401, 403 or 429.
        """
        caller = await self.authenticate(request)
        if scope not in caller.scopes:
            wanted = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
            raise MissingScope(f"This API key is not good for this: it lacks the scope {scope}.", wanted)
        if caller is not ANYONE:
            request.state.rate_limit = self.rate_limit.take(caller)
        return caller

    async def authenticate(self, request: Request) -> Caller:
        """The caller of a request, whatever they may do.

        Raises
        ------
        RequestProblem
            With status 401, if their key is not valid.
        """
        given = request.headers.get("authorization")
        if given is None:
            is_local, is_own_page = is_over_loopback(request), is_from_own_page(request)
            if self.settings.no_auth and is_local and is_own_page:
                return ANYONE
            # Whoever asks from elsewhere cannot follow advice about the command line.
            advice = Unauthenticated.on_this_machine if is_own_page else Unauthenticated.from_another_page
            detail = Unauthenticated.needs_key + (advice if is_local else "")
            raise Unauthenticated(detail, {"WWW-Authenticate": "Bearer"})
        scheme, _, key = given.partition(" ")
        caller = await self._look_up(key.strip()) if scheme.lower() == "bearer" else None
        if caller is None or caller.expired:
            await self.failed.slow_down(address_of(request.client.host if request.client else ""))
            invalid = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            raise Unauthenticated("The API key is not known, was revoked, or has expired.", invalid)
        return caller

    async def _look_up(self, key: str) -> Caller | None:
        if not KEY.fullmatch(key):
            return None
        name = sha256(key.encode()).digest()
        until, caller = self.known.get(name, (0.0, None))
        if until > time.monotonic():
            return caller
        if caller is None:
            return await self._look_up_stranger(name, key)
        return self._remember(name, await self.store_access.read(find_caller, key))

    async def _look_up_stranger(self, name: bytes, key: str) -> Caller | None:
        """One at a time: made-up keys, each of them looked up, take no thread from those who are known."""
        if self.unknown.get(name, 0.0) > time.monotonic():
            return None
        if self.strangers.statistics().tasks_waiting >= MOST_STRANGERS:
            raise TooManyStrangers("Too many keys are looked up for the first time.", {"Retry-After": "1"})
        async with self.strangers:
            return self._remember(name, await self.store_access.read(find_caller, key))

    def _remember(self, name: bytes, caller: Caller | None) -> Caller | None:
        now = time.monotonic()
        if caller is None:
            self.known.pop(name, None)
            self.unknown[name] = now + UNKNOWN_SECONDS
        else:
            self.known[name] = (now + CACHE_SECONDS, caller)
        for cache in (self.known, self.unknown):  # each of its own size: made-up keys push out no good one
            while len(cache) > MOST_CACHED:
                del cache[next(iter(cache))]
        return caller


def require_scope(methods: ScopedEndpoints) -> Callable[[Request], Any]:
    """An endpoint for several methods that runs only for callers with the method's scope."""

    async def endpoint(request: Request) -> Response:
        scope, handle = methods["GET" if request.method == "HEAD" else request.method]
        caller = request.state.caller = await request.app.state.authenticator.authorize(request, scope)
        ASKING_TENANT.set(caller.tenant)
        take_place(request.scope, caller.tenant)
        return await handle(with_key_asked_again(request))

    return endpoint


def with_key_asked_again(request: Request) -> Request:
    """The same request, whose key is asked for again once a body that took long has come.

    Somebody may let a body come slowly, and have their key revoked meanwhile: nothing is done for it.
    """
    authenticator: Authenticator = request.app.state.authenticator
    began = time.monotonic()

    async def receive() -> Message:
        message = await request.receive()
        is_end = message["type"] == "http.request" and not message.get("more_body", False)
        if is_end and time.monotonic() - began > CACHE_SECONDS:
            await authenticator.authenticate(request)
        return message

    return Request(request.scope, receive)


def caller_of(request: Request) -> Caller:
    """The authenticated caller of a request whose endpoint :func:`require_scope` guards."""
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller
