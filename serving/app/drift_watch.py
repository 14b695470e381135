"""Drift: once a day stored verdicts are held against the first ones, and against the promise."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from detector.drift.comparison import compare
from detector.drift.features import feature_shifts
from detector.drift.limits import FEWEST, DriftLimits
from detector.drift.promise import PromiseCheck, check_promise
from detector.screening import Detector
from serving.observe.log import log_error, log_event
from serving.observe.metrics import Metrics
from serving.screening.promises import BrokenPromises
from serving.screening.service import ScreeningService
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.drift_rows import broken_promises, drift_reports_of, store_drift
from serving.store.judged import confirmed_accounts, first_verdict_at, judged_in, tenants_judged_by
from serving.store.store import Store
from serving.store.timestamps import CLOCK_DIFFERENCE, format_timestamp, now

__all__ = ["look_at_drift", "watch_drift"]

LOOK_SECONDS: Final = 300.0
"""How often a worker looks whether another one has found a promise broken, and whether a report is due."""

FIRST_LOOK_SECONDS: Final = 5.0
EVERY: Final = timedelta(days=1)
MOST_VERDICTS: Final = 5_000
"""Of a window; that takes a few seconds in a thread."""

MOST_FEATURES: Final = 10


async def watch_drift(app: Any) -> None:
    """Look at drift, for ever; an error is logged and the look tried again."""
    access: StoreAccess = app.state.store_access
    if not (access.settings.store_verdicts and access.settings.drift):
        return
    await asyncio.sleep(FIRST_LOOK_SECONDS)
    while True:
        try:
            await look_once(app)
        except Exception as error:
            log_error("drift_not_looked_at", error)
        await asyncio.sleep(LOOK_SECONDS)


async def look_once(app: Any) -> None:
    """Make the reports that are due, and take up what all reports say.

    What goes wrong with one tenant is logged, and keeps no other's report back.
    """
    access: StoreAccess = app.state.store_access
    promises: BrokenPromises = app.state.promises
    metrics: Metrics = app.state.metrics
    service = app.state.screening
    if isinstance(service, ScreeningService):
        model = service.detector.bundle.sha256
        reports = await access.read(drift_reports_of, model)
        since, until = now(plus=-EVERY), now(plus=CLOCK_DIFFERENCE)  # later: the clock was set back
        fresh = {one.tenant for one in reports if since < one.made_at <= until}
        for tenant in await access.read(tenants_judged_by, model):
            if tenant in fresh:
                continue
            try:
                opened = access.opened()
                await access.run_beside(look_at_drift, opened, access.settings, service.detector, tenant)
            except Exception as error:
                log_error("drift_not_looked_at", error)
        metrics.drift.reports = await access.read(drift_reports_of, model)
    promises.sentences = await access.read(broken_promises)


def look_at_drift(store: Store, settings: Settings, detector: Detector, tenant: str) -> None:
    """Make and store the report of one tenant about one model."""
    limits = DriftLimits(level=settings.drift_level, most=MOST_VERDICTS)
    model = detector.bundle.sha256
    with store.database.reading() as connection:
        scores = compared(connection, tenant, detector, settings, limits)
        promise = promise_of(connection, tenant, detector, settings, limits)
    document = scores | {"promise": None if promise is None else promise.as_dict()}
    broken = None if promise is None else promise.broken
    store_drift(store, tenant, model, document, broken)
    comparison = scores["comparison"]
    log_event("drift", model=model, alarm=bool(comparison and comparison["alarm"]), broken=broken)


def compared(
    connection: Connection, tenant: str, detector: Detector, settings: Settings, limits: DriftLimits
) -> dict[str, Any]:
    """The comparison of the last days' scores with the model's first ones, and the features that moved.

    None where either side has too few accounts.
    """
    model = detector.bundle.sha256
    first = first_verdict_at(connection, tenant, model)
    nothing: dict[str, Any] = {"comparison": None, "features": []}
    if first is None:
        return nothing
    begin = datetime.fromisoformat(first)
    end = begin + timedelta(days=settings.drift_reference_days)
    start = max(datetime.now(UTC) - timedelta(days=settings.drift_days), end)
    windows = ((first, format_timestamp(end)), (format_timestamp(start), now()))
    before, after = (judged_in(connection, tenant, model, one, limits.most) for one in windows)
    if min(len(before.scored), len(after.scored)) < FEWEST:
        return nothing
    names = list(detector.bundle.manifest.features)
    shifts = feature_shifts(*(pd.DataFrame(one.features, columns=names) for one in (before, after)))
    return {
        "comparison": compare(before.scored, after.scored, limits).as_dict(),
        "features": [vars(one) for one in shifts[:MOST_FEATURES]],
    }


def promise_of(
    connection: Connection, tenant: str, detector: Detector, settings: Settings, limits: DriftLimits
) -> PromiseCheck | None:
    """The promise, held against what people decided; None where they called nobody authentic."""
    known = confirmed_accounts(
        connection,
        tenant,
        detector.bundle.sha256,
        unselected=settings.drift_unselected,
        flagged_alone=settings.job_verdicts == "flagged",
    )
    if not known.confirmed:
        return None
    return check_promise(known, detector.bundle.facts.alpha, limits, one_look=False)
