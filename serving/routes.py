"""The routes of the service, as an application of their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounts.errors import NoUsableModel
from detector.locate import open_detector
from detector.screening import Detector
from serving.asking import Asked
from serving.bench import Bench
from serving.bodies import Form, read_body
from serving.champion import Throne
from serving.crowd import Crowd
from serving.metrics import CONTENT_TYPE, Metrics
from serving.openapi import openapi
from serving.pauses import Pauses
from serving.preferring import preferred
from serving.problems import NotNow, handlers
from serving.settings import Settings
from serving.stopping import Closing
from serving.watch import Watch

__all__ = ["make_app"]


def make_app(settings: Settings) -> Starlette:
    """The application with its model loaded; without a usable one it says so at every question."""
    routes = [
        Route("/livez", alive),
        Route("/readyz", ready),
        Route("/metrics", counts),
        Route("/v1/verdicts", verdict, methods=["POST"]),
        Route("/v1/verdicts/batch", verdicts, methods=["POST"]),
        Route("/v1/model", model),
        Route("/v1/openapi.json", description),
    ]
    pauses = Pauses()
    metrics = Metrics(pauses)
    around = [
        Middleware(Watch, metrics=metrics, log=settings.log_requests),
        Middleware(Crowd, limits=settings, metrics=metrics),
    ]
    app = Starlette(
        routes=routes,
        middleware=around,
        exception_handlers=handlers,
        lifespan=partial(running, pauses=pauses),
    )
    app.router.redirect_slashes = False  # few clients would send their body a second time
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.closing = Closing(settings.drain_seconds)
    try:
        seat(app, open_detector(settings.model, settings.home))
    except NoUsableModel as error:
        app.state.bench = error
    metrics.model = partial(in_use, app)
    return app


def seat(app: Starlette, detector: Detector) -> None:
    """Have a detector judge from now on; what was asked before ends where it began."""
    app.state.bench = Bench(detector, app.state.settings)


def in_use(app: Starlette) -> tuple[str, str] | None:
    """Version and sha256 of the model in use."""
    bench = app.state.bench
    if not isinstance(bench, Bench):
        return None
    return bench.detector.bundle.facts.version, bench.detector.bundle.sha256


@asynccontextmanager
async def running(app: Starlette, *, pauses: Pauses) -> AsyncIterator[None]:
    """What goes on beside the requests: a look at the champion, and an ear for the end."""
    settings: Settings = app.state.settings
    throne = Throne(
        settings.home,
        seat=partial(seat, app),
        sitting=lambda: (in_use(app) or (None, None))[1],
        count=lambda outcome: app.state.metrics.swaps.labels(outcome).inc(),
    )
    pauses.start()
    # A bundle that was named is the one that is wanted.
    watching = None if settings.model else asyncio.create_task(throne.watch(settings.model_poll_seconds))
    try:
        with app.state.closing.listening():
            yield
    finally:
        if watching:
            watching.cancel()
        pauses.stop()


async def alive(_: Request) -> Response:
    """Whether the event loop turns."""
    return written({"status": "alive"})


async def ready(request: Request) -> Response:
    """Whether there is a bench, whose bundle judged its golden accounts as it should, and no end in sight."""
    bench_of(request)
    if request.app.state.closing.begun:
        raise NotNow("The service is about to end.")
    return written({"status": "ready"})


async def counts(request: Request) -> Response:
    """What the service counts, in Prometheus' text."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE)


async def verdict(request: Request) -> Response:
    """The verdict on one account."""
    bench, asked = bench_of(request), Asked.of(request.query_params)
    return written(await bench.one(await read_body(request, bench.limits), asked))


async def verdicts(request: Request) -> Response:
    """Verdicts on many accounts."""
    bench, asked, form = bench_of(request), Asked.of(request.query_params), preferred(request)
    entries = await bench.many(await read_body(request, bench.limits, batch=True), asked)
    if form is Form.LINES:
        return Response("".join(f"{json.dumps(entry)}\n" for entry in entries), media_type=form)
    return written({"verdicts": entries})


async def model(request: Request) -> Response:
    """What the model is, promises and rests on."""
    return written(bench_of(request).about())


async def description(_: Request) -> Response:
    """The interface in OpenAPI."""
    return written(openapi())


def bench_of(request: Request) -> Bench:
    """The bench, or the reason why there is none."""
    bench = request.app.state.bench
    if isinstance(bench, NoUsableModel):
        raise bench
    assert isinstance(bench, Bench)
    request.state.model = bench.detector.bundle.sha256
    return bench


def written(answer: dict[str, Any]) -> Response:
    """JSON with every number as Python writes it, as the command line does."""
    return Response(json.dumps(answer), media_type="application/json")
