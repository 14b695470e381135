"""The part on false accusations by kind of honest event and person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.honest_kinds import ACCOUNTS, FULL, SEEDS, measure
from benchmarks.quality.page.markdown import rate, share, table
from detector.labels import Label

__all__ = ["PART", "kinds_over_aim", "page"]

MOST: Final = 0.10
APART: Final = "bot_attack"
ABOUT: Final = f"""\
Of each regime {ACCOUNTS:,} fresh accounts in which every kind of honest event and every hard kind of person
stands in full number (`simulate(..., events="many")`), and is far commoner than among people: that is no
rate that anybody would meet, it shows whom an accusation hits. Aim: of no kind more than {share(MOST, 0)}
where posts and history are there, {APART} apart (followers that look bought *are* bought, by whomever; the
verdict says so). At natural rates: see "Natural"."""


def kinds_over_aim(found: Mapping[str, Any]) -> list[str]:
    """Kinds that are accused more often than aimed at, where posts and history are there."""
    return [name for name, one in found.items() if name != APART and (one["full"]["rate"] or 0.0) > MOST]


def page(result: Result) -> str:
    """The section in Markdown."""
    return "\n\n".join(
        [ABOUT, *(text for regime, found in result.items() for text in regime_section(regime, found))]
    )


def regime_section(regime: str, found: Mapping[str, Any]) -> Iterable[str]:
    """One regime, the worst kind first."""
    over = ", ".join(f"`{name}`" for name in kinds_over_aim(found)) or "none"
    yield f"**{regime.capitalize()} regime.** Kinds that miss the aim: {over}."
    ranked = sorted(found.items(), key=lambda item: -(item[1]["full"]["rate"] or 0.0))
    yield table(
        ("kind", f"falsely accused, {FULL}", "all evidence", "authentic, with both", "review, with both"),
        [
            (
                name, rate(one["full"]), rate(one["all"]),
                *(share(one["labels"][label.value]["rate"], 0) for label in (Label.AUTHENTIC, Label.REVIEW)),
            )
            for name, one in ranked
        ],
    )  # fmt: skip


PART: Final = Part(
    title="Honest kinds: false accusations by event and person",
    tasks={"": Task(measure)},
    page=page,
    settings={"accounts": ACCOUNTS, "seeds": list(SEEDS.values()), "version": 1},
)
