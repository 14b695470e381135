"""What the service counts, in Prometheus' text.

Every label has few values: routes are templates, methods and labels come from fixed lists. With
several workers the counts of all of them are added up, through ``PROMETHEUS_MULTIPROC_DIR``;
what the model is, and what collecting garbage took, is told by the worker that answers. Jobs are
counted in the database, where they are all of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psutil
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from serving.observe.gc_pauses import Pauses
from serving.store.job_rows import Figures

__all__ = ["CONTENT_TYPE", "Metrics"]

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
SEVERAL: Final = "PROMETHEUS_MULTIPROC_DIR"
SECONDS: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
GROUPS: Final = (1, 2, 4, 8, 16, 32)


class Metrics:
    """The counters of one application."""

    def __init__(self, pauses: Pauses) -> None:
        if folder := os.environ.get(SEVERAL):
            forget_the_dead(folder)
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "assay_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "assay_request_seconds", "From a request's first byte to its answer's last.", ("route",),
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.waiting = Gauge(
            "assay_requests_in_flight", "Requests that are being answered.", registry=self.registry,
            multiprocess_mode="livesum",
        )  # fmt: skip
        self.turned_away = Counter(
            "assay_turned_away", "Requests refused because too many were waiting.", ("route",),
            registry=self.registry,
        )  # fmt: skip
        self.swaps = Counter(
            "assay_model_changes", "New champions, taken up or refused.", ("outcome",), registry=self.registry
        )
        self.model: Callable[[], tuple[str, str] | None] = lambda: None
        self.jobs: Figures | None = None
        self.live = Live(self, pauses)
        self.registry.register(self.live)

    def text(self) -> bytes:
        """Everything, in Prometheus' text."""
        if not os.environ.get(SEVERAL):
            return generate_latest(self.registry)
        whole = CollectorRegistry()
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
        whole.register(self.live)
        return generate_latest(whole)


def forget_the_dead(folder: str) -> None:
    """What workers had in flight that were killed is so no longer."""
    for file in Path(folder).glob("gauge_live*.db"):
        if (process := int(re.sub(r"\D", "", file.stem))) and not psutil.pid_exists(process):
            mark_process_dead(process, folder)  # type: ignore[no-untyped-call]


class Live(Collector):
    """What is looked up when it is asked for."""

    def __init__(self, metrics: Metrics, pauses: Pauses) -> None:
        self.metrics = metrics
        self.pauses = pauses

    def describe(self) -> list[Metric]:
        """Nothing, so that it is not looked up when it is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The model, what collecting garbage took, and the jobs if they could be counted."""
        about = GaugeMetricFamily(
            "assay_model_info", "The model in use; 0 where there is none.", labels=("version", "sha256")
        )
        model = self.metrics.model()
        about.add_metric(model or ("", ""), float(model is not None))
        yield about
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
        yield from self.of_jobs()

    def of_jobs(self) -> Iterator[Metric]:
        """The jobs of all tenants; names alone where they could not be counted."""
        count = GaugeMetricFamily(
            "assay_jobs", "Bulk jobs that wait, run, cannot go on, or have failed.", labels=("state",)
        )
        oldest = GaugeMetricFamily(
            "assay_jobs_oldest_waiting_seconds", "Since the oldest bulk job that waits was made.", labels=()
        )
        if found := self.metrics.jobs:
            for state, jobs in found.counts.items():
                count.add_metric((state,), jobs)
            oldest.add_metric((), found.oldest_waiting_seconds)
        yield count
        yield oldest
