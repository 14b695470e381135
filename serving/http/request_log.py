"""Around every request: its id, a line in the log, its place in the counts, and no error that gets past."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.admission import BOUNDED
from serving.http.problems import broken
from serving.observe.graceful_shutdown import Closing
from serving.observe.log import tell, tell_error
from serving.observe.metrics import Metrics

__all__ = ["ID", "MODEL", "Watch"]

ID: Final = "X-Request-ID"
MODEL: Final = "Assay-Model"
SANE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PROBES: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked every few seconds for ever: counted, and not told."""

NOWHERE: Final = "none"
LEFT: Final = 499
"""Noted where whoever asked was gone before the answer; nginx' word for it."""


@dataclass
class Noted:
    """What is known of one request.

    Attributes
    ----------
    request_id
        The one that it came with if that is sane, else a new one.
    began
        When.
    status
        Of its answer, once that began.
    """

    request_id: str
    began: float = field(default_factory=time.perf_counter)
    status: int = LEFT


class Watch:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, log: bool) -> None:
        self.app = app
        self.metrics = metrics
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        noted = state["noted"] = Noted(request_id(Headers(scope=scope).get(ID)))
        closing = scope["app"].state.closing
        answer = answering(noted, state, send, closing)
        self.metrics.waiting.inc()
        try:
            await self.app(scope, receive, answer)
        except Exception as error:
            tell_error("error", error, request_id=noted.request_id, route=template(scope))
            if noted.status == LEFT:
                await broken()(scope, receive, answer)
        finally:
            self.metrics.waiting.dec()
            self.note(scope, noted, state.get("model"))

    def note(self, scope: Scope, noted: Noted, model: str | None) -> None:
        """Count a request, and tell of it."""
        seconds = time.perf_counter() - noted.began
        route, method = template(scope), scope["method"] if scope["method"] in METHODS else "other"
        self.metrics.requests.labels(route, method, str(noted.status)).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        if self.log and route not in PROBES:
            tell(
                "request", request_id=noted.request_id, method=method, route=route, status=noted.status,
                ms=round(1000 * seconds, 1), model=model,
            )  # fmt: skip


def answering(noted: Noted, state: dict[str, Any], send: Send, closing: Closing) -> Send:
    """Sends an answer with the request's id and the name of the model that spoke."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            noted.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[ID] = noted.request_id
            if model := state.get("model"):
                headers[MODEL] = model
            if closing.begun:
                headers["Connection"] = "close"
        await send(message)

    return answer


def request_id(given: str | None) -> str:
    """The id that a request came with, if it can do no harm in a log; else a new one.

    >>> request_id("order-7"), len(request_id("jane@example.com"))
    ('order-7', 16)
    """
    return given if given is not None and SANE.fullmatch(given) else f"{random.getrandbits(64):016x}"


def template(scope: Scope) -> str:
    """The route that took a request or turned it away, as it is written and not as it was asked for."""
    turned_away = scope["path"] if scope["path"] in BOUNDED else NOWHERE
    return str(getattr(scope.get("route"), "path", turned_away))
