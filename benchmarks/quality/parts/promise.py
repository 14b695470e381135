"""The promise's section of the benchmark's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.calibration_sets import DRAWS, TESTED
from benchmarks.quality.measurements.promise import measure_development, measure_hold_out, measure_simulated
from benchmarks.quality.page.markdown import rate_interval, share, spaced_table
from benchmarks.quality.populations.organic_sets import SETS
from benchmarks.quality.populations.simulated_pool import ACCOUNTS, OTHER_REGIME

__all__ = ["PART"]

MOST_GROUPS: Final = 8


def page(result: Result) -> str:
    """Markdown tables of what :mod:`benchmarks.quality.measurements.promise` measured."""
    tasks, looks = dict(result["tasks"]), result["sealed"]
    pools = tasks.pop("simulated", None)
    parts = [
        *(pool_sections(pools) if pools else ()),
        *(set_section(f"{name}, development part", one) for name, one in tasks.items()),
        *(set_section(f"{name}, sealed part", one) for name, one in looks.items()),
        *(f"**{name}**: not measured. {why}" for name, why in result["refused"].items()),
    ]
    return "\n\n".join(parts)


def pool_sections(result: Result) -> Iterable[str]:
    """The texts on calibration sets drawn from the pools of simulated accounts."""
    pool = result["pool"]
    yield (
        f"The pool: {pool['accounts']:,} freshly simulated accounts of the training regime, scored once; "
        f"{pool['authentic_judged']:,} of its {pool['authentic']:,} authentic ones come with evidence "
        "that may accuse. The pool is finite and stands for everybody: calibration sets and tests are drawn "
        "from it with replacement, so its own share above a threshold is that threshold's true rate. "
        "delta is 5 %."
    )
    yield (
        "**The share of calibration sets whose false-accusation rate (FAR) exceeds alpha**\n\n"
        + spaced_table(
            (*DRAWN, "recall"),
            [(*drawn_row(one), share(one["recall"], 1)) for one in result["promised"]],
        )
    )
    yield "**By kind of evidence** (accounts as they came)\n\n" + spaced_table(
        ("evidence", *DRAWN),
        [(one["evidence"], *drawn_row(one)) for one in result["by_evidence"]],
    )
    yield contamination_section(result["contaminated"])
    yield thin_evidence_section(result["thin"])
    yield "**Who is falsely accused**: the shipped thresholds (alpha 1 %), the worst groups first. " + (
        "A group counts as over alpha only where its whole 95 % interval is; among so many groups one in "
        "forty would be by chance. Groups of under 200 accounts stand in the JSON only."
    )
    yield from (groups_section(name, one) for name, one in result["shipped"].items())


DRAWN: Final = (
    "alpha", "calibrated on", "FAR, mean", "expected", "95 % of sets under", "sets over alpha", "expected",
    "over alpha by 20,000 tests", "expected",
)  # fmt: skip


def drawn_row(one: Result) -> Sequence[str]:
    """One line of what was drawn beside what theory expects."""
    wanted = one["expected"]
    return (
        share(one["alpha"], 1),
        f"{one['calibration_accounts']:,}",
        share(one["far"], 2),
        share(wanted["rate"], 2),
        share(one["far_q95"], 2),
        rate_interval(one["exceeded"]),
        share(wanted["exceeded"], 1),
        rate_interval(one["exceeded_when_tested"]),
        share(wanted["exceeded_when_tested"], 1),
    )


def contamination_section(rows: Sequence[Result]) -> str:
    """Hidden cheats only make thresholds higher: the price is recall."""
    columns = (
        "alpha",
        "hidden cheats",
        "FAR, mean",
        "sets over alpha",
        "recall, mean",
        "recall, 5 % of sets under",
    )
    cells = [
        (
            share(one["alpha"], 1), share(one["hidden_cheats"], 1), share(one["far"], 2),
            rate_interval(one["exceeded"]), share(one["recall"], 1), share(one["recall_q05"], 1),
        )
        for one in rows
    ]  # fmt: skip
    return "**Cheats hidden among the accounts calibrated on** (2,000 a set)\n\n" + spaced_table(
        columns, cells
    )


def thin_evidence_section(one: Result) -> str:
    """Thin evidence under three sorts of thresholds."""
    own = one["shipped"]
    rows = [
        (
            "shipped for the level", "1.0 %", rate_interval(own["false_accusations"], 2), "",
            rate_interval(own["recall"]),
        ),
        *(
            (
                words, share(row["alpha"], 1), share(row["far"], 2), rate_interval(row["exceeded"]),
                share(row["recall"], 1),
            )
            for words, key in (
                ("set on evidence as thin", "set_on_as_thin"),
                ("set on what the accounts came with", "set_on_what_they_came_with"),
            )
            for row in one[key]
        ),
    ]  # fmt: skip
    return (
        f"**Thin evidence**: six posts, fifteen comments, thirty days; {one['accounts']:,} accounts\n\n"
        + spaced_table(("thresholds", "alpha", "FAR", "sets over alpha", "recall"), rows)
    )


def set_section(name: str, one: Result) -> str:
    """A set of real organic accounts."""
    return (
        f"**{name}**, {one['judged']} accounts that can be judged. The shipped thresholds accuse "
        f"{rate_interval(one['shipped'], 2)}. Divided at random over and over, against the beta-binomial "
        "expectation (which any division at random obeys, so this checks the rule, not the next customer):"
        "\n\n"
        + spaced_table(DIVIDED, map(divided_row, one["divided"]))
        + "\n\nDivided by size instead, alpha 5 %, where nothing is promised: "
        + f"{halves_in_words(one['by_size'])}."
    )


DIVIDED: Final = (
    "alpha", "calibrated on", "tested on", "FAR, mean", "expected", "95 % of divisions under", "expected",
    "over alpha", "expected",
)  # fmt: skip


def divided_row(one: Result) -> Sequence[str]:
    """One line of what divisions of a real set gave beside what theory expects."""
    wanted = one["expected"]
    return (
        share(one["alpha"], 1),
        str(one["calibration_accounts"]),
        str(one["tested"]),
        share(one["far"], 2),
        share(wanted["rate"], 2),
        share(one["far_q95"], 2),
        share(wanted["q95_when_tested"], 2),
        rate_interval(one["exceeded_when_tested"]),
        share(wanted["exceeded_when_tested"], 1),
    )


def halves_in_words(rows: Sequence[Result]) -> str:
    """The false-accusation rate of each half at thresholds set on the other, in words."""
    return "; ".join(
        f"set on the {row['set_on']} half, {rate_interval(row['far'], 2)} of the {row['tested_on']} half"
        for row in rows
    )


def groups_section(regime: str, one: Result) -> str:
    """The worst groups of one regime."""
    rows = [
        (
            column,
            row["group"],
            rate_interval(row["false_accusations"], 2),
            rate_interval(row["recall"]),
            surely_over(row),
        )
        for column, found in one["groups"].items()
        for row in [row for row in found if not row["few"]][:MOST_GROUPS]
    ]
    every, hard = one["all"], one["hard_negatives"]
    return (
        f"*{regime} regime*, {one['accounts']:,} accounts: "
        f"FAR {rate_interval(every['false_accusations'], 2)}, "
        f"of hard negatives {rate_interval(hard['false_accusations'], 2)}, "
        f"recall {rate_interval(every['recall'])}.\n\n"
        + spaced_table(("by", "group", "FAR", "recall", "over alpha"), rows)
    )


def surely_over(row: Result) -> str:
    """Whether a group's rate is over 1 % for sure."""
    return "**yes**" if row["false_accusations"]["low"] > 0.01 else ""


PART: Final = Part(
    title="The promise",
    tasks={"simulated": Task(measure_simulated)}
    | {
        one.name: Task(
            partial(measure_development, one.name), (one.about,), partial(measure_hold_out, one.name)
        )
        for one in SETS
        if one.name == one.about.name
    },
    page=page,
    settings={"pools": [ACCOUNTS, OTHER_REGIME], "draws": DRAWS, "tested": TESTED, "version": 2},
)
