"""The part on detectors adapted to a set's own authentic accounts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from benchmarks.quality.harness.part import Part, Task
from benchmarks.quality.measurements.adapted import DRAWS, PROMISED, SIMULATED, STRENGTHS, Result, measure
from benchmarks.quality.page.markdown import rate as written
from benchmarks.quality.page.markdown import refusals, table
from training.datasets import instafake_posts

__all__ = ["PART", "page"]


def page(result: Result) -> str:
    """The section in Markdown."""
    about = (
        "Instagram accounts of `instafake_posts`: `assay adapt` on so many of the open ones, then the others "
        "as they are and with fraud put into copies of them, by the habits of the test regime. Means, and in "
        f"brackets the smallest and largest of {DRAWS} divisions."
    )
    return "\n\n".join(filter(None, [about, figures_table(result["tasks"]), refusals(result["refused"])]))


def figures_table(found: Mapping[str, Result]) -> str:
    """All figures as one table."""
    titles = (
        "adapted to", "way", "AUC", "AUC of its own signal", "recall at 1 %", "at 5 %", "accused",
        "FAR of those left out",
    )  # fmt: skip
    keys = ("auc", "auc_of_own_signal", "recall_at_1", "recall_at_5", "accused")
    rows = [
        (size, name, *(shown(one.get(key)) for key in keys), written(result["far"]))
        for size, result in found.items()
        for name, one in result["ways"].items()
    ]
    return table(titles, rows)


def shown(one: Mapping[str, float] | None) -> str:
    """A mean with its range; nothing where there is none.

    >>> shown({"mean": 0.5, "low": 0.4, "high": 0.6}), shown(None)
    ('.50 [.40, .60]', '')
    """
    if one is None:
        return ""
    mean, low, high = (f"{one[key]:.2f}".removeprefix("0") for key in ("mean", "low", "high"))
    return f"{mean} [{low}, {high}]"


PART: Final = Part(
    title="Adapted: to a set's own authentic accounts",
    tasks={
        f"{size} accounts": Task(partial(measure, size), (instafake_posts.SET,), settings={"alpha": alpha})
        for size, alpha in PROMISED.items()
    },
    page=page,
    settings={
        "simulated": SIMULATED, "draws": DRAWS, "version": 1,
        "strengths": {name: list(ends) for name, ends in STRENGTHS.items()},
    },
)  # fmt: skip
