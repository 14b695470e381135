"""Metrics of what the service says: labels, suspicion, findings, and what the challenger says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from serving.store.verdict_counts import blocks_of
from serving.store.verdict_rows import NewVerdict

__all__ = ["VerdictMetrics"]

SUSPICION: Final = (0.1, 0.25, 0.5, 0.75, 0.85, 0.875, 0.9, 0.95, 1.0)
""".75 is one authentic account in a hundred, .875 one in a thousand."""


class VerdictMetrics:
    """Counters of verdicts; those of bulk jobs, which other processes screen, are counted in the database."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.verdicts = Counter(
            "assay_verdicts", "Verdicts by label and platform.", ("label", "platform"), registry=registry
        )
        self.by_evidence = Counter(
            "assay_verdicts_by_evidence", "Verdicts by label and the blocks of evidence that were there.",
            ("label", "evidence"), registry=registry,
        )  # fmt: skip
        self.suspicion = Histogram(
            "assay_suspicion", "Suspicion of the accounts of which any signal could be heard.",
            buckets=SUSPICION, registry=registry,
        )  # fmt: skip
        self.findings = Counter(
            "assay_findings",
            "What the checks of the evidence found, by check.",
            ("check",),
            registry=registry,
        )
        self.shadows = Counter(
            "assay_shadow", "Accounts for the challenger: same or other label, failed or dropped.",
            ("outcome",), registry=registry,
        )  # fmt: skip

    def count(self, verdicts: Iterable[NewVerdict]) -> None:
        """Count verdicts that are answered."""
        for one in verdicts:
            self.verdicts.labels(one.label.value, one.platform).inc()
            self.by_evidence.labels(one.label.value, blocks_of(one.level)).inc()
            if one.suspicion is not None:
                self.suspicion.observe(one.suspicion)
            for check in one.findings:
                self.findings.labels(check).inc()

    def count_shadow(self, outcome: str, accounts: int) -> None:
        """Count accounts that the challenger judged or left out."""
        self.shadows.labels(outcome).inc(accounts)
