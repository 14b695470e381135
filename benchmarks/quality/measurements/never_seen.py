"""Verdicts on kinds that training did not hold: schemes, and honest events and people.

The kinds are dealt out to a few hands, none of which holds two that stand in for each other; one hand at a
time is taken out of the population, a detector is trained as any is, and accounts of these kinds are judged
that were simulated by the regime written to test with. Beside each figure stands the same for a detector
that has seen everything, on the same accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
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
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.populations.simulated_pool import run_in_processes
from detector.arrays import Bools
from detector.bundle import Bundle
from detector.labels import Label
from detector.screening import Detector
from features.evidence import Level
from training.config import TrainingConfig
from training.fit import fit
from training.labelled_rows import LabelledRows, labelled_rows
from training.metrics import ACCUSING, mean_value, rate, with_intervals
from training.split import pick

__all__ = [
    "CONFIG",
    "DEALT",
    "HANDS",
    "KINDS",
    "SEEDS",
    "TESTED_ON",
    "TRAINED_ON",
    "Verdicts",
    "compare",
    "holds",
    "measure",
    "train_without",
    "verdicts_on",
]

TRAINED_ON: Final = 6_500
TESTED_ON: Final = 8_000
PIECE: Final = 500
SEEDS: Final = (7_100_000, 7_200_000)
CREATED_AT: Final = "2026-11-28T00:00:00Z"
CONFIG: Final = TrainingConfig(
    accounts=TRAINED_ON,
    seed=7,
    train_share=0.46,
    calibration_share=0.53,
    test_share=0.01,
    masked_accounts=1,
    masked_copies=2,
    folds=2,
)
STRONG: Final = 0.5
FULL: Final = frozenset({"posts", "comments", "history"})
DEALT: Final = 6


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


def kinds_of_one_name(honest: bool, names: Iterable[str]) -> dict[str, Kind]:
    """Each name by itself."""
    return {name: Kind(honest, frozenset({name})) for name in names}


LIKES, GIVEAWAYS = frozenset({"likes_flat", "likes_proportional"}), frozenset({"giveaway", "loop_giveaway"})
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    kinds_of_one_name(False, (*SCHEMES, *BOTS, *FAKE_FOLLOWERS))
    | kinds_of_one_name(True, (*EVENTS, *sorted(HARD_PEOPLE)))
    | {
        "bought likes, without random inflation": Kind(False, LIKES),
        "giveaways, without random events": Kind(True, GIVEAWAYS),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Hand:
    """The kinds that are left out of the training of one detector, and those that it is tested on.

    Attributes
    ----------
    without
        Names of people, events, schemes and programs.
    tested
        Keys of ``KINDS``.
    """

    without: frozenset[str]
    tested: tuple[str, ...]


def deal() -> Iterator[tuple[str, Hand]]:
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


HANDS: Final[Mapping[str, Hand]] = MappingProxyType(dict(deal()))


@dataclass(frozen=True)
class Verdicts:
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


def train_without(population: Population, without: Collection[str], config: TrainingConfig) -> Bundle:
    """A detector trained on the accounts that none of the kinds has part in."""
    without_kinds = ~holds(population.labels, without)
    return fit(pick(population, without_kinds), config, CREATED_AT).bundle


def verdicts_on(bundle: Bundle, test: LabelledRows) -> Verdicts:
    """A detector's verdicts on the test accounts."""
    found = Detector(bundle).predict_features(test.features, test.levels, test.platforms)
    limits = bundle.levels.limits(test.levels, test.platforms)
    return Verdicts(found.decisions.labels.astype(str), ~np.isnan(limits.accuse_above))


def simulate_in_pieces(accounts: int, seed: int, regime: RegimeName, events: EventFrequency) -> Population:
    """A population made in pieces, in two processes."""
    jobs = [(seed + number, regime, events) for number in range(accounts // PIECE)]
    return Population.concat(list(run_in_processes(simulate_piece, jobs)))


def simulate_piece(seed: int, regime: RegimeName, events: EventFrequency) -> Population:
    """So many accounts of a seed of their own."""
    return simulate(PIECE, seed, regime=regime, events=events)


@cache
def shared_material() -> tuple[Population, LabelledRows, Verdicts]:
    """Training accounts, test accounts, and the verdicts on these of a detector trained on all kinds.

    Training holds every kind in full number, too: of what is rare, leaving it out would change nothing.
    """
    population = simulate_in_pieces(TRAINED_ON, SEEDS[0], "train", "many")
    test = labelled_rows(simulate_in_pieces(TESTED_ON, SEEDS[1], "test", "many"))
    return population, test, verdicts_on(train_without(population, (), CONFIG), test)


def measure(name: str, progress: Progress) -> Result:
    """Leave one hand out."""
    progress("simulating, and training with everything", 0.0)
    population, test, seen = shared_material()
    progress("training without it", 0.4)
    hand = HANDS[name]
    unseen = verdicts_on(train_without(population, hand.without, CONFIG), test)
    return {kind: compare(KINDS[kind], test, seen, unseen) for kind in hand.tested}


def compare(kind: Kind, test: LabelledRows, seen: Verdicts, unseen: Verdicts) -> Result:
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
        "seen": label_rates(seen.labels[who]),
        "unseen": label_rates(unseen.labels[who]),
        "more": paired_differences(test, who, seen, unseen),
    }
    if not kind.honest:
        strength = test.labels["strength"].fill_null(np.inf).to_numpy()
        found["strong"] = label_rates(unseen.labels[who & (strength >= STRONG)])
        found["full evidence"] = label_rates(unseen.labels[who & has_full_evidence(test.levels)])
    return found


def has_full_evidence(levels: Iterable[str]) -> Bools:
    """Accounts with posts, comments and history."""
    return np.array([set(Level.of(level).blocks) >= FULL for level in levels], dtype=bool)


def label_rates(labels: np.ndarray[tuple[int], np.dtype[np.str_]]) -> Result:
    """Shares that are accused, cleared and sent to a person."""
    return {
        "accused": rate(np.isin(labels, ACCUSING)),
        "cleared": rate(labels == Label.AUTHENTIC.value),
        "review": rate(labels == Label.REVIEW.value),
    }


def paired_differences(test: LabelledRows, who: Bools, seen: Verdicts, unseen: Verdicts) -> Result:
    """How many more are accused and cleared for not having been seen, in pairs, with intervals."""
    if not who.any():
        return {}
    pairs = {
        "accused": np.isin(unseen.labels[who], ACCUSING) * 1.0 - np.isin(seen.labels[who], ACCUSING),
        "cleared": (unseen.labels[who] == Label.AUTHENTIC.value) * 1.0
        - (seen.labels[who] == Label.AUTHENTIC.value),
    }
    names = test.labels["account_id"].filter(pl.Series(who)).to_list()
    return dict(with_intervals({name: mean_value(values) for name, values in pairs.items()}, names))
