"""Weighted metrics agree with scikit-learn's, and intervals with what they should hold."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, roc_auc_score

from training import metrics as m

RNG = np.random.default_rng(5)
TRUTH = RNG.random(300) < 0.3
SCORES = np.round(np.clip(RNG.normal(0.4 + 0.2 * TRUTH, 0.2), 0, 1), 2)  # with ties
WEIGHTS = RNG.integers(0, 4, 300).astype(float)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (m.auc, roc_auc_score),
        (m.average_precision, average_precision_score),
        (m.brier, brier_score_loss),
    ],
)
@pytest.mark.parametrize("weights", [np.ones(300), WEIGHTS])
def test_metrics_are_the_usual_ones(ours, theirs, weights):
    assert ours(TRUTH, SCORES)(weights) == pytest.approx(theirs(TRUTH, SCORES, sample_weight=weights))


def test_f1_is_the_usual_one():
    predicted = SCORES > 0.5
    assert m.f1(TRUTH, predicted)(WEIGHTS) == pytest.approx(f1_score(TRUTH, predicted, sample_weight=WEIGHTS))


def test_accuracy_counts_any_number_of_classes():
    assert m.accuracy(np.array(["a", "b", "c"]), np.array(["a", "b", "b"]))(np.ones(3)) == pytest.approx(
        2 / 3
    )


def test_an_interval_holds_its_value_and_widens_with_groups():
    alone = m.with_intervals({"auc": m.auc(TRUTH, SCORES)}, [str(row) for row in range(300)])["auc"]
    grouped = m.with_intervals({"auc": m.auc(TRUTH, SCORES)}, [str(row % 12) for row in range(300)])["auc"]
    assert alone["low"] < alone["value"] < alone["high"]
    assert alone["value"] == grouped["value"]
    assert (alone["low"], alone["high"]) != (grouped["low"], grouped["high"])


def test_a_group_is_drawn_as_a_whole():
    groups = [str(row // 2) for row in range(20)]
    for weights in m.bootstrap_weights(groups, 20):
        assert weights.sum() == 20
        assert (weights[::2] == weights[1::2]).all()


def test_a_model_does_not_differ_from_itself():
    one = m.auc(TRUTH, SCORES)
    assert m.with_intervals({"gain": m.difference(one, one)}, range(300))["gain"] == {
        "value": 0,
        "low": 0,
        "high": 0,
    }


def test_at_most_the_share_exceeds_a_threshold():
    authentic = SCORES[~TRUTH]
    for alpha in (0.01, 0.05, 0.5):
        threshold = m.threshold_at(authentic, alpha)
        assert (authentic > threshold).mean() <= alpha
        assert m.recall_at(authentic, SCORES[TRUTH], alpha) == (SCORES[TRUTH] > threshold).mean()


def test_two_samples_are_told_apart_as_with_a_truth_beside_them():
    assert m.two_sample_auc(SCORES[~TRUTH], SCORES[TRUTH]) == pytest.approx(roc_auc_score(TRUTH, SCORES))
    tied = SCORES.round(1)
    assert m.two_sample_auc(tied[~TRUTH], tied[TRUTH]) == pytest.approx(roc_auc_score(TRUTH, tied))


@pytest.mark.parametrize(
    ("negatives", "positives"), [([], [1.0]), ([1.0], []), ([np.nan], [1.0]), ([0.0], [np.nan])]
)
def test_two_samples_of_which_one_is_unknown_have_no_auc(negatives, positives):
    assert np.isnan(m.two_sample_auc(np.array(negatives), np.array(positives)))


def test_a_rate_of_nothing_is_unknown() -> None:
    assert m.rate(np.zeros(0, dtype=bool)) == {"k": 0, "n": 0, "rate": None, "low": 0.0, "high": 1.0}
