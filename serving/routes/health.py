"""The endpoints for operators: ``/livez``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from serving.http.hosts import is_from_loopback
from serving.http.problems import ServiceUnavailable
from serving.http.responses import json_response
from serving.jobs.job_files import check_locks
from serving.observe.metrics import CONTENT_TYPE, Metrics
from serving.routes.dependencies import screening_service, store_access
from serving.store.api_keys import Scope

__all__ = ["HEALTH_ENDPOINTS"]


async def livez(_: Request) -> Response:
    """Liveness: the event loop runs."""
    return json_response({"status": "alive"})


async def readyz(request: Request) -> Response:
    """Readiness: a usable model, a database and folders that take files, and no shutdown begun."""
    screening_service(request)
    if request.app.state.shutdown.begun:
        raise ServiceUnavailable("The service is about to end.")
    await store_access(request).check()
    if (settings := request.app.state.settings).store_verdicts:
        for folder in (settings.home, settings.jobs_path):
            await to_thread.run_sync(check_locks, folder)
    return json_response({"status": "ready"})


async def metrics_text(request: Request) -> Response:
    """Prometheus' metrics, over loopback for anybody, otherwise for keys with the scope admin."""
    if not is_from_loopback(request):
        await request.app.state.authenticator.authorize(request, Scope.ADMIN)
    metrics: Metrics = request.app.state.metrics
    metrics.jobs = await request.app.state.job_gauges.read()
    return Response(metrics.text(), media_type=CONTENT_TYPE)


HEALTH_ENDPOINTS: Final[Mapping[str, Callable[[Request], Awaitable[Response]]]] = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": metrics_text,
}
"""The routes that need no key, or decide about it themselves."""
