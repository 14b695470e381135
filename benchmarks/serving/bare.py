"""The baseline: a Starlette application on uvicorn that screens as the service does, and does nothing else.

It reads, judges and answers as the service does (documents through the reader, those that wait at the
same time together, batches in a thread of their own), without keys, limits, ids, logs and counts.
"""

from __future__ import annotations

import gc
import sys

import uvicorn
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from detector import light_import  # noqa: F401 - before the detector  # isort: skip
from detector.bundle import load, starter_path
from detector.screening import Detector
from serving.http.bodies import Body, BodyFormat
from serving.http.query import ScreeningOptions
from serving.routes.batch import as_json_list
from serving.screening.recorder import VerdictRecorder
from serving.screening.service import ScreeningService
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.api_keys import ANYONE


def app() -> Starlette:
    """The bare application, with its own detector."""
    settings = Settings(no_auth=True, store_verdicts=False)
    screening = ScreeningService(
        Detector(load(starter_path())), settings, VerdictRecorder(StoreAccess(settings))
    )
    batches = CapacityLimiter(1)

    async def answer_one(request: Request) -> Response:
        verdict = await screening.screen_one(
            Body(await request.body(), BodyFormat.JSON), ScreeningOptions(), ANYONE
        )
        return Response(verdict.document, media_type="application/json")

    async def many(request: Request) -> Response:
        body = Body(await request.body(), BodyFormat.JSON)
        answers = await to_thread.run_sync(
            screening.screen_documents, body, ScreeningOptions(), ANYONE, limiter=batches
        )
        return Response(as_json_list(answers), media_type="application/json")

    async def ready(_: Request) -> Response:
        return Response("{}")

    gc.collect()
    gc.freeze()
    return Starlette(
        routes=[
            Route("/v1/verdicts", answer_one, methods=["POST"]),
            Route("/v1/verdicts/batch", many, methods=["POST"]),
            Route("/livez", ready),
            Route("/readyz", ready),
        ]
    )


if __name__ == "__main__":
    uvicorn.run(
        "benchmarks.serving.bare:app", factory=True, port=int(sys.argv[1]), workers=int(sys.argv[2]),
        access_log=False, log_level="warning",
    )  # fmt: skip
