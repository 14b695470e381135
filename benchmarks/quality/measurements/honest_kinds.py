"""False accusations for each kind of honest event and person, all of them in full number, in both regimes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from accounts.simulation.draw_person import HARD_PEOPLE
from accounts.simulation.honest_events import EVENTS
from accounts.simulation.simulator import RegimeName
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.measurements.natural import EVIDENCE, accusation_rate, label_rates, with_evidence
from benchmarks.quality.populations.simulated_pool import scored_pool

__all__ = ["ACCOUNTS", "FULL", "NOTHING", "SEEDS", "evaluate", "measure"]

ACCOUNTS: Final = 12_000
SEEDS: Final[Mapping[RegimeName, int]] = {"train": 37_000_000, "test": 38_000_000}
FULL: Final = "with posts and history"
NOTHING: Final = "no event, nobody hard"


def measure(progress: Progress) -> Result:
    """Judge fresh accounts of both regimes."""
    return {
        regime: evaluate(
            scored_pool(ACCOUNTS, seed, regime, progress, doing=f"{regime} regime", events="many")
        )
        for regime, seed in SEEDS.items()
    }


def evaluate(accounts: pl.DataFrame) -> Result:
    """False accusations by kind, among all honest accounts and among those with posts and history.

    Parameters
    ----------
    accounts
        As :func:`benchmarks.quality.populations.simulated_pool.score_population` gives them.
    """
    honest = accounts.filter("authentic")
    both = with_evidence(honest, EVIDENCE[FULL])
    return {
        name: {"all": accusation_rate(part), "full": accusation_rate(full), "labels": label_rates(full)}
        for name, which in kind_filters().items()
        for part, full in [(honest.filter(which), both.filter(which))]
    }


def kind_filters() -> dict[str, pl.Expr]:
    """The honest accounts of each kind; an account may be of an event's and of a person's."""
    event, person = pl.col("event").fill_null(""), pl.col("person")
    plain = (event == "") & ~person.is_in(list(HARD_PEOPLE))
    return (
        {NOTHING: plain}
        | {name: event == name for name in EVENTS}
        | {name: person == name for name in sorted(HARD_PEOPLE)}
    )
