"""What MLflow records of a training run: parameters, metrics under names that it takes, and plots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from detector.bundle import Bundle
from detector.decision import HEADS
from detector.shap_plots import beeswarm
from detector.signals import SIGNALS
from training.evaluate import Report
from training.fit import Fitted
from training.learning_curves import Curve
from training.plots import confusion, precision_recall, reliability
from training.rules import flat
from training.run_plots import curves, importance_bars, rate_plot
from training.run_tables import importances

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["metric_name", "run_figures", "run_metrics", "run_name", "run_parameters"]

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
    """Every figure under a name that MLflow takes and groups, with both ends of its interval.

    ``auc/inflated.with_history``, its ``.low`` and ``.high``, ``far/tier.nano``, ``recall/scheme.burst``.
    """
    found: dict[str, float] = {}
    for one in report.heads:
        for measure in ("auc", "average_precision", "brier"):
            figure = getattr(one, measure)
            name = f"{measure}/{one.head}.{one.evidence}"
            found |= {name: figure.value, f"{name}.low": figure.low, f"{name}.high": figure.high}
        if one.rank_baseline_auc is not None:
            found[f"untrained_auc/{one.head}.{one.evidence}"] = one.rank_baseline_auc
    for signal in report.signals:
        found[f"auc/signal.{signal.signal}"] = signal.auc.value
    for kind, rates in (("far", report.false_accusations), ("recall", report.recall)):
        for name, rate in rates.items():
            if rate.n:
                facts = rate.as_dict()
                found |= {
                    f"{kind}/{name}": facts["rate"],
                    f"{kind}/{name}.low": facts["low"],
                    f"{kind}/{name}.high": facts["high"],
                }
    return {metric_name(name): value for name, value in found.items()}


def run_name(bundle: Bundle) -> str:
    """What a run is called: what it was trained on, its seed and its version."""
    facts = bundle.facts
    sources = " + ".join(facts.trained_on[:2])
    return f"train {sources[:80]}, seed {facts.training.get('seed', '?')}, {facts.version}"


def metric_name(name: str) -> str:
    """A name as MLflow takes it: letters, digits and ``._-/``, with underscores for blanks.

    >>> metric_name("recall/strength band: 25-50 %")
    'recall/strength_band.25-50'
    """
    allowed = "".join(
        letter if letter.isalnum() or letter in "._-/ " else " " for letter in name.replace(": ", ".")
    )
    return "_".join(allowed.split()).replace("_.", ".")


def run_figures(fitted: Fitted, report: Report, learnt: Mapping[str, Curve]) -> Iterator[tuple[str, Figure]]:
    """Plots on the test split: how far to trust each label, SHAP values, schemes, curves, rates."""
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
    yield "learning_curves", curves(learnt)
    yield "importances", importance_bars(importances(fitted.bundle.scorers))
    alpha = fitted.bundle.facts.alpha
    yield "false_accusations", rate_plot(report.false_accusations, "Authentic test accounts accused", alpha)
    by_strength = {name: rate for name, rate in report.recall.items() if not name.startswith("scheme")}
    yield "recall_by_strength", rate_plot(by_strength, "Fakes of the test split accused, by strength")
