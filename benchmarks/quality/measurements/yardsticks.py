"""How many honest accounts lie outside of each yardstick, and how many far outside: at most 2 in 100."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.populations.authentic import authentic_part
from benchmarks.quality.populations.organic_sets import open_accounts
from detector.yardsticks import YARDSTICKS, far_out
from detector.yardsticks.declaration import YardstickInput
from detector.yardsticks.reading import outcomes
from features.derive import derive
from training.datasets.base import data_folder
from training.datasets.organic import ORGANIC
from training.metrics import rate

__all__ = ["ACCOUNTS", "SEED", "SIMULATED", "measure_real_set", "measure_simulated", "shares_of"]

SIMULATED: Final = "simulated"
ACCOUNTS: Final = 2_000
SEED: Final = 5


def measure_simulated(progress: Progress) -> Result:
    """Authentic accounts of the regime trained on, at natural rates of events."""
    progress("simulating", 0.0)
    return evaluate(authentic_part(simulate(ACCOUNTS, SEED)).tables)


def measure_real_set(name: str, progress: Progress) -> Result:
    """Open accounts of a set."""
    progress("reading", 0.0)
    return evaluate(open_accounts(name, ORGANIC[name].load(data_folder())))


def evaluate(tables: Tables) -> Result:
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
    known = YardstickInput(numbers, platforms)
    return {
        "far_out": rate(far_out(numbers, platforms)),
        "yardsticks": {one.name: _counts(outcomes(one.measure(known))) for one in YARDSTICKS},
    }


def _counts(found: np.ndarray[Any, np.dtype[np.int64]]) -> Result:
    applied = found[found >= 0]
    return {"out": int((applied == 1).sum()), "far_out": rate(applied == 2)}
