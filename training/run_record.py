"""What MLflow records of a training run: parameters, metrics under names that it takes, and plots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detector.bundle import Bundle
from detector.decision import HEADS
from detector.shap_plots import beeswarm
from detector.signals import SIGNALS
from training.evaluate import Report
from training.fit import Fitted
from training.plots import confusion, precision_recall, reliability
from training.rules import flat

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["metric_name", "run_figures", "run_metrics", "run_parameters"]

PLOTTED: Final = 600
"""Accounts, at most, whose SHAP values a plot shows."""


def run_parameters(bundle: Bundle) -> dict[str, Any]:
    """The configuration and where the run comes from, flat."""
    facts = bundle.facts
    return {
        **flat(facts.training),
        "version": facts.version,
        "catalogue": facts.catalogue,
        "features": len(bundle.manifest.features),
        "trained_on": ",".join(facts.trained_on),
        "calibrated_on": facts.calibrated_on,
    }


def run_metrics(report: Report) -> dict[str, float]:
    """Every figure under a name that MLflow takes, with both ends of its interval.

    ``inflated.with_history.auc``, ``.auc.low``, ``.auc.high``, ``false_accusations.tier.nano`` and so on.
    """
    found: dict[str, float] = {}
    for one in report.heads:
        for measure in ("auc", "average_precision", "brier"):
            figure = getattr(one, measure)
            name = f"{one.head}.{one.evidence}.{measure}"
            found |= {name: figure.value, f"{name}.low": figure.low, f"{name}.high": figure.high}
        if one.rank_baseline_auc is not None:
            found[f"{one.head}.{one.evidence}.directed_rank_auc"] = one.rank_baseline_auc
    for kind, rates in (("false_accusations", report.false_accusations), ("recall", report.recall)):
        for name, rate in rates.items():
            if rate.n:
                facts = rate.as_dict()
                found |= {
                    f"{kind}.{name}": facts["rate"],
                    f"{kind}.{name}.low": facts["low"],
                    f"{kind}.{name}.high": facts["high"],
                }
    return {metric_name(name): value for name, value in found.items()}


def metric_name(name: str) -> str:
    """A name as MLflow takes it: letters, digits and ``._-/``, with underscores for blanks.

    >>> metric_name("recall.strength band: 25-50 %")
    'recall.strength_band_25-50'
    """
    allowed = "".join(letter if letter.isalnum() or letter in "._-/ " else " " for letter in name)
    return "_".join(allowed.split()).replace("_.", ".")


def run_figures(fitted: Fitted, report: Report) -> Iterator[tuple[str, Figure]]:
    """Plots on the test split: how far to trust each label, SHAP values of each signal, labels by scheme."""
    test = fitted.test
    probabilities = fitted.bundle.predict_proba(test.features, test.levels, test.platforms).probabilities
    for at, head in enumerate(HEADS):
        truth = test.truth(head)
        yield (
            f"reliability_{head.value}",
            reliability(truth, probabilities[:, at], f"{head.value}: how far to trust the number"),
        )
        yield (
            f"precision_recall_{head.value}",
            precision_recall(truth, probabilities[:, at], f"{head.value}: test split"),
        )
    for at, signal in enumerate(SIGNALS):
        heard = np.flatnonzero(test.heard[:, at])
        rows = np.random.default_rng(0).permutation(heard)[:PLOTTED]
        if rows.size:
            yield (
                f"shap_{signal.name}",
                beeswarm(fitted.bundle.scorers[signal.name], test.features.iloc[rows]),
            )
    yield "labels_by_scheme", confusion(report.labels)
