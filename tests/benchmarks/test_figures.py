"""Weighted measures agree with scikit-learn's, and intervals with what they should hold."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, roc_auc_score

from benchmarks.quality import figures as f
from benchmarks.quality.fitting import best_f1

RNG = np.random.default_rng(5)
TRUTH = RNG.random(300) < 0.3
SCORES = np.round(np.clip(RNG.normal(0.4 + 0.2 * TRUTH, 0.2), 0, 1), 2)  # with ties
WEIGHTS = RNG.integers(0, 4, 300).astype(float)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (f.auc, roc_auc_score),
        (f.average_precision, average_precision_score),
        (f.brier, brier_score_loss),
    ],
)
@pytest.mark.parametrize("weights", [np.ones(300), WEIGHTS])
def test_measures_are_the_usual_ones(ours, theirs, weights):
    assert ours(TRUTH, SCORES)(weights) == pytest.approx(theirs(TRUTH, SCORES, sample_weight=weights))


def test_f1_is_the_usual_one():
    said = SCORES > 0.5
    assert f.f1(TRUTH, said)(WEIGHTS) == pytest.approx(f1_score(TRUTH, said, sample_weight=WEIGHTS))


def test_accuracy_counts_any_number_of_classes():
    assert f.accuracy(np.array(["a", "b", "c"]), np.array(["a", "b", "b"]))(np.ones(3)) == pytest.approx(
        2 / 3
    )


def test_an_interval_holds_its_value_and_widens_with_groups():
    alone = f.figures({"auc": f.auc(TRUTH, SCORES)}, [str(row) for row in range(300)])["auc"]
    grouped = f.figures({"auc": f.auc(TRUTH, SCORES)}, [str(row % 12) for row in range(300)])["auc"]
    assert alone["low"] < alone["value"] < alone["high"]
    assert alone["value"] == grouped["value"]
    assert (alone["low"], alone["high"]) != (grouped["low"], grouped["high"])


def test_a_group_is_drawn_as_a_whole():
    groups = [str(row // 2) for row in range(20)]
    for weights in f.draws(groups, 20):
        assert weights.sum() == 20
        assert (weights[::2] == weights[1::2]).all()


def test_a_model_does_not_differ_from_itself():
    one = f.auc(TRUTH, SCORES)
    assert f.figures({"gain": f.difference(one, one)}, range(300))["gain"] == {
        "value": 0,
        "low": 0,
        "high": 0,
    }


def test_the_chosen_threshold_has_the_best_f1_of_all():
    limits = np.append(-1.0, np.unique(SCORES)[:-1])
    assert f1_score(TRUTH, best_f1(TRUTH, SCORES) < SCORES) == max(
        f1_score(TRUTH, limit < SCORES) for limit in limits
    )
