"""The section of the page on what is trained and tested on one public set, and its plot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from matplotlib import rc_context

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.cross_validation import FOLDS, INNER, LEAST, PLAIN, PLAIN_TREES
from benchmarks.quality.measurements.in_domain import (
    OWN_SPLIT,
    PLANS,
    Plan,
    measure,
    measure_hold_out,
    measure_published_split,
)
from benchmarks.quality.page.markdown import hold_out, interval, number, section, table
from benchmarks.quality.page.plots import COLOURS, Series, interval_figure, save
from benchmarks.quality.populations.labelled_sets import facts_of
from detector.heads import ScorerParams
from features.catalogue import catalogue_digest
from training.metrics import RESAMPLES

__all__ = ["PART", "page"]


@dataclass(frozen=True)
class Goal:
    """The aim in one metric of a set, and the published figure of others."""

    aim: float | None
    published: str = ""


GOALS: Final[Mapping[str, Mapping[str, Goal]]] = MappingProxyType({
    "instafake_automated": {"f1": Goal(0.965), "accuracy": Goal(None, ".86, Akyon & Kalfaoglu 2019")},
    "instafake_fake": {
        "f1": Goal(0.905), "brier": Goal(0.025), "accuracy": Goal(None, ".96, Akyon & Kalfaoglu 2019"),
    },
    "kaggle_instagram, its own train and test": {"accuracy": Goal(0.95, ".948, public notebooks")},
    "purba2020": {"classes_accuracy": Goal(0.96, ".918, Purba et al. 2020"), "auc": Goal(0.993)},
    "cresci2015": {"f1": Goal(0.985), "accuracy": Goal(None, "over .95")},
    "gilani2017": {"f1": Goal(0.80, ".774, Botometer as re-run by TwiBot-22")},
    "bot_or_not_31 to bot_or_not_30": {"auc": Goal(0.93)},
    "bot_or_not_30 to bot_or_not_31": {"auc": Goal(0.93)},
    "starscout": {"auc": Goal(0.90, "recall .81 and .76, by rules that see the actors")},
    "starscout, 500 stars or more": {"auc": Goal(0.90)},
})  # fmt: skip
NAMES: Final = {
    "f1": "F1", "accuracy": "accuracy", "auc": "AUC", "average_precision": "average precision",
    "brier": "Brier", "classes_accuracy": "accuracy among all classes",
}  # fmt: skip
PLOT: Final = "in_domain.png"

INTRODUCTION: Final = """\
Repeated five-fold cross-validation with whole groups on one side, duplicates dropped. *Assay* is the
catalogue's features with the detector's own fit and constraints; *raw* is LightGBM as it comes on the
set's own columns. F1 thresholds are chosen in folds of the training accounts, accuracy is at one half.
Intervals are 95 %, from a bootstrap over groups on out-of-fold scores; a difference is Assay less raw on
the same draws, bold where its interval leaves out zero. In small sets Assay's leaves and ridge are smaller
than the starter's, by one rule for all sets that was chosen on these accounts; raw is not tuned.
Published figures are others' own, on splits of their own. *31 to 30* is fitted on the one set and tested on
the other."""

READING: Final = """\
How to read it:

- Where raw wins, the set has columns that no account document holds (`is_reply` of `cresci2017_tweets`,
  `sources_count` of `gilani2017`), or aggregates by another formula than the catalogue's (`purba2020`):
  these features are absent for Assay, and absent they stay.
- `starscout` flatters: repositories with 25 suspected stars or more were collected, so that those hardly
  suspected are larger in all, and `stars` alone tells them apart (an area under .5 says that low values
  speak for the label). Asking 500 stars or more of both classes takes a part of that away, and leaves few
  pairs.
- `bot_or_not` is small, and how many posts an account has tells something by itself; it stands beside."""

SEALED: Final = """\
### Sealed accounts

