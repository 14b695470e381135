"""The part on distorted evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from benchmarks.quality.distortions import DISTORTIONS
from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.distortions import GROUPS, SETS, measure
from benchmarks.quality.page.markdown import rate, rate_interval, section, share, table

__all__ = ["PART", "faults", "page"]

FAKES: Final = "fakes"


def page(result: Result) -> str:
    """The section in Markdown."""
    groups = result["tasks"]
    return section([introduction(groups), *tables_of(groups)], result["refused"])


def introduction(groups: Mapping[str, Any]) -> str:
    """What was done, and what breaks."""
    found = list(faults(groups))
    alpha = next(iter(groups.values()))["alpha"]
    fault_list = f": {'; '.join(found)}" if found else ""
    promised = share(alpha, 0)
    return (
        f"{len(DISTORTIONS)} things that happen to evidence on its way, each applied to all accounts of a "
        "group, which are judged as they are and distorted. \"Spoke\" counts the accounts in whose evidence "
        "a check found something. A distortion breaks what is promised where more than "
        f"{promised} of honest accounts are accused beyond chance (the interval's lower end) and more than "
        "without it; or where more accounts turn `authentic` than cease to be, beyond chance (a sign test). "
        f"Broken: {len(found)}{fault_list}."
    )  # fmt: skip


def faults(groups: Mapping[str, Any]) -> Iterable[str]:
    """Each thing that is promised and does not hold."""
    for group, one in groups.items():
        whole = one["whole"]
        for name, row in one["distortions"].items():
            over = row["accused"]["low"] > one["alpha"] and row["newly_accused"] > 0
            if group != FAKES and over:
                yield f"{name} accuses {rate(row['accused'])} of `{group}`"
            if row["clears_more"]:
                before = rate_interval(whole["authentic"])
                yield f"{name} clears {rate(row['authentic'])} of `{group}`, before {before}"


def tables_of(groups: Mapping[str, Any]) -> Iterable[str]:
    """A table of the simulated accounts, then one of each real set."""
    if "honest" in groups and FAKES in groups:
        yield f"**Simulated accounts** ({rows_in_words(groups, 'honest', FAKES)})"
        yield simulated_table(groups["honest"], groups[FAKES])
    for name in groups:
        if name in SETS:
            yield f"**`{name}`** ({rows_in_words(groups, name)}; distortions that change something)"
            yield real_table(groups[name])


def rows_in_words(groups: Mapping[str, Any], *names: str) -> str:
    """How many accounts each group has."""
    return ", ".join(f"{groups[name]['whole']['accused']['n']} {name}" for name in names)


def simulated_table(honest: Result, fakes: Result) -> str:
    """Honest accounts accused and cleared, fakes cleared, under each distortion."""
    lines = [("nothing", honest["whole"], fakes["whole"])]
    lines += [
        (name, row, fakes["distortions"].get(name, fakes["whole"]))
        for name, row in honest["distortions"].items()
    ]
    return table(
        ("distortion", "honest accused", "honest `authentic`", "fakes `authentic`", "spoke"),
        [
            (name, rate_interval(own["accused"]), rate_interval(own["authentic"]),
             rate_interval(fake["authentic"]), share(own["spoke"]["rate"], 0))
            for name, own, fake in lines
        ],
    )  # fmt: skip


def real_table(one: Result) -> str:
    """Organic accounts accused and cleared under each distortion."""
    return table(
        ("distortion", "accused", "`authentic`", "spoke"),
        [
            (
                name,
                rate_interval(row["accused"]),
                rate_interval(row["authentic"]),
                share(row["spoke"]["rate"], 0),
            )
            for name, row in {"nothing": one["whole"], **one["distortions"]}.items()
        ],
    )


PART: Final = Part(
    title="Distorted evidence",
    tasks={name: Task(partial(measure, name), (SETS[name],) if name in SETS else ()) for name in GROUPS},
    page=page,
    settings={"distortions": [one.name for one in DISTORTIONS], "version": 1},
)
