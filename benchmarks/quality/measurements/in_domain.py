"""Models on Assay's features and on raw columns, trained and tested on one public set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.measurements.cross_validation import (
    MODELS,
    Predictions,
    cross_validated,
    cross_validated_classes,
    fit_and_predict,
    predict_classes,
)
from benchmarks.quality.populations.labelled_sets import (
    LARGE_STARSCOUT,
    development,
    load_set,
    sealed,
)
from detector.arrays import Floats
from training import metrics as m
from training.datasets.labelled import Labelled

__all__ = [
    "OWN_SPLIT",
    "PLANS",
    "Plan",
    "cross_validate",
    "measure",
    "measure_hold_out",
    "measure_published_split",
    "train_and_test",
]


@dataclass(frozen=True)
class Plan:
    """The measurement of one line of the table.

    Attributes
    ----------
    sets
        The set; of two the model is fitted on the first and tested on the second.
    repeats
        Of the five folds.
    choosing
        Whether F1 thresholds are chosen in folds of the training accounts.
    classes
        Whether all classes are told apart, too.
    alone
        Columns of the set's own whose values alone are printed beside.
    """

    sets: tuple[str, ...]
    repeats: int = 3
    choosing: bool = True
    classes: bool = False
    alone: tuple[str, ...] = ()


OWN_SPLIT: Final = "kaggle_instagram, its own train and test"

PLANS: Final[Mapping[str, Plan]] = MappingProxyType({
    "instafake_automated": Plan(("instafake_automated",)),
    "instafake_fake": Plan(("instafake_fake",)),
    "kaggle_instagram": Plan(("kaggle_instagram",)),
    OWN_SPLIT: Plan(("kaggle_instagram",)),
    "purba2020": Plan(("purba2020",), repeats=1, choosing=False, classes=True),
    "cresci2015": Plan(("cresci2015",), repeats=2),
    "cresci2017_tweets": Plan(("cresci2017_tweets",), repeats=2),
    "gilani2017": Plan(("gilani2017",), repeats=2),
    "bot_or_not_30": Plan(("bot_or_not_30",), alone=("posts_total",)),
    "bot_or_not_31": Plan(("bot_or_not_31",), alone=("posts_total",)),
    "bot_or_not_31 to bot_or_not_30": Plan(("bot_or_not_31", "bot_or_not_30"), alone=("posts_total",)),
    "bot_or_not_30 to bot_or_not_31": Plan(("bot_or_not_30", "bot_or_not_31"), alone=("posts_total",)),
    "starscout": Plan(("starscout",), alone=("largest_month", "stars")),
    LARGE_STARSCOUT: Plan(
        (LARGE_STARSCOUT,), alone=("largest_month", "stars")
    ),
})  # fmt: skip

Answers = dict[str, list[Predictions]]

METRICS: Final[Mapping[str, Callable[[Labelled, Predictions], m.Metric]]] = MappingProxyType({
    "f1": lambda data, one: m.f1(data.truth, one.predicted),
    "accuracy": lambda data, one: m.accuracy(data.truth, one.scores > 0.5),
    "auc": lambda data, one: m.auc(data.truth, one.scores),
    "average_precision": lambda data, one: m.average_precision(data.truth, one.scores),
    "brier": lambda data, one: m.brier(data.truth, one.scores),
})  # fmt: skip


def measure(plan: Plan, progress: Progress) -> Result:
    """Figures on development accounts."""
    progress("reading", 0.0)
    *first, data = [development(name) for name in plan.sets]
    return train_and_test(plan, first[0], data) if first else cross_validate(plan, data, progress)


def measure_hold_out(plan: Plan, progress: Progress) -> Result:
    """Figures on sealed accounts, by models fitted on development accounts."""
    progress("opening the sealed accounts", 0.0)
    return train_and_test(plan, development(plan.sets[0]), sealed(plan.sets[-1]))


def cross_validate(plan: Plan, data: Labelled, progress: Progress) -> Result:
    """Both models, out of fold."""
    found: Answers = {}
    for number, (name, model) in enumerate(MODELS.items()):
        progress(f"{name}, {len(data):,} accounts", 0.1 + 0.4 * number)
        found[name] = cross_validated(data, model, plan.repeats, tune_threshold=plan.choosing)
    progress("classes and intervals", 0.9)
    classes = {
        name: cross_validated_classes(data, model.features(data))
        for name, model in MODELS.items()
        if plan.classes
    }
    return compare(plan, data, found, classes)


def train_and_test(plan: Plan, known: Labelled, unknown: Labelled) -> Result:
    """Both models, fitted on some accounts and tested on others."""
    found = {
        name: [fit_and_predict(known, unknown, model, tune_threshold=plan.choosing)]
        for name, model in MODELS.items()
    }
    classes = {
        name: predict_classes(known, model.features(known), model.features(unknown))
        for name, model in MODELS.items()
        if plan.classes
    }
    return compare(plan, unknown, found, classes)


def measure_published_split(progress: Progress, *, opened: bool) -> Result:
    """Kaggle's own train and test; before the sealed accounts are opened, without them on either side."""
    plan = PLANS[OWN_SPLIT]
    data = load_set(plan.sets[0]) if opened else development(plan.sets[0])
    tests = np.array([":test:" in name for name in data.features.index], dtype=bool)
    progress("training and testing", 0.2)
    return train_and_test(plan, data.pick(~tests), data.pick(tests))


def compare(
    plan: Plan, data: Labelled, found: Answers, classes: Mapping[str, Any] = MappingProxyType({})
) -> Result:
    """Every figure of both models, and their differences, on the same draws of groups."""
    measures = {
        name: one
        | ({"classes_accuracy": m.accuracy(np.array(data.classes), classes[name])} if classes else {})
        for name, one in ((name, metrics_of(data, tested)) for name, tested in found.items())
    }
    flat = {f"{name} {kind}": one for name, kinds in measures.items() for kind, one in kinds.items()}
    flat |= {
        f"difference {kind}": m.difference(one, measures["raw"][kind])
        for kind, one in measures["assay"].items()
    }
    for column in plan.alone:
        flat[f"alone {column}"] = m.auc(
            data.truth, filled_with_median(data.raw[column].to_numpy(dtype=np.float64))
        )
    figures = m.with_intervals(flat, data.groups)
    nested: Result = {
        "accounts": len(data),
        "positives": int(data.truth.sum()),
        "groups": len(set(data.groups)),
    }
    for name, figure in figures.items():
        who, kind = name.split(" ")
        nested.setdefault(who, {})[kind] = figure
    return nested


def metrics_of(data: Labelled, tested: list[Predictions]) -> dict[str, m.Metric]:
    """All metrics of a model, each the mean over the repeats."""
    return {kind: m.mean_metric([make(data, one) for one in tested]) for kind, make in METRICS.items()}


def filled_with_median(values: Floats) -> Floats:
    """The values, absent ones replaced by the median."""
    return np.where(np.isnan(values), np.nanmedian(values), values)
