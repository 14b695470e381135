"""What a detector makes of a kind that its training never held: schemes, and honest events and people.

One kind at a time is taken out of the training and the threshold part, everything is fitted again, and
accounts of that kind are judged that were simulated by the regime written to test with. Beside each
figure stands the same for a detector that has seen the kind, on the same accounts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.simulation.audience import FAKES
from accounts.simulation.events import EVENTS
from accounts.simulation.people import HARD_PEOPLE
from accounts.simulation.programs import PROGRAMS
from accounts.simulation.schemes import SCHEMES
from benchmarks.quality.draws import rate
from benchmarks.quality.figures import Measure, figures
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.refit import Judged, Material, often, prepared, refitted, simulated, staged
from detector.arrays import Bools, Floats
from detector.words import Label
from features.evidence import Level
from training.config import TrainingConfig
from training.fit import Stage

__all__ = ["KINDS", "PART", "Kind", "compared", "page"]

TRAINED_ON: Final = 6_500
TESTED_ON: Final = 14_000
SEEDS: Final = (7_100_000, 7_200_000)
LEVEL_SHARE: Final = 0.01  # of the test accounts must come at a level for it to get thresholds of its own
CONFIG: Final = TrainingConfig(
    accounts=TRAINED_ON, seed=7, train_share=0.46, threshold_share=0.53, test_share=0.01, copies=3, folds=2
)
STRONG: Final = 0.5
FULL: Final = frozenset({"posts", "comments", "history"})
MOST_ACCUSED: Final = 0.02
MOST_CLEARED: Final = 0.20
ACCUSED: Final = (Label.INFLATED.value, Label.AUTOMATED.value)


ABOUT: Final = f"""\
One kind at a time is left out of training and of the threshold part ({TRAINED_ON:,} simulated accounts,
{CONFIG.copies} copies of each training account, alpha {CONFIG.alpha:.0%}); the kind is then judged on
{TESTED_ON:,} accounts of the other regime, at the evidence each came with. *Seen* is the same detector
fitted with everything, on the same accounts. Intervals 95 %. These detectors are fitted on a third of the
accounts that the starter is, so read seen against unseen."""


@dataclass(frozen=True)
class Kind:
    """What is left out, and on whom that is tested.

    Attributes
    ----------
    honest
        Whether those tested are authentic: accusing them is wrong.
    tested
        The kinds that are looked at.
    without
        What training does not hold; mostly the same.
    """

    honest: bool
    tested: frozenset[str]
    without: frozenset[str]

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
    """Each name left out by itself."""
    return {name: Kind(honest, frozenset({name}), frozenset({name})) for name in names}


# The last two take away what stands in for the unseen: the twin, the package, and anything at all.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    alone(False, (*SCHEMES, *PROGRAMS, *FAKES))
    | alone(True, (*EVENTS, *sorted(HARD_PEOPLE)))
    | {
        "bought likes, without random inflation": Kind(
            False, frozenset({"likes_flat", "likes_proportional"}),
            frozenset({"likes_flat", "likes_proportional", "full_package", "random_inflation"}),
        ),
        "giveaways, without random events": Kind(
            True, frozenset({"giveaway", "loop_giveaway"}),
            frozenset({"giveaway", "loop_giveaway", "random_event"}),
        ),
    }
)  # fmt: skip


@cache
def material() -> tuple[Material, Stage, Judged]:
    """What all kinds share: the accounts, and the verdicts of a detector that has seen all kinds."""
    quiet: Progress = lambda *_: None  # noqa: E731
    test = staged(TESTED_ON, SEEDS[1], quiet)
    population = simulated(TRAINED_ON, SEEDS[0], "train", quiet)
    known = prepared(population, CONFIG, often(test.levels, round(LEVEL_SHARE * TESTED_ON)))
    return known, test, refitted(known, (), test)


def measure(name: str, progress: Progress) -> Result:
    """Leave one kind out."""
    progress("simulating, and deriving features", 0.0)
    known, test, seen = material()
    progress("fitting without it", 0.2)
    kind = KINDS[name]
    return compared(kind, test, seen, refitted(known, kind.without, test))


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
    """Both tables, the worst first, and what was aimed at."""
    tasks: Mapping[str, Result] = {
        name: one for name, one in result["tasks"].items() if one["unseen"]["accused"]["n"]
    }
    honest = sorted(
        (name for name in tasks if tasks[name]["honest"]),
        key=lambda name: -tasks[name]["unseen"]["accused"]["rate"],
    )
    fraud = sorted(
        (name for name in tasks if not tasks[name]["honest"]),
        key=lambda name: -tasks[name]["unseen"]["cleared"]["rate"],
    )
    parts = [ABOUT]
    if honest:
        parts += [verdict(tasks, honest, "accused", MOST_ACCUSED, "honest kind"), honest_table(tasks, honest)]
    if fraud:
        parts += [verdict(tasks, fraud, "cleared", MOST_CLEARED, "scheme"), fraud_table(tasks, fraud)]
    return "\n\n".join(parts)


def verdict(tasks: Mapping[str, Result], names: list[str], what: str, most: float, of: str) -> str:
    """The worst, and how many miss the aim."""
    worst, over = names[0], [name for name in names if tasks[name]["unseen"][what]["rate"] > most]
    return (
        f"**Aim: no unseen {of} {what} in more than {most:.0%}.** The worst is `{worst}` with "
        f"{shown(tasks[worst]['unseen'][what])}; {len(over)} of {len(names)} miss the aim"
        + (f": {', '.join(f'`{name}`' for name in over)}." if over else ".")
    )


def honest_table(tasks: Mapping[str, Result], names: Collection[str]) -> str:
    """False accusations, seen and unseen."""
    rows = [
        "| left out | accounts | accused, unseen | accused, seen | more | review, unseen | cleared, unseen |",
        "|---|---:|---|---|---|---:|---:|",
    ]
    for name in names:
        one = tasks[name]
        rows.append(
            f"| `{name}` | {one['unseen']['accused']['n']} | {shown(one['unseen']['accused'])} | "
            f"{shown(one['seen']['accused'])} | {signed(one['more']['accused'])} | "
            f"{one['unseen']['review']['rate']:.0%} | {one['unseen']['cleared']['rate']:.0%} |"
        )
    return "\n".join(rows)


def fraud_table(tasks: Mapping[str, Result], names: Collection[str]) -> str:
    """What is cleared and what is found, seen and unseen."""
    rows = [
        "| left out | accounts | cleared, unseen | cleared, seen | more | cleared, strength from 50 % | "
        "recall, unseen | recall, seen | recall, full evidence |",
        "|---|---:|---|---|---|---|---|---|---|",
    ]
    for name in names:
        one = tasks[name]
        rows.append(
            f"| `{name}` | {one['unseen']['cleared']['n']} | {shown(one['unseen']['cleared'])} | "
            f"{shown(one['seen']['cleared'])} | {signed(one['more']['cleared'])} | "
            f"{shown(one['strong']['cleared'])} | {shown(one['unseen']['accused'])} | "
            f"{shown(one['seen']['accused'])} | {shown(one['full evidence']['accused'])} |"
        )
    return "\n".join(rows)


def shown(one: Result) -> str:
    """A rate with its interval.

    >>> shown({"k": 1, "n": 50, "rate": 0.02, "low": 0.0005, "high": 0.1065})
    '2.0 % [0.1, 10.6]'
    """
    if not one["n"]:
        return "–"
    return f"{100 * one['rate']:.1f} % [{100 * one['low']:.1f}, {100 * one['high']:.1f}]"


def signed(one: Result) -> str:
    """A difference in per cent of accounts."""
    return f"{100 * one['value']:+.1f} [{100 * one['low']:+.1f}, {100 * one['high']:+.1f}]"


PART: Final = Part(
    title="Never seen: schemes and honest events left out of training",
    tasks=MappingProxyType({name: Task(partial(measure, name)) for name in KINDS}),
    page=page,
    settings=MappingProxyType(
        {"trained_on": TRAINED_ON, "tested_on": TESTED_ON, "seeds": SEEDS, "config": CONFIG.as_dict()}
    ),
    uses_starter=False,
)
