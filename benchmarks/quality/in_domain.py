"""What Assay's features and fit give when trained and tested on one public set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from benchmarks.quality import figures as f
from benchmarks.quality.fitting import (
    FOLDS,
    INNER,
    LEAST,
    MODELS,
    PLAIN,
    PLAIN_TREES,
    Answered,
    across,
    classes_across,
    classes_within,
    within,
)
from benchmarks.quality.in_domain_page import draw, page
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.sets import LARGE_STARSCOUT, about, development, loaded, sealed
from detector.arrays import Floats
from detector.heads import ScorerParams
from features.catalogue import catalogue_digest
from training.datasets.labelled import Labelled

__all__ = ["PART"]


@dataclass(frozen=True)
class Plan:
    """How one line of the table is measured.

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

Answers = dict[str, list[Answered]]

MEASURES: Final[Mapping[str, Callable[[Labelled, Answered], f.Measure]]] = MappingProxyType({
    "f1": lambda data, one: f.f1(data.truth, one.said),
    "accuracy": lambda data, one: f.accuracy(data.truth, one.scores > 0.5),
    "auc": lambda data, one: f.auc(data.truth, one.scores),
    "average_precision": lambda data, one: f.average_precision(data.truth, one.scores),
    "brier": lambda data, one: f.brier(data.truth, one.scores),
})  # fmt: skip


def measured(plan: Plan, progress: Progress) -> Result:
    """Figures on development accounts."""
    progress("reading", 0.0)
    *first, data = [development(name) for name in plan.sets]
    return across_sets(plan, first[0], data) if first else inside(plan, data, progress)


def looked(plan: Plan, progress: Progress) -> Result:
    """Figures on sealed accounts, by models fitted on development accounts."""
    progress("opening the sealed accounts", 0.0)
    return across_sets(plan, development(plan.sets[0]), sealed(plan.sets[-1]))


def inside(plan: Plan, data: Labelled, progress: Progress) -> Result:
    """Both models, out of fold."""
    found: Answers = {}
    for number, (name, model) in enumerate(MODELS.items()):
        progress(f"{name}, {len(data):,} accounts", 0.1 + 0.4 * number)
        found[name] = within(data, model, plan.repeats, choosing=plan.choosing)
    progress("classes and intervals", 0.9)
    said = {name: classes_within(data, model.reads(data)) for name, model in MODELS.items() if plan.classes}
    return compared(plan, data, found, said)


def across_sets(plan: Plan, known: Labelled, unknown: Labelled) -> Result:
    """Both models, fitted on some accounts and tested on others."""
    found = {name: [across(known, unknown, model, choosing=plan.choosing)] for name, model in MODELS.items()}
    said = {
        name: classes_across(known, model.reads(known), model.reads(unknown))
        for name, model in MODELS.items()
        if plan.classes
    }
    return compared(plan, unknown, found, said)


def published_split(progress: Progress, *, opened: bool) -> Result:
    """Kaggle's own train and test; before the sealed accounts are opened, without them on either side."""
    plan = PLANS[OWN_SPLIT]
    data = loaded(plan.sets[0]) if opened else development(plan.sets[0])
    tests = np.array([":test:" in name for name in data.numbers.index], dtype=bool)
    progress("training and testing", 0.2)
    return across_sets(plan, data.pick(~tests), data.pick(tests))


def compared(
    plan: Plan, data: Labelled, found: Answers, said: Mapping[str, Any] = MappingProxyType({})
) -> Result:
    """Every figure of both models, and their differences, on the same draws of groups."""
    measures = {
        name: one | ({"classes_accuracy": f.accuracy(np.array(data.classes), said[name])} if said else {})
        for name, one in ((name, measures_of(data, tested)) for name, tested in found.items())
    }
    flat = {f"{name} {kind}": one for name, kinds in measures.items() for kind, one in kinds.items()}
    flat |= {
        f"difference {kind}": f.difference(one, measures["raw"][kind])
        for kind, one in measures["assay"].items()
    }
    for column in plan.alone:
        flat[f"alone {column}"] = f.auc(data.truth, filled(data.raw[column].to_numpy(dtype=np.float64)))
    figures = f.figures(flat, data.groups)
    nested: Result = {
        "accounts": len(data),
        "positives": int(data.truth.sum()),
        "groups": len(set(data.groups)),
    }
    for name, figure in figures.items():
        who, kind = name.split(" ")
        nested.setdefault(who, {})[kind] = figure
    return nested


def measures_of(data: Labelled, tested: list[Answered]) -> dict[str, f.Measure]:
    """The usual measures, each the mean over the repeats."""
    return {kind: f.mean([make(data, one) for one in tested]) for kind, make in MEASURES.items()}


def filled(values: Floats) -> Floats:
    """What is absent counts as the median."""
    return np.where(np.isnan(values), np.nanmedian(values), values)


def task(name: str, plan: Plan) -> Task:
    """A line of the table."""
    sets = tuple(about(one) for one in plan.sets)
    if name == OWN_SPLIT:
        return Task(partial(published_split, opened=False), sets, partial(published_split, opened=True))
    return Task(partial(measured, plan), sets, partial(looked, plan), vars(plan))


PART: Final = Part(
    title="In domain: trained and tested on one set",
    tasks={name: task(name, plan) for name, plan in PLANS.items()},
    page=page,
    settings={
        "catalogue": catalogue_digest(), "folds": [FOLDS, INNER],
        "least_accounts": [*LEAST, "with the ridge in proportion"],
        "scorer": vars(ScorerParams()), "plain": PLAIN, "plain_trees": PLAIN_TREES, "resamples": f.RESAMPLES,
    },
    draw=draw,
    uses_starter=False,
)  # fmt: skip
