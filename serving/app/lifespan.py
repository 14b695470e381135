"""The lifespan: the state that requests share, and the tasks that run beside them until the shutdown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

from anyio import to_thread
from starlette.applications import Starlette

from accounts.errors import AssayError, BadInput, NoUsableModel, WrongUsage
from detector.locate import open_detector
from detector.screening import Detector
from features.outside import use_features
from serving.app.audit_ends import note_ends
from serving.app.drift_watch import watch_drift
from serving.app.folder_life import note_folder_life, tend_at_start
from serving.app.retention import remove_expired, truncate_after_erasures
from serving.desk.unavailable import why_unavailable
from serving.http.authentication import Authenticator
from serving.jobs.gauges import JobGauges
from serving.jobs.reading_apart import ReadingPlaces
from serving.jobs.tenant_bytes import UploadsUnderWay
from serving.observe.fellow_workers import FellowWorkers
from serving.observe.gc_pauses import GcPauses
from serving.observe.graceful_shutdown import GracefulShutdown
from serving.observe.log import log_error
from serving.observe.metrics import Metrics, shared_folder
from serving.routes.reports import PDFS_AT_ONCE
from serving.screening.fair_turns import FairTurns
from serving.screening.kept_models import keep_model
from serving.screening.model_watcher import ModelWatcher
from serving.screening.promises import BrokenPromises
from serving.screening.recorder import VerdictRecorder
from serving.screening.service import ScreeningService
from serving.screening.shadow import Shadow
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.webhooks.delivery import deliver_for_ever

__all__ = ["lifespan", "model_in_use", "prepare_state", "use_detector"]

KEPT_EVERY: Final = 60.0
"""Seconds between tries to keep a model for which the disk had no room."""


def prepare_state(app: Starlette, settings: Settings, metrics: Metrics) -> None:
    """Give an application all that its endpoints share; in place of a missing model the reason for it."""
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.store_access = StoreAccess(settings)
    app.state.authenticator = Authenticator(settings, app.state.store_access)
    app.state.job_gauges = JobGauges(app.state.store_access)
    app.state.recorder = VerdictRecorder(app.state.store_access, metrics.said.count)
    app.state.promises = BrokenPromises()
    app.state.shadow = Shadow(app.state.store_access, partial(is_busy, app), metrics.said.count_shadow)
    app.state.erased = asyncio.Event()
    app.state.rendering_turns = FairTurns()
    app.state.pdf_turns = FairTurns(PDFS_AT_ONCE)
    app.state.erasing_turns = FairTurns()
    app.state.uploads = UploadsUnderWay()
    app.state.reading_places = ReadingPlaces()
    app.state.model_kept = True
    app.state.shutdown = GracefulShutdown(
        settings.drain_seconds,
        lambda: model_in_use(app) is not None,
        settings.request_seconds,
        FellowWorkers(shared_folder()),
    )
    try:
        use_features(settings.features)
        detector = open_detector(settings.model, settings.home)
    except NoUsableModel as error:
        app.state.screening = error
    except (BadInput, WrongUsage) as error:  # a file of features; the fault is not the client's
        app.state.screening = NoUsableModel(str(error))
    else:
        use_detector(app, detector)
        app.state.model_kept = is_kept(settings, detector)
    metrics.model = partial(model_in_use, app)


def is_kept(settings: Settings, detector: Detector) -> bool:
    """Whether the model is kept where verdicts are; if not, the log says why.

    The service screens on a full or read-only disk, too.
    """
    if settings.store_verdicts:
        try:
            keep_model(detector, settings.home)
        except (AssayError, OSError) as error:
            log_error("model_not_kept", error)
            return False
    return True


async def keep_later(settings: Settings, detector: Detector) -> None:
    """Try every minute to keep the model that the service began with, until that is done."""
    while True:
        await asyncio.sleep(KEPT_EVERY)
        with suppress(AssayError, OSError):
            await to_thread.run_sync(keep_model, detector, settings.home)
            return


def use_detector(app: Starlette, detector: Detector) -> None:
    """Screen with this detector from now on; requests that have begun end with the one before."""
    state = app.state
    state.screening = ScreeningService(
        detector,
        state.settings,
        state.recorder,
        state.promises,
        state.shadow if state.shadow.enabled else None,
    )


def is_busy(app: Starlette) -> bool:
    """Whether anything is being screened for a request."""
    service = app.state.screening
    return isinstance(service, ScreeningService) and service.is_busy


def model_in_use(app: Starlette) -> tuple[str, str] | None:
    """Version and sha256 of the model in use; None where there is none."""
    service = app.state.screening
    if not isinstance(service, ScreeningService):
        return None
    return service.detector.bundle.facts.version, service.detector.bundle.sha256


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Run the model watcher, the retention and the count of garbage collections beside the requests."""
    settings: Settings = app.state.settings
    metrics: Metrics = app.state.metrics
    pauses: GcPauses = metrics.live.pauses
    pauses.start()
    access: StoreAccess = app.state.store_access
    await tend_at_start(access)
    tasks = [
        asyncio.create_task(metrics.write_for_ever()),
        asyncio.create_task(remove_expired(access, settings.verdict_days, settings.observation_days)),
        asyncio.create_task(truncate_after_erasures(access, app.state.erased)),
        asyncio.create_task(note_ends(access)),
        asyncio.create_task(note_folder_life(access)),
        asyncio.create_task(deliver_for_ever(access)),
        asyncio.create_task(watch_drift(app)),
        asyncio.create_task(app.state.shadow.run()),
    ]
    if not why_unavailable(settings):
        from serving.desk.screening_run import tend_screenings  # here: its libraries may not be installed
        from serving.desk.watching import watch_lists

        tasks += [asyncio.create_task(work(app)) for work in (tend_screenings, watch_lists)]
    if not app.state.model_kept:
        tasks.append(asyncio.create_task(keep_later(settings, app.state.screening.detector)))
    if not settings.model:  # a bundle that the settings name is not replaced by a champion
        tasks.append(asyncio.create_task(watcher_of(app).run(settings.model_poll_seconds)))
    try:
        with app.state.shutdown.handling_sigterm():
            yield
    finally:
        for task in tasks:
            task.cancel()
        pauses.stop()
        if app.state.spans is not None:
            app.state.spans.shutdown()  # here and not in a thread: the server waits for no task by now


def watcher_of(app: Starlette) -> ModelWatcher:
    """The watcher that swaps an application's model, and counts the changes in its metrics."""
    metrics: Metrics = app.state.metrics
    return ModelWatcher(
        app.state.settings.home,
        swap=partial(use_detector, app),
        current=lambda: (model_in_use(app) or (None, None))[1],
        count=lambda outcome: metrics.model_changes.labels(outcome).inc(),
    )
