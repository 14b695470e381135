"""Real accounts of every organic set: false accusations as they are, and what is seen of added fraud.

At most 150 accounts of a set; of the three sets that train the starter only accounts of the half that does
not (:func:`benchmarks.quality.organic.open_accounts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from accounts.tables import Tables
from benchmarks.quality.organic import TRAINED_ON, open_accounts
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.real_cells import (
    CELLS,
    MOST_ACCOUNTS,
    Said,
    as_found,
    injected_cell,
    masks_of,
    sampled,
)
from benchmarks.quality.under_test import detector
from benchmarks.quality.writing import interval, rate, refusals, share, table
from detector.screening import Detector
from training.datasets.base import data_folder, sealed
from training.datasets.organic import ORGANIC

__all__ = ["PART", "measured", "page"]

MOST_ACCUSED: Final = 0.01

ABOUT: Final = f"""\
At most {MOST_ACCOUNTS} accounts of each set, none of which is known to be fake: every accusation of an
untouched one is counted as false. **{", ".join(f"`{name}`" for name in TRAINED_ON)} train the starter with
half of their open accounts; here stand only accounts of the other half.** Added is what is put over what was
there (x1 is +100 %), followers in so many days, nothing left to chance (`training/dosed.py`). *AUC* is of
the suspicion, altered accounts against the same untouched, and beside it of the signal that the way is
about, alone; recall at 5 % is at the threshold that 5 % of the untouched exceed. The 95 % intervals are over
accounts."""


def run(name: str, progress: Progress) -> Result:
    """Figures of a set's open accounts."""
    progress("reading", 0.0)
    return measured(
        detector(), name, sampled(open_accounts(name, ORGANIC[name].load(data_folder()))), progress
    )


def look(name: str, progress: Progress) -> Result:
    """Figures of its sealed accounts."""
    progress("opening the sealed accounts", 0.0)
    return measured(detector(), name, sampled(sealed(ORGANIC[name].load(data_folder()))), progress)


def measured(asked: Detector, name: str, tables: Tables, progress: Progress) -> Result:
    """Every figure of one set.

    Parameters
    ----------
    asked
        Judges the accounts.
    name
        Of the set, a key of ``CELLS`` or of none.
    tables
        Its accounts.
    progress
        Told how far it is.

    Returns
    -------
    dict
        ``as_found`` by what of the accounts is shown, and ``injected``, a list.
    """
    found: Result = {
        "as_found": {mask: as_found(asked, shown) for mask, shown in masks_of(tables).items()},
        "injected": [],
    }
    cells, ask = CELLS.get(name, ()), remembered(asked)
    for number, cell in enumerate(cells):
        progress(f"{cell.way} x{cell.dose:g}", 0.2 + 0.8 * number / len(cells))
        found["injected"].append(injected_cell(asked, tables, cell, ask))
    return found


def remembered(asked: Detector) -> Callable[[Tables], Said]:
    """What the detector says of untouched accounts: most ways are possible for the same ones, judged once."""
    known: dict[tuple[str, ...], Said] = {}

    def ask(untouched: Tables) -> Said:
        key = tuple(untouched.accounts["account_id"])
        if key not in known:
            known[key] = Said.of(asked, untouched)
        return known[key]

    return ask


def page(result: Result) -> str:
    """The section in Markdown."""
    parts = [ABOUT, *of(result["tasks"])]
    if result["sealed"]:
        parts += ["### Sealed accounts", *of(result["sealed"])]
    return "\n\n".join(filter(None, [*parts, refusals(result["refused"])]))


def of(found: Mapping[str, Any]) -> Iterable[str]:
    """Both tables, and first what is over the promise."""
    yield over(found)
    yield false_accusations(found)
    yield injections(found)


def over(found: Mapping[str, Any]) -> str:
    """Sets and masks of which more than 1 % are accused."""
    worst = [
        f"`{name}`, {mask}: {rate(one['accused'])}"
        for name, result in found.items()
        for mask, one in result["as_found"].items()
        if (one["accused"]["rate"] or 0.0) > MOST_ACCUSED
    ]
    return f"**Over {share(MOST_ACCUSED, 0)} are accused of**: {'; '.join(worst) or 'none'}."


def false_accusations(found: Mapping[str, Any]) -> str:
    """Untouched accounts, by set and by what of them is shown."""
    titles = ("set", "shown", "falsely accused", "authentic", "review", "insufficient")
    return table(titles, (
        (name, mask, rate(one["accused"]), *(share(one[label]["rate"], 0) for label in titles[-3:]))
        for name, result in found.items()
        for mask, one in result["as_found"].items()
    ))  # fmt: skip


def injections(found: Mapping[str, Any]) -> str:
    """Altered accounts, by set and by what was done to them."""
    titles = (
        "set", "way", "added", "days", "accounts", "AUC", "signal", "signal's AUC", "accused",
        "recall at 5 %", "cleared", "review",
    )  # fmt: skip
    return table(titles, (
        (
            name, one["way"], f"x{one['dose']:g}", str(one["days"]), str(one["accounts"]),
            interval(one["auc"]), f"`{one['signal']}`", interval(one["signal_auc"]),
            rate(one["accused"], counts=False),
            *(share(one[kind]["rate"], 0) for kind in ("recall_at_5_percent", "cleared", "review")),
        )
        for name, result in found.items()
        for one in result["injected"]
    ))  # fmt: skip


PART: Final = Part(
    title="Real accounts: as they are, and with followers, likes and views added",
    tasks={
        name: Task(
            partial(run, name), (one.about,), partial(look, name),
            {"cells": [[cell.way, cell.dose, cell.days] for cell in CELLS.get(name, ())]},
        )
        for name, one in ORGANIC.items()
    },
    page=page,
    settings={"accounts": MOST_ACCOUNTS, "version": 2},
)  # fmt: skip
