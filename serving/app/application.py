"""The routes of the service, as an application of their own."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounts.document import json_schema
from detector.verdict_schema import verdict_schema
from serving.app.lifespan import layers, prepare, running
from serving.app.openapi import openapi
from serving.http.authentication import Gate, Guarded, at_home, guarded
from serving.http.problems import NotNow, handlers
from serving.jobs.gauges import Counted
from serving.observe.gc_pauses import Pauses
from serving.observe.metrics import CONTENT_TYPE, Metrics
from serving.routes import jobs, verdicts
from serving.routes.dependencies import bench_of, door_of, written
from serving.routes.feature_list import catalogue
from serving.screening.recorder import Ledger
from serving.settings import Settings
from serving.store.access import Door
from serving.store.api_keys import Scope

__all__ = ["make_app"]


def make_app(settings: Settings) -> Starlette:
    """The application with its model loaded; without a usable one it says so at every question.

    The same goes for the store, which is tried again, for a database may come back.
    """
    routes = [Route("/livez", alive), Route("/readyz", ready), Route("/metrics", counts)]
    for path, methods in GUARDED.items():
        routes.append(Route(path, guarded(methods), methods=list(methods)))
    metrics = Metrics(Pauses())
    around = layers(settings, metrics)
    app = Starlette(routes=routes, middleware=around, exception_handlers=handlers, lifespan=running)
    app.router.redirect_slashes = False  # few clients would send their body a second time
    app.state.door = Door(settings)
    app.state.gate = Gate(settings, app.state.door)
    app.state.counted = Counted(app.state.door)
    prepare(app, settings, metrics, Ledger(app.state.door))
    return app


async def alive(_: Request) -> Response:
    """Whether the event loop turns."""
    return written({"status": "alive"})


async def ready(request: Request) -> Response:
    """Whether a bundle judged its golden accounts as it should, the store answers, and no end is in sight."""
    bench_of(request)
    if request.app.state.closing.begun:
        raise NotNow("The service is about to end.")
    await door_of(request).check()
    return written({"status": "ready"})


async def counts(request: Request) -> Response:
    """What the service counts, for whoever asks from this machine, or has the right."""
    if not at_home(request):
        await request.app.state.gate.admit(request, Scope.ADMIN)
    metrics: Metrics = request.app.state.metrics
    metrics.jobs = await request.app.state.counted.figures()
    return Response(metrics.text(), media_type=CONTENT_TYPE)


async def model(request: Request) -> Response:
    """What the model is, promises and rests on."""
    return written(bench_of(request).about())


async def features(_: Request) -> Response:
    """Every feature and what it means."""
    return written(catalogue())


async def schemas(_: Request) -> Response:
    """The schemas of the account and the verdict."""
    return written({"account": json_schema(), "verdict": verdict_schema()})


async def description(_: Request) -> Response:
    """The interface in OpenAPI."""
    return written(openapi())


GUARDED: dict[str, Guarded] = {
    **verdicts.GUARDED,
    **jobs.GUARDED,
    "/v1/model": {"GET": (Scope.READ, model)},
    "/v1/features": {"GET": (Scope.READ, features)},
    "/v1/schema": {"GET": (Scope.READ, schemas)},
    "/v1/openapi.json": {"GET": (Scope.READ, description)},
}
"""Every route that wants a key, with the scope that it wants for each method."""
