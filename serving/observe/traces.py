"""OpenTelemetry's traces: a span for each request, with its route's template and never its path.

An account's id may stand in a path, so OpenTelemetry's own middleware, which notes addresses, is not used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.settings import OTLP_EXPORTER

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

__all__ = ["Traces", "make_tracer_provider"]

SERVER_ERRORS: Final = 500


def make_tracer_provider(
    where: Literal["console", "otlp"], exporter: SpanExporter | None = None
) -> TracerProvider:
    """What gives tracers, whose spans go to an exporter: by default the one that ``traces`` names."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "assay"}))
    provider.add_span_processor(BatchSpanProcessor(exporter or exporter_of(where)))
    return provider


def exporter_of(where: Literal["console", "otlp"]) -> SpanExporter:
    """The exporter that a setting names; its library is installed, or the setting would have been refused."""
    if where == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    exporter: SpanExporter = import_module(OTLP_EXPORTER).OTLPSpanExporter()
    return exporter


class Traces:
    """Makes a span of every request, as a part of the caller's trace where ``traceparent`` names one."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self.app = app
        self.tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on inside a span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
        with self.tracer.start_as_current_span(scope["method"], parent, SpanKind.SERVER) as span:

            async def send_noting_status(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= SERVER_ERRORS:
                        span.set_status(Status(StatusCode.ERROR))
                await send(message)

            try:
                await self.app(scope, receive, send_noting_status)
            finally:
                route = str(getattr(scope.get("route"), "path", "none"))
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes({"http.request.method": scope["method"], "http.route": route})