Fitted on the development accounts, tested once on the three in ten that nothing was chosen on. Kaggle's
own split is given in full here, its sealed accounts on both sides."""


def page(result: Result) -> str:
    """The section in Markdown."""
    parts = [INTRODUCTION, f"![Assay against raw columns](quality/{PLOT})", *tables(result["tasks"]), READING]
    return section([*parts, *hold_out(result, SEALED, tables)], result["refused"])


def tables(figures: Mapping[str, Any]) -> list[str]:
    """The table of aims, and the table of all metrics."""
    return [aims_table(figures), metrics_table(figures)]


def aims_table(figures: Mapping[str, Any]) -> str:
    """Where there is a published figure or an aim: both, and whether the aim is met."""
    titles = ("set", "accounts", "measure", "aim", "Assay", "raw", "Assay less raw", "published")
    rows = [
        (
            name, f"{found['accounts']:,}", NAMES[kind], number(goal.aim),
            metric_and_aim(kind, found["assay"][kind], goal.aim), interval(found["raw"][kind]),
            difference_in_bold(found["difference"][kind]), goal.published,
        )
        for name, found in figures.items()
        for kind, goal in GOALS.get(name, {}).items()
        if kind in found["assay"]
    ]  # fmt: skip
    return table(titles, rows)


def metric_and_aim(kind: str, figure: Mapping[str, float], aim: float | None) -> str:
    """The figure, with a word where it misses its aim."""
    value = round(figure["value"], 3)
    missed = aim is not None and (value > aim if kind == "brier" else value < aim)
    return interval(figure) + (", missed" if missed else "")


def difference_in_bold(figure: Mapping[str, float]) -> str:
    """A difference, bold where it is one."""
    text = interval(figure)
    return f"**{text}**" if figure["low"] > 0 or figure["high"] < 0 else text


def metrics_table(figures: Mapping[str, Any]) -> str:
    """Every set with every measure of Assay, and the AUC of the rest."""
    kinds = ("f1", "accuracy", "auc", "average_precision", "brier")
    titles = (
        "set",
        "accounts",
        "positives",
        *(NAMES[kind] for kind in kinds),
        "raw, AUC",
        "one number alone, AUC",
    )
    rows = [
        (
            name, f"{found['accounts']:,}", f"{found['positives']:,}",
            *(interval(found["assay"][kind]) for kind in kinds), interval(found["raw"]["auc"]),
            "<br>".join(f"`{one}` {interval(auc)}" for one, auc in found.get("alone", {}).items()),
        )
        for name, found in figures.items()
    ]  # fmt: skip
    return table(titles, rows)


@rc_context({"font.size": 8.0})
def draw(result: Result, folder: Path) -> None:
    """AUC of both models on every set, with intervals."""
    figures = result["tasks"]
    names = list(figures)[::-1]
    series = [
        Series(label, colour, lift, [figures[name][model]["auc"] for name in names])
        for model, label, colour, lift in (
            ("raw", "raw columns", COLOURS["other"], -0.14), ("assay", "Assay", COLOURS["assay"], 0.14)
        )
    ]  # fmt: skip
    axis = "AUC on development accounts, 95 % interval"
    save(interval_figure(names, series, axis, height=0.7 + 0.27 * len(names)), folder / PLOT)


def task(name: str, plan: Plan) -> Task:
    """The task of one line of the table."""
    sets = tuple(facts_of(one) for one in plan.sets)
    if name == OWN_SPLIT:
        return Task(
            partial(measure_published_split, opened=False),
            sets,
            partial(measure_published_split, opened=True),
        )
    return Task(partial(measure, plan), sets, partial(measure_hold_out, plan), vars(plan))


PART: Final = Part(
    title="In domain: trained and tested on one set",
    tasks={name: task(name, plan) for name, plan in PLANS.items()},
    page=page,
    settings={
        "catalogue": catalogue_digest(), "folds": [FOLDS, INNER],
        "least_accounts": [*LEAST, "with the ridge in proportion"],
        "scorer": vars(ScorerParams()), "plain": PLAIN, "plain_trees": PLAIN_TREES, "resamples": RESAMPLES,
    },
    draw=draw,
    uses_starter=False,
)  # fmt: skip
