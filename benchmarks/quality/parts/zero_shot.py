"""The section of the page on what the starter says of public sets, and its plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from matplotlib import rc_context

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.zero_shot import KNOWN, measure, measure_hold_out
from benchmarks.quality.page.breaches import breaches
from benchmarks.quality.page.markdown import (
    auc_of_suspicion,
    hold_out,
    interval,
    number,
    rate,
    section,
    share,
    table,
)
from benchmarks.quality.page.plots import COLOURS, Series, interval_figure, save
from benchmarks.quality.populations.labelled_sets import IN_VIEW, LARGE_STARSCOUT, NAMES, facts_of
from detector.abstention import ABSTENTIONS
from training.metrics import RESAMPLES

__all__ = ["PART", "page"]

AIMS: Final[Mapping[str, float]] = MappingProxyType({
    "instafake_fake": 0.98, "kaggle_instagram": 0.97, "cresci2015": 0.99, "bot_or_not_30": 0.90,
    "bot_or_not_31": 0.90, "starscout": 0.95, "purba2020": 0.95,
})  # fmt: skip

PLOT: Final = "zero_shot.png"

INTRODUCTION: Final = """\
Nothing is fitted here: the starter judges each set as it would a customer's accounts. *AUC* and *average
precision* are of the suspicion, the union of all signals that the evidence serves; beside it stands the
signal that the set is about, alone. Where no signal is heard there is no suspicion, and an account ranks
last; a set in which none is heard of any account says so in place of an AUC. *AUC where heard* leaves such
out (authentic, positives). *FAR* and *recall* are shares that it accuses, of anything, at its own thresholds,
by the rule that serves customers. *Directed rank* is the untrained mean of peer ranks. *One number* is the
best single feature or column **chosen with this set's labels in view**, so it is flattered (on sealed
accounts: chosen on the development accounts). Intervals are 95 %."""

NOT_STRICT: Final = """\
**How zero this shot is.** No row and no label of these sets was ever trained on, but most of them were in
view while the simulator and the training were set up ([why](decisions/0006-what-cannot-be-seen.md)). Such a
set is not zero-shot in the strict sense, and its development figures are flattered; its sealed accounts took
no part in the choice of settings."""

SEALED: Final = """\
### Sealed accounts

The three in ten of each set that nothing was chosen on, judged once by this starter. Earlier starters had
judged those of `instafake_automated`'s organic accounts and of the YouTube channels before; nothing was
chosen by that. They come from the same sets as the open ones: what a set's medians shaped is held out
here, and not zero-shot."""


def page(result: Result) -> str:
    """The section in Markdown."""
    found = result["tasks"]
    parts = [
        INTRODUCTION,
        f"![AUC on every set](quality/{PLOT})",
        *tables(found),
        in_view_section(found),
    ]
    return section([*parts, *hold_out(result, SEALED, tables)], result["refused"])


def tables(figures: Mapping[str, Any]) -> Iterable[str]:
    """The table of scores, the table of labels, and the sets on which the promise breaks."""
    yield scores_table(figures)
    yield decisions_table(figures)
    yield breaches(figures)


def scores_table(figures: Mapping[str, Any]) -> str:
    """AUC and average precision of each score, by set."""
    titles = (
        "set", "accounts", "AUC", "aim", "AUC where heard", "average precision", "signal", "its AUC alone",
        "directed rank, AUC", "one number, AUC", "strictly zero-shot",
    )  # fmt: skip
    rows = [
        (
            name, f"{one['accounts']:,}",
            auc_and_aim(name, one), number(AIMS.get(name), 2), where_heard(one),
            interval(one["figures"]["union average_precision"]), f"`{one['signal']}`",
            auc_of_suspicion(one, "signal auc"), interval(one["figures"]["directed rank auc"]),
            f"{interval(one['figures']['one number auc'])} `{one['number']}`",
            "no" if name in IN_VIEW else "yes",
        )
        for name, one in figures.items()
    ]  # fmt: skip
    return table(titles, rows)


def where_heard(one: Mapping[str, Any]) -> str:
    """The AUC among accounts whose evidence serves a signal, where some accounts' does not."""
    if "heard" not in one:  # sealed accounts are opened once, and were before this was asked
        return ""
    counts = [one["heard"][kind] for kind in ("authentic", "positives")]
    if all(count["k"] == count["n"] for count in counts):
        return "all are"
    heard = " and ".join(f"{count['k']:,} of {count['n']:,}" for count in counts)
    return f"{interval(one['figures'].get('union auc where heard'))} ({heard})"


def auc_and_aim(name: str, one: Mapping[str, Any]) -> str:
    """The AUC of the suspicion, with a word where it misses its aim."""
    missed = name in AIMS and one["figures"]["union auc"]["value"] < AIMS[name]
    return auc_of_suspicion(one) + (", missed" if missed else "")


def decisions_table(figures: Mapping[str, Any]) -> str:
    """The starter's labels and rates at its own thresholds, by set."""
    titles = (
        "set",
        "FAR",
        "recall",
        "can be accused",
        "unfamiliar",
        "labels of authentic",
        "labels of positives",
    )
    rows = [
        (
            name, rate(one["far"]), rate(one["recall"]), share(one["judgeable"] / one["accounts"], 0),
            share(one["unfamiliar"]),
            *(labels_in_words(one["labels"][kind]) for kind in ("authentic", "positives")),
        )
        for name, one in figures.items()
    ]  # fmt: skip
    return table(titles, rows)


def labels_in_words(labels: Mapping[str, int]) -> str:
    """Labels by their share, the commonest first."""
    total = sum(labels.values())
    ordered = sorted(labels.items(), key=lambda item: -item[1])
    return ", ".join(f"{share(count / total, 0)} {label}" for label, count in ordered if count)


def in_view_section(figures: Mapping[str, Any]) -> str:
    """Which sets were in view, and as what."""
    lines = [f"- `{name}`: {IN_VIEW[name]}" for name in figures if name in IN_VIEW]
    return f"{NOT_STRICT}\n\n" + "\n".join(lines) if lines else ""


@rc_context({"font.size": 8.0})
def draw(result: Result, folder: Path) -> None:
    """AUC of the union, one signal, the untrained score and one number on every set."""
    tasks = result["tasks"]
    names = list(tasks)[::-1]
    series = [
        Series(label, colour, lift, [tasks[name]["figures"][kind] for name in names])
        for kind, label, colour, lift in (
            ("union auc", "starter, all signals", COLOURS["assay"], 0.24),
            ("signal auc", "the set's signal alone", COLOURS["third"], 0.08),
            ("directed rank auc", "untrained directed rank", COLOURS["other"], -0.08),
            ("one number auc", "best single number, in hindsight", COLOURS["faint"], -0.24),
        )
    ]
    axis = "AUC on development accounts, 95 % interval"
    save(interval_figure(names, series, axis, height=0.9 + 0.36 * len(names), chance=0.5), folder / PLOT)


PART: Final = Part(
    title="Zero-shot: public sets, none of them trained on",
    tasks={
        name: Task(partial(measure, name), (facts_of(name),), partial(measure_hold_out, name))
        for name in (*NAMES, LARGE_STARSCOUT)
    },
    page=page,
    settings={
        "known": KNOWN, "resamples": RESAMPLES, "version": 2,
        "abstentions": [one.sentence for one in ABSTENTIONS],
    },
    draw=draw,
)  # fmt: skip
