"""The section on the simulator's gates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.gates import ACCOUNTS, MASKED, measure_missingness, measure_set
from benchmarks.quality.page.markdown import rate_interval, share, spaced_table
from benchmarks.quality.populations.organic_sets import SETS

__all__ = ["PART", "failures"]

MOST_FEATURES: Final = 8
WANTED_INSIDE: Final = 0.95
WANTED_AUC: Final = 0.03


def page(result: Result) -> str:
    """Markdown tables of what :mod:`benchmarks.quality.measurements.gates` measured."""
    tasks = dict(result["tasks"])
    masks = tasks.pop("missingness", None)
    parts = [
        summary(failures(result["tasks"])),
        *(missingness(masks) if masks else ()),
        *(text for name, one in tasks.items() for text in comparison(name, one)),
        *(f"**{name}**: not measured. {why}" for name, why in result["refused"].items()),
    ]
    return "\n\n".join(parts)


def failures(tasks: Result) -> list[str]:
    """Every gate that does not hold, in one sentence each."""
    return [sentence for name, one in tasks.items() for sentence in failures_of_task(name, one)]


def failures_of_task(name: str, one: Result) -> Iterable[str]:
    """The gates of one task that do not hold."""
    return failures_of_masks(one) if "regimes" in one else failures_of_set(name, one)


def failures_of_masks(masks: Result) -> Iterable[str]:
    """A sentence for each head whose truth the missing fields predict better than chance."""
    for regime, heads in masks["regimes"].items():
        for head, found in heads.items():
            auc = found["auc"]
            if abs(auc["value"] - 0.5) > WANTED_AUC and not auc["low"] <= 0.5 <= auc["high"]:
                yield f"what is missing tells {head} with an AUC of {auc['value']:.3f} ({regime} regime)"


def failures_of_set(name: str, one: Result) -> Iterable[str]:
    """A sentence for each family that does not cover the real accounts and each median out of their range."""
    for family, inside in one["coverage"].items():
        if inside["rate"] < WANTED_INSIDE:
            yield f"{name}: {family} covers {rate_interval(inside)} of the real accounts"
    for feature in one["medians_outside"]:
        yield f"{name}: the simulated median of {feature} lies outside the real 5-95 % range"


def summary(failed: Sequence[str]) -> str:
    """The gates that fail, as a list; it stands first."""
    if not failed:
        return "Every gate holds."
    lines = [f"- {sentence}" for sentence in failed]
    return f"{len(failed)} gates do not hold:\n\n" + "\n".join(lines)


def missingness(masks: Result) -> Iterable[str]:
    """A table of how well missing fields predict each head's truth."""
    rows = [
        (regime, head, auc_with_interval(found["auc"]), auc_with_interval(found["counting_empty"]))
        for regime, heads in masks["regimes"].items()
        for head, found in heads.items()
    ]
    yield (
        f"**What is missing** ({masks['accounts']:,} accounts a regime): AUC of guessing from the pattern of "
        "absent fields and tables alone, by boosted trees; .5 is nothing. A table that is empty because the "
        "account has no posts, or its posts no comments, is a fact and no gap (a program's posts draw fewer "
        "comments): the last column counts it as missing all the same.\n\n"
        + spaced_table(("regime", "head", "AUC", "empty tables counted"), rows)
    )


def auc_with_interval(one: Result) -> str:
    """An AUC with its interval."""
    return f"{one['value']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"


def comparison(name: str, one: Result) -> Iterable[str]:
    """One real set."""
    yield (
        f"**{name}**: {one['real']} real accounts (development part), {one['simulated']} simulated authentic "
        "ones of the same platform and sizes. Of the simulated accounts' values "
        f"{share(one['inside'], 1)} lie in the real 5-95 % ranges (90 % would be perfect); "
        f"a classifier tells the two apart with an AUC of {one['real_against_simulated']['auc']:.3f}, which "
        "is for reading only."
    )
    yield spaced_table(
        ("family", "features", "real accounts inside the simulated 99 % region"),
        [(family, str(found["features"]), rate_interval(found)) for family, found in one["coverage"].items()],
    )
    yield spaced_table(
        ("feature", "family", "real 5 / 50 / 95 %", "simulated 5 / 50 / 95 %", "simulated in the real range"),
        [
            (
                row["feature"],
                row["family"],
                quantiles_in_words(row["real"]),
                quantiles_in_words(row["simulated"]),
                share(row["inside"], 1),
            )
            for row in one["marginals"][:MOST_FEATURES]
        ],
    )


def quantiles_in_words(values: Sequence[float]) -> str:
    """Three quantiles."""
    return " / ".join(f"{value:.3g}" for value in values)


PART: Final = Part(
    title="The simulator's gates",
    tasks={"missingness": Task(measure_missingness)}
    | {one.name: Task(partial(measure_set, one.name), (one.about,)) for one in SETS},
    page=page,
    settings={"accounts": ACCOUNTS, "masked": MASKED, "version": 4},
    uses_starter=False,
)
