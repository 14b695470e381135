"""The part on how much was added: whether the interval holds it, on real accounts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.amounts import AMOUNT_CELLS, measure
from benchmarks.quality.measurements.injection_cells import MOST_ACCOUNTS, cell_settings
from benchmarks.quality.page.markdown import rate, section, share, table
from detector.amounts import COVERAGE
from training.datasets.organic import ORGANIC

__all__ = ["PART", "page"]

ABOUT: Final = f"""\
A verdict says what share of a count came in a way that bought ones do, with an interval that holds it for
{share(COVERAGE, 0)} of the simulated accounts that its heads never saw. Here it is held against real
accounts, at most {MOST_ACCOUNTS} of a set, to which a known share was added (`training/fixed_dose.py`;
followers in so many days). *Covered* are those whose interval holds that share, of the accounts that get an
estimate at all: only where a signal of the count is over the threshold. *Of all* is the same as if every
altered account got one. Shares and widths are medians over those that get one; intervals are 95 %, over
accounts."""


def page(result: Result) -> str:
    """The section in Markdown."""
    return section([ABOUT, too_narrow(result["tasks"]), coverages(result["tasks"])], result["refused"])


def too_narrow(found: Mapping[str, Any]) -> str:
    """Injections of which the interval covers fewer than it should, beyond chance."""
    fewer = [
        f"`{name}`, {one['way']} x{one['dose']:g} in {one['days']} d: {rate(one['covered'])}"
        for name, result in found.items()
        for one in result["injected"]
        if one["covered"]["n"] and one["covered"]["high"] < COVERAGE
    ]
    return f"**Under {share(COVERAGE, 0)} beyond chance**: {'; '.join(fewer) or 'none'}."


def coverages(found: Mapping[str, Any]) -> str:
    """Altered accounts, by set and by what was done to them."""
    titles = (
        "set", "way", "added", "days", "accounts", "covered", "of all", "share added", "estimate",
        "interval's width",
    )  # fmt: skip
    return table(titles, (
        (
            name, one["way"], f"x{one['dose']:g}", str(one["days"]), str(one["accounts"]),
            rate(one["covered"]), share(one["covered_of_all"]["rate"], 0),
            *("" if one[of] is None else share(one[of], 0) for of in ("added", "estimate", "width")),
        )
        for name, result in found.items()
        for one in result["injected"]
    ))  # fmt: skip


PART: Final = Part(
    title="How much was added: whether the interval holds it",
    tasks={
        name: Task(
            partial(measure, name), (ORGANIC[name].about,),
            settings=cell_settings(cells),
        )
        for name, cells in AMOUNT_CELLS.items()
    },
    page=page,
    settings={"accounts": MOST_ACCOUNTS, "version": 1},
)  # fmt: skip
