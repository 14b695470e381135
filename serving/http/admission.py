"""Admission control: middlewares that refuse or end a request by its host, by load, by time.

The limits of load and time hang on the matched route, never on the text of the path.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from anyio import current_time, move_on_after
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.hosts import is_allowed_host
from serving.http.problems import LimitExceeded, error_response, problem_response
from serving.limits import MIB, Limits
from serving.observe.metrics import Metrics

__all__ = [
    "BOUNDED_ROUTES", "LIGHT_READS", "AllowedHosts", "ConcurrencyLimit", "TimeLimit", "TooManyOfTenant",
    "route_limits", "take_place",
]  # fmt: skip

BOUNDED_ROUTES: Final[Mapping[str, str]] = {
    "/v1/verdicts": "most_waiting",
    "/lists/{list_id}/{entry_id}/turning": "most_waiting",
    "/lists/{list_id}/{entry_id}/explain": "most_waiting",
    "/lists/{list_id}/{entry_id}/withdraw": "most_waiting",
    "/lists/{list_id}/{entry_id}/take-over": "most_waiting",
    "/v1/verdicts/batch": "most_batches_waiting",
    "/v1/observations": "most_batches_waiting",
    "/v1/jobs": "most_uploads",
    "/screen": "most_uploads",
    "/screen/{screening_id}/columns": "most_batches_waiting",
    "/v1/verdicts/{verdict_id}/report.pdf": "most_pdfs",
    "/v1/verdicts/{verdict_id}/report.pdf.sig": "most_pdfs",
    "/lists/{list_id}/report.pdf": "most_pdfs",
    "/lists/{list_id}/{entry_id}/report.pdf": "most_pdfs",
    "/v1/verdicts/{verdict_id}/report.html": "most_downloads",
    "/v1/jobs/{job_id}/results": "most_downloads",
    "/lists/{list_id}/{entry_id}/report.html": "most_downloads",
    "/lists/{list_id}/export.csv": "most_downloads",
    "/lists/{list_id}/export.xlsx": "most_downloads",
    "/screen/{screening_id}/faults.csv": "most_downloads",
    "/v1/verdicts/{verdict_id}/replay": "most_waiting",
    "/v1/webhooks/{webhook_id}/test": "most_waiting",
    "/v1/subjects": "most_waiting",
    "/v1/subjects/{account_id:path}": "most_waiting",
}
"""The routes with a concurrency limit, each with the setting that is the limit."""

LIGHT_READS: Final = frozenset({
    "/v1/verdicts", "/v1/jobs", "/screen", "/v1/subjects", "/v1/subjects/{account_id:path}"
})  # fmt: skip
"""Those of them at which a GET is another question, without heavy work: it takes no place."""

PLACES: Final = "assay.places"
"""Where a request's scope holds what takes a place for its tenant."""

TRANSFERS: Final = frozenset({
    ("POST", "/v1/jobs"),
    ("GET", "/v1/jobs/{job_id}/results"),
    ("HEAD", "/v1/jobs/{job_id}/results"),
    ("DELETE", "/v1/subjects"),
    ("DELETE", "/v1/subjects/{account_id:path}"),
    ("POST", "/screen"),
    ("POST", "/screen/{screening_id}/columns"),
})  # fmt: skip
"""Methods and routes that carry a bulk job's input or its results, or search those of all jobs."""


class HostNotAllowed(LimitExceeded):
    """421: the Host header names none of ``allowed_hosts``."""

    status = 421


class TooManyWaiting(LimitExceeded):
    """503: as many requests as may wait at this route do."""

    status = 503


class TooManyOfTenant(LimitExceeded):
    """503: the tenant's requests take as many places at this route as they may."""

    status = 503


class RequestTimeout(LimitExceeded):
    """504: the request took longer than it may."""

    status = 504


class AllowedHosts:
    """Refuses requests for other hosts than the service's own, before anything of them is read."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.names = limits.allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 421."""
        if scope["type"] != "http" or is_allowed_host(Headers(scope=scope).get("host", ""), self.names):
            await self.app(scope, receive, send)
            return
        refusal = HostNotAllowed("Assay is not known here by the name in the Host header.", "allowed_hosts")
        await problem_response(refusal)(scope, receive, send)


