"""The pictures of a run: reliability, precision and recall, and what became of each scheme."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from sklearn.metrics import average_precision_score, precision_recall_curve

from detector.arrays import Bools, Floats
from detector.labels import Label
from detector.threshold import clopper_pearson

__all__ = ["confusion", "new_figure", "precision_recall", "reliability"]

COLOURS = {
    "inflated": "#b5403b",
    "automated": "#8a4fa3",
    "review": "#d9a441",
    "insufficient": "#b9bec6",
    "authentic": "#3f7f5f",
}
BINS = 10


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, in inches."""
    with mpl.rc_context({"font.size": 10}):
        return Figure(figsize=(width, height), layout="constrained")


def reliability(truth: Bools, probabilities: Floats, title: str) -> Figure:
    """Share that is true against the probability given, in ten equally filled bins with exact intervals."""
    figure = new_figure(5.2, 5.0)
    axes = figure.subplots()
    bins = np.array_split(np.argsort(probabilities, kind="stable"), BINS)
    given = [float(probabilities[rows].mean()) for rows in bins]
    found = [float(truth[rows].mean()) for rows in bins]
    bounds = [clopper_pearson(int(truth[rows].sum()), len(rows)) for rows in bins]
    errors = np.array([[rate - low, high - rate] for rate, (low, high) in zip(found, bounds, strict=True)]).T
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--", label="perfect")
    axes.errorbar(
        given,
        found,
        yerr=np.clip(errors, 0, None),
        fmt="o",
        color="#24567a",
        capsize=2,
        label="tenths, 95 % interval",
    )
    axes.set(xlabel="probability given", ylabel="share that is true", title=title, xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False, loc="upper left")
    return figure


def precision_recall(truth: Bools, probabilities: Floats, title: str) -> Figure:
    """Precision over recall, beside what chance gives."""
    figure = new_figure(5.2, 5.0)
    axes = figure.subplots()
    precision, recall, _ = precision_recall_curve(truth, probabilities)
    average = average_precision_score(truth, probabilities)
    axes.step(recall, precision, where="post", color="#24567a", label=f"average precision {average:.3f}")
    axes.axhline(
        float(truth.mean()), color="#999999", linewidth=1, linestyle="--", label=f"chance {truth.mean():.3f}"
    )
    axes.set(xlabel="recall", ylabel="precision", title=title, xlim=(0, 1), ylim=(0, 1.02))
    axes.legend(frameon=False, loc="upper right")
    return figure


def confusion(labels: dict[str, dict[str, int]], most: int = 24) -> Figure:
    """What share of each scheme, and of the authentic, got which label; the commonest schemes."""
    kinds = sorted(labels, key=lambda kind: (kind != "authentic", -sum(labels[kind].values())))[:most]
    figure = new_figure(9.0, 0.8 + 0.34 * len(kinds))
    axes = figure.subplots()
    left = np.zeros(len(kinds))
    totals = np.array([max(sum(labels[kind].values()), 1) for kind in kinds])
    for label in (Label.INFLATED, Label.AUTOMATED, Label.REVIEW, Label.INSUFFICIENT, Label.AUTHENTIC):
        share = np.array([labels[kind][label.value] for kind in kinds]) / totals
        axes.barh(
            range(len(kinds)), share, left=left, color=COLOURS[label.value], label=label.value, height=0.75
        )
        left += share
    axes.set_yticks(range(len(kinds)), [f"{kind} ({n})" for kind, n in zip(kinds, totals, strict=True)])
    axes.invert_yaxis()
    axes.set(xlabel="share of its test accounts", xlim=(0, 1))
    axes.legend(ncols=5, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    return figure
