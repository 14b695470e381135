"""OpenTelemetry's traces: a span for each request, with its route's template and never its path.

An account's id may stand in a path, so OpenTelemetry's own middleware, which notes addresses, is not used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts.errors import WrongUsage

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

__all__ = ["Traces", "make_tracer"]

SERVER_ERRORS: Final = 500


def make_tracer(where: Literal["console", "otlp"], exporter: SpanExporter | None = None) -> Tracer:
    """A tracer whose spans go to an exporter, by default the one that the setting ``traces`` names.

    Raises
    ------
    WrongUsage
        If its library is not installed.
    """
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "assay"}))
    provider.add_span_processor(BatchSpanProcessor(exporter or exporter_of(where)))
    return provider.get_tracer("assay")


def exporter_of(where: Literal["console", "otlp"]) -> SpanExporter:
    """The exporter that a setting names.

    Raises
    ------
    WrongUsage
        If its library is not installed.
    """
    if where == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    try:
        found = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError as error:
        raise WrongUsage(
            "traces = otlp needs a library: pip install opentelemetry-exporter-otlp-proto-http"
        ) from error
    exporter: SpanExporter = found.OTLPSpanExporter()
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
