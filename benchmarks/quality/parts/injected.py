"""The part on fraud put into real accounts, beside heads trained on the set itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.injected import (
    ACCOUNTS,
    COPIES,
    FOLDS,
    SCORES,
    SEED,
    SETS,
    STRENGTHS,
    TO_TRAIN,
    measure,
)
from benchmarks.quality.page.markdown import interval, rate_interval, section, table
from training.datasets.organic import ORGANIC
from training.organic import ORGANIC as TRAINED_ON

__all__ = ["PART"]

ABOUT: Final = f"""\
{COPIES} altered copies of each of at most {ACCOUNTS} accounts of a set, by schemes and programs that its
evidence can show (four in ten purchases of followers end before the shown history begins), held against the
same accounts untouched. *Starter* is its suspicion; *directed rank* is untrained; the *ceiling* is the union
of the same signals fitted to altered and untouched accounts of the set, each judged by heads that never saw
it. Recall is at the threshold that 5 % of the untouched exceed. Programs have no strength. Of
{", ".join(f"`{name}`" for name in TRAINED_ON)} only accounts stand here that train no starter.
Intervals are 95 %, over accounts."""


def page(result: Result) -> str:
    """A table for each set."""
    parts = [ABOUT, *(set_section(name, one) for name, one in result["tasks"].items())]
    return section(parts, result["refused"])


def set_section(name: str, one: Mapping[str, Any]) -> str:
    """One set."""
    heads = ", ".join(f"`{signal}`" for signal in one["signals"])
    rows = [
        (
            cell["scheme"], cell["strength"], str(cell["copies"]),
            *(interval(cell["auc"][score]) for score in SCORES),
            *(rate_interval(cell["recall"][score]) for score in ("starter", "ceiling")),
        )
        for cell in one["cells"]
    ]  # fmt: skip
    titles = (
        "scheme", "strength", "copies", "AUC, starter", "AUC, directed rank", "AUC, ceiling",
        "recall, starter", "recall, ceiling",
    )  # fmt: skip
    head = f"**`{name}`**, {one['accounts']} accounts; the ceiling has heads for {heads}."
    return f"{head}\n\n{table(titles, rows)}"


PART: Final = Part(
    title="Injected: the starter beside heads trained on the set itself",
    tasks={name: Task(partial(measure, name), (ORGANIC[name].about,)) for name in SETS},
    page=page,
    settings={
        "strengths": {name: list(ends) for name, ends in STRENGTHS.items()}, "to_train": TO_TRAIN,
        "accounts": ACCOUNTS, "copies": COPIES, "folds": FOLDS, "seed": SEED, "version": 2,
    },
)  # fmt: skip
