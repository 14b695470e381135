"""What sending strange accounts to a person, instead of judging them, is worth to the starter."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from benchmarks.quality.draws import rate
from benchmarks.quality.part import Result
from benchmarks.quality.pool import starter
from detector.arrays import Bools, Floats
from detector.decision import suspicion
from detector.screening import accusable_by
from detector.threshold import accusation_threshold
from training.datasets.labelled import Labelled
from training.fit import Stage

__all__ = ["on_rows", "on_set"]

ALPHA: Final = 0.01


def on_set(data: Labelled) -> Result:
    """Accusations of a labelled set with and without strangeness, at the shipped thresholds."""
    return with_and_without(data.numbers, list(data.levels), data.truth)


def on_rows(rows: Stage) -> Result:
    """The same of simulated accounts as they came, and with thresholds set anew on either half."""
    natural = ~np.asarray(rows.numbers.index.duplicated())
    levels = [level for level, kept in zip(rows.levels, natural, strict=True) if kept]
    numbers, guilty = rows.numbers[natural], ~rows.authentic[natural]
    strange, chances = odd(numbers, levels), starter().bundle.probabilities(numbers, levels)
    return with_and_without(numbers, levels, guilty) | {
        "set_anew": {
            name: set_anew(suspicion(chances, accusable_by(levels), marks), guilty)
            for name, marks in (("with", strange), ("without", np.zeros_like(strange)))
        }
    }


def odd(numbers: pd.DataFrame, levels: list[str]) -> Bools:
    """Which accounts are strange in any block."""
    return np.array([bool(blocks) for blocks in starter().bundle.strange(numbers, levels)], dtype=bool)


def with_and_without(numbers: pd.DataFrame, levels: list[str], guilty: Bools) -> Result:
    """False accusations and recall, and how many of either kind are strange."""
    judged = starter().judge_numbers(numbers, levels)
    limits = starter().bundle.levels.limits(levels).threshold
    over, strange, judgeable = judged.suspicion > limits, odd(numbers, levels), ~np.isnan(limits)
    honest = ~guilty & judgeable
    return {
        "strange": {"authentic": rate(strange[~guilty]), "guilty": rate(strange[guilty])},
        "far": {"with": rate((over & ~strange)[honest]), "without": rate(over[honest])},
        "recall": {"with": rate((over & ~strange)[guilty]), "without": rate(over[guilty])},
    }


def set_anew(suspected: Floats, guilty: Bools) -> Result:
    """One threshold for all levels, set on either half of the authentic accounts and tested on the other."""
    known = ~np.isnan(suspected)
    suspected, guilty = suspected[known], guilty[known]
    half = np.random.default_rng(0).random(len(suspected)) < 0.5
    over = np.zeros(len(suspected), dtype=bool)
    for given in (half, ~half):
        limit = accusation_threshold(suspected[given & ~guilty], ALPHA)
        over[~given] = suspected[~given] > (np.inf if limit is None else limit)
    return {"alpha": ALPHA, "far": rate(over[~guilty]), "recall": rate(over[guilty])}