class ConcurrencyLimit:
    """Refuses requests to its route where the most that may wait do already, before their body is read.

    Places are taken once it is known whose a request is: nobody without a key takes one. One tenant may take
    ``tenant_share`` of the places, so that the others find one.
    """

    def __init__(self, app: ASGIApp, route: str, limits: Limits, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self.route = route
        self.setting = BOUNDED_ROUTES[route]
        self.retry_after = str(limits.retry_after_seconds)
        self.most = int(getattr(limits, self.setting))
        self.most_of_tenant = math.ceil(self.most * limits.tenant_share)
        self.tenants: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, which takes its place once it is known whose it is: a stranger's has none."""
        with ExitStack() as held:
            if scope["method"] not in ("GET", "HEAD") or self.route not in LIGHT_READS:
                scope[PLACES] = partial(self._take, held)
            await self.app(scope, receive, send)

    def _take(self, held: ExitStack, tenant: str) -> None:
        held.enter_context(self.held_by(tenant))

    @contextmanager
    def held_by(self, tenant: str) -> Iterator[None]:
        """A place of a tenant's.

        Raises
        ------
        TooManyWaiting, TooManyOfTenant
            With ``Retry-After``, where all places are taken, or the tenant has as many as it may.
        """
        if self.tenants.total() >= self.most:
            self.metrics.rejected.labels(self.route).inc()
            rule = f"No more than {self.most:,} may wait here at the same time; try again later."
            raise TooManyWaiting(rule, self.setting, {"Retry-After": self.retry_after})
        if self.tenants[tenant] >= self.most_of_tenant:
            self.metrics.rejected.labels(self.route).inc()
            rule = f"No more than {self.most_of_tenant:,} of a tenant may wait here at the same time."
            raise TooManyOfTenant(rule, "tenant_share", {"Retry-After": self.retry_after})
        self.tenants[tenant] += 1
        try:
            yield
        finally:
            self.tenants[tenant] -= 1
            self.tenants += Counter()  # without those that have none


class TimeLimit:
    """Cancels requests that take longer than ``request_seconds``, or ``transfer_seconds`` for large files.

    Where all of an answer is there, its client has ``body_seconds`` to read each MiB of it.
    """

    def __init__(self, app: ASGIApp, route: str, limits: Limits) -> None:
        self.app = app
        self.route = route
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; after its time its work is cancelled, and answered 504 if no answer began."""
        response_started = False

        async def send_noting_start(message: Message) -> None:
            nonlocal response_started
            response_started = True
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                time_limit.deadline = max(time_limit.deadline, self._end_of_reading(message.get("body", b"")))
            await send(message)

        setting = "transfer_seconds" if (scope["method"], self.route) in TRANSFERS else "request_seconds"
        seconds = getattr(self.limits, setting)
        with move_on_after(seconds) as time_limit:
            await self.app(scope, receive, send_noting_start)
        if time_limit.cancelled_caught and not response_started:
            rule = f"The answer took longer than the {seconds:g} seconds that it may."
            refusal = RequestTimeout(rule, setting, {"Connection": "close"})
            await error_response(scope, refusal)(scope, receive, send)

    def _end_of_reading(self, body: bytes) -> float:
        """Until when a client may read the rest of an answer: ``body_seconds`` for each MiB of it."""
        return current_time() + self.limits.body_seconds * math.ceil(len(body) / MIB)


def take_place(scope: Scope, tenant: str) -> None:
    """Take a tenant's place at the route of a request, until the answer has gone out.

    Raises
    ------
    TooManyOfTenant
        As :meth:`ConcurrencyLimit.held_by`.
    """
    take: Callable[[str], None] | None = scope.get(PLACES)
    if take is not None:
        take(tenant)


def route_limits(route: str, limits: Limits, metrics: Metrics) -> list[Middleware]:
    """The limits of a route by its template, the outermost first."""
    bounded = [Middleware(ConcurrencyLimit, route=route, limits=limits, metrics=metrics)]
    return [*(bounded if route in BOUNDED_ROUTES else []), Middleware(TimeLimit, route=route, limits=limits)]
