"""What a detector makes of kinds that its training never held: schemes, and honest events and people.

The kinds are dealt out to a few hands, none of which holds two that stand in for each other; one hand at a
time is taken out of the population, a detector is trained as any is, and accounts of these kinds are judged
that were simulated by the regime written to test with. Beside each figure stands the same for a detector
that has seen everything, on the same accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.population import Population
from accounts.simulation import simulate
from accounts.simulation.bots import BOTS
from accounts.simulation.draw_person import HARD_PEOPLE
from accounts.simulation.follower_sample import FAKE_FOLLOWERS
from accounts.simulation.honest_events import EVENTS
from accounts.simulation.schemes import SCHEMES
from accounts.simulation.simulator import EventFrequency, RegimeName
from benchmarks.quality.draws import rate
from benchmarks.quality.figures import Measure, figures
from benchmarks.quality.never_seen_page import tables
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.pool import in_processes
from detector.arrays import Bools, Floats
from detector.bundle import Bundle
from detector.screening import Detector
from detector.words import Label
from features.evidence import Level
from training.config import TrainingConfig
from training.fit import fit, pick
from training.stage import Stage, stage

__all__ = ["HANDS", "KINDS", "PART", "Judged", "Kind", "compared", "holds", "judged", "page", "trained"]

TRAINED_ON: Final = 6_500
TESTED_ON: Final = 8_000
PIECE: Final = 500
SEEDS: Final = (7_100_000, 7_200_000)
CREATED_AT: Final = "2026-11-28T00:00:00Z"
CONFIG: Final = TrainingConfig(
    accounts=TRAINED_ON, seed=7, train_share=0.46, threshold_share=0.53, test_share=0.01, masked=1, copies=2,
    folds=2,
)  # fmt: skip
STRONG: Final = 0.5
FULL: Final = frozenset({"posts", "comments", "history"})
ACCUSED: Final = (Label.INFLATED.value, Label.AUTOMATED.value)
DEALT: Final = 6


ABOUT: Final = f"""\
The kinds are dealt out to {DEALT} hands; one hand at a time is left out of the training and threshold
population ({TRAINED_ON:,} simulated accounts, {CONFIG.copies} copies of each training account, alpha
{CONFIG.alpha:.0%}), and its kinds are judged among {TESTED_ON:,} accounts of the other regime, which hold
every kind in full number, at the evidence each came with. *Seen* is the same detector fitted with
everything, on the same accounts. Intervals 95 %. These detectors are fitted on an eighth of the accounts
that the starter is, so read seen against unseen."""


@dataclass(frozen=True)
class Kind:
    """Accounts that are looked at.

    Attributes
    ----------
    honest
        Whether those tested are authentic: accusing them is wrong.
    tested
        The names of what has part in them.
    """

    honest: bool
    tested: frozenset[str]

    def among(self, labels: pl.DataFrame) -> Bools:
        """The accounts to look at: of a scheme those with no other, of the honest those who buy nothing."""
        guilty = pl.col("inflated") | pl.col("automated")
        names = list(self.tested)
        fraud = pl.col("scheme").is_in(names) | (
            pl.col("person").is_in(names) & (pl.col("scheme") == "fake_follower")
        )
        honest = pl.col("event").is_in(names) | pl.col("person").is_in(names)
        found = ~guilty & honest.fill_null(False) if self.honest else guilty & fraud.fill_null(False)
        return np.asarray(labels.select(found).to_series().to_numpy(), dtype=bool)


def alone(honest: bool, names: Iterable[str]) -> dict[str, Kind]:
    """Each name by itself."""
    return {name: Kind(honest, frozenset({name})) for name in names}


LIKES, GIVEAWAYS = frozenset({"likes_flat", "likes_proportional"}), frozenset({"giveaway", "loop_giveaway"})
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    alone(False, (*SCHEMES, *BOTS, *FAKE_FOLLOWERS))
    | alone(True, (*EVENTS, *sorted(HARD_PEOPLE)))
    | {
        "bought likes, without random inflation": Kind(False, LIKES),
        "giveaways, without random events": Kind(True, GIVEAWAYS),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """What one detector never sees, and the kinds that it is tested on.

    Attributes
    ----------
    without
        Names of people, events, schemes and programs.
    tested
        Keys of ``KINDS``.
    """

    without: frozenset[str]
    tested: tuple[str, ...]


def dealt() -> Iterator[tuple[str, Hand]]:
    """The kinds in turn: neighbours in the simulator's lists, which are alike, are in different hands."""
    for number in range(DEALT):
        names = [
            name
            for group in ([*SCHEMES], [*BOTS], [*FAKE_FOLLOWERS], [*EVENTS], sorted(HARD_PEOPLE))
            for name in group[number::DEALT]
        ]
        yield f"hand {number + 1}", Hand(frozenset(names), tuple(names))
    # These two take away what stands in for the unseen: the twin, the package, and anything at all.
    likes, giveaways = "bought likes, without random inflation", "giveaways, without random events"
    yield likes, Hand(LIKES | {"full_package", "random_inflation"}, (likes,))
    yield giveaways, Hand(GIVEAWAYS | {"random_event"}, (giveaways,))


HANDS: Final[Mapping[str, Hand]] = MappingProxyType(dict(dealt()))


@dataclass(frozen=True)
class Judged:
    """Verdicts on test accounts.

    Attributes
    ----------
    labels
        One for each.
    can_accuse
        Whether its level has a threshold.
    """

    labels: np.ndarray[tuple[int], np.dtype[np.str_]]
    can_accuse: Bools


