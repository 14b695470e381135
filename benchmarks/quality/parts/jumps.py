"""The part on how often the followers of honest accounts jump."""

from __future__ import annotations

from functools import partial
from typing import Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.jumps import DAYS, GAINS, SETS, measure
from benchmarks.quality.page.markdown import section, table

__all__ = ["PART"]


def page(result: Result) -> str:
    """The section in Markdown."""
    about = (
        "Events per 100 account-years on real curves, with exact Poisson intervals: followers up by so much, "
        "and by over 100, in so many days, from 300 or more; events of one account are 30 days apart. The "
        "simulator's events must agree with them; no detector is judged here, so all open accounts count."
    )
    parts = [
        about,
        *(set_section(name, one) for name, one in result["tasks"].items()),
    ]
    return section(parts, result["refused"])


def set_section(name: str, found: Result) -> str:
    """One set's rates."""
    cells = {(cell["gain"], cell["days"]): cell for cell in found["events"]}
    rows = [
        (
            f"+{gain:.0%}",
            *(_rate_in_words(cells[gain, days]) if (gain, days) in cells else "-" for days in DAYS),
        )
        for gain in GAINS
    ]
    head = f"**{name}**: {found['accounts']:,} accounts, {found['account_years']:,.0f} account-years."
    return f"{head}\n\n{table(('gain', *(f'in {days} d' for days in DAYS)), rows)}"


def _rate_in_words(cell: Result) -> str:
    return f"{cell['rate']:g} [{cell['low']:g}, {cell['high']:g}]"


PART: Final = Part(
    title="Jumps: how often honest followers do",
    tasks={name: Task(partial(measure, name), (sets,)) for name, sets in SETS.items()},
    page=page,
    settings={"gains": GAINS, "days": DAYS, "version": 1},
    uses_starter=False,
)
