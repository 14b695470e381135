"""How each head learnt: its log-loss after every few trees, on fitted and on unseen accounts."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from detector.arrays import Bools, Floats
from detector.heads import Scorer, columns_of
from detector.signals import SIGNALS
from training.fit import Fitted
from training.fit_heads import rows_of
from training.labelled_rows import LabelledRows

__all__ = ["Curve", "learning_curves", "log_loss_by_trees"]

STEPS: Final = 26
"""Points of a curve, about."""
MOST_ROWS: Final = 2_000
FEWEST_ROWS: Final = 30


class Curve(NamedTuple):
    """Log-loss by number of trees, on fitted and on unseen accounts."""

    trees: list[int]
    fitted: Floats
    unseen: Floats


def learning_curves(fitted: Fitted) -> dict[str, Curve]:
    """The curve of each head, by its signal's name; none where too few unseen accounts show its kind."""
    found = {}
    for signal in SIGNALS:
        scorer, parts = fitted.bundle.scorers[signal.name], []
        for part in (fitted.train, fitted.test):
            rows, truth = rows_of(signal, part)
            parts.append(sample(part, rows, truth))
        if min(len(truth) for _, truth in parts) >= FEWEST_ROWS:
            (trees, seen), (_, unseen) = (log_loss_by_trees(scorer, *part) for part in parts)
            found[signal.name] = Curve(trees, seen, unseen)
    return found


def sample(part: LabelledRows, rows: Bools, truth: Bools) -> tuple[pd.DataFrame, Bools]:
    """Features and truth of at most 2,000 of the rows, evenly spread."""
    places = np.flatnonzero(rows)
    places = places[:: max(1, -(-len(places) // MOST_ROWS))]
    return part.features.iloc[places], truth[places]


def log_loss_by_trees(scorer: Scorer, features: pd.DataFrame, truth: Bools) -> tuple[list[int], Floats]:
    """Numbers of trees, and the mean log-loss of the raw score after so many of them."""
    booster, values = scorer.booster, columns_of(features, scorer.features)
    total = booster.num_trees()
    step = max(1, total // STEPS)
    trees, losses, raw = [], [], np.zeros(len(values))
    sign = np.where(truth, -1.0, 1.0)
    for start in range(0, total, step):
        count = min(step, total - start)
        raw = raw + np.asarray(
            booster.predict(values, raw_score=True, start_iteration=start, num_iteration=count, num_threads=1)
        )
        trees.append(start + count)
        losses.append(float(np.logaddexp(0.0, sign * raw).mean()))
    return trees, np.array(losses)
