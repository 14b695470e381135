"""The part on honest accounts outside of the yardsticks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.yardsticks import (
    ACCOUNTS,
    SEED,
    SIMULATED,
    measure_real_set,
    measure_simulated,
)
from benchmarks.quality.page.markdown import rate, section, share, table
from detector.yardsticks import YARDSTICKS
from training.datasets.organic import ORGANIC

__all__ = ["PART", "page"]

MOST: Final = 0.02


def page(result: Result) -> str:
    """The section in Markdown."""
    parts = [
        "Honest accounts, each held against every yardstick that applies to it ([which](yardsticks.md)); far "
        f"out is meant for at most {share(MOST, 0)}. No detector takes part.",
        *(set_section(name, one) for name, one in result["tasks"].items()),
    ]
    return section(parts, result["refused"])


def set_section(name: str, one: Mapping[str, Any]) -> str:
    """One set."""
    rows = [
        (yardstick, f"{found['far_out']['n']:,}", str(found["out"]), rate(found["far_out"]))
        for yardstick, found in one["yardsticks"].items()
        if found["far_out"]["n"]
    ]
    head = f"**{name}**: far out by any {rate(one['far_out'])}."
    return f"{head}\n\n{table(('yardstick', 'applies to', 'out', 'far out'), rows)}"


PART: Final = Part(
    title="Yardsticks: honest accounts outside of them",
    tasks={SIMULATED: Task(measure_simulated)}
    | {name: Task(partial(measure_real_set, name), (one.about,)) for name, one in ORGANIC.items()},
    page=page,
    settings={
        "accounts": ACCOUNTS,
        "seed": SEED,
        "yardsticks": [one.name for one in YARDSTICKS],
        "version": 1,
    },
    uses_starter=False,
)
