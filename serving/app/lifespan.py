"""What goes on around the routes: layers about every request, and what runs beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware

from accounts.errors import NoUsableModel
from detector.locate import open_detector
from detector.screening import Detector
from serving.http.admission import Crowd
from serving.http.request_log import Watch
from serving.observe.gc_pauses import Pauses
from serving.observe.graceful_shutdown import Closing
from serving.observe.log import tell, tell_error
from serving.observe.metrics import Metrics
from serving.screening.model_watcher import Throne
from serving.screening.recorder import Ledger
from serving.screening.service import Bench
from serving.settings import Settings
from serving.store.access import Door
from serving.store.idempotency_keys import forget as forget_answers
from serving.store.timestamps import now
from serving.store.verdict_rows import expire

__all__ = ["forget", "in_use", "layers", "prepare", "running", "seat"]

FORGETS_EACH_SECONDS: Final = 3_600.0


def layers(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """What a request passes through before its route, the outermost first."""
    return [
        Middleware(Watch, metrics=metrics, log=settings.log_requests),
        Middleware(Crowd, limits=settings, metrics=metrics),
    ]


def prepare(app: Starlette, settings: Settings, metrics: Metrics, ledger: Ledger) -> None:
    """Give an application its model, or the reason why there is none."""
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.ledger = ledger
    app.state.closing = Closing(settings.drain_seconds, lambda: in_use(app) is not None)
    try:
        seat(app, open_detector(settings.model, settings.home))
    except NoUsableModel as error:
        app.state.bench = error
    metrics.model = partial(in_use, app)


def seat(app: Starlette, detector: Detector) -> None:
    """Have a detector judge from now on; what was asked before ends where it began."""
    app.state.bench = Bench(detector, app.state.settings, app.state.ledger)


def in_use(app: Starlette) -> tuple[str, str] | None:
    """Version and sha256 of the model in use."""
    bench = app.state.bench
    if not isinstance(bench, Bench):
        return None
    return bench.detector.bundle.facts.version, bench.detector.bundle.sha256


async def forget(door: Door, days: int | None) -> None:
    """Every hour remove remembered answers whose time is over, and verdicts older than so many days."""
    while door.settings.store_verdicts:
        try:
            await door.run(forget_answers, timedelta(hours=door.settings.idempotency_hours))
            if days and (count := await door.run(expire, now(plus=-timedelta(days=days)))):
                tell("verdicts_expired", count=count)
        except Exception as error:
            tell_error("verdicts_not_expired", error)  # it is tried again: a database may come back
        await asyncio.sleep(FORGETS_EACH_SECONDS)


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[None]:
    """What goes on beside the requests: a look at the champion, and an ear for the end."""
    settings: Settings = app.state.settings
    metrics: Metrics = app.state.metrics
    throne = Throne(
        settings.home,
        seat=partial(seat, app),
        sitting=lambda: (in_use(app) or (None, None))[1],
        count=lambda outcome: metrics.swaps.labels(outcome).inc(),
    )
    pauses: Pauses = metrics.live.pauses
    pauses.start()
    forgetting = asyncio.create_task(forget(app.state.door, settings.verdict_days))
    # A bundle that was named is the one that is wanted.
    watching = None if settings.model else asyncio.create_task(throne.watch(settings.model_poll_seconds))
    try:
        with app.state.closing.listening():
            yield
    finally:
        forgetting.cancel()
        if watching:
            watching.cancel()
        pauses.stop()
