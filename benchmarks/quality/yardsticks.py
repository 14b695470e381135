"""How many honest accounts lie outside of each yardstick, and how many far outside: at most 2 in 100."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.quality.draws import rate
from benchmarks.quality.organic import open_accounts
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.writing import rate as written
from benchmarks.quality.writing import refusals, share, table
from detector.yardsticks import YARDSTICKS, far_out
from detector.yardsticks.declaration import Numbers
from detector.yardsticks.reading import outcomes
from features.derive import derive
from training.datasets.base import data_folder
from training.datasets.organic import ORGANIC

__all__ = ["PART", "page", "shares_of"]

SIMULATED: Final = "simulated"
ACCOUNTS: Final = 2_000
SEED: Final = 5
MOST: Final = 0.02


def simulated(progress: Progress) -> Result:
    """Authentic accounts of the regime trained on, at natural rates of events."""
    progress("simulating", 0.0)
    population = simulate(ACCOUNTS, SEED)
    honest = population.labels.filter(~(population.labels["inflated"] | population.labels["automated"]))
    return of(population.tables.select(honest["account_id"].to_list()))


def real(name: str, progress: Progress) -> Result:
    """Open accounts of a set."""
    progress("reading", 0.0)
    return of(open_accounts(name, ORGANIC[name].load(data_folder())))


def of(tables: Tables) -> Result:
    """The shares of some accounts."""
    return shares_of(derive(tables), tables.accounts["platform"].to_list())


def shares_of(numbers: pd.DataFrame, platforms: Sequence[str]) -> Result:
    """How many accounts each yardstick applies to, and its out and far out ones, beside those of any.

    Parameters
    ----------
    numbers
        Accounts by features.
    platforms
        One per account.
    """
    known = Numbers(numbers, platforms)
    return {
        "far_out": rate(far_out(numbers, platforms)),
        "yardsticks": {one.name: _counts(outcomes(one.measure(known))) for one in YARDSTICKS},
    }


def _counts(found: np.ndarray[Any, np.dtype[np.int64]]) -> Result:
    applied = found[found >= 0]
    return {"out": int((applied == 1).sum()), "far_out": rate(applied == 2)}


def page(result: Result) -> str:
    """The section in Markdown."""
    parts = [
        "Honest accounts, each held against every yardstick that applies to it ([which](yardsticks.md)); far "
        f"out is meant for at most {share(MOST, 0)}. No detector takes part.",
        *(section(name, one) for name, one in result["tasks"].items()),
        refusals(result["refused"]),
    ]
    return "\n\n".join(filter(None, parts))


def section(name: str, one: Mapping[str, Any]) -> str:
    """One set."""
    rows = [
        (yardstick, f"{found['far_out']['n']:,}", str(found["out"]), written(found["far_out"]))
        for yardstick, found in one["yardsticks"].items()
        if found["far_out"]["n"]
    ]
    head = f"**{name}**: far out by any {written(one['far_out'])}."
    return f"{head}\n\n{table(('yardstick', 'applies to', 'out', 'far out'), rows)}"


PART: Final = Part(
    title="Yardsticks: honest accounts outside of them",
    tasks={SIMULATED: Task(simulated)}
    | {name: Task(partial(real, name), (one.about,)) for name, one in ORGANIC.items()},
    page=page,
    settings={
        "accounts": ACCOUNTS,
        "seed": SEED,
        "yardsticks": [one.name for one in YARDSTICKS],
        "version": 1,
    },
    uses_starter=False,
)
