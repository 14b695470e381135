"""Admission control: three middlewares that refuse or end a request by its host, by load, by time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.hosts import is_allowed_host
from serving.http.problems import LimitExceeded, problem_response
from serving.limits import Limits
from serving.observe.metrics import Metrics

__all__ = ["BOUNDED_ROUTES", "AllowedHosts", "ConcurrencyLimit", "TimeLimit"]

BOUNDED_ROUTES: Final[Mapping[str, str]] = {
    "/v1/verdicts": "most_waiting",
    "/v1/verdicts/batch": "most_batches_waiting",
}
"""The routes with a concurrency limit, each with the setting that is the limit."""


class HostNotAllowed(LimitExceeded):
    """421: the Host header names none of ``allowed_hosts``."""

    status = 421


class TooManyWaiting(LimitExceeded):
    """503: as many requests as may wait at this route do."""

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
    """Refuses requests at routes where the most that may wait do already, before their body is read."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self.retry_after = str(limits.retry_after_seconds)
        self.most = {path: int(getattr(limits, setting)) for path, setting in BOUNDED_ROUTES.items()}
        self.waiting = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while it counts as waiting, or answer 503 with ``Retry-After``."""
        if scope["type"] != "http" or scope["path"] not in self.most or scope["method"] != "POST":
            await self.app(scope, receive, send)
        elif self.waiting[path := scope["path"]] >= self.most[path]:
            self.metrics.rejected.labels(path).inc()
            await problem_response(self._refusal(path))(scope, receive, send)
        else:
            self.waiting[path] += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.waiting[path] -= 1

    def _refusal(self, path: str) -> TooManyWaiting:
        rule = f"No more than {self.most[path]:,} may wait here at the same time; try again later."
        return TooManyWaiting(rule, BOUNDED_ROUTES[path], {"Retry-After": self.retry_after})


class TimeLimit:
    """Cancels requests that take longer than ``request_seconds``, or ``transfer_seconds`` for large files."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; after its time its work is cancelled, and answered 504 if no answer began."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        response_started = False

        async def send_noting_start(message: Message) -> None:
            nonlocal response_started
            response_started = True
            await send(message)

        setting = "transfer_seconds" if is_transfer(scope["method"], scope["path"]) else "request_seconds"
        seconds = getattr(self.limits, setting)
        with move_on_after(seconds) as time_limit:
            await self.app(scope, receive, send_noting_start)
        if time_limit.cancelled_caught and not response_started:
            rule = f"The answer took longer than the {seconds:g} seconds that it may."
            refusal = RequestTimeout(rule, setting, {"Connection": "close"})
            await problem_response(refusal)(scope, receive, send)


def is_transfer(method: str, path: str) -> bool:
    """Whether a request carries a bulk job's input or its results, or searches those of all jobs.

    >>> is_transfer("POST", "/v1/jobs"), is_transfer("GET", "/v1/jobs/ab/results")
    (True, True)
    >>> is_transfer("DELETE", "/v1/subjects/a"), is_transfer("GET", "/v1/jobs")
    (True, False)
    """
    is_results = path.startswith("/v1/jobs/") and path.endswith("/results")
    is_erasure = method == "DELETE" and path.startswith("/v1/subjects/")
    return is_results or is_erasure or (method, path) == ("POST", "/v1/jobs")
