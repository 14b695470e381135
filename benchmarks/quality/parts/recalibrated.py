"""The section of the page on thresholds from a set's own authentic accounts, and its plot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from matplotlib import rc_context

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.recalibrated import DRAWS, REST, SIZES, measure, measure_hold_out
from benchmarks.quality.page.markdown import hold_out, section, share, table
from benchmarks.quality.page.plots import COLOURS, legend_above, new_figure, save
from benchmarks.quality.populations.labelled_sets import NAMES, facts_of
from detector.threshold import CONFIDENCE

__all__ = ["PART", "rates_table"]

PLOT: Final = "recalibrated.png"

INTRODUCTION: Final = """\
The starter's heads as they are; only the thresholds are set anew, on authentic accounts drawn from the
set (200 draws), at the evidence that most of its accounts have. The rest of the authentic accounts give
the FAR, all positives the recall. The bound promises that at most 5 % of such calibrations exceed alpha;
on average it then costs less than alpha: that is *expected*. *Over alpha* is the share of draws whose
measured FAR exceeds alpha, beside what chance alone would give with so few tested accounts
(beta-binomial). Where calibration and test are drawn from one set, as here, any rule of this kind keeps
its expectation: that checks the rule, and not that it carries over; nearer to that are the sealed accounts
below. In brackets the middle nine tenths of the draws. Ties among suspicions only lower the FAR."""

SEALED: Final = """\
### Sealed accounts

Calibrated on development accounts, tested on the sealed ones. All draws are tested on the same few
accounts, so that their luck does not average out."""


def page(result: Result) -> str:
    """The section in Markdown."""
    parts = [INTRODUCTION, f"![FAR after recalibration](quality/{PLOT})", rates_table(result["tasks"])]
    return section([*parts, *hold_out(result, SEALED, lambda found: [rates_table(found)])], result["refused"])


def rates_table(figures: Mapping[str, Any]) -> str:
    """Every set at every size."""
    titles = (
        "set", "evidence", "calibrated on", "alpha", "FAR", "expected", "over alpha", "by chance",
        "recall left", "before: FAR, recall",
    )  # fmt: skip
    return table(titles, (row for name, one in figures.items() for row in set_rows(name, one)))


def set_rows(name: str, one: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """A line for each number of calibration accounts."""
    before = f"{share(one['starter_far'])}, {share(one['starter_recall'])}"
    for line in one["sizes"]:
        about = (name, one["level"], str(line["size"]), share(line["alpha"], 0))
        if "far" not in line:
            yield (*about, f"too few authentic accounts: {line['missing']} more", "", "", "", "", before)
            continue
        yield (
            *about, mean_with_range(line["far"], 2), share(line["expected"], 2), share(line["over"]),
            share(line["over_expected"]), mean_with_range(line["recall"], 1), before,
        )  # fmt: skip


def mean_with_range(one: Mapping[str, float], digits: int) -> str:
    """A mean with the middle nine tenths."""
    low, high = 100 * one["low"], 100 * one["high"]
    return f"{share(one['mean'], digits)} [{low:.{digits}f}, {high:.{digits}f}]"


@rc_context({"font.size": 8.0})
def draw(result: Result, folder: Path) -> None:
    """FAR over the draws, by set and number of accounts."""
    found = {
        name: one for name, one in result["tasks"].items() if any("far" in line for line in one["sizes"])
    }
    names = list(found)[::-1]
    figure = new_figure(6.2, 0.7 + 0.33 * len(names))
    axes = figure.subplots()
    colours = (COLOURS["assay"], COLOURS["third"], COLOURS["other"])
    sizes = next(iter(found.values()))["sizes"] if found else []
    for number, (line, colour) in enumerate(zip(sizes, colours, strict=True)):
        points = [
            (
                100 * one["far"]["mean"],
                at + 0.22 * (1 - number),
                100 * one["far"]["low"],
                100 * one["far"]["high"],
            )
            for at, name in enumerate(names)
            for one in [found[name]["sizes"][number]]
            if "far" in one
        ]
        for mean, at, low, high in points:
            axes.plot([low, high], [at, at], color=colour, linewidth=1.4)
            axes.plot([mean], [at], "o", color=colour, markersize=3.5)
        axes.axvline(100 * line["alpha"], color=colour, linewidth=0.8, linestyle="--")
        axes.plot(
            [], [], "o-", color=colour, markersize=3.5, label=f"{line['size']}, alpha {line['alpha']:.0%}"
        )
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="FAR in %, mean and middle nine tenths of the draws")
    legend_above(axes, "accounts calibrated on")
    save(figure, folder / PLOT)


PART: Final = Part(
    title="Recalibrated: thresholds from a set's own authentic accounts",
    tasks={
        name: Task(partial(measure, name), (facts_of(name),), partial(measure_hold_out, name))
        for name in NAMES
    },
    page=page,
    settings={"sizes": [list(one) for one in SIZES], "draws": DRAWS, "confidence": CONFIDENCE, "rest": REST},
    draw=draw,
)  # fmt: skip
