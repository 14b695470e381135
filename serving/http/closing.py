"""The end of the service as clients see it: requests in flight are answered, new ones refused (503)."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.http.problems import ServiceUnavailable, problem_response
from serving.observe.graceful_shutdown import GracefulShutdown

__all__ = ["Closing"]

PROBES: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""Paths that are answered to the end: they say that it is near."""


class Closing:
    """Counts the requests in flight, and refuses new ones once the service only ends what it has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while it counts as in flight, or answer 503."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self.app(scope, receive, send)
            return
        shutdown: GracefulShutdown = scope["app"].state.shutdown
        if shutdown.refusing:
            again = {"Retry-After": "5", "Connection": "close"}
            refusal = ServiceUnavailable("The service is about to end; another one answers.", again)
            await problem_response(refusal)(scope, receive, send)
            return
        with shutdown.answering():
            await self.app(scope, receive, send)
