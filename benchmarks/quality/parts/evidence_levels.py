"""The section on evidence levels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.evidence_levels import ACCOUNTS, REGIME, measure
from benchmarks.quality.page.markdown import rate_interval, share, spaced_table
from detector.labels import Label
from features.evidence import DEPTHS

__all__ = ["PART", "page"]

DEEPEST: Final = frozenset({"profile", "posts30", "comments50", "history90", "audience30"})
SHALLOW: Final = frozenset(depths[0] for depths in DEPTHS.values())
FEW: Final = 50
MOST_CLEARED: Final = 0.1
MOST: Final = 12
LABELS: Final = tuple(label.value for label in Label)


def page(result: Result) -> str:
    """Markdown tables of :func:`benchmarks.quality.measurements.evidence_levels.measure`'s result."""
    return "\n\n".join(sections(result))


def sections(result: Result) -> Iterable[str]:
    """The tables, each under its heading."""
    known = [one for one in result["levels"] if min(one["far"]["n"], one["recall"]["n"]) >= FEW]
    many, surely = len(levels_clearing_too_many(known, "rate")), len(levels_clearing_too_many(known, "low"))
    yield (
        f"{result['accounts']:,} fresh accounts of the {result['regime']} regime, which the starter was not "
        f"trained on, masked down to every level that they reach: {len(known)} levels with {FEW} authentic "
        "and as many fake accounts. Fakes are of any strength from 5 % on; strong ones of 50 % and more, "
        "and all that are automated. At most 10 % of the strong ones are to be cleared: "
        f"{many} of {len(known)} levels miss that, {surely} beyond chance{worst_in_words(known)}."
    )
    deepest = [one for one in known if set(one["level"].split("+")) <= DEEPEST]
    yield "**Each set of blocks at its deepest**\n\n" + rates_table(deepest)
    shallow = [one for one in known if set(one["level"].split("+")) <= SHALLOW]
    yield "**Each set of blocks at its shallowest**\n\n" + rates_table(shallow)
    yield "**Shares of the five labels, at the deepest**\n\n" + labels_table(deepest)
    yield "**The levels with the highest false-accusation rate**\n\n" + rates_table(
        sorted(known, key=lambda one: -one["far"]["rate"])[:MOST]
    )
    yield next_block_section(result["send_next"])


def levels_clearing_too_many(levels: Iterable[Result], end: str) -> list[Result]:
    """Levels at which more strong fakes are cleared than may be, by the rate or the end of its interval."""
    return [one for one in levels if (one["strong_cleared"][end] or 0.0) > MOST_CLEARED]


def worst_in_words(levels: Iterable[Result]) -> str:
    """The worst of those beyond chance."""
    found = levels_clearing_too_many(levels, "low")
    if not found:
        return ""
    ordered = sorted(found, key=lambda one: -one["strong_cleared"]["rate"])
    worst_levels = ", ".join(f"`{one['level']}` {rate_interval(one['strong_cleared'])}" for one in ordered)
    return f" ({worst_levels})"


def rates_table(levels: Iterable[Result]) -> str:
    """Rates by level."""
    return spaced_table(
        ("level", "FAR", "recall", "recall, strong", "expected recall", "strong ones cleared", "asks for"),
        [
            (
                one["level"] + (" (masked only)" if one["masked_only"] else ""), rate_interval(one["far"], 2),
                rate_interval(one["recall"]), rate_interval(one["recall_strong"]),
                "" if one["expected_recall"] is None else share(one["expected_recall"], 1),
                rate_interval(one["strong_cleared"]), one["send_next"] or "",
            )
            for one in levels
        ])  # fmt: skip


def labels_table(levels: Iterable[Result]) -> str:
    """The five labels of authentic and of fake accounts."""
    return spaced_table(
        ("level", "accounts", *LABELS),
        [
            (one["level"], who, *(share(one[who][label], 1) for label in LABELS))
            for one in levels
            for who in ("authentic", "fakes")
        ],
    )


def next_block_section(found: Result) -> str:
    """A table of the gain from the block that verdicts ask for, beside that of other blocks."""
    mean = found["mean"]
    if not found["levels"]:
        return "**What is asked for next**: no level has accounts enough to compare blocks."
    rows = [
        (words, *(f"{100 * mean[kind][who]:+.1f}" for who in ("asked", "others", "best")),
         share(mean[kind]["asked_is_best"], 0))
        for words, kind in (("recall", "recall"), ("authentic accounts cleared", "cleared"))
    ]  # fmt: skip
    return (
        "**What is asked for next** (`send_next`) is worth, on the same accounts with and without the "
        f"block, in points of per cent; means over {found['levels']} levels where two blocks can be "
        "compared:\n\n"
        + spaced_table(
            ("of", "the block asked for", "another block", "the best in hindsight", "asked for the best"),
            rows,
        )
    )


PART: Final = Part(
    title="Evidence levels",
    tasks={"": Task(measure)},
    page=page,
    settings={"accounts": ACCOUNTS, "regime": REGIME, "version": 2},
)
