"""The threshold with the best F1 is found among all."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import f1_score

from benchmarks.quality.measurements.cross_validation import best_f1_threshold

RNG = np.random.default_rng(5)
TRUTH = RNG.random(300) < 0.3
SCORES = np.round(np.clip(RNG.normal(0.4 + 0.2 * TRUTH, 0.2), 0, 1), 2)  # with ties


def test_the_chosen_threshold_has_the_best_f1_of_all() -> None:
    limits = np.append(-1.0, np.unique(SCORES)[:-1])
    assert f1_score(TRUTH, best_f1_threshold(TRUTH, SCORES) < SCORES) == max(
        f1_score(TRUTH, limit < SCORES) for limit in limits
    )
