"""How often the interval of what was added holds it: real accounts, with fraud of a known size put into them.

An account has an estimate only where a signal of the count is over the threshold; beside it stands what the
heads would say of all altered accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import Tables
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.measurements.injection_cells import CELLS, Cell, sample_accounts
from benchmarks.quality.populations.organic_sets import open_accounts
from detector.amounts import COUNTS
from detector.arrays import Floats
from detector.screening import Detector
from detector.signals import SIGNALS
from training.datasets.base import data_folder
from training.datasets.organic import ORGANIC
from training.fixed_dose import DOSED_WAYS, add_dose
from training.metrics import rate
from training.real_drafts import originals_of

__all__ = ["AMOUNT_CELLS", "COUNT_OF_WAY", "DAYS", "evaluate", "evaluate_cell", "measure", "shares_added"]

DAYS: Final = (1, 30)
"""Of followers only what was delivered in so many days is measured; of posts there is no delivery."""

COUNT_OF_WAY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "followers": "followers",
        "likes": "likes",
        "likes in proportion": "likes",
        "views": "views",
        "views in proportion": "views",
    }
)
"""The count that each way adds to, of the ways that add to one."""

AMOUNT_CELLS: Final[Mapping[str, tuple[Cell, ...]]] = MappingProxyType(
    {
        name: tuple(cell for cell in cells if cell.way in COUNT_OF_WAY and cell.days in DAYS)
        for name, cells in CELLS.items()
    }
)
"""The injections by set."""


def measure(name: str, progress: Progress) -> Result:
    """Figures of a set's open accounts."""
    progress("reading", 0.0)
    tables = sample_accounts(open_accounts(name, ORGANIC[name].load(data_folder())))
    return evaluate(benchmarked_detector(), name, tables, progress)


def evaluate(detector: Detector, name: str, tables: Tables, progress: Progress) -> Result:
    """Coverage of every injection into one set's accounts, as the list ``injected``.

    Left out are ways that add to a count of which the detector estimates nothing.
    """
    estimated = detector.bundle.amounts.by_count
    found, cells = [], [cell for cell in AMOUNT_CELLS[name] if COUNT_OF_WAY[cell.way] in estimated]
    for number, cell in enumerate(cells):
        progress(f"{cell.way} x{cell.dose:g}", number / len(cells))
        found.append(evaluate_cell(detector, tables, cell))
    return {"injected": found}


def evaluate_cell(detector: Detector, tables: Tables, cell: Cell) -> Result:
    """Estimates of accounts after an injection, against what was really added.

    Parameters
    ----------
    detector
        Estimates.
    tables
        Untouched accounts.
    cell
        What is injected.

    Returns
    -------
    dict
        ``covered``: of the accounts that get an estimate, those whose interval holds the share that was
        added; ``covered_of_all``: of all altered ones, as if each got one; ``added``, ``estimate`` and
        ``width``: medians of the true share, the estimate and the interval's width, of those that get one.
    """
    count = COUNT_OF_WAY[cell.way]
    possible = DOSED_WAYS[cell.way].possible
    untouched = tables.select([str(one.row["account_id"]) for one in originals_of(tables) if possible(one)])
    altered = add_dose(untouched, cell.way, cell.dose, days=cell.days)
    judged, truth = detector.predict(altered), shares_added(untouched, altered, count)
    low, estimate, high = detector.bundle.amounts.by_count[count].estimate(judged.features).T
    signals = [at for at, signal in enumerate(SIGNALS) if signal.name in COUNTS[count]]
    spoken = judged.decisions.over[:, signals].any(axis=1)
    inside = (low <= truth) & (truth <= high)
    medians = {"added": truth, "estimate": estimate, "width": high - low}
    return {
        "way": cell.way, "dose": cell.dose, "days": cell.days, "accounts": len(truth),
        "covered": rate(inside[spoken]), "covered_of_all": rate(inside),
        **{name: float(np.median(of[spoken])) if spoken.any() else None for name, of in medians.items()},
    }  # fmt: skip


def shares_added(untouched: Tables, altered: Tables, count: str) -> Floats:
    """Of each account the share of a count that is there only after an injection.

    Parameters
    ----------
    untouched, altered
        The same accounts in the same order.
    count
        Followers, likes or views; of the latter all posts together.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> def with_followers(number):
    ...     row = {"account_id": "a", "platform": "x", "as_of": datetime(2026, 3, 1, tzinfo=UTC)}
    ...     return Tables.of(accounts=[row | {"followers": number}])
    >>> shares_added(with_followers(100), with_followers(400), "followers").tolist()
    [0.75]
    """
    before, after = (_total(tables, count) for tables in (untouched, altered))
    shares: Floats = 1.0 - before / after
    return shares


def _total(tables: Tables, count: str) -> Floats:
    if count == "followers":
        return tables.accounts["followers"].cast(pl.Float64).to_numpy()
    sums = tables.posts.group_by("account_id").agg(pl.col(count).sum())
    joined = tables.accounts.select("account_id").join(
        sums, on="account_id", how="left", maintain_order="left"
    )
    return joined[count].cast(pl.Float64).to_numpy()
