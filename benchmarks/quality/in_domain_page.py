"""The section of the page on what is trained and tested on one public set, and its plot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from benchmarks.quality.part import Result
from benchmarks.quality.writing import COLOURS, interval, new_figure, number, refusals, save, table

__all__ = ["draw", "page"]


@dataclass(frozen=True)
class Goal:
    """What others published of a set, and what Assay aims at: a figure's name and the least of it."""

    published: str
    aims: Mapping[str, float]


GOALS: Final[Mapping[str, Goal]] = MappingProxyType({
    "instafake_automated": Goal("accuracy .86 (Akyon & Kalfaoglu 2019)", {"f1": 0.965}),
    "instafake_fake": Goal("accuracy .96 (Akyon & Kalfaoglu 2019)", {"f1": 0.905, "brier": 0.025}),
    "kaggle_instagram, its own train and test": Goal("accuracy .948 (public notebooks)", {"accuracy": 0.95}),
    "purba2020": Goal(
        "four classes: accuracy .918 (Purba et al. 2020)", {"classes_accuracy": 0.96, "auc": 0.993}
    ),
    "cresci2015": Goal("accuracy over .95", {"f1": 0.985}),
    "gilani2017": Goal("F1 .774 (Botometer, re-run by TwiBot-22)", {"f1": 0.80}),
    "bot_or_not_31 to bot_or_not_30": Goal("none", {"auc": 0.93}),
    "bot_or_not_30 to bot_or_not_31": Goal("none", {"auc": 0.93}),
    "starscout": Goal("recall .81 and .76 by rules that see the actors", {"auc": 0.90}),
})  # fmt: skip
NONE: Final = Goal("none", {})

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
the same draws, bold where its interval leaves out zero. Published figures are others' own, on splits of
their own. *31 to 30* is fitted on the one set and tested on the other."""

SEALED: Final = """\
### Sealed accounts

Fitted on the development accounts, tested once on the three in ten that nothing was chosen on. Kaggle's
own split is given in full here, its sealed accounts on both sides."""


def page(result: Result) -> str:
    """The section in Markdown."""
    parts = [INTRODUCTION, f"![Assay against raw columns](quality/{PLOT})", *tables(result["tasks"])]
    if result["sealed"]:
        parts += [SEALED, *tables(result["sealed"])]
    else:
        parts.append("The sealed accounts have not been opened.")
    return "\n\n".join(filter(None, [*parts, refusals(result["refused"])]))


def tables(figures: Mapping[str, Any]) -> list[str]:
    """What was aimed at, and all measures."""
    return [aims(figures), measures(figures)]


def aims(figures: Mapping[str, Any]) -> str:
    """Where there is a published figure or an aim: both, and whether the aim is met."""
    titles = ("set", "accounts", "measure", "aim", "Assay", "raw", "Assay less raw", "published")
    rows = [
        (
            name, f"{found['accounts']:,}", NAMES[kind], number(wanted),
            met(kind, found["assay"][kind], wanted), interval(found["raw"][kind]),
            gain(kind, found["difference"][kind]), GOALS[name].published,
        )
        for name, found in figures.items()
        for kind, wanted in GOALS.get(name, NONE).aims.items()
        if kind in found["assay"]
    ]  # fmt: skip
    return table(titles, rows)


def met(kind: str, figure: Mapping[str, float], wanted: float) -> str:
    """The figure, with a word where it misses its aim."""
    value = round(figure["value"], 3)
    reached = value <= wanted if kind == "brier" else value >= wanted
    return interval(figure) + ("" if reached else ", missed")


def gain(kind: str, figure: Mapping[str, float]) -> str:
    """A difference, bold where it is one."""
    text = interval(figure)
    return f"**{text}**" if figure["low"] > 0 or figure["high"] < 0 else text


def measures(figures: Mapping[str, Any]) -> str:
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


def draw(result: Result, folder: Path) -> None:
    """AUC of both models on every set, with intervals."""
    figures = result["tasks"]
    names = list(figures)[::-1]
    figure = new_figure(6.2, 0.7 + 0.27 * len(names))
    axes = figure.subplots()
    for who, label, colour, lift in (
        ("raw", "raw columns", COLOURS["other"], -0.14), ("assay", "Assay", COLOURS["assay"], 0.14)
    ):  # fmt: skip
        found = [figures[name][who]["auc"] for name in names]
        axes.errorbar(
            [one["value"] for one in found], [at + lift for at in range(len(names))],
            xerr=[
                [one["value"] - one["low"] for one in found], [one["high"] - one["value"] for one in found]
            ],
            fmt="o", markersize=3.5, capsize=2, color=colour, label=label,
        )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="AUC on development accounts, 95 % interval")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.legend(frameon=False, loc="lower left")
    save(figure, folder / PLOT)
