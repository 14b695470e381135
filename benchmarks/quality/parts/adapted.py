"""The part on detectors adapted to a set's own authentic accounts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.adapted import DRAWS, PROMISED, SIMULATED, STRENGTHS, measure
from benchmarks.quality.page.markdown import interval, rate, section, table
from training.datasets import instafake_posts

__all__ = ["PART", "page"]


def page(result: Result) -> str:
    """The section in Markdown."""
    about = (
        "Instagram accounts of `instafake_posts`: `assay adapt` on so many of the open ones, then the others "
        "as they are and with fraud put into copies of them, by the habits of the test regime. Means, and in "
        f"brackets the smallest and largest of {DRAWS} divisions."
    )
    return section([about, figures_table(result["tasks"])], result["refused"])


def figures_table(found: Mapping[str, Result]) -> str:
    """All figures as one table."""
    titles = (
        "adapted to", "way", "AUC", "AUC of its own signal", "recall at 1 %", "at 5 %", "accused",
        "FAR of those left out",
    )  # fmt: skip
    keys = ("auc", "auc_of_own_signal", "recall_at_1", "recall_at_5", "accused")
    rows = [
        (size, name, *(mean_and_range(one.get(key)) for key in keys), rate(result["far"]))
        for size, result in found.items()
        for name, one in result["ways"].items()
    ]
    return table(titles, rows)


def mean_and_range(one: Mapping[str, float] | None) -> str:
    """A mean with its range; nothing where there is none.

    >>> mean_and_range({"mean": 0.5, "low": 0.4, "high": 0.6}), mean_and_range(None)
    ('.50 [.40, .60]', '')
    """
    return interval(one and {**one, "value": one["mean"]}, 2)


PART: Final = Part(
    title="Adapted: to a set's own authentic accounts",
    tasks={
        f"{size} accounts": Task(partial(measure, size), (instafake_posts.SET,), settings={"alpha": alpha})
        for size, alpha in PROMISED.items()
    },
    page=page,
    settings={
        "simulated": SIMULATED, "draws": DRAWS, "version": 2,
        "strengths": {name: list(ends) for name, ends in STRENGTHS.items()},
    },
)  # fmt: skip
