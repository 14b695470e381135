"""The part on real accounts, as they are and with fraud added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.injection_cells import (
    CELLS,
    MOST_ACCOUNTS,
    cell_settings,
)
from benchmarks.quality.measurements.real_injected import measure, measure_hold_out
from benchmarks.quality.page.markdown import interval, rate, rate_interval, section, share, table
from training.datasets.organic import ORGANIC
from training.organic import ORGANIC as TRAINED_ON

__all__ = ["PART", "false_accusations", "injections", "page", "sets_over_promise"]

MOST_ACCUSED: Final = 0.01
ABOUT: Final = f"""\
At most {MOST_ACCOUNTS} accounts of each set, none of which is known to be fake: every accusation of an
untouched one is counted as false. **{", ".join(f"`{name}`" for name in TRAINED_ON)} train the starter with
half of their open accounts; here stand only accounts of the other half.** Added is what is put over what was
there (x1 is +100 %), followers in so many days, nothing left to chance (`training/fixed_dose.py`). *AUC* is
of the suspicion, altered accounts against the same untouched, and beside it of the signal that the way is
about, alone; recall at 5 % is at the threshold that 5 % of the untouched exceed. The 95 % intervals are over
accounts."""


def page(result: Result) -> str:
    """The section in Markdown."""
    parts = [ABOUT, *tables(result["tasks"])]
    if result["sealed"]:
        parts += ["### Sealed accounts", *tables(result["sealed"])]
    return section(parts, result["refused"])


def tables(found: Mapping[str, Any]) -> Iterable[str]:
    """Both tables, and first what is over the promise."""
    yield sets_over_promise(found)
    yield false_accusations(found)
    yield injections(found)


def sets_over_promise(found: Mapping[str, Any]) -> str:
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
            rate_interval(one["accused"]),
            *(share(one[kind]["rate"], 0) for kind in ("recall_at_5_percent", "cleared", "review")),
        )
        for name, result in found.items()
        for one in result["injected"]
    ))  # fmt: skip


PART: Final = Part(
    title="Real accounts: as they are, and with followers, likes and views added",
    tasks={
        name: Task(
            partial(measure, name), (one.about,), partial(measure_hold_out, name),
            cell_settings(CELLS.get(name, ())),
        )
        for name, one in ORGANIC.items()
    },
    page=page,
    settings={"accounts": MOST_ACCOUNTS, "version": 2},
)  # fmt: skip
