"""The starter with thresholds calibrated on authentic accounts of the set that it is tested on."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.stats import betabinom

from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.measurements import zero_shot
from benchmarks.quality.populations.labelled_sets import PLATFORMS, development, sealed
from detector.arrays import Bools, Floats
from detector.levels import LevelRow
from detector.threshold import allowed_errors
from features.evidence import Level
from training.datasets.labelled import Labelled

__all__ = ["DRAWS", "REST", "SIZES", "calibrate_on", "measure", "measure_hold_out", "split_by_truth"]

SIZES: Final = ((60, 0.05), (150, 0.05), (300, 0.01))
DRAWS: Final = 200
REST: Final = 20


def measure(name: str, progress: Progress) -> Result:
    """Calibrated on some development accounts, tested on the others."""
    progress("reading", 0.0)
    data = with_commonest_blocks(development(name))
    progress(f"judging {len(data):,} accounts", 0.2)
    suspected = suspicions(name, data)
    honest, fakes = split_by_truth(data, suspected)
    lines = [calibrate_on(honest, None, fakes, size, alpha) for size, alpha in SIZES]
    return starter_rates(name, data, suspected) | {"sizes": lines}


def measure_hold_out(name: str, progress: Progress) -> Result:
    """Calibrated on some development accounts, tested on the sealed ones."""
    progress("opening the sealed accounts", 0.0)
    data, others = with_commonest_blocks(development(name)), sealed(name)
    level = Level.of(data.levels[0]).pooled
    others = others.pick(np.array([Level.of(one).pooled == level for one in others.levels], dtype=bool))
    suspected = suspicions(name, others)
    honest, _ = split_by_truth(data, suspicions(name, data))
    rest, fakes = split_by_truth(others, suspected)
    lines = [calibrate_on(honest, rest, fakes, size, alpha) for size, alpha in SIZES]
    return starter_rates(name, others, suspected) | {"sizes": lines}


def with_commonest_blocks(data: Labelled) -> Labelled:
    """The accounts with the blocks that most of the set's accounts have, at any depth."""
    pooled = pd.Series([Level.of(level).pooled for level in data.levels])
    return data.pick((pooled == pooled.value_counts().index[0]).to_numpy())


def suspicions(name: str, data: Labelled) -> Floats:
    """Suspicion of each account, -1 where no signal is heard."""
    return zero_shot.suspicions(
        benchmarked_detector().predict_features(data.features, data.levels, [PLATFORMS[name]] * len(data))
    )


def split_by_truth(data: Labelled, suspected: Floats) -> tuple[Floats, Floats]:
    """Suspicion of the authentic accounts, one of each group, and of the others."""
    first = ~pd.Index(list(data.groups)).duplicated()
    honest: Bools = np.asarray(~data.truth & first, dtype=bool)
    return suspected[honest], suspected[data.truth]


def starter_rates(name: str, data: Labelled, suspected: Floats) -> Result:
    """Numbers of accounts, and their rates at the starter's own thresholds."""
    levels = benchmarked_detector().bundle.levels
    limits = levels.limits(list(data.levels), [PLATFORMS[name]] * len(data)).accuse_above
    accused = suspected > limits
    return {
        "level": Level.of(data.levels[0]).pooled,
        "authentic": int((~data.truth).sum()),
        "positives": int(data.truth.sum()),
        "starter_far": float(accused[~data.truth].mean()),
        "starter_recall": float(accused[data.truth].mean()),
    }


def calibrate_on(honest: Floats, rest: Floats | None, fakes: Floats, size: int, alpha: float) -> Result:
    """Rates over many draws of so many authentic accounts to calibrate on.

    Parameters
    ----------
    honest
        Suspicion of the authentic accounts to draw from.
    rest
        Of those to test on; None: those that were not drawn.
    fakes
        Of the fakes.
    size, alpha
        How many to draw, and the rate to promise.
    """
    line: Result = {"size": size, "alpha": alpha}
    left = len(honest) - size if rest is None else len(rest)
    if len(honest) < size or left < REST:
        return line | {"missing": max(size + (REST if rest is None else 0) - len(honest), 0)}
    rng, far, recall = np.random.default_rng(0), [], []
    for _ in range(DRAWS):
        order = rng.permutation(len(honest))
        row = LevelRow.fit("", honest[order[:size]], fakes, [], alpha=alpha)
        assert row.accuse_above is not None
        tested = honest[order[size:]] if rest is None else rest
        far.append(float((tested > row.accuse_above).mean()))
        recall.append(row.expected_recall or 0.0)
    errors = allowed_errors(size, alpha)
    assert errors is not None
    # How the rate on so few tested accounts would be spread, were no two suspicions alike.
    spread = betabinom(left, errors + 1, size - errors)
    return line | {
        "tested": left,
        "expected": (errors + 1) / (size + 1),
        "far": mean_and_middle(far),
        "over": float(np.mean(np.array(far) > alpha)),
        "over_expected": float(spread.sf(np.floor(alpha * left + 1e-9))),
        "recall": mean_and_middle(recall),
    }


def mean_and_middle(values: list[float]) -> dict[str, float]:
    """Mean, and the middle nine tenths."""
    low, high = np.quantile(values, [0.05, 0.95])
    return {"mean": float(np.mean(values)), "low": float(low), "high": float(high)}
