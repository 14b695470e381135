"""Gauges of drift: of every tenant's newest report the worst, for tenants are no label of few values."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric

from serving.store.drift_rows import StoredDrift

__all__ = ["DriftGauges"]


class DriftGauges:
    """The gauges of the reports about the model in use.

    Attributes
    ----------
    reports
        The newest of each tenant.
    """

    def __init__(self) -> None:
        self.reports: Sequence[StoredDrift] = ()

    def collect(self) -> Iterator[Metric]:
        """The gauges; without values where there is no report, or too few accounts for it."""
        compared = [one.document["comparison"] for one in self.reports if one.document["comparison"]]
        held = [one.document["promise"] for one in self.reports if one.document["promise"]]
        p_value = GaugeMetricFamily(
            "assay_drift_p_value", "Of the comparison of scores, the smallest of all tenants."
        )
        if compared:
            p_value.add_metric((), min(one["p_value"] for one in compared))
        yield p_value
        yield from self.distances(compared)
        alarms = GaugeMetricFamily("assay_drift_alarms", "Tenants whose scores have drifted.")
        alarms.add_metric((), sum(one["alarm"] for one in compared))
        yield alarms
        broken = GaugeMetricFamily("assay_drift_promises_broken", "Tenants for whom the promise is broken.")
        broken.add_metric((), sum(one.broken is not None for one in self.reports))
        yield broken
        yield from self.promises(held)
        age = GaugeMetricFamily("assay_drift_age_seconds", "Since the oldest of the reports was made.")
        if self.reports:
            oldest = min(datetime.fromisoformat(one.made_at).timestamp() for one in self.reports)
            age.add_metric((), max(0.0, time.time() - oldest))
        yield age

    def distances(self, compared: Sequence[Any]) -> Iterator[Metric]:
        """PSI and KS, the largest of all tenants."""
        for kind in ("psi", "ks"):
            gauge = GaugeMetricFamily(
                f"assay_drift_{kind}",
                f"{kind.upper()} of scores, the largest of all tenants.",
                labels=("of",),
            )
            for name in sorted({name for one in compared for name in one["statistics"]}):
                if name.startswith(f"{kind} "):
                    values = [one["statistics"][name]["value"] for one in compared]
                    gauge.add_metric((name.removeprefix(f"{kind} "),), max(values))
            yield gauge

    def promises(self, held: Sequence[Any]) -> Iterator[Metric]:
        """Capital of the test martingales, and known wrong accusations."""
        capital = GaugeMetricFamily(
            "assay_drift_capital_log10", "Largest capital of a bet against the promise, as a power of ten.",
            labels=("test",),
        )  # fmt: skip
        tests = [test for one in held for test in one["tests"]]
        for name in sorted({test["name"] for test in tests}):
            capital.add_metric((name,), max(test["largest"] for test in tests if test["name"] == name))
        yield capital
        wrong = GaugeMetricFamily(
            "assay_drift_accused_wrongly", "Accounts that were accused and later called authentic."
        )
        wrong.add_metric((), sum(one["wrong"] for one in held))
        yield wrong
