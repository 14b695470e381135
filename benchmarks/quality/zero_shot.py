"""What the starter says of labelled public accounts, none of which it was trained on."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from benchmarks.quality import figures as f
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.sets import (
    LARGE_STARSCOUT,
    NAMES,
    PLATFORMS,
    SIGNAL_OF,
    about,
    development,
    sealed,
)
from benchmarks.quality.under_test import detector
from benchmarks.quality.zero_shot_page import draw, page
from detector.arrays import Bools, Floats
from detector.directed import directed_rank
from detector.screening import Judged
from detector.signals import SIGNALS
from detector.words import Label
from features.catalogue import CATALOGUE
from features.peers import tier
from training.datasets.labelled import Labelled
from training.evaluate import Rate

__all__ = ["PART", "judged", "suspicions"]

ACCUSATIONS: Final = (Label.INFLATED, Label.AUTOMATED)
KNOWN: Final = 0.9


def measured(name: str, progress: Progress) -> Result:
    """Figures on development accounts."""
    progress("reading", 0.0)
    data = development(name)
    return judged(name, data, best_number(data), progress)


def looked(name: str, progress: Progress) -> Result:
    """Figures on sealed accounts; the best single number is the one of the development accounts."""
    progress("opening the sealed accounts", 0.0)
    return judged(name, sealed(name), best_number(development(name)), progress)


def judged(name: str, data: Labelled, number: tuple[str, int], progress: Progress) -> Result:
    """The starter, the untrained score, and one number, on the same accounts."""
    progress(f"judging {len(data):,} accounts", 0.3)
    platforms = [PLATFORMS[name]] * len(data)
    found, levels = detector().judge_numbers(data.numbers, data.levels, platforms), list(data.levels)
    labels = found.decisions.labels
    accused = np.isin(labels.astype(str), [label.value for label in ACCUSATIONS])
    progress("intervals", 0.6)
    return {
        "head": data.head.value,
        "signal": SIGNAL_OF[name],
        "alpha": detector().bundle.facts.alpha,
        "accounts": len(data),
        "positives": int(data.truth.sum()),
        "levels": counted(levels),
        "judgeable": int((~np.isnan(detector().bundle.levels.limits(levels, platforms).threshold)).sum()),
        "number": number[0],
        "figures": scored(name, data, found, number),
        "far": Rate(int(accused[~data.truth].sum()), int((~data.truth).sum())).as_dict(),
        "recall": Rate(int(accused[data.truth].sum()), int(data.truth.sum())).as_dict(),
        "unfamiliar": float(np.mean([bool(blocks) for blocks in found.strange])),
        "labels": {
            kind: {label.value: int((labels[rows] == label).sum()) for label in Label}
            for kind, rows in (("authentic", ~data.truth), ("positives", data.truth))
        },
    }


def suspicions(found: Judged) -> Floats:
    """Suspicion of accounts, the lowest where no signal is heard."""
    return np.nan_to_num(found.suspicion, nan=-1.0)


def of_signal(name: str, found: Judged) -> Floats:
    """How suspicious one signal is by itself, as a rank, the lowest where it is not heard."""
    at = [signal.name for signal in SIGNALS].index(name)
    return -np.nan_to_num(found.weighed.p_values[:, at], nan=1.0)


def scored(name: str, data: Labelled, found: Judged, number: tuple[str, int]) -> Result:
    """AUC and average precision of all scores, and the union's lead over the others."""
    values = column(data, number[0]) * number[1]
    scores = {
        "union": suspicions(found), "signal": of_signal(SIGNAL_OF[name], found),
        "directed rank": untrained(name, data), "one number": values,
    }  # fmt: skip
    aucs = {who: f.auc(data.truth, score) for who, score in scores.items()}
    measures = {f"{who} auc": one for who, one in aucs.items()}
    measures |= {
        f"{who} average_precision": f.average_precision(data.truth, one) for who, one in scores.items()
    }
    measures |= {f"lead over {who}": f.difference(aucs["union"], aucs[who]) for who in list(aucs)[1:]}
    return f.figures(measures, data.groups)


def untrained(name: str, data: Labelled) -> Floats:
    """The directed-rank score of the set's head; one half where no directed feature is known."""
    size = data.numbers["followers_size"].to_numpy()
    tiers = [None if np.isnan(value) else tier(round(10**value - 1)) for value in size]
    ranks = detector().bundle.peers.percentiles(data.numbers, [PLATFORMS[name]] * len(data), tiers)
    directions = {feature.name: feature.direction_for(data.head).value for feature in CATALOGUE}
    return np.nan_to_num(directed_rank(ranks, directions), nan=0.5)


def best_number(data: Labelled) -> tuple[str, int]:
    """The catalogue's or the set's own number with the largest AUC, and 1 or -1 for its direction.

    Chosen with the labels in view, so it is flattered.
    """
    names = [*data.numbers.columns, *(f"raw {name}" for name in data.raw.columns)]
    found = {name: lean(data.truth, column(data, name)) for name in names if known(data, name)}
    best = max(found, key=lambda name: abs(found[name]))
    return best, 1 if found[best] > 0 else -1


def known(data: Labelled, name: str) -> bool:
    """Whether nine in ten accounts have the number."""
    return bool((~np.isnan(values_of(data, name))).mean() >= KNOWN)


def values_of(data: Labelled, name: str) -> Floats:
    """A number by its name; the set's own ones are called raw."""
    raw = name.startswith("raw ")
    frame = data.raw[[name.removeprefix("raw ")]] if raw else data.numbers[[name]]
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)[:, 0]


def column(data: Labelled, name: str) -> Floats:
    """A number of every account, the median where it is absent."""
    values = values_of(data, name)
    return np.where(np.isnan(values), np.nanmedian(values), values)


def lean(truth: Bools, values: Floats) -> float:
    """AUC less one half: its sign is the direction."""
    return f.auc(truth, values)(np.ones(len(truth))) - 0.5


def counted(levels: list[str]) -> dict[str, int]:
    """How many accounts there are at each level, the commonest first."""
    names = sorted(set(levels), key=lambda level: (-levels.count(level), level))
    return {level: levels.count(level) for level in names}


PART: Final = Part(
    title="Zero-shot: public sets, none of them trained on",
    tasks={
        name: Task(partial(measured, name), (about(name),), partial(looked, name))
        for name in (*NAMES, LARGE_STARSCOUT)
    },
    page=page,
    settings={"known": KNOWN, "resamples": f.RESAMPLES},
    draw=draw,
)  # fmt: skip
