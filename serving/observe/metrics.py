"""Metrics of the service, in Prometheus' text format.

Every label has few values: routes are templates, methods and labels come from fixed lists. With
several workers the counts of all are added up, through files in ``PROMETHEUS_MULTIPROC_DIR`` that
each writes once a second; the model and the pauses of the garbage collector are those of the worker
that answers. Jobs are counted in the database, which holds those of all workers.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil
from anyio import to_thread
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from serving.observe.count_files import use_count_files, write_count_files
from serving.observe.drift_metrics import DriftGauges
from serving.observe.gc_pauses import GcPauses
from serving.observe.log import LastingError
from serving.observe.verdict_metrics import VerdictMetrics
from serving.store.job_rows import JobCounts

__all__ = ["CONTENT_TYPE", "Metrics", "shared_folder"]

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
MULTIPROCESS_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
WRITE_SECONDS: Final = 1.0
SECONDS: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)


class Metrics:
    """The counters of one application.

    Attributes
    ----------
    model
        Version and sha256 of the model in use; None where there is none.
    jobs
        How many bulk jobs there are; None where they could not be counted.
    said
        Counters of the verdicts.
    drift
        Gauges of the reports about drift.
    """

    def __init__(self, pauses: GcPauses) -> None:
        if folder := shared_folder():
            forget_dead_workers(folder)
            use_count_files()
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "assay_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "assay_request_seconds", "From a request's first byte to its answer's last.", ("route",),
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.in_flight = Gauge(
            "assay_requests_in_flight", "Requests that are being answered.", registry=self.registry,
            multiprocess_mode="livesum",
        )  # fmt: skip
        self.rejected = Counter(
            "assay_turned_away", "Requests refused because too many were waiting.", ("route",),
            registry=self.registry,
        )  # fmt: skip
        self.model_changes = Counter(
            "assay_model_changes", "New champions, taken up or refused.", ("outcome",), registry=self.registry
        )
        self.said = VerdictMetrics(self.registry)
        self.drift = DriftGauges()
        self.model: Callable[[], tuple[str, str] | None] = lambda: None
        self.jobs: JobCounts | None = None
        self.live = LiveCollector(self, pauses)
        self.registry.register(self.live)

    def text(self) -> bytes:
        """All metrics, in Prometheus' text format."""
        if not shared_folder():
            return generate_latest(self.registry)
        with suppress(OSError):  # the counts of before are there
            write_count_files()
        whole = CollectorRegistry()
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
        whole.register(self.live)
        return generate_latest(whole)

    async def write_for_ever(self) -> None:
        """Write the counts of this worker for the others, every second and at the end.

        Where the disk does not take them it is logged, and they are written once it does.
        """
        error_log = LastingError("counts_not_written")
        try:
            while True:
                try:
                    await to_thread.run_sync(write_count_files)
                except OSError as error:
                    error_log.add(error)
                else:
                    error_log.end()
                await asyncio.sleep(WRITE_SECONDS)
        finally:
            with suppress(OSError):
                write_count_files()


def shared_folder() -> Path | None:
    """The folder that all workers of a service share; None in a process of another kind."""
    named = os.environ.get(MULTIPROCESS_VARIABLE)
    return Path(named) if named else None


def forget_dead_workers(folder: Path) -> None:
    """Remove the requests in flight of workers that were killed."""
    for file in folder.glob("gauge_live*.db"):
        if (process := int(re.sub(r"\D", "", file.stem))) and not psutil.pid_exists(process):
            mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]


class LiveCollector(Collector):
    """Metrics that are looked up when they are scraped: the model, the garbage collector, the jobs."""

    def __init__(self, metrics: Metrics, pauses: GcPauses) -> None:
        self.metrics = metrics
        self.pauses = pauses

    def describe(self) -> list[Metric]:
        """No metric: Prometheus' registry would otherwise collect at registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The model, the garbage collector's seconds, and the jobs if they could be counted."""
        model_info = GaugeMetricFamily(
            "assay_model_info", "The model in use; 0 where there is none.", labels=("version", "sha256")
        )
        model = self.metrics.model()
        model_info.add_metric(model or ("", ""), float(model is not None))
        yield model_info
        seconds = CounterMetricFamily(
            "assay_collection_seconds", "Spent collecting garbage.", labels=("generation",)
        )
        longest = GaugeMetricFamily(
            "assay_collection_longest_seconds", "Longest collection of garbage.", labels=("generation",)
        )
        for generation in range(3):
            seconds.add_metric((str(generation),), self.pauses.total[generation])
            longest.add_metric((str(generation),), self.pauses.longest[generation])
        yield seconds
        yield longest
        yield from self.job_metrics()
        yield from self.metrics.drift.collect()

    def job_metrics(self) -> Iterator[Metric]:
        """The jobs of all tenants; metrics without values where they could not be counted."""
        count = GaugeMetricFamily(
            "assay_jobs", "Bulk jobs that wait, run, cannot go on, or have failed.", labels=("state",)
        )
        oldest = GaugeMetricFamily(
            "assay_jobs_oldest_waiting_seconds", "Since the oldest bulk job that waits was made.", labels=()
        )
        verdicts = CounterMetricFamily(
            "assay_job_verdicts", "Verdicts of bulk jobs by label, platform and evidence.",
            labels=("label", "platform", "evidence"),
        )  # fmt: skip
        if found := self.metrics.jobs:
            for state, jobs in found.counts.items():
                count.add_metric((state,), jobs)
            oldest.add_metric((), found.oldest_waiting_seconds)
            for names, given in found.verdicts.items():
                verdicts.add_metric(names, given)
        yield count
        yield oldest
        yield verdicts
