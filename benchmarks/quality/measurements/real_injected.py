"""Real accounts of every organic set: false accusations as they are, and what is seen of added fraud.

At most 150 accounts of a set; of the three sets that train the starter only accounts of the half that does
not (:func:`benchmarks.quality.populations.organic_sets.open_accounts`).
"""

from __future__ import annotations

from collections.abc import Callable

from accounts.tables import Tables
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.measurements.injection_cells import (
    CELLS,
    DetectorOutput,
    evaluate_cell,
    evaluate_untouched,
    masked_variants,
    sample_accounts,
)
from benchmarks.quality.populations.organic_sets import open_accounts
from detector.screening import Detector
from training.datasets.base import data_folder, hold_out
from training.datasets.organic import ORGANIC

__all__ = ["evaluate", "measure", "measure_hold_out"]


def measure(name: str, progress: Progress) -> Result:
    """Figures of a set's open accounts."""
    progress("reading", 0.0)
    return evaluate(
        benchmarked_detector(),
        name,
        sample_accounts(open_accounts(name, ORGANIC[name].load(data_folder()))),
        progress,
    )


def measure_hold_out(name: str, progress: Progress) -> Result:
    """Figures of its sealed accounts."""
    progress("opening the sealed accounts", 0.0)
    return evaluate(
        benchmarked_detector(), name, sample_accounts(hold_out(ORGANIC[name].load(data_folder()))), progress
    )


def evaluate(detector: Detector, name: str, tables: Tables, progress: Progress) -> Result:
    """Every figure of one set.

    Parameters
    ----------
    detector
        Screens the accounts.
    name
        Of the set, a key of ``CELLS`` or of none.
    tables
        Its accounts.
    progress
        Called with the injection that is tried and the share done.

    Returns
    -------
    dict
        ``as_found`` by what of the accounts is shown, and ``injected``, a list.
    """
    found: Result = {
        "as_found": {
            mask: evaluate_untouched(detector, shown) for mask, shown in masked_variants(tables).items()
        },
        "injected": [],
    }
    cells, ask = CELLS.get(name, ()), cached_output(detector)
    for number, cell in enumerate(cells):
        progress(f"{cell.way} x{cell.dose:g}", 0.2 + 0.8 * number / len(cells))
        found["injected"].append(evaluate_cell(detector, tables, cell, ask))
    return found


def cached_output(detector: Detector) -> Callable[[Tables], DetectorOutput]:
    """Screens untouched accounts; those that were screened before, as for most ways, are looked up."""
    known: dict[tuple[str, ...], DetectorOutput] = {}

    def ask(untouched: Tables) -> DetectorOutput:
        key = tuple(untouched.accounts["account_id"])
        if key not in known:
            known[key] = DetectorOutput.of(detector, untouched)
        return known[key]

    return ask
