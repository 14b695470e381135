"""The request log: the outermost middleware, with request ids, log lines, metrics, and answers to errors."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.problems import CLIENT_CLOSED_REQUEST, route_template, unforeseen_error_response
from serving.observe.graceful_shutdown import GracefulShutdown
from serving.observe.log import log_error, log_event
from serving.observe.metrics import Metrics

__all__ = ["REQUEST_ID_HEADER", "RequestLog"]

REQUEST_ID_HEADER: Final = "X-Request-ID"
MODEL_HEADER: Final = "Assay-Model"
SAFE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PROBES: Final = frozenset({"/livez", "/readyz", "/metrics"})
"""Routes that are polled every few seconds: counted, but not logged."""


@dataclass
class RequestRecord:
    """What is logged of one request.

    Attributes
    ----------
    request_id
        The one that it came with if that is safe to log, else a new one.
    started
        When, by the process's performance counter.
    status
        Of its answer, once that began.
    """

    request_id: str
    started: float = field(default_factory=time.perf_counter)
    status: int = CLIENT_CLOSED_REQUEST


class RequestLog:
    """Logs and counts every request; an error that nothing else handles becomes a 500 or 503."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, log: bool) -> None:
        self.app = app
        self.metrics = metrics
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and log it when it is over."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        record = RequestRecord(request_id(Headers(scope=scope).get(REQUEST_ID_HEADER)))
        state["request_id"] = record.request_id
        send = with_headers(record, state, send, scope["app"].state.shutdown)
        self.metrics.in_flight.inc()
        try:
            await self.app(scope, receive, send)
        except Exception as error:
            log_error("error", error, request_id=record.request_id, route=route_template(scope))
            if record.status == CLIENT_CLOSED_REQUEST:
                await unforeseen_error_response(scope, error)(scope, receive, send)
        finally:
            self.metrics.in_flight.dec()
            self.write(scope, record, state.get("model"))

    def write(self, scope: Scope, record: RequestRecord, model: str | None) -> None:
        """Count a request, and log it unless it is a probe."""
        seconds = time.perf_counter() - record.started
        route, method = route_template(scope), scope["method"] if scope["method"] in METHODS else "other"
        self.metrics.requests.labels(route, method, str(record.status)).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        if self.log and route not in PROBES:
            log_event(
                "request", request_id=record.request_id, method=method, route=route, status=record.status,
                ms=round(1000 * seconds, 1), model=model,
            )  # fmt: skip


def with_headers(
    record: RequestRecord, state: dict[str, Any], send: Send, shutdown: GracefulShutdown
) -> Send:
    """Add the request's id, the model's sha256 and what is left of the key's limit to an answer.

    In a shutdown ``Connection: close``, too.
    """

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            record.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID_HEADER] = record.request_id
            if model := state.get("model"):
                headers[MODEL_HEADER] = model
            for name, value in state.get("rate_limit", {}).items():
                headers[name] = value
            if shutdown.begun:
                headers["Connection"] = "close"
        await send(message)

    return send_with_headers


def request_id(given: str | None) -> str:
    """The id that a request came with, if it is safe to log; else a new one.

    >>> request_id("order-7"), len(request_id("jane@example.com"))
    ('order-7', 16)
    """
    return given if given is not None and SAFE_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
