"""The part on simulated accounts with honest events at their natural rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.natural import FEWEST, LABELS, measure
from benchmarks.quality.page.markdown import rate, rate_interval, share, table
from benchmarks.quality.populations.simulated_pool import ACCOUNTS, OTHER_REGIME

__all__ = ["PART", "page"]

MOST_LEVELS: Final = 12


def page(result: Result) -> str:
    """The section in Markdown."""
    return "\n\n".join(
        text for name, one in result["regimes"].items() for text in regime_section(name, one, result["alpha"])
    )


def regime_section(regime: str, one: Mapping[str, Any], alpha: float) -> Iterable[str]:
    """One regime: the promise at each level, then the labels."""
    yield (
        f"**{regime.capitalize()} regime**, {one['accounts']:,} fresh accounts as they came. "
        f"Falsely accused: {rate(one['far'])}; promised are at most {share(alpha, 0)} at each level. Of "
        f"{len(one['levels'])} levels with {FEWEST} honest accounts {one['over']} are over that, "
        f"{one['surely_over']} of them beyond chance (one in forty would be by chance). The worst:"
    )
    yield table(
        ("level whose thresholds speak", "falsely accused"),
        [(level["level"], rate(level["far"])) for level in one["levels"][:MOST_LEVELS]],
    )
    yield "What honest accounts are called (aim with posts and history: 60 % `authentic`, 10 % `review`):"
    yield table(
        ("evidence", "accounts", *LABELS),
        [
            (name, f"{row['accounts']:,}", *(rate_interval(row[label]) for label in LABELS))
            for name, row in one["labels"].items()
        ],
    )


PART: Final = Part(
    title="Natural: simulated accounts with honest events as rare as they are",
    tasks={"": Task(measure)},
    page=page,
    settings={"accounts": ACCOUNTS, "other_regime": OTHER_REGIME, "version": 1},
)