def holds(labels: pl.DataFrame, kinds: Collection[str]) -> Bools:
    """Accounts that any of the kinds has part in, as person, event, scheme or program.

    >>> labels = pl.DataFrame({"person": ["brand"], "event": [None], "scheme": ["pod+content_bot"]})
    >>> holds(labels, {"pod"}).tolist(), holds(labels, {"purge"}).tolist()
    ([True], [False])
    """
    wanted = list(kinds)
    schemes = pl.col("scheme").str.split("+").list.eval(pl.element().is_in(wanted)).list.any()
    people = pl.col("person").is_in(wanted) | pl.col("event").is_in(wanted).fill_null(False)
    found = labels.select(people | schemes.fill_null(False)).to_series().to_numpy()
    return np.asarray(found, dtype=bool)


def trained(population: Population, without: Collection[str], config: TrainingConfig) -> Bundle:
    """A detector trained on the accounts that none of the kinds has part in."""
    kept = ~holds(population.labels, without)
    return fit(pick(population, kept), config, CREATED_AT).bundle


def judged(bundle: Bundle, test: Stage) -> Judged:
    """What a detector says of the test accounts."""
    found = Detector(bundle).judge_numbers(test.numbers, test.levels, test.platforms)
    limits = bundle.levels.limits(test.levels, test.platforms)
    return Judged(found.decisions.labels.astype(str), ~np.isnan(limits.threshold))


def population_of(accounts: int, seed: int, regime: RegimeName, events: EventFrequency) -> Population:
    """A population made in pieces, in two processes."""
    jobs = [(seed + number, regime, events) for number in range(accounts // PIECE)]
    return Population.concat(list(in_processes(piece, jobs)))


def piece(seed: int, regime: RegimeName, events: EventFrequency) -> Population:
    """So many accounts of a seed of their own."""
    return simulate(PIECE, seed, regime=regime, events=events)


@cache
def material() -> tuple[Population, Stage, Judged]:
    """What all hands share: the accounts, and the verdicts of a detector that has seen all kinds.

    Training holds every kind in full number, too: of what is rare, leaving it out would change nothing.
    """
    population = population_of(TRAINED_ON, SEEDS[0], "train", "many")
    test = stage(population_of(TESTED_ON, SEEDS[1], "test", "many"))
    return population, test, judged(trained(population, (), CONFIG), test)


def measure(name: str, progress: Progress) -> Result:
    """Leave one hand out."""
    progress("simulating, and training with everything", 0.0)
    population, test, seen = material()
    progress("training without it", 0.4)
    hand = HANDS[name]
    unseen = judged(trained(population, hand.without, CONFIG), test)
    return {kind: compared(KINDS[kind], test, seen, unseen) for kind in hand.tested}


def compared(kind: Kind, test: Stage, seen: Judged, unseen: Judged) -> Result:
    """Verdicts on a kind by a detector that has seen it and by one that has not, on the same accounts.

    Parameters
    ----------
    kind
        Which accounts.
    test
        All accounts.
    seen, unseen
        The verdicts on all of them. Only accounts at levels where both can accuse count.
    """
    who = kind.among(test.labels) & seen.can_accuse & unseen.can_accuse
    found = {
        "honest": kind.honest,
        "seen": said(seen.labels[who]),
        "unseen": said(unseen.labels[who]),
        "more": more(test, who, seen, unseen),
    }
    if not kind.honest:
        strength = test.labels["strength"].fill_null(np.inf).to_numpy()
        found["strong"] = said(unseen.labels[who & (strength >= STRONG)])
        found["full evidence"] = said(unseen.labels[who & full(test.levels)])
    return found


def full(levels: Iterable[str]) -> Bools:
    """Accounts with posts, comments and history."""
    return np.array([set(Level.of(level).blocks) >= FULL for level in levels], dtype=bool)


def said(labels: np.ndarray[tuple[int], np.dtype[np.str_]]) -> Result:
    """Shares that are accused, cleared and sent to a person."""
    return {
        "accused": rate(np.isin(labels, ACCUSED)),
        "cleared": rate(labels == Label.AUTHENTIC.value),
        "review": rate(labels == Label.REVIEW.value),
    }


def more(test: Stage, who: Bools, seen: Judged, unseen: Judged) -> Result:
    """How many more are accused and cleared for not having been seen, in pairs, with intervals."""
    if not who.any():
        return {}
    pairs = {
        "accused": np.isin(unseen.labels[who], ACCUSED) * 1.0 - np.isin(seen.labels[who], ACCUSED),
        "cleared": (unseen.labels[who] == Label.AUTHENTIC.value) * 1.0
        - (seen.labels[who] == Label.AUTHENTIC.value),
    }
    names = test.labels["account_id"].filter(pl.Series(who)).to_list()
    return dict(figures({name: mean(values) for name, values in pairs.items()}, names))


def mean(values: Floats) -> Measure:
    """A weighted mean."""
    return lambda weights: float(weights @ values / weights.sum())


def page(result: Result) -> str:
    """What was done, then both tables."""
    return "\n\n".join([ABOUT, *tables(result)])


PART: Final = Part(
    title="Never seen: schemes and honest events left out of training",
    tasks=MappingProxyType({name: Task(partial(measure, name)) for name in HANDS}),
    page=page,
    settings=MappingProxyType({
        "trained_on": TRAINED_ON, "tested_on": TESTED_ON, "seeds": SEEDS, "dealt": DEALT,
        "config": CONFIG.as_dict(), "version": 2,
    }),
    uses_starter=False,
)  # fmt: skip
