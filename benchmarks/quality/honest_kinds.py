"""False accusations for each kind of honest event and person, all of them in full number, in both regimes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import polars as pl

from accounts.simulation.draw_person import HARD_PEOPLE
from accounts.simulation.honest_events import EVENTS
from accounts.simulation.simulator import RegimeName
from benchmarks.quality.natural import EVIDENCE, accusations, labels_of, with_evidence
from benchmarks.quality.part import Progress, Result
from benchmarks.quality.pool import pooled
from benchmarks.quality.writing import rate, share, table
from detector.words import Label

__all__ = ["SETTINGS", "measured", "missed", "page", "run"]

ACCOUNTS: Final = 12_000
SEEDS: Final[Mapping[RegimeName, int]] = {"train": 37_000_000, "test": 38_000_000}
SETTINGS: Final = {"accounts": ACCOUNTS, "seeds": list(SEEDS.values()), "version": 1}
MOST: Final = 0.10
APART: Final = "bot_attack"
FULL: Final = "with posts and history"
NOTHING: Final = "no event, nobody hard"

ABOUT: Final = f"""\
Of each regime {ACCOUNTS:,} fresh accounts in which every kind of honest event and every hard kind of person
stands in full number (`simulate(..., events="many")`), and is far commoner than among people: that is no
rate that anybody would meet, it shows whom an accusation hits. Aim: of no kind more than {share(MOST, 0)}
where posts and history are there, {APART} apart (followers that look bought *are* bought, by whomever; the
verdict says so). At natural rates: see "Natural"."""


def run(progress: Progress) -> Result:
    """Judge fresh accounts of both regimes."""
    return {
        regime: measured(pooled(ACCOUNTS, seed, regime, progress, doing=f"{regime} regime", events="many"))
        for regime, seed in SEEDS.items()
    }


def measured(accounts: pl.DataFrame) -> Result:
    """False accusations by kind, among all honest accounts and among those with posts and history.

    Parameters
    ----------
    accounts
        As :func:`benchmarks.quality.pool.scored` gives them.
    """
    honest = accounts.filter("authentic")
    both = with_evidence(honest, EVIDENCE[FULL])
    return {
        name: {"all": accusations(part), "full": accusations(full), "labels": labels_of(full)}
        for name, which in kinds().items()
        for part, full in [(honest.filter(which), both.filter(which))]
    }


def kinds() -> dict[str, pl.Expr]:
    """The honest accounts of each kind; an account may be of an event's and of a person's."""
    event, person = pl.col("event").fill_null(""), pl.col("person")
    plain = (event == "") & ~person.is_in(list(HARD_PEOPLE))
    return (
        {NOTHING: plain}
        | {name: event == name for name in EVENTS}
        | {name: person == name for name in sorted(HARD_PEOPLE)}
    )


def missed(found: Mapping[str, Any]) -> list[str]:
    """Kinds that are accused more often than aimed at, where posts and history are there."""
    return [name for name, one in found.items() if name != APART and (one["full"]["rate"] or 0.0) > MOST]


def page(result: Result) -> str:
    """The section in Markdown."""
    return "\n\n".join([ABOUT, *(text for regime, found in result.items() for text in of(regime, found))])


def of(regime: str, found: Mapping[str, Any]) -> Iterable[str]:
    """One regime, the worst kind first."""
    over = ", ".join(f"`{name}`" for name in missed(found)) or "none"
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
