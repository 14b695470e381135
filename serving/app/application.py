"""The application: every route with its scope, the middlewares around them, and the state they share."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serving.app.api_pages import PAGE_ENDPOINTS
from serving.app.lifespan import lifespan, prepare_state
from serving.app.openapi import openapi
from serving.desk.unavailable import unavailable_route, why_unavailable
from serving.http.admission import AllowedHosts, route_limits
from serving.http.authentication import ScopedEndpoints, require_scope
from serving.http.closing import Closing
from serving.http.cross_origin import CrossOrigin
from serving.http.disk import answer_disk_error
from serving.http.exact_route import ExactRoute
from serving.http.lingering import Lingering
from serving.http.long_answers import LongAnswers
from serving.http.problems import EXCEPTION_HANDLERS
from serving.http.query import without_parameters
from serving.http.request_log import RequestLog
from serving.http.responses import json_response
from serving.http.well_formed import WellFormed
from serving.observe.gc_pauses import GcPauses
from serving.observe.metrics import Metrics
from serving.observe.traces import Traces, make_tracer_provider
from serving.routes.about import ABOUT_ENDPOINTS
from serving.routes.drift import DRIFT_ENDPOINTS
from serving.routes.health import HEALTH_ENDPOINTS
from serving.routes.jobs import JOB_ENDPOINTS
from serving.routes.labels import LABEL_ENDPOINTS
from serving.routes.observations import OBSERVATION_ENDPOINTS
from serving.routes.reports import REPORT_ENDPOINTS
from serving.routes.verdicts import VERDICT_ENDPOINTS
from serving.routes.webhooks import WEBHOOK_ENDPOINTS
from serving.settings import Settings
from serving.store.api_keys import Scope

__all__ = ["make_app"]


def make_app(settings: Settings) -> Starlette:
    """The application with its model loaded and its store opened.

    It starts without a usable model or store, too: every request that needs one then gets a
    problem that says so. Opening the store is tried again, for a database may come back.
    """
    metrics = Metrics(GcPauses())
    spans = None if settings.traces == "off" else make_tracer_provider(settings.traces)
    traces = [] if spans is None else [Middleware(Traces, tracer=spans.get_tracer("assay"))]
    app = Starlette(
        routes=[*routes(settings, metrics), *page_routes(settings, metrics)],
        middleware=[*traces, *middlewares(settings, metrics)],
        exception_handlers={**EXCEPTION_HANDLERS, OSError: answer_disk_error},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # few clients would send their body a second time
    app.state.spans = spans
    prepare_state(app, settings, metrics)
    return app


def middlewares(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """The layers that a request passes through before its route, the outermost first."""
    return [
        Middleware(Lingering),
        Middleware(RequestLog, metrics=metrics, log=settings.log_requests),
        Middleware(Closing),
        Middleware(WellFormed),
        Middleware(AllowedHosts, limits=settings),
        Middleware(CrossOrigin, settings=settings),
        Middleware(LongAnswers, limits=settings),
    ]


def routes(settings: Settings, metrics: Metrics) -> list[ExactRoute]:
    """Every route, with its limits around its endpoint."""
    both = {**HEALTH_ENDPOINTS, **PAGE_ENDPOINTS}
    open_routes = {path: (endpoint, ["GET"]) for path, endpoint in both.items()}
    scoped = {path: (require_scope(methods), list(methods)) for path, methods in SCOPED_ENDPOINTS.items()}
    return [
        ExactRoute(path, endpoint, methods=methods, middleware=route_limits(path, settings, metrics))
        for path, (endpoint, methods) in (open_routes | scoped).items()
    ]


def page_routes(settings: Settings, metrics: Metrics) -> list[Route]:
    """The routes of the desk, with their limits; where there is none, the one that says why."""
    if sentence := why_unavailable(settings):
        return [unavailable_route(sentence)]
    from serving.desk.pages import AsPages  # here: its libraries may not be installed
    from serving.desk.routes import desk_routes

    def limits(path: str) -> list[Middleware]:
        return [Middleware(AsPages), *route_limits(path, settings, metrics)]

    return [within(route, limits(route.path)) for route in desk_routes()]


def within(route: Route, layers: Sequence[Middleware]) -> Route:
    """A route inside some layers, the outermost first."""
    layered = copy(route)
    for layer, arguments, options in reversed(layers):
        layered.app = layer(layered.app, *arguments, **options)
    return layered


@without_parameters
async def read_openapi(_: Request) -> Response:
    """The interface's description in OpenAPI."""
    return json_response(openapi())


SCOPED_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    **VERDICT_ENDPOINTS,
    **REPORT_ENDPOINTS,
    **OBSERVATION_ENDPOINTS,
    **JOB_ENDPOINTS,
    **WEBHOOK_ENDPOINTS,
    **ABOUT_ENDPOINTS,
    **LABEL_ENDPOINTS,
    **DRIFT_ENDPOINTS,
    "/v1/openapi.json": {"GET": (Scope.READ, read_openapi)},
}
"""Every route that needs a key, with the scope that each of its methods needs."""
