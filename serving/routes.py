"""The routes of the service, as an application of their own."""

from __future__ import annotations

import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from accounts.errors import NoUsableModel
from detector.locate import open_detector
from serving.bench import Bench
from serving.bodies import LARGEST_BATCH, LARGEST_DOCUMENT, read_body
from serving.openapi import openapi
from serving.problems import handlers
from serving.settings import Settings

__all__ = ["make_app"]


def make_app(settings: Settings) -> Starlette:
    """The application with its model loaded; without a usable one it says so at every question."""
    routes = [
        Route("/livez", alive),
        Route("/readyz", ready),
        Route("/v1/verdicts", verdict, methods=["POST"]),
        Route("/v1/verdicts/batch", verdicts, methods=["POST"]),
        Route("/v1/model", model),
        Route("/v1/openapi.json", description),
    ]
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False  # few clients would send their body a second time
    try:
        app.state.bench = Bench(open_detector(settings.model, settings.home))
    except NoUsableModel as error:
        app.state.bench = error
    return app


async def alive(_: Request) -> Response:
    """Whether the event loop turns."""
    return written({"status": "alive"})


async def ready(request: Request) -> Response:
    """Whether there is a bench: its bundle was loaded, and judged its golden accounts as it should."""
    bench_of(request)
    return written({"status": "ready"})


async def verdict(request: Request) -> Response:
    """The verdict on one account."""
    bench = bench_of(request)
    return written(await bench.one(await read_body(request, LARGEST_DOCUMENT)))


async def verdicts(request: Request) -> Response:
    """Verdicts on up to 1,000 accounts."""
    bench = bench_of(request)
    return written({"verdicts": await bench.many(await read_body(request, LARGEST_BATCH))})


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
    return bench


def written(answer: dict[str, Any]) -> Response:
    """JSON with every number as Python writes it, as the command line does."""
    return Response(json.dumps(answer), media_type="application/json")
