"""The part on kinds of comments."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.comments import (
    SETS,
    fit_settings,
    measure_by_others,
    measure_hold_out,
    measure_in_folds,
    measure_languages,
    measure_simulated,
    measure_spellings,
    shipped_model,
)
from benchmarks.quality.page.markdown import interval, rate, rate_interval, section, table
from detector.comments.model import KINDS

__all__ = ["PART", "page", "tasks"]

HEADER: Final = (
    "set",
    "comments",
    "promotion",
    "AUC [95 %]",
    "folded in both classes",
    "false positives",
    "found",
)
SEALED: Final = (
    "What is sealed was opened once, by the model whose sha256 stands with it in "
    "`benchmarks/quality/results/comments.json`; a model fitted later does not open it again."
)


def page(result: Result) -> str:
    """The figures that were measured, each table under a sentence."""
    found = result["tasks"]
    sets = {name: one for name, one in found.items() if "comments" in one}
    sets |= {f"{name}, sealed": one for name, one in result["sealed"].items()}
    sections = [table(HEADER, [set_row(name, one) for name, one in sets.items()])]
    sections += [SEALED] if result["sealed"] else []
    sections += [SECTIONS[name](found[name]) for name in SECTIONS if name in found]
    return section(sections, result["refused"])


def set_row(name: str, one: Result) -> tuple[str, ...]:
    """A public set's figures."""
    curves = one["auc"]
    return (
        name,
        f"{one['comments']:,}",
        f"{one['promotion']:,}",
        interval(curves["written"]),
        interval(curves["folded"]),
        rate_interval(one["false_positives"]),
        rate_interval(one["recall"]),
    )


def languages(found: Mapping[str, Any]) -> str:
    """How many ordinary comments count as each kind."""
    rows = [
        (name, *(f"{one[kind]['k']} of {one[kind]['n']}" for kind in KINDS)) for name, one in found.items()
    ]
    return "Ordinary comments that count, wrongly:\n\n" + table(("language", *KINDS), rows)


def spellings(found: Mapping[str, Any]) -> str:
    """In how many spellings an advertisement is found."""
    counted = [one["counts"] for one in found.values()]
    return f"One advertisement is found in {sum(counted)} of {len(counted)} spellings."


def simulated(found: Mapping[str, Any]) -> str:
    """Generic praise and templates of the simulator's other regime."""
    rows = [
        (kind, interval(one["auc"]["written"]), rate(one["false_positives"]), rate(one["recall"]))
        for kind, one in found.items()
    ]
    header = ("kind", "AUC [95 %]", "false positives", "found")
    return "The simulator's other regime, against its fans' own words:\n\n" + table(header, rows)


SECTIONS: Final = {"languages": languages, "spellings": spellings, "simulated": simulated}


def tasks() -> dict[str, Task]:
    """The tasks by name; what the shipped model says is stored for that model alone."""
    fit, model, every = fit_settings(), {"model": shipped_model().sha256}, tuple(SETS.values())
    return {
        **{
            name: Task(partial(measure_in_folds, name), every, partial(measure_hold_out, name), fit)
            for name in SETS
        },
        **{
            f"{name}, by the others": Task(partial(measure_by_others, name), every, None, fit)
            for name in SETS
        },
        "languages": Task(measure_languages, settings=model),
        "spellings": Task(measure_spellings, settings=model),
        "simulated": Task(measure_simulated, settings=model),
    }


PART: Final = Part(
    title="Comments: what they are",
    tasks=tasks(),
    page=page,
    uses_starter=False,
    own_model=(shipped_model().version, shipped_model().sha256),
)
