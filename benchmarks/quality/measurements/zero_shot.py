"""The starter on labelled public accounts, none of which it was trained on."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.populations.labelled_sets import (
    PLATFORMS,
    SIGNAL_OF,
    development,
    sealed,
)
from detector.arrays import Bools, Floats
from detector.labels import Label
from detector.rank_baseline import rank_baseline
from detector.screening import Predictions
from detector.signals import SIGNALS
from features.catalogue import CATALOGUE
from features.peers import tier
from training import metrics as m
from training.datasets.labelled import Labelled

__all__ = [
    "KNOWN",
    "auc_above_half",
    "best_single_number",
    "evaluate",
    "filled_with_median",
    "measure",
    "measure_hold_out",
    "suspicions",
]

KNOWN: Final = 0.9


def measure(name: str, progress: Progress) -> Result:
    """Figures on development accounts."""
    progress("reading", 0.0)
    data = development(name)
    return evaluate(name, data, best_single_number(data), progress)


def measure_hold_out(name: str, progress: Progress) -> Result:
    """Figures on sealed accounts; the best single number is the one of the development accounts."""
    progress("opening the sealed accounts", 0.0)
    return evaluate(name, sealed(name), best_single_number(development(name)), progress)


def evaluate(name: str, data: Labelled, number: tuple[str, int], progress: Progress) -> Result:
    """The starter, the untrained score, and one number, on the same accounts."""
    progress(f"judging {len(data):,} accounts", 0.3)
    platforms = [PLATFORMS[name]] * len(data)
    detector, levels = benchmarked_detector(), list(data.levels)
    found = detector.predict_features(data.features, levels, platforms)
    labels = found.decisions.labels
    accused = np.isin(labels.astype(str), m.ACCUSING)
    progress("intervals", 0.6)
    return {
        "head": data.head.value,
        "signal": SIGNAL_OF[name],
        "alpha": detector.bundle.facts.alpha,
        "accounts": len(data),
        "positives": int(data.truth.sum()),
        "levels": accounts_by_level(levels),
        "judgeable": int((~np.isnan(detector.bundle.levels.limits(levels, platforms).accuse_above)).sum()),
        "number": number[0],
        "heard": {
            kind: m.Rate.of(~np.isnan(found.suspicion[rows])).as_dict()
            for kind, rows in (("authentic", ~data.truth), ("positives", data.truth))
        },
        "figures": score_metrics(name, data, found, number),
        "far": m.Rate.of(accused[~data.truth]).as_dict(),
        "recall": m.Rate.of(accused[data.truth]).as_dict(),
        "unfamiliar": float(np.mean([bool(blocks) for blocks in found.unfamiliar])),
        "labels": {
            kind: {label.value: int((labels[rows] == label).sum()) for label in Label}
            for kind, rows in (("authentic", ~data.truth), ("positives", data.truth))
        },
    }


def suspicions(found: Predictions) -> Floats:
    """Suspicion of each account, -1 where no signal is heard."""
    return np.nan_to_num(found.suspicion, nan=-1.0)


def suspicions_without_picture(name: str, data: Labelled) -> Floats:
    """Suspicion of each account, judged without all that says whether it has a picture."""
    features = data.features.assign(picture=np.nan, profile_completeness=np.nan)
    platforms = [PLATFORMS[name]] * len(data)
    return suspicions(benchmarked_detector().predict_features(features, list(data.levels), platforms))


def signal_scores(name: str, found: Predictions) -> Floats:
    """Minus the p-value of one signal: higher for more suspicion, -1 where it is not heard."""
    at = [signal.name for signal in SIGNALS].index(name)
    return -np.nan_to_num(found.signals.p_values[:, at], nan=1.0)


def score_metrics(name: str, data: Labelled, found: Predictions, number: tuple[str, int]) -> Result:
    """AUC and average precision of all scores, and how much higher the union's AUC is."""
    values = filled_with_median(data, number[0]) * number[1]
    scores = {
        "union": suspicions(found), "signal": signal_scores(SIGNAL_OF[name], found),
        "directed rank": rank_baseline_scores(name, data), "one number": values,
    }  # fmt: skip
    aucs = {who: m.auc(data.truth, score) for who, score in scores.items()}
    measures = {f"{who} auc": one for who, one in aucs.items()}
    measures |= {
        f"{who} average_precision": m.average_precision(data.truth, one) for who, one in scores.items()
    }
    heard = ~np.isnan(found.suspicion)
    if heard[data.truth].any() and heard[~data.truth].any():
        where_heard = m.auc(data.truth[heard], scores["union"][heard])
        measures["union auc where heard"] = lambda weights: where_heard(weights[heard])
    if mostly_known(data, "picture"):
        measures["union auc without picture"] = m.auc(data.truth, suspicions_without_picture(name, data))
    measures |= {f"lead over {who}": m.difference(aucs["union"], aucs[who]) for who in list(aucs)[1:]}
    return m.with_intervals(measures, data.groups)


def rank_baseline_scores(name: str, data: Labelled) -> Floats:
    """The directed-rank score of the set's head; one half where no directed feature is known."""
    size = data.features["followers_size"].to_numpy()
    tiers = [None if np.isnan(value) else tier(round(10**value - 1)) for value in size]
    ranks = benchmarked_detector().bundle.peers.percentiles(
        data.features, [PLATFORMS[name]] * len(data), tiers
    )
    directions = {feature.name: feature.direction_for(data.head).value for feature in CATALOGUE}
    return np.nan_to_num(rank_baseline(ranks, directions), nan=0.5)


def best_single_number(data: Labelled) -> tuple[str, int]:
    """The catalogue's or the set's own number with the largest AUC, and 1 or -1 for its direction.

    Chosen with the labels in view, so it is flattered.
    """
    names = [*data.features.columns, *(f"raw {name}" for name in data.raw.columns)]
    found = {
        name: auc_above_half(data.truth, filled_with_median(data, name))
        for name in names
        if mostly_known(data, name)
    }
    best = max(found, key=lambda name: abs(found[name]))
    return best, 1 if found[best] > 0 else -1


def mostly_known(data: Labelled, name: str) -> bool:
    """Whether nine in ten accounts have the number."""
    return bool((~np.isnan(values_of(data, name))).mean() >= KNOWN)


def values_of(data: Labelled, name: str) -> Floats:
    """A number by its name; the set's own ones are called raw."""
    raw = name.startswith("raw ")
    frame = data.raw[[name.removeprefix("raw ")]] if raw else data.features[[name]]
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)[:, 0]


def filled_with_median(data: Labelled, name: str) -> Floats:
    """A number of every account, the median where it is absent."""
    values = values_of(data, name)
    return np.where(np.isnan(values), np.nanmedian(values), values)


def auc_above_half(truth: Bools, values: Floats) -> float:
    """AUC less one half: its sign is the direction."""
    return m.auc(truth, values)(np.ones(len(truth))) - 0.5


def accounts_by_level(levels: list[str]) -> dict[str, int]:
    """How many accounts there are at each level, the commonest first."""
    names = sorted(set(levels), key=lambda level: (-levels.count(level), level))
    return {level: levels.count(level) for level in names}
