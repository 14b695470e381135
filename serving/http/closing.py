"""The end of the service as clients see it: requests that have come are answered, others refused (503)."""

from __future__ import annotations

from typing import Final

from anyio import CancelScope
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
            await problem_response(about_to_end())(scope, receive, send)
            return
        with shutdown.answering():
            await self.app(scope, BodyUntilTheEnd(receive, shutdown).receive, send)


class BodyUntilTheEnd:
    """A request's body, until the service ends: what has not come by then is waited for no more.

    Parameters
    ----------
    receive
        Gives its pieces.
    shutdown
        Says when bodies are cut off.
    """

    def __init__(self, receive: Receive, shutdown: GracefulShutdown) -> None:
        self._receive = receive
        self._shutdown = shutdown
        self._ended = False

    async def receive(self) -> Message:
        """The next message.

        Raises
        ------
        ServiceUnavailable
            If the service ends before the body does.
        """
        if self._ended:  # what may come now is that the client has gone
            return await self._receive()
        with CancelScope() as waiting, self._shutdown.waiting_for_a_body(waiting):
            message = await self._receive()
            self._ended = not message.get("more_body", False)
            return message
        raise about_to_end()


def about_to_end() -> ServiceUnavailable:
    """The refusal of a request that comes too late."""
    again = {"Retry-After": "5", "Connection": "close"}
    return ServiceUnavailable("The service is about to end; another one answers.", again)
